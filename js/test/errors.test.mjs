// Which code a key, certificate, bundle, envelope or content gives that is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
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
import { alice, bob } from "./people.mjs";

const { Account, Device, HushringError, PendingDevice, Prekey, PrekeyBundle } = hushring;

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

test("bundles of another account, damaged ones, and older ones than one seen", async () => {
  const key = bob.account.publicKey;
  throwsCode("wrong_account", () => PrekeyBundle.verify(bob.published[0], alice.account.publicKey));
  throwsCode("bad_signature", () => PrekeyBundle.verify(flip(bob.published[0], 170), key));
  throwsCode("unsupported_version", () => PrekeyBundle.verify(flip(bob.published[0], 0), key));
  const now = later(minute);
  const newer = bob.device.publish(bob.prekeys, { now });
  const { lastPublished } = PrekeyBundle.verifyAll(newer, key, { now });
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
  const tablet = Device.enroll(bob.account, { expiresAt: later(day) }).publish(bob.prekeys);
  assert.ok(PrekeyBundle.verify(tablet[0], key, { lastPublished }));
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
