// A message says what was found, what may be, and the way.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { before, test } from "node:test";
import * as hushring from "hushring";
import { callId, day, inboxOf, later, peer, throwsCode } from "./helpers.mjs";

const { Account, Device, ExternalAccount, ExternalDevice, Inbox, PendingDevice } = hushring;
const { Prekey, PrekeyBundle } = hushring;
const other = createRequire(import.meta.url)("hushring");

let alice;
let bob;

before(async () => {
  await hushring.init();
  await other.init();
  alice = peer();
  bob = peer();
});

function says(code, text, body) {
  assert.equal(throwsCode(code, body).message, `${code}: ${text}`);
}

test("an object of another copy of the package is called that", () => {
  const theirs = other.Account.generate();
  const expiresAt = later(day);
  says(
    "invalid_argument",
    "account must be an Account, not an Account of another copy of hushring",
    () => Device.enroll(theirs, { expiresAt }),
  );
  const device = other.Device.enroll(theirs, { expiresAt });
  says(
    "invalid_argument",
    "device must be a Device or an ExternalDevice, not a Device of another copy of hushring",
    () => new Inbox(device),
  );
  const prekey = other.Prekey.generate("x25519", { expiresAt });
  says(
    "invalid_argument",
    "prekeys[1] must be a Prekey, not a Prekey of another copy of hushring",
    () => alice.device.publish([alice.prekeys[0], prekey]),
  );
});

test("an object of another class is called by its class", () => {
  says("invalid_argument", "account must be an Account, not a Device", () =>
    Device.enroll(alice.device, { expiresAt: later(day) }),
  );
  says("invalid_argument", "bundle must be a PrekeyBundle, not a Uint8Array", () =>
    alice.device.seal(bob.published[0], { type: "cover" }),
  );
  says("invalid_argument", "bundles[1] must be a PrekeyBundle, not a Prekey", () =>
    alice.device.sealMany([bob.bundles[0], bob.prekeys[0]], { type: "cover" }),
  );
  says("invalid_argument", "this must be an Inbox, not a Device", () =>
    Inbox.prototype.held.call(bob.device),
  );
});

test("what was freed is called that", () => {
  const account = Account.generate();
  account.free();
  says("freed", "account is an Account that was freed", () => account.publicKey);
});

test("who calls a constructor is told the way", () => {
  const ways = [
    [Account, "Account.generate() or Account.import()"],
    [Device, "Device.enroll(), Device.import() or activate()"],
    [PendingDevice, "PendingDevice.generate() or PendingDevice.import()"],
    [Prekey, "Prekey.generate() or Prekey.import()"],
    [PrekeyBundle, "PrekeyBundle.verify() or PrekeyBundle.verifyAll()"],
  ];
  for (const [kind, way] of ways) {
    says("invalid_argument", `this class has no public constructor: use ${way}`, () => new kind());
  }
});

test("what was found is named by its kind, never by what it holds", () => {
  const found = [
    [undefined, "undefined"],
    [null, "null"],
    ["secret", "a string"],
    [7, "a number"],
    [7n, "a bigint"],
    [true, "a boolean"],
    [Symbol("secret"), "a symbol"],
    [() => "secret", "a function"],
    [[1, 2], "an array"],
    [{ secret: 1 }, "an object"],
    [Object.create(null), "an object"],
    [new (class Secret {})(), "an instance of a class"],
    [new Date(), "a Date"],
    [new Date(-1), "a Date before 1970"],
    [new Date(Number.NaN), "an Invalid Date"],
    [new ArrayBuffer(32), "an ArrayBuffer"],
    [new Uint16Array(16), "a Uint16Array"],
    [new Map(), "a Map"],
    [Promise.resolve(), "a Promise: await it"],
    [{ [Symbol.toStringTag]: "secret value" }, "an object"],
    [new Proxy(new (class {})(), throwing()), "an instance of a class"],
    [reactive(new Uint8Array(32)), "a proxy of a Uint8Array"],
    [7, "a number"],
    [-1, "a negative number"],
    [1.5, "a fraction"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "an infinite number"],
  ];
  for (const [value, text] of found) {
    says("invalid_argument", `seed must be a Uint8Array, not ${text}`, () => Account.import(value));
  }
  says("invalid_date", "expiresAt must be a valid Date from 1970 on, not a number", () =>
    Prekey.generate("xwing", { expiresAt: Date.now() }),
  );
  says("bad_length", "seed has 100,000 bytes of at most 65,536", () =>
    Account.import(new Uint8Array(100_000)),
  );
});

