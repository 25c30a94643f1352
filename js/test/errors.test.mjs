import assert from "node:assert/strict";
import { before, test } from "node:test";
import vm from "node:vm";
import * as hushring from "hushring";
import {
  callId,
  day,
  inboxOf,
  later,
  minute,
  open,
  peer,
  roundTrip,
  suites,
  throwsCode,
} from "./helpers.mjs";

const { Account, Device, HushringError, Inbox, PendingDevice, Prekey, PrekeyBundle } = hushring;

let alice;
let bob;

before(async () => {
  await hushring.init();
  alice = peer();
  bob = peer();
});

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
    const lastPublished = [
      { device: bob.device.publicKey, issuedAt: date, offers: 1, bundles: [] },
    ];
    throwsCode("invalid_date", () =>
      PrekeyBundle.verifyAll([], bob.account.publicKey, { lastPublished }),
    );
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
  const lastPublished = [
    { device: alice.device.publicKey, issuedAt: expiresAt, offers: 255, bundles: [] },
  ];
  const verified = PrekeyBundle.verifyAll([], alice.account.publicKey, { lastPublished });
  assert.deepEqual(verified.lastPublished, lastPublished);
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
    () => published({ offers: 256 }),
    () => published({ offers: "3" }),
    () => published({ bundles: {} }),
    () => published({ bundles: [{ suite: 1, hash: new Uint8Array(32) }] }),
    () => published({ bundles: [{ suite: "xwing" }] }),
    () => PrekeyBundle.verify(bob.published[0], key, { lastPublished: {} }),
    () => PrekeyBundle.verify(bob.published[0], key, { lastPublished: [null] }),
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
  function published(members) {
    const entry = { device: bob.device.publicKey, issuedAt: new Date(0), offers: 1, bundles: [] };
    const lastPublished = [{ ...entry, ...members }];
    return PrekeyBundle.verify(bob.published[0], key, { lastPublished });
  }
  for (const call of calls) {
    assert.doesNotThrow(() => throwsCode("invalid_argument", call), call.toString());
  }
  throwsCode("unsupported_suite", () => hushring.capacity("p256"));
  throwsCode("unsupported_suite", () => Prekey.generate("__proto__", { expiresAt: later(day) }));
});

