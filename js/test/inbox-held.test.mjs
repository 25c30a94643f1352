// What is kept for later, and what is kept away.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import {
  day,
  inboxOf,
  later,
  minute,
  ownBytes,
  rejectsCode,
  throwsCode,
  webCryptoKey,
} from "./helpers.mjs";
import { alice, bob, carol, hello, invite, key, seal, summaries, summary } from "./people.mjs";

const { Device, ExternalDevice, Inbox, Prekey, PrekeyBundle } = hushring;

test("what a trusted sender dates ahead is held until its time, and never rings", () => {
  const inbox = inboxOf(bob, alice);
  const now = later(60 * minute);
  const sent = [hello, invite].map((content) => seal(content, { now }));
  for (const envelope of sent) {
    const { age } = throwsCode("clock", () => inbox.receive(envelope));
    assert.ok(age < -59 * minute);
  }
  throwsCode("clock", () => inbox.receive(seal(hello, { now: later(25 * 60 * minute) })));
  assert.deepEqual(
    inbox.held().map(({ reason }) => reason),
    ["clock", "clock"],
  );
  assert.deepEqual(inbox.release({ now: later(49 * minute) }), []);
  const due = { now: later(51 * minute) };
  const events = inbox.release(due);
  assert.deepEqual(summaries(events), ["notify", "missed clock"]);
  assert.deepEqual([...inbox.pending(due)], events);
  assert.deepEqual(inbox.held(), []);
  assert.equal(summary(inbox.receive(sent[0], due)), "drop duplicate");
});

test("what is held is listed by account, for a screen of requests, and discarded", () => {
  const inbox = inboxOf(bob);
  const now = new Date();
  const early = new Date(now.getTime() - minute);
  for (const options of [{ now }, { now: early }, { now, from: carol }]) {
    throwsCode("untrusted", () => inbox.receive(seal(hello, options)));
  }
  assert.deepEqual(inbox.heldAccounts(), [
    { account: key(alice), count: 2, earliest: early, latest: now },
    { account: key(carol), count: 1, earliest: now, latest: now },
  ]);
  ownBytes(inbox.heldAccounts()[0].account, 32);
  assert.equal(inbox.discard(key(alice)), 2);
  assert.equal(inbox.discard(key(alice)), 0);
  assert.deepEqual(
    inbox.held().map(({ sender }) => sender.account),
    [key(carol)],
  );
  assert.deepEqual(inbox.trust(key(alice)), []);
});

test("an account that is blocked is not heard, and nothing that it said meanwhile ever is", () => {
  const inbox = inboxOf(bob, alice);
  const now = (ms) => ({ now: later(ms) });
  inbox.receive(seal(hello));
  assert.equal(inbox.isBlocked(key(alice)), false);
  inbox.block(key(alice));
  assert.equal(inbox.isBlocked(key(alice)), true);
  assert.deepEqual([...inbox.pending()], []);
  const insults = [hello, invite].map((content) => seal(content, now(1_000)));
  for (const insult of insults) {
    throwsCode("untrusted", () => inbox.receive(insult, now(1_000)));
  }
  assert.deepEqual(inbox.held(), []);

  const saved = inbox.save();
  const restored = Inbox.load(bob.device, saved);
  assert.equal(restored.isBlocked(key(alice)), true);
  assert.deepEqual(restored.trust(key(alice), now(30_000)), [], "trusting unblocks");
  assert.equal(restored.isBlocked(key(alice)), false);

  inbox.unblock(key(alice), now(30_000));
  assert.equal(inbox.isBlocked(key(alice)), false);
  throwsCode("untrusted", () => inbox.receive(seal(hello, now(31_000)), now(31_000)));
  assert.deepEqual(summaries(inbox.trust(key(alice), now(32_000))), ["notify"]);
  for (const insult of insults) {
    throwsCode("replayed", () => inbox.receive(insult, now(33_000)));
  }
  inbox.block(key(bob));
  assert.equal(inbox.isBlocked(key(bob)), false, "the own account is not blocked");
});