/** As frameworks make proxies of all that is in their state. */
function reactive(target) {
  return new Proxy(target, { get: (object, name) => Reflect.get(object, name) });
}

test("a proxy of an object of this package is told from the object", () => {
  const device = reactive(Device.enroll(Account.generate(), { expiresAt: later(day) }));
  says(
    "invalid_argument",
    "device must be a Device or an ExternalDevice itself, not a proxy or copy of it",
    () => new Inbox(device),
  );
});

function throwing() {
  const fail = () => {
    throw new Error("a trap");
  };
  return { get: fail, getPrototypeOf: () => class {}.prototype, has: fail };
}

test("options that do not exist are told beside those that do", () => {
  says(
    "invalid_argument",
    'there is no option "revocation": there are lastPublished, now, revocations',
    () => PrekeyBundle.verify(bob.published[0], bob.account.publicKey, { revocation: 1 }),
  );
  says(
    "invalid_argument",
    'there is no option "handle.name": there are handle.type, handle.value',
    () => inboxOf(bob).trust(alice.account.publicKey, { handle: { name: "Alice" } }),
  );
  says("invalid_argument", "options must be a plain object, not a Date", () =>
    inboxOf(bob).prune(new Date()),
  );
});

test("a callId is told from what is not one", () => {
  const inbox = inboxOf(bob);
  says("bad_call_id", "callId must be a UUID, not undefined", () => inbox.placeCall(undefined, []));
  says("bad_call_id", "callId must be a UUID: 36 characters, with hyphens", () =>
    inbox.placeCall(callId.replaceAll("-", ""), []),
  );
  const callUUID = hushring.callKitUUID(bob.account.publicKey, callId);
  says("bad_call_id", "callId is a CallKit UUID, as event.callUUID: use event.content.callId", () =>
    inbox.left({ callId: callUUID }),
  );
});

test("a signer that returns something else is told what", async () => {
  const account = new ExternalAccount(alice.account.publicKey, async () => "signature");
  const text = "the signer must resolve to a Uint8Array of 64 bytes, not";
  await assert.rejects(account.revoke(new Date()), {
    message: `invalid_signer: ${text} a string`,
  });
  const device = new ExternalDevice(alice.device.certificate, async () => new Uint8Array(63));
  await assert.rejects(device.publish(alice.prekeys), {
    message: `invalid_signer: ${text} 63 bytes`,
  });
  says("invalid_argument", "sign must be a function, not undefined", () => {
    new ExternalAccount(alice.account.publicKey);
  });
});

test("a suite, a handle's type and a handle's value", () => {
  says("unsupported_suite", "suite must be one of x25519, xwing", () => hushring.capacity("p256"));
  const inbox = inboxOf(bob);
  const trust = (type, value) => inbox.trust(alice.account.publicKey, { handle: { type, value } });
  says("bad_content", "handle.type must be one of generic, phoneNumber, emailAddress", () =>
    trust("email", "a"),
  );
  says("bad_content", "handle.value has 256 bytes of at most 255", () =>
    trust("generic", "a".repeat(256)),
  );
  says(
    "bad_content",
    "handle.value is not a phone number: it may have 0-9 + * # ( ) - . / , ; and spaces",
    () => trust("phoneNumber", "+1\u00a0202"),
  );
});
