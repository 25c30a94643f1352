// What an argument may be: its type, its length, and what it is whatever it pretends.

import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import * as hushring from "hushring";
import { callId, day, inboxOf, later, throwsCode } from "./helpers.mjs";
import { alice, bob } from "./people.mjs";

const { Account, Device, Inbox, PendingDevice, Prekey, PrekeyBundle } = hushring;

test("times are Dates: numbers, Invalid Dates and what is before 1970 are refused", () => {
  const account = Account.generate();
  const inbox = inboxOf(bob);
  const wrong = [
    Date.now(),
    new Date(Number.NaN),
    "2030-01-01",
    null,
    {},
    new Date(-1),
    new Date(-8.64e15),
  ];
  for (const date of wrong) {
    const expiresAt = later(day);
    throwsCode("invalid_date", () => Device.enroll(account, { expiresAt: date }));
    throwsCode("invalid_date", () => Device.enroll(account, { expiresAt, now: date }));
    throwsCode("invalid_date", () => Device.enroll(account, { expiresAt, notBefore: date }));
    throwsCode("invalid_date", () => Device.enroll(account, { expiresAt, floor: date }));
    throwsCode("invalid_date", () => Prekey.generate("xwing", { expiresAt: date }));
    throwsCode("invalid_date", () => account.revoke(date));
    throwsCode("invalid_date", () => account.revoke(new Date(), { now: date }));
    throwsCode("invalid_date", () => alice.device.publish(alice.prekeys, { now: date }));
    throwsCode("invalid_date", () =>
      alice.device.seal(bob.bundles[0], { type: "cover" }, { now: date }),
    );
    throwsCode("invalid_date", () =>
      PrekeyBundle.verify(bob.published[0], bob.account.publicKey, { now: date }),
    );
    throwsCode("invalid_date", () => inbox.receive(new Uint8Array(2_880), { now: date }));
    throwsCode("invalid_date", () => inbox.explain(new Uint8Array(2_880), { now: date }));
    throwsCode("invalid_date", () => inbox.trust(alice.account.publicKey, { now: date }));
    throwsCode("invalid_date", () => inbox.placeCall(callId, [], { now: date }));
    throwsCode("invalid_date", () => inbox.revoke(new Uint8Array(105), { now: date }));
    throwsCode("invalid_date", () => inbox.pending({ now: date }));
    throwsCode("invalid_date", () => inbox.prune({ now: date }));
    throwsCode("invalid_date", () => inbox.release({ now: date }));
    throwsCode("invalid_date", () => inbox.unblock(alice.account.publicKey, { now: date }));
    throwsCode("invalid_date", () => inbox.publish(bob.device, bob.prekeys, { now: date }));
    throwsCode("invalid_date", () => account.revokeDevice(bob.device.publicKey, date));
    throwsCode("invalid_date", () => bob.device.publish(bob.prekeys, { after: date }));
    const call = { caller: alice.account.publicKey, callId, accounts: [] };
    throwsCode("invalid_date", () => inbox.joined({ ...call, now: date }));
    const clock = new hushring.ServerClock();
    throwsCode("invalid_date", () => clock.add({ serverTime: date, roundTrip: 1 }));
  }
  throwsCode("invalid_date", () => Device.enroll(account, {}));
  throwsCode("invalid_date", () => Device.enroll(account));
  throwsCode("invalid_date", () => Prekey.generate("xwing"));
});

test("a Date and a Uint8Array of another realm are as good", () => {
  const expiresAt = vm.runInNewContext(`new Date(${Date.now() + day})`);
  const seed = vm.runInNewContext("new Uint8Array(32).fill(7)");
  assert.ok(Device.enroll(Account.import(seed), { expiresAt }));
});

test("a Date and a Uint8Array are read by what they are, whatever a subclass pretends", () => {
  class Late extends Date {
    getTime() {
      return super.getTime() + 1_000 * day;
    }
    valueOf() {
      return this.getTime();
    }
  }
  const expiresAt = new Late(Date.now() + day);
  const prekey = Prekey.generate("x25519", { expiresAt });
  assert.ok(prekey.expiresAt <= later(day));

  class Long extends Uint8Array {
    get length() {
      return 32;
    }
    get byteLength() {
      return 32;
    }
    *[Symbol.iterator]() {
      yield* new Uint8Array(32);
    }
    static get [Symbol.species]() {
      return assert.fail("species");
    }
  }
  throwsCode("bad_length", () => Account.import(new Long(31)));
  const seed = new Long(new Uint8Array(32).fill(7).buffer);
  assert.deepEqual(Account.import(seed).export(), new Uint8Array(32).fill(7));
});

