// Between threads and processes an error keeps at most its message. What toJSON returns keeps all.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import * as hushring from "hushring";
import * as relay from "hushring/relay";
import { inboxOf, later, minute, peer, throwsCode } from "./helpers.mjs";

const { HushringError } = hushring;

let errors;

before(async () => {
  await hushring.init();
  const [alice, bob] = [peer(), peer()];
  const envelope = alice.device.seal(bob.bundles[0], { type: "cover" });
  const body = "é".repeat(4_000) + crypto.randomUUID();
  const large = { type: "message", data: crypto.getRandomValues(new Uint8Array(3_000)) };
  errors = [
    throwsCode("invalid_argument", () => hushring.Account.import("00")),
    throwsCode("untrusted", () => inboxOf(bob).receive(envelope)),
    throwsCode("clock", () => inboxOf(bob, alice).receive(envelope, { now: later(-11 * minute) })),
    throwsCode("too_large", () => alice.device.seal(bob.bundles[0], large)),
    throwsCode("bad_content", () => hushring.measure({ type: "message", body, data: null })),
    throwsCode("bad_topic", () =>
      relay.apnsRequest(envelope, { deviceToken: "00", topic: "a\nb: c" }),
    ),
  ];
});

/** What of an error is compared: everything. */
function all(error) {
  return { name: error.name, message: error.message, ...error };
}

/** Of an error that came as text, details are gone. */
function withoutDetails({ name, message, code }) {
  return { name, message, code };
}

test("what toJSON returns comes back with everything, however it travels", async () => {
  const { port1, port2 } = new MessageChannel();
  const ways = {
    "JSON.stringify": async (error) => JSON.parse(JSON.stringify(error)),
    "JSON, inside something": async (error) => JSON.parse(JSON.stringify({ error })).error,
    structuredClone: async (error) => structuredClone(error.toJSON()),
    postMessage: (error) =>
      new Promise((resolve) => {
        port2.once("message", resolve);
        port1.postMessage(error.toJSON());
      }),
  };
  for (const [way, travel] of Object.entries(ways)) {
    for (const error of errors) {
      const found = HushringError.from(await travel(error));
      assert.ok(HushringError.is(found) && found instanceof HushringError, way);
      assert.deepEqual(all(found), all(error), way);
    }
  }
  port1.close();
});

test("toJSON is plain data, with nothing that is not there", () => {
  const [first, untrusted, , large] = errors.map((error) => error.toJSON());
  assert.deepEqual(first, {
    name: "HushringError",
    code: "invalid_argument",
    message: "invalid_argument: seed must be a Uint8Array, not a string",
  });
  assert.match(untrusted.account, /^[0-9a-f]{64}$/);
  assert.deepEqual(Object.keys(large), ["name", "code", "message", "needed", "available"]);
  for (const json of errors.map((error) => error.toJSON())) {
    assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  }
});

test("an error that was cloned, or sent through Electron, comes back by its message", async () => {
  const { port1, port2 } = new MessageChannel();
  const ways = {
    structuredClone: async (error) => structuredClone(error),
    postMessage: (error) =>
      new Promise((resolve) => {
        port2.once("message", resolve);
        port1.postMessage(error);
      }),
    // ipcMain.handle() sends the text of what it is thrown; ipcRenderer.invoke() rejects so.
    "Electron's IPC": async (error) =>
      new Error(`Error invoking remote method 'seal': ${String(error)}`),
    "Electron's IPC, cloned": async (error) =>
      structuredClone(new Error(`Error invoking remote method 'x: y': ${String(error)}`)),
    "its text": async (error) => String(error),
    "its message": async (error) => error.message,
    "text of an error that was not caught": async (error) => `Uncaught ${String(error)}`,
  };
  for (const [way, travel] of Object.entries(ways)) {
    for (const error of errors) {
      const carried = await travel(error);
      assert.equal(HushringError.is(carried), false, way);
      const found = HushringError.from(carried);
      assert.deepEqual(all(found), withoutDetails(error), way);
    }
  }
  port1.close();
});

test("what is something else is nothing", () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  for (const value of [
    undefined,
    null,
    7,
    "",
    "bad_luck: no such code",
    "clock",
    new Error("boom"),
    new Error("Error invoking remote method 'x': TypeError: bad_key is not defined"),
    new Error("HushringError: bad_luck: x"),
    { name: "HushringError", code: "bad_luck", message: "bad luck" },
    { name: "HushringError", code: "clock" },
    { name: "Error", code: "clock", message: "late" },
    { toString: () => "clock: late" },
    Object.create({ message: "clock: late" }),
    revoked.proxy,
  ]) {
    assert.equal(HushringError.from(value), undefined);
  }
});

test("details of the wrong kind are left out", () => {
  const json = {
    name: "HushringError",
    code: "untrusted",
    message: "untrusted: x",
    account: "00",
    needed: "7",
    member: 7,
    age: null,
    more: 1,
  };
  assert.deepEqual({ ...HushringError.from(json) }, { code: "untrusted" });
});

test("an error is taken as it is", () => {
  for (const error of errors) assert.equal(HushringError.from(error), error);
});

test("the message begins with the code, once", () => {
  assert.equal(new HushringError("clock", "late").message, "clock: late");
  assert.equal(new HushringError("clock", "clock: late").message, "clock: late");
  assert.equal(String(new HushringError("clock", "late")), "HushringError: clock: late");
});