test("lengths and keys", () => {
  const { account } = alice;
  const inbox = inboxOf(bob);
  for (const length of [0, 31, 33]) {
    const bytes = new Uint8Array(length).fill(9);
    throwsCode("bad_length", () => Account.import(bytes));
    throwsCode("bad_length", () => PendingDevice.import(bytes));
    throwsCode("bad_length", () => PendingDevice.generate().request(bytes));
    throwsCode("bad_key", () => hushring.fingerprint(bytes));
    throwsCode("bad_key", () => hushring.callKitUUID(bytes, callId));
    throwsCode("bad_key", () => PrekeyBundle.verify(bob.published[0], bytes));
    throwsCode("bad_key", () => inbox.trust(bytes));
    throwsCode("bad_key", () => inbox.untrust(bytes));
    throwsCode("bad_key", () => inbox.placeCall(callId, [bytes]));
    throwsCode("bad_key", () => inbox.answered({ caller: bytes, callId }));
    throwsCode("bad_key", () => inbox.left({ callId, accounts: [bytes] }));
    throwsCode("bad_key", () => inbox.block(bytes));
    throwsCode("bad_key", () => inbox.unblock(bytes));
    throwsCode("bad_key", () => inbox.isBlocked(bytes));
    throwsCode("bad_key", () => inbox.discard(bytes));
    throwsCode("bad_key", () => account.revokeDevice(bytes, new Date()));
    const lastPublished = [
      {
        device: bob.device.publicKey,
        issuedAt: new Date(0),
        offers: 1,
        bundles: [{ suite: "x25519", hash: bytes }],
      },
    ];
    throwsCode("bad_length", () =>
      PrekeyBundle.verifyAll([], account.publicKey, { lastPublished }),
    );
    const sender = { account: bytes };
    throwsCode("bad_key", () => inbox.acknowledge({ sender, messageId: "0".repeat(32) }));
  }
  throwsCode("weak_key", () => hushring.fingerprint(new Uint8Array(32)));
  throwsCode("bad_length", () => Device.import(new Uint8Array(175)));
  throwsCode("bad_length", () => Prekey.import(new Uint8Array(40)));
  throwsCode("unsupported_suite", () => Prekey.import(new Uint8Array(41)));
  throwsCode("bad_length", () =>
    PrekeyBundle.verify(bob.published[0].subarray(0, -1), bob.account.publicKey),
  );
  throwsCode("bad_length", () => hushring.envelopeTag(new Uint8Array(2_879)));
  throwsCode("bad_length", () => open(bob, new Uint8Array(2_881), alice));
  throwsCode("bad_length", () => inbox.revoke(new Uint8Array(104)));
  throwsCode("weak_key", () => inbox.trust(new Uint8Array(32)));
  throwsCode("bad_call_id", () => inbox.placeCall("x", []));
  throwsCode("bad_call_id", () => inbox.placeCall(callId.replace("3", "g"), []));
  const callUUID = hushring.callKitUUID(account.publicKey, callId);
  const caller = account.publicKey;
  throwsCode("bad_call_id", () => inbox.placeCall(callUUID, []));
  throwsCode("bad_call_id", () => inbox.answered({ caller, callId: callUUID }));
  throwsCode("bad_call_id", () => inbox.left({ caller, callId: callUUID }));
  throwsCode("bad_call_id", () => inbox.joined({ caller, callId: callUUID, accounts: [] }));
  throwsCode("call_over", () => inbox.answered({ caller, callId }));
  throwsCode("call_over", () => inbox.joined({ caller, callId, accounts: [] }));
  throwsCode("bad_length", () => hushring.verifyRevocation(new Uint8Array(104), account.publicKey));
  throwsCode("bad_length", () =>
    account.certify({
      request: new Uint8Array(136),
      secret: new Uint8Array(32),
      expiresAt: later(day),
    }),
  );
});

test("linking: another secret, another request, another device, another account", () => {
  const { account } = alice;
  const secret = hushring.generateLinkSecret();
  const other = hushring.generateLinkSecret();
  const expiresAt = later(day);
  const pending = PendingDevice.generate();
  const request = pending.request(secret);
  throwsCode("bad_mac", () => account.certify({ request, secret: other, expiresAt }));
  throwsCode("bad_mac", () => account.certify({ request: flip(request, 40), secret, expiresAt }));
  throwsCode("unsupported_version", () =>
    account.certify({ request: flip(request, 0), secret, expiresAt }),
  );
  throwsCode("clock", () =>
    account.certify({ request: pending.request(secret, { now: later(day) }), secret, expiresAt }),
  );
  throwsCode("too_old", () =>
    account.certify({
      request: pending.request(secret, { now: later(-31 * day) }),
      secret,
      expiresAt,
    }),
  );

  const grant = account.certify({ request, secret, expiresAt });
  const again = pending.request(secret, { now: later(minute) });
  throwsCode("bad_mac", () => pending.activate({ grant, secret }));
  pending.activate({ grant, secret, request });

  const reused = PendingDevice.generate();
  const mutable = reused.request(secret);
  const kept = account.certify({ request: mutable, secret, expiresAt });
  mutable.fill(0);
  assert.ok(reused.activate({ grant: kept, secret }), "it remembers a copy of its request");
  const renewing = Device.import(alice.device.export());
  const changed = renewing.request(secret);
  const renewed = account.certify({ request: changed, secret, expiresAt });
  changed.fill(0);
  assert.ok(renewing.activate({ grant: renewed, secret }));

  throwsCode("bad_mac", () => pending.activate({ grant, secret: other, request }));
  throwsCode("bad_length", () => pending.activate({ grant, secret, request: again.subarray(1) }));

  const stranger = PendingDevice.generate();
  throwsCode("wrong_device", () => stranger.activate({ grant, secret, request }));

  const renewal = alice.device.request(secret);
  const foreign = bob.account.certify({ request: renewal, secret, expiresAt });
  throwsCode("wrong_account", () => alice.device.activate({ grant: foreign, secret }));
});