test("dates beyond the last one that there is become that one", () => {
  const exported = Prekey.generate("x25519", { expiresAt: later(day) }).export();
  exported.fill(0xff, 33);
  const { expiresAt } = Prekey.import(exported);
  assert.equal(expiresAt.getTime(), 8.64e15);
  assert.ok(expiresAt > new Date());
});

test("what is far too long is refused before it is copied", () => {
  const long = new Uint8Array(100_000_000);
  const { device, account } = alice;
  const inbox = inboxOf(bob);
  const calls = [
    () => Account.import(long),
    () => Device.import(long),
    () => Prekey.import(long),
    () => hushring.fingerprint(long),
    () => hushring.envelopeTag(long),
    () => account.certify({ request: long, secret: long, expiresAt: later(day) }),
    () => device.request(long),
    () => PrekeyBundle.verify(long, account.publicKey),
    () => PrekeyBundle.verify(bob.published[0], bob.account.publicKey, { revocations: [long] }),
    () => PrekeyBundle.choose([], { except: long }),
    () => account.revokeDevice(long, new Date()),
    () => hushring.verifyRevocation(long, account.publicKey),
    () => inbox.receive(long),
    () => inbox.trust(long),
    () => inbox.untrust(long),
    () => inbox.revoke(long),
    () => inbox.placeCall(callId, [long]),
    () => inbox.answered({ caller: long, callId }),
    () => inbox.left({ callId, accounts: [long] }),
    () => inbox.block(long),
    () => inbox.discard(long),
    () => inbox.acknowledge({ sender: { account: long }, messageId: "0".repeat(32) }),
  ];
  const list = [];
  Object.defineProperty(list, 0, { get: () => assert.fail("read") });
  list.length = 65_600;
  const start = performance.now();
  for (const call of calls) {
    for (let count = 0; count < 100; count += 1) {
      assert.doesNotThrow(() => throwsCode("bad_length", call), call.toString());
    }
  }
  for (let count = 0; count < 100; count += 1) {
    throwsCode("too_long", () => hushring.measure({ type: "message", data: long }));
    throwsCode("too_long", () => hushring.measure({ type: "message", data: list }));
    const { bundles, rejected } = PrekeyBundle.verifyAll([long], bob.account.publicKey);
    assert.deepEqual([bundles.length, rejected[0].error.code], [0, "bad_length"]);
    assert.equal(inbox.explain(long).code, "bad_length");
    const known = { lastPublished: long };
    throwsCode("bad_state", () => PrekeyBundle.verify(long, account.publicKey, known));
    throwsCode("bad_state", () => PrekeyBundle.verifyAll([], account.publicKey, known));
  }
  assert.ok(performance.now() - start < 5_000, "copying 2,000 times 100 MB takes longer");
  throwsCode("bad_length", () => Account.import(new Uint8Array(65_537)));
  throwsCode("bad_key", () => hushring.fingerprint(new Uint8Array(65_536)));
});

test("one bundle that is far too long does not spoil the others", () => {
  const list = [bob.published[0], new Uint8Array(65_537), bob.published[1]];
  const { bundles, rejected } = PrekeyBundle.verifyAll(list, bob.account.publicKey);
  assert.equal(bundles.length, 2);
  assert.deepEqual(
    rejected.map(({ index, error }) => [index, error.code]),
    [[1, "bad_length"]],
  );
});