test("one device is revoked: its certificates from before the floor, and no others", () => {
  const inbox = inboxOf(bob, alice);
  const tablet = { device: Device.enroll(alice.account, { expiresAt: later(day) }) };
  const floor = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const statement = alice.account.revokeDevice(tablet.device.publicKey, floor);
  const before = seal(hello, { from: tablet });
  assert.equal(summary(inbox.receive(before)), "notify", "what was fetched is received first");
  inbox.revoke(statement);
  throwsCode("revoked", () => inbox.receive(seal(hello, { from: tablet })));
  assert.equal(summary(inbox.receive(seal(hello))), "notify");

  const forged = statement.slice();
  forged[40] ^= 1;
  assert.throws(
    () => inbox.revoke(forged),
    ({ code }) => ["bad_signature", "bad_key", "weak_key"].includes(code),
  );
  for (let count = 1; count < 64; count += 1) {
    const { publicKey } = Device.enroll(alice.account, { expiresAt: later(day) });
    inbox.revoke(alice.account.revokeDevice(publicKey, floor));
  }
  const { publicKey } = Device.enroll(alice.account, { expiresAt: later(day) });
  const last = alice.account.revokeDevice(publicKey, floor);
  throwsCode("inbox_full", () => inbox.revoke(last));
  inbox.revoke(alice.account.revoke(floor));
  inbox.revoke(last);
});

test("the inbox publishes, adds the prekeys, and remembers when", () => {
  const { account, device } = bob;
  const inbox = new Inbox(device);
  const prekeys = ["x25519", "xwing"].map((suite) =>
    Prekey.generate(suite, { expiresAt: later(30 * day) }),
  );
  const now = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const issued = (published) =>
    published.map((bytes) => PrekeyBundle.verify(bytes, account.publicKey).issuedAt - now);
  const first = inbox.publish(device, prekeys, { now });
  ownBytes(first[0], 259);
  ownBytes(first[1], 1_443);
  assert.deepEqual(issued(first), [0, 0]);
  assert.deepEqual(
    inbox.prekeys.map(({ id }) => id),
    prekeys.map(({ id }) => id),
  );
  assert.deepEqual(issued(inbox.publish(device, prekeys, { now })), [1_000, 1_000]);
  const restored = Inbox.load(device, inbox.save());
  const earlier = new Date(now.getTime() - 5 * minute);
  assert.deepEqual(issued(restored.publish(device, prekeys, { now: earlier })), [2_000, 2_000]);
  throwsCode("clock", () =>
    restored.publish(device, prekeys, { now: new Date(now.getTime() - 11 * minute) }),
  );
  const state = restored.save();
  throwsCode("no_prekeys", () => restored.publish(device, []));
  throwsCode("wrong_device", () => restored.publish(alice.device, prekeys));
  throwsCode("duplicate_suite", () => restored.publish(device, [prekeys[0], prekeys[0]]));
  throwsCode("prekey_expired", () => restored.publish(device, prekeys, { now: later(31 * day) }));
  assert.deepEqual(restored.save(), state);
});

test("the inbox publishes for a device whose key lives elsewhere", async () => {
  const { publicKey, sign } = await webCryptoKey();
  const secret = hushring.generateLinkSecret();
  const request = await ExternalDevice.request({ publicKey, sign, secret });
  const grant = bob.account.certify({ request, secret, expiresAt: later(60 * day) });
  const device = ExternalDevice.activate({ publicKey, sign, request, grant, secret });
  const inbox = new Inbox(device);
  const prekey = Prekey.generate("x25519", { expiresAt: later(30 * day) });
  const [first] = await inbox.publish(device, [prekey]);
  const [second] = await inbox.publish(device, [prekey]);
  const verify = (bytes) => PrekeyBundle.verify(bytes, key(bob));
  const bundle = verify(second);
  assert.ok(bundle.issuedAt > verify(first).issuedAt);
  inbox.trust(key(alice));
  assert.equal(summary(inbox.receive(seal(hello, { bundle }))), "notify");
  await rejectsCode("no_prekeys", inbox.publish(device, []));
  await rejectsCode("invalid_argument", inbox.publish(device, [7]));
  await rejectsCode("wrong_device", new Inbox(bob.device).publish(device, [prekey]));
  const refusing = new ExternalDevice(device.certificate, async () => new Uint8Array(64));
  await rejectsCode("bad_signature", inbox.publish(refusing, [prekey]));
  const [third] = await inbox.publish(device, [prekey]);
  assert.equal(verify(third).issuedAt - bundle.issuedAt, 2_000, "after a signature that failed");
});