test("lifetimes", () => {
  const { account } = alice;
  throwsCode("bad_lifetime", () => Device.enroll(account, { expiresAt: later(-2 * day) }));
  throwsCode("bad_lifetime", () => Device.enroll(account, { expiresAt: later(367 * day) }));
  throwsCode("bad_lifetime", () => Prekey.generate("x25519", { expiresAt: later(91 * day) }));
  throwsCode("bad_lifetime", () => Prekey.generate("x25519", { expiresAt: later(-day) }));
  throwsCode("clock", () => account.revoke(later(11 * minute)));
  const floor = new Date();
  throwsCode("revoked", () =>
    Device.enroll(account, { expiresAt: later(day), notBefore: later(-minute), floor }),
  );
});

test("publishing", () => {
  const prekey = Prekey.generate("x25519", { expiresAt: later(day) });
  throwsCode("no_prekeys", () => alice.device.publish([]));
  throwsCode("duplicate_suite", () => alice.device.publish([prekey, alice.prekeys[0]]));
  throwsCode("prekey_expired", () => alice.device.publish([prekey], { now: later(2 * day) }));
});

test("expired and future certificates and bundles", () => {
  const { account } = alice;
  const now = later(20 * day);
  const brief = Device.enroll(account, { expiresAt: later(day) });
  throwsCode("certificate_expired", () => brief.seal(bob.bundles[0], { type: "cover" }, { now }));
  const future = Device.enroll(account, { notBefore: later(day), expiresAt: later(2 * day) });
  throwsCode("certificate_not_yet_valid", () => future.seal(bob.bundles[0], { type: "cover" }));
  throwsCode("bundle_expired", () =>
    alice.device.seal(bob.bundles[0], { type: "cover" }, { now: later(40 * day) }),
  );
  const key = bob.account.publicKey;
  throwsCode("bundle_expired", () =>
    PrekeyBundle.verify(bob.published[0], key, { now: later(40 * day) }),
  );
  throwsCode("bundle_not_yet_valid", () =>
    PrekeyBundle.verify(bob.published[0], key, { now: later(-11 * minute) }),
  );
});

test("bundles of another account, damaged ones, and older ones than one seen", () => {
  const key = bob.account.publicKey;
  throwsCode("wrong_account", () => PrekeyBundle.verify(bob.published[0], alice.account.publicKey));
  throwsCode("bad_signature", () => PrekeyBundle.verify(flip(bob.published[0], 170), key));
  throwsCode("unsupported_version", () => PrekeyBundle.verify(flip(bob.published[0], 0), key));
  const issuedAt = new Date(bob.bundles[0].issuedAt.getTime() + 1_000);
  const lastPublished = [{ device: bob.device.publicKey, issuedAt, offers: 3, bundles: [] }];
  for (const bundle of bob.published) {
    throwsCode("stale_bundle", () => PrekeyBundle.verify(bundle, key, { lastPublished }));
  }
  const {
    bundles,
    rejected,
    lastPublished: kept,
  } = PrekeyBundle.verifyAll(bob.published, key, { lastPublished });
  assert.equal(bundles.length, 0);
  assert.deepEqual(
    rejected.map(({ index, error }) => [index, error.code]),
    [
      [0, "stale_bundle"],
      [1, "stale_bundle"],
    ],
  );
  assert.deepEqual(kept, lastPublished);
  const other = [{ ...lastPublished[0], device: alice.device.publicKey }];
  assert.ok(PrekeyBundle.verify(bob.published[0], key, { lastPublished: other }));
  throwsCode("wrong_account", () =>
    hushring.verifyRevocation(bob.account.revoke(new Date()), alice.account.publicKey),
  );
  throwsCode("bad_signature", () =>
    hushring.verifyRevocation(flip(bob.account.revoke(new Date()), 60), key),
  );
});