test("arguments of the wrong type are refused", () => {
  const key = bob.account.publicKey;
  const inbox = inboxOf(bob);
  const calls = [
    () => Account.import(),
    () => Account.import([1, 2]),
    () => Account.import("00".repeat(32)),
    () => Account.import(new ArrayBuffer(32)),
    () => Account.import(new Uint16Array(16)),
    () => Account.import(new DataView(new ArrayBuffer(32))),
    () => Account.import({ length: 32, [Symbol.toStringTag]: "Uint8Array" }),
    () => Account.import(detached()),
    () => new Account(),
    () => new Device({}),
    () => new PrekeyBundle({ free() {} }),
    () => Device.enroll({}, { expiresAt: later(day) }),
    () => Device.enroll(alice.device, { expiresAt: later(day) }),
    () => Device.enroll(alice.account, 7),
    () => Device.enroll(alice.account, null),
    () => alice.device.publish(alice.prekeys[0]),
    () => alice.device.publish([alice.device]),
    () => alice.device.publish([alice.prekeys[0], undefined]),
    () => alice.device.seal(bob.published[0], { type: "cover" }),
    () => alice.device.seal({ ...bob.bundles[0] }, { type: "cover" }),
    () => alice.device.seal(Object.create(PrekeyBundle.prototype), { type: "cover" }),
    () => alice.device.sealMany(bob.bundles[0], { type: "cover" }),
    () => alice.device.sealMany([bob.bundles[0], bob.prekeys[0]], { type: "cover" }),
    () => alice.device.seal(bob.bundles[0], { type: "cover" }, { messageId: "00" }),
    () => alice.device.seal(bob.bundles[0], { type: "cover" }, { messageId: "A".repeat(32) }),
    () => alice.device.seal(bob.bundles[0], { type: "cover" }, { messageId: new Uint8Array(16) }),
    () => Account.prototype.export.call(alice.device),
    () => PrekeyBundle.verify("", key),
    () => PrekeyBundle.verify(bob.published[0], key, { revocations: "" }),
    () => PrekeyBundle.verify(bob.published[0], key, { revocations: bob.account.revoke(later(0)) }),
    () => PrekeyBundle.verify(bob.published[0], key, { revocations: [7] }),
    () => PrekeyBundle.verify(bob.published[0], key, { lastPublished: [] }),
    () => PrekeyBundle.verify(bob.published[0], key, { lastPublished: null }),
    () => PrekeyBundle.verifyAll(bob.published, key, { lastPublished: "00" }),
    () => PrekeyBundle.verifyAll(bob.published, key, { lastPublished: detached() }),
    () => PrekeyBundle.verifyAll(bob.published[0], key),
    () => PrekeyBundle.verifyAll([7], key),
    () => PrekeyBundle.choose(bob.bundles[0]),
    () => PrekeyBundle.choose([7]),
    () => PrekeyBundle.choose([], { except: "key" }),
    () => new Inbox(),
    () => new Inbox({}),
    () => new Inbox(bob.account),
    () => Inbox.load({}, new Uint8Array(32)),
    () => Inbox.load(bob.device, "state"),
    () => Inbox.load(bob.device, detached()),
    () => inbox.addPrekey(bob.prekeys),
    () => inbox.addPrekey(undefined),
    () => inbox.addPrekey(bob.prekeys[0].export()),
    () => inbox.receive("envelope"),
    () => inbox.receive(new Uint8Array(2_880), null),
    () => inbox.explain(),
    () => inbox.explain([...new Uint8Array(2_880)]),
    () => inbox.trust(7),
    () => inbox.trust(key, "Bob"),
    () => inbox.trust(key, { displayName: 7 }),
    () => inbox.trust(key, { displayName: null }),
    () => inbox.trust(key, { handle: "bob@example.org" }),
    () => inbox.trust(key, { handle: null }),
    () => inbox.trust(key, { handle: ["generic", "bob"] }),
    () => inbox.trust(key, { handle: { type: "generic" } }),
    () => inbox.trust(key, { handle: { type: "generic", value: 7 } }),
    () => inbox.untrust(),
    () => inbox.revoke("statement"),
    () => inbox.placeCall(callId, key),
    () => inbox.placeCall(callId, [7]),
    () => inbox.placeCall(callId),
    () => inbox.answered(),
    () => inbox.answered({ callId }),
    () => inbox.answered({ caller: "key", callId }),
    () => inbox.answered({ caller: key, callId, accounts: [] }),
    () => inbox.left({ caller: key, callId, accounts: [] }),
    () => inbox.left({ callId, accounts: key }),
    () => inbox.joined({ caller: key, callId }),
    () => inbox.publish(bob.account, bob.prekeys),
    () => inbox.publish(bob.device, bob.prekeys[0]),
    () => inbox.isBlocked("key"),
    () => inbox.acknowledge(),
    () => inbox.acknowledge("0".repeat(32)),
    () => inbox.acknowledge({}),
    () => inbox.acknowledge({ sender: { account: key } }),
    () => inbox.acknowledge({ sender: key, messageId: "0".repeat(32) }),
    () => inbox.acknowledge({ sender: {}, messageId: "0".repeat(32) }),
    () => inbox.acknowledge({ sender: { account: key }, messageId: "0".repeat(31) }),
    () => inbox.acknowledge({ sender: { account: key }, messageId: new Uint8Array(16) }),
    () => Inbox.prototype.held.call(bob.device),
    () => Object.create(Inbox.prototype).save(),
    () =>
      PendingDevice.generate().activate({ grant: new Uint8Array(177), secret: new Uint8Array(32) }),
    () => alice.device.activate({ grant: new Uint8Array(177), secret: new Uint8Array(32) }),
    () => Prekey.generate(1, { expiresAt: later(day) }),
    () => hushring.capacity(),
    () => hushring.fit({ type: "cover" }),
    () => hushring.callKitUUID("key", callId),
  ];
  for (const call of calls) {
    assert.doesNotThrow(() => throwsCode("invalid_argument", call), call.toString());
  }
  throwsCode("unsupported_suite", () => hushring.capacity("p256"));
  throwsCode("unsupported_suite", () => Prekey.generate("__proto__", { expiresAt: later(day) }));
});

function detached() {
  const bytes = new Uint8Array(32);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
