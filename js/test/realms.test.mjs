// An iframe, a Jest sandbox and a vm context have an Object.prototype of their own.

import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import * as hushring from "hushring";
import { apnsRequest, auditApnsRequests } from "hushring/relay";
import { roundTrip, throwsCode } from "./helpers.mjs";
import { alice, bob, seal } from "./people.mjs";

const realm = vm.createContext({ structuredClone });
const run = (code) => vm.runInContext(code, realm);

test("a plain object of another realm is content like any other", () => {
  const content = run(`({
    type: "message",
    body: "hello",
    data: [{ nested: { bytes: new Uint8Array([1, 2]), list: [null, 1.5] } }, Object.create(null)],
  })`);
  assert.notEqual(Object.getPrototypeOf(content), Object.prototype);
  const { content: received } = roundTrip(alice, bob, content);
  assert.deepEqual(received, {
    type: "message",
    body: "hello",
    data: [{ nested: { bytes: Uint8Array.of(1, 2), list: [null, 1.5] } }, {}],
  });
  assert.equal(Object.getPrototypeOf(received), Object.prototype);
  assert.equal(Object.getPrototypeOf(received.data[0].nested), Object.prototype);
});

test("so is a structured clone that was made there", () => {
  const content = run(`structuredClone({ type: "app.poll", options: [{ text: "yes" }] })`);
  assert.deepEqual(roundTrip(alice, bob, content).content, {
    type: "app.poll",
    options: [{ text: "yes" }],
  });
});

test("instances of classes stay refused, of every realm", () => {
  const wrong = [
    "new Date()",
    "new Map()",
    "new Set()",
    "new (class Thing {})()",
    "new (class Thing extends null { constructor() { return Object.create(Thing.prototype); } })()",
    "new Error('x')",
    "/x/",
    "Object.create({})",
    "Object.create(Object.create(null))",
    "new Proxy({}, { getPrototypeOf: () => Date.prototype })",
    "() => {}",
    "new String('x')",
    "Promise.resolve()",
  ];
  for (const code of wrong) {
    for (const value of [run(`(${code})`), vm.runInThisContext(`(${code})`)]) {
      const error = throwsCode("bad_content", () => seal({ type: "message", data: [value] }));
      assert.equal(error.member, "data[0]", code);
      throwsCode("bad_content", () => seal(value));
    }
  }
});

test("events, requests and bytes of another realm are as good", () => {
  const clone = run("(value) => structuredClone(value)");
  const inbox = new hushring.Inbox(bob.device);
  for (const prekey of bob.prekeys) inbox.addPrekey(prekey);
  inbox.trust(alice.account.publicKey, run(`({ handle: { type: "generic", value: "alice" } })`));
  const envelope = seal(run(`({ type: "message", body: "hello" })`));
  const foreign = run("(bytes) => new Uint8Array(bytes)")([...envelope]);
  const event = inbox.receive(foreign);
  assert.equal(inbox.acknowledge(clone(event)), true);
  const request = apnsRequest(envelope, run(`({ deviceToken: "00", topic: "org.example" })`));
  const copied = run("({ path, headers, body }) => ({ path, headers: { ...headers }, body })");
  assert.deepEqual(auditApnsRequests([copied(request)]), [request]);
  assert.deepEqual(auditApnsRequests(run("(request) => [request]")(request)), [request]);
});