test("envelopes for somebody else, damaged ones, and those of strangers", () => {
  const envelope = alice.device.seal(bob.bundles[0], { type: "message", body: "hello" });
  const carol = peer();
  throwsCode("unknown_prekey", () => open(carol, envelope, alice));
  throwsCode("decryption_failed", () => open({ ...carol, prekeys: bob.prekeys }, envelope, alice));
  throwsCode("decryption_failed", () => open(bob, flip(envelope, 2_879), alice));
  throwsCode("unsupported_version", () => open(bob, flip(envelope, 0), alice));
  throwsCode("unsupported_suite", () => open(bob, flip(envelope, 1, 0x80), alice));
  throwsCode("unknown_prekey", () => open(bob, flip(envelope, 2), alice));
  const error = throwsCode("untrusted", () => open(bob, envelope, carol));
  assert.deepEqual(error.account, alice.account.publicKey);
  throwsCode("untrusted", () => open(bob, envelope, alice, { trusted: [] }));
  for (const [code, sooner] of [
    ["clock", -11 * minute],
    ["too_old", 31 * day],
  ]) {
    const now = later(sooner);
    const { age } = throwsCode(code, () => open(bob, envelope, alice, { now }));
    assert.equal(age, now - open(bob, envelope, alice).sentAt);
  }
});

test("a device of another account opens nothing that was sealed to its neighbour", () => {
  // Carol publishes Bob's HPKE key as her own: what reaches her that way cannot be passed on to
  // Bob.
  const carol = peer([]);
  const stolen = { ...peer([]), prekeys: bob.prekeys };
  const [bundle] = stolen.device
    .publish([bob.prekeys[0]])
    .map((bytes) => PrekeyBundle.verify(bytes, stolen.account.publicKey));
  const envelope = carol.device.seal(bundle, { type: "cover" });
  assert.equal(open(stolen, envelope, carol).reason, "cover");
  throwsCode("decryption_failed", () => open(bob, envelope, carol));
});

for (const suite of suites) {
  test(`what is too large says by how much, ${suite}`, () => {
    const bundle = bob.bundles.find((candidate) => candidate.suite === suite);
    const room = hushring.capacity(suite);
    const body = noise(room);
    const error = throwsCode("too_large", () =>
      alice.device.seal(bundle, { type: "message", body }),
    );
    assert.equal(error.available, room);
    assert.equal(error.needed, hushring.measure({ type: "message", body }));
    assert.ok(error.needed > room);
    throwsCode("too_large", () => alice.device.sealMany([bundle], { type: "message", body }));

    let fits = body;
    while (hushring.measure({ type: "message", body: fits }) > room) fits = fits.slice(1);
    assert.equal(roundTrip(alice, bob, { type: "message", body: fits }, suite).content.body, fits);
  });
}

test("64 KiB of content, and one byte more", () => {
  // A map's head, "body", the head of its text, "type" and "message" take 22 bytes.
  const message = (length) => ({ type: "message", body: "a".repeat(length) });
  assert.ok(hushring.measure(message(65_536 - 22)) < 1_500);
  throwsCode("too_long", () => hushring.measure(message(65_536 - 22 + 1)));
  throwsCode("too_long", () => hushring.measure(message(10_000_000)));
  throwsCode("too_long", () => hushring.measure({ type: "message", data: new Uint8Array(65_536) }));
  throwsCode("too_long", () =>
    alice.device.seal(bob.bundles[0], { type: "message", body: "ä".repeat(32_768) }),
  );
});

test("is recognises only its own", () => {
  const error = throwsCode("invalid_argument", () => Account.import());
  assert.ok(error instanceof HushringError);
  assert.equal(error.name, "HushringError");
  assert.equal(String(error), `HushringError: ${error.message}`);
  assert.deepEqual(Object.keys(error), ["code"]);
  for (const value of [
    undefined,
    null,
    7,
    "x",
    {},
    new Error("x"),
    { code: "bad_key", message: "x" },
    () => {},
  ]) {
    assert.equal(HushringError.is(value), false);
  }
});

function flip(bytes, index, bits = 2) {
  const copy = bytes.slice();
  copy[index] ^= bits;
  return copy;
}

function noise(length) {
  const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const random = new Uint8Array(length * 2);
  crypto.getRandomValues(random);
  return Array.from(random, (byte) => characters[byte % 64]).join("");
}

function detached() {
  const bytes = new Uint8Array(32);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
