import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import {
  callId,
  day,
  later,
  minute,
  open,
  ownBytes,
  peer,
  suites,
  throwsCode,
} from "./helpers.mjs";
import { packed } from "./packed.mjs";
import { hex, unhex } from "./vector-values.mjs";

const { Account, Device, Inbox, PendingDevice, Prekey, PrekeyBundle } = hushring;

before(hushring.init);

for (const suite of suites) {
  test(`an invitation from a web page to a phone, ${suite}`, () => {
    const alice = Account.generate();
    const laptop = Device.enroll(alice, { expiresAt: later(365 * day) });

    const bob = Account.generate();
    const pending = PendingDevice.generate();
    const secret = ownBytes(hushring.generateLinkSecret(), 32);
    const request = ownBytes(pending.request(secret), 137);
    const grant = ownBytes(bob.certify({ request, secret, expiresAt: later(300 * day) }), 177);
    const phone = pending.activate({ grant, secret });
    assert.deepEqual(phone.publicKey, pending.publicKey);
    assert.deepEqual(phone.account, bob.publicKey);

    const prekey = Prekey.generate(suite, { expiresAt: later(20 * day) });
    const [published] = phone.publish([prekey]);
    ownBytes(published, suite === "xwing" ? 1_443 : 259);
    const bundle = PrekeyBundle.verify(published, bob.publicKey);
    assert.equal(bundle.id, prekey.id);
    assert.equal(bundle.suite, suite);
    assert.deepEqual(bundle.offers, [suite]);
    assert.deepEqual(bundle.account, bob.publicKey);
    assert.deepEqual(bundle.device, phone.publicKey);
    assert.deepEqual(ownBytes(bundle.toBytes(), published.length), published);
    assert.ok(Math.abs(bundle.issuedAt - Date.now()) < minute);
    assert.deepEqual(bundle.expiresAt, prekey.expiresAt);

    const content = {
      type: "call.invite",
      callId,
      hasVideo: true,
      handle: { type: "emailAddress", value: "alice@example.org" },
      callerName: "Alice",
      lifetime: 45,
      offer: "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n",
      groupId: undefined,
      data: [1, -2.5, "x", true, null, { nested: Uint8Array.of(1, 2) }],
    };
    const now = new Date();
    const envelope = ownBytes(laptop.seal(bundle, content, { now }), 2_880);
    assert.match(hushring.envelopeTag(envelope), /^[0-9a-f]{8}$/);

    const inbox = new Inbox(phone);
    inbox.addPrekey(prekey);
    inbox.trust(alice.publicKey);
    const opened = inbox.receive(envelope);
    assert.equal(opened.action, "ring");
    ownBytes(opened.sender.account, 32);
    ownBytes(opened.sender.device, 32);
    assert.deepEqual(opened.sender, { account: alice.publicKey, device: laptop.publicKey });
    assert.match(opened.messageId, /^[0-9a-f]{32}$/);
    assert.deepEqual(opened.sentAt, now);
    const { groupId, ...members } = content;
    assert.deepEqual(opened.content, { ...members, callId: callId.toLowerCase() });
    assert.equal(Object.getPrototypeOf(opened.content), Object.prototype);
    ownBytes(opened.content.data[5].nested, 2);

    assert.equal(opened.callUUID, hushring.callKitUUID(alice.publicKey, callId));
    assert.match(
      opened.callUUID,
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    assert.equal(
      hushring.callKitUUID(alice.publicKey, callId),
      hushring.callKitUUID(alice.publicKey, callId.toLowerCase()),
    );
  });
}

test("what is exported comes back the same, and is a copy each time", () => {
  const { account, device, prekeys } = peer();
  const pending = PendingDevice.generate();
  for (const [object, type, length] of [
    [account, Account, 32],
    [device, Device, 176],
    [pending, PendingDevice, 32],
    [prekeys[0], Prekey, 41],
    [prekeys[1], Prekey, 41],
  ]) {
    const exported = ownBytes(object.export(), length);
    assert.notEqual(object.export(), exported);
    assert.deepEqual(type.import(exported).export(), exported);
    assert.deepEqual(type.import(Buffer.from(exported)).export(), exported);
    exported.fill(0);
    assert.notDeepEqual(object.export(), exported);
  }
  const restored = Device.import(device.export());
  assert.deepEqual(restored.certificate, ownBytes(device.certificate, 144));
  assert.deepEqual(restored.account, account.publicKey);
  ownBytes(device.publicKey, 32);
  ownBytes(account.publicKey, 32);

  const prekey = Prekey.import(prekeys[1].export());
  assert.equal(prekey.id, prekeys[1].id);
  assert.match(prekey.id, /^[0-9a-f]{16}$/);
  assert.equal(prekey.suite, "xwing");
  assert.deepEqual(prekey.expiresAt, prekeys[1].expiresAt);
  assert.equal(prekey.expiresAt.getTime() % 1_000, 0);
});

test("a fingerprint is eight groups of four hex digits", () => {
  const { account } = peer();
  assert.match(account.fingerprint, /^[0-9a-f]{4}( [0-9a-f]{4}){7}$/);
  assert.equal(account.fingerprint, hushring.fingerprint(account.publicKey));
});

test("a certificate is renewed by the same two messages", () => {
  const { account, device } = peer();
  const secret = hushring.generateLinkSecret();
  const request = device.request(secret);
  const grant = account.certify({ request, secret, expiresAt: later(366 * day - 2 * day) });
  const renewed = device.activate({ grant, secret });
  assert.notEqual(renewed, device);
  assert.deepEqual(renewed.publicKey, device.publicKey);
  assert.notDeepEqual(renewed.certificate, device.certificate);
});

test("a request outlives a restart when it is passed in", () => {
  const account = Account.generate();
  const secret = hushring.generateLinkSecret();
  const pending = PendingDevice.generate();
  const request = pending.request(secret);
  const grant = account.certify({ request, secret, expiresAt: later(day) });
  const restarted = PendingDevice.import(pending.export());
  const device = restarted.activate({ grant, secret, request });
  assert.deepEqual(device.account, account.publicKey);
  const again = Device.import(device.export());
  assert.deepEqual(again.activate({ grant, secret, request }).certificate, device.certificate);
});

test("sealMany gives one message id, the input's order, and mixes suites", () => {
  const alice = peer();
  const receivers = [peer(["x25519"]), peer(["xwing"]), peer(["x25519"])];
  const bundles = receivers.map(({ bundles: [bundle] }) => bundle);
  const envelopes = alice.device.sealMany(bundles, { type: "message", body: "hello" });
  assert.equal(envelopes.length, 3);
  const ids = envelopes.map((envelope, index) => {
    ownBytes(envelope, 2_880);
    const opened = open(receivers[index], envelope, alice);
    assert.deepEqual(opened.content, { type: "message", body: "hello" });
    return opened.messageId;
  });
  assert.equal(new Set(ids).size, 1);

  const messageId = "00112233445566778899aabbccddeeff";
  const [envelope] = alice.device.sealMany(bundles, { type: "cover" }, { messageId });
  assert.equal(open(receivers[0], envelope, alice).messageId, messageId);
});

/** What is remembered of an account of which these bundles of one publication were accepted. */
async function publishedOf({ account, device }, bundles) {
  const [{ issuedAt, offers }] = bundles;
  const hashed = bundles.map(async (bundle) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bundle.toBytes()));
    return { suite: bundle.suite, hash: hex(hash) };
  });
  const entry = {
    device: hex(device.publicKey),
    issuedAt: issuedAt.getTime() / 1_000,
    offers: offers.reduce((sum, suite) => sum + (suite === "xwing" ? 2 : 1), 0),
    bundles: await Promise.all(hashed),
  };
  return packed(account.publicKey, { entries: [entry] });
}

test("verifyAll keeps the good bundles and tells of the bad ones", async () => {
  const { account, published, device } = peer();
  const stranger = peer();
  const list = [published[0], new Uint8Array(3), stranger.published[0], published[1]];
  const { bundles, rejected, lastPublished } = PrekeyBundle.verifyAll(list, account.publicKey);
  assert.deepEqual(
    bundles.map(({ suite }) => suite),
    suites,
  );
  assert.deepEqual(
    rejected.map(({ index, error }) => [index, hushring.HushringError.is(error), error.code]),
    [
      [1, true, "bad_length"],
      [2, true, "wrong_account"],
    ],
  );
  ownBytes(lastPublished, 73 + 106);
  assert.deepEqual(lastPublished, await publishedOf({ account, device }, bundles));
});

test("a publication counts as a whole: what is older of its device is stale", async () => {
  const { account, device, prekeys } = peer();
  const key = account.publicKey;
  const earlier = { now: later(-minute) };
  const [oldClassic, oldStrong] = device.publish(prekeys, earlier);
  const [newClassic] = device.publish([prekeys[0]]);
  const list = [oldStrong, newClassic, oldClassic];
  const { bundles, rejected, lastPublished } = PrekeyBundle.verifyAll(list, key);
  assert.deepEqual(
    bundles.map((bundle) => bundle.toBytes()),
    [newClassic],
  );
  assert.deepEqual(
    rejected.map(({ index, error }) => [index, error.code]),
    [
      [0, "stale_bundle"],
      [2, "stale_bundle"],
    ],
  );
  assert.deepEqual(lastPublished, await publishedOf({ account, device }, bundles));

  const apart = list.map((bundle) => PrekeyBundle.verify(bundle, key));
  assert.deepEqual(PrekeyBundle.choose(apart), {
    targets: [apart[1]],
    downgraded: [],
    expired: [],
  });
});

test("a downgrade is told of by the latest publication alone", () => {
  const { account, device, prekeys } = peer();
  const verify = (bundle) => PrekeyBundle.verify(bundle, account.publicKey);
  const [, oldStrong] = device.publish(prekeys, { now: later(-minute) }).map(verify);
  const [newClassic] = device.publish(prekeys).map(verify);
  const { targets, downgraded } = PrekeyBundle.choose([oldStrong, newClassic]);
  assert.deepEqual(targets, [newClassic]);
  assert.deepEqual(
    downgraded.map(({ offered, available }) => [offered, available]),
    [["xwing", "x25519"]],
  );
});

test("lastPublished is merged with what was given, and survives JSON", () => {
  const { account, published } = peer();
  const tablet = Device.enroll(account, { expiresAt: later(day) });
  const others = tablet.publish([Prekey.generate("x25519", { expiresAt: later(day) })]);
  const key = account.publicKey;
  const first = PrekeyBundle.verifyAll(published, key).lastPublished;
  ownBytes(first, 73 + 106);
  const stored = JSON.stringify(hex(first));
  const lastPublished = unhex(JSON.parse(stored));
  const second = PrekeyBundle.verifyAll(others, key, { lastPublished }).lastPublished;
  ownBytes(second, 73 + 106 + 74);
  const again = PrekeyBundle.verifyAll(published, key, { lastPublished: second });
  assert.equal(again.bundles.length, 2, "the same bundle may be fetched again");
  assert.deepEqual(again.lastPublished, second);
  assert.deepEqual(PrekeyBundle.verifyAll([], key, { lastPublished: second }).bundles, []);
});

test("a lastPublished that is damaged, of another account or a later version is refused", () => {
  const alice = peer();
  const { account, published } = peer();
  const { lastPublished: good } = PrekeyBundle.verifyAll(published, account.publicKey);
  const changed = (index) => good.with(index, good[index] ^ 2);
  const refused = [
    ["bad_state", new Uint8Array(0)],
    ["bad_state", good.subarray(0, -1)],
    ["bad_state", changed(good.length - 40)],
    ["state_too_new", changed(0)],
    ["wrong_account", PrekeyBundle.verifyAll([], alice.account.publicKey).lastPublished],
  ];
  for (const [code, lastPublished] of refused) {
    const known = { lastPublished };
    throwsCode(code, () => PrekeyBundle.verifyAll(published, account.publicKey, known));
    throwsCode(code, () => PrekeyBundle.verify(published[0], account.publicKey, known));
  }
});

test("choose takes the strongest of each device and tells of what is held back", () => {
  const alice = peer();
  const bob = peer(["x25519"]);
  const all = PrekeyBundle.choose([...alice.bundles, ...bob.bundles]);
  assert.deepEqual(all.targets, [alice.bundles[1], bob.bundles[0]]);
  assert.ok(all.targets.every((target) => target instanceof PrekeyBundle));
  assert.deepEqual(all.downgraded, []);

  const weak = PrekeyBundle.choose([bob.bundles[0], alice.bundles[0]]);
  assert.deepEqual(weak.targets, [bob.bundles[0], alice.bundles[0]]);
  assert.deepEqual(weak.downgraded, [
    {
      account: alice.account.publicKey,
      device: alice.device.publicKey,
      offered: "xwing",
      available: "x25519",
    },
  ]);
  assert.deepEqual(PrekeyBundle.choose([]), { targets: [], downgraded: [], expired: [] });
});

test("a revocation ends older certificates; a new one follows the floor", () => {
  const { account, published } = peer();
  const floor = new Date(Math.floor(Date.now() / 1_000) * 1_000 - minute);
  const revocation = ownBytes(account.revoke(floor), 105);
  assert.deepEqual(hushring.verifyRevocation(revocation, account.publicKey), { floor });
  const revocations = [revocation];
  const { bundles, rejected } = PrekeyBundle.verifyAll(published, account.publicKey, {
    revocations,
  });
  assert.equal(bundles.length, 0);
  assert.deepEqual(
    rejected.map(({ error }) => error.code),
    ["revoked", "revoked"],
  );

  const renewed = Device.enroll(account, { expiresAt: later(day), floor });
  const fresh = renewed.publish([Prekey.generate("x25519", { expiresAt: later(day) })]);
  assert.equal(PrekeyBundle.verifyAll(fresh, account.publicKey, { revocations }).bundles.length, 1);
});

test("one device is revoked, and the others need nothing", () => {
  const { account, device, published } = peer();
  const other = Device.enroll(account, { expiresAt: later(day) });
  const prekey = Prekey.generate("x25519", { expiresAt: later(day) });
  const floor = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const revocation = ownBytes(account.revokeDevice(device.publicKey, floor), 137);
  const verified = hushring.verifyRevocation(revocation, account.publicKey);
  assert.deepEqual(verified, { floor, device: device.publicKey });
  ownBytes(verified.device, 32);

  const before = account.revoke(new Date(0));
  const list = [...published, ...other.publish([prekey])];
  const { bundles, rejected } = PrekeyBundle.verifyAll(list, account.publicKey, {
    revocations: [before, revocation],
  });
  assert.deepEqual(
    bundles.map((bundle) => bundle.device),
    [other.publicKey],
  );
  assert.deepEqual(
    rejected.map(({ index, error }) => [index, error.code]),
    [
      [0, "revoked"],
      [1, "revoked"],
    ],
  );
  const stranger = peer([]).account;
  const foreign = stranger.revokeDevice(device.publicKey, floor);
  throwsCode("wrong_account", () =>
    PrekeyBundle.verify(published[0], account.publicKey, { revocations: [foreign] }),
  );
});

test("statements that came with a list are kept, and unsound ones are reported", () => {
  const { account, device, published } = peer();
  const key = account.publicKey;
  const floor = later(-minute);
  const statement = account.revokeDevice(device.publicKey, floor);
  const foreign = peer([]).account.revoke(floor);
  const came = [foreign, new Uint8Array(65_537), statement, new Uint8Array(3)];
  const first = PrekeyBundle.verifyAll(published, key, { revocations: came });
  assert.deepEqual(first.revocations, [statement]);
  ownBytes(first.revocations[0], 137);
  assert.deepEqual(
    first.rejectedRevocations.map(({ index, error }) => [index, error.code]),
    [
      [0, "wrong_account"],
      [1, "bad_length"],
      [3, "bad_length"],
    ],
  );
  assert.ok(hushring.HushringError.is(first.rejectedRevocations[0].error));
  assert.equal(first.bundles.length, 0);

  // The next time nothing comes with the list, and the device stays revoked.
  const { revocations, rejectedRevocations } = first;
  assert.equal(rejectedRevocations.length, 3);
  const second = PrekeyBundle.verifyAll(published, key, { revocations });
  assert.equal(second.bundles.length, 0);
  assert.deepEqual([second.revocations, second.rejectedRevocations], [[statement], []]);

  const of_all = account.revoke(floor);
  const third = PrekeyBundle.verifyAll([], key, { revocations: [...revocations, of_all] });
  assert.deepEqual(third.revocations, [of_all]);
});

test("bundles behind the 512th are not even looked at", () => {
  const { account, published } = peer();
  const list = Array(100_000).fill(7);
  list.fill(new Uint8Array(0), 0, 511);
  list[511] = published[0];
  const start = performance.now();
  const { bundles, rejected } = PrekeyBundle.verifyAll(list, account.publicKey);
  assert.ok(performance.now() - start < 2_000);
  assert.equal(bundles.length, 1);
  assert.equal(rejected.length, 99_999);
  const [last, notRead, ...rest] = rejected.slice(510);
  assert.deepEqual([last.index, last.error.code], [510, "bad_length"]);
  assert.deepEqual([notRead.index, notRead.error.code], [512, "too_many"]);
  assert.ok(rest.every(({ index, error }, i) => index === 513 + i && error.code === "too_many"));
});

test("a publication is newer than the last one, also within the same second", () => {
  const { account, device, prekeys } = peer();
  const now = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const verify = (bundles) =>
    PrekeyBundle.verifyAll(bundles, account.publicKey, { lastPublished, now });
  let lastPublished;
  const [weak] = device.publish([prekeys[0]], { now });
  ({ lastPublished } = verify([weak]));
  const strong = device.publish(prekeys, { now });
  assert.equal(verify(strong).rejected.length, 2, "another of the same moment");
  const after = PrekeyBundle.verify(weak, account.publicKey, { now }).issuedAt;
  const newer = device.publish(prekeys, { now, after });
  const { bundles } = verify(newer);
  assert.deepEqual(
    bundles.map(({ issuedAt }) => issuedAt - after),
    [1_000, 1_000],
  );
  ({ lastPublished } = verify(newer));
  assert.equal(verify([weak]).rejected[0].error.code, "stale_bundle");
  throwsCode("clock", () => device.publish(prekeys, { now, after: later(11 * minute) }));
});

test("choose can leave a device out", () => {
  const { account, device, bundles } = peer();
  const tablet = Device.enroll(account, { expiresAt: later(day) });
  const prekey = Prekey.generate("x25519", { expiresAt: later(day) });
  const [other] = PrekeyBundle.verifyAll(tablet.publish([prekey]), account.publicKey).bundles;
  const all = [...bundles, other];
  const own = device.publicKey;
  assert.deepEqual(PrekeyBundle.choose(all).targets, [bundles[1], other]);
  assert.deepEqual(PrekeyBundle.choose(all, { except: own }).targets, [other]);
  assert.deepEqual(PrekeyBundle.choose(bundles, { except: own }), {
    targets: [],
    downgraded: [],
    expired: [],
  });
  throwsCode("bad_key", () => PrekeyBundle.choose(all, { except: new Uint8Array(31) }));
  throwsCode("invalid_argument", () => PrekeyBundle.choose(all, { except: device }));
});

test("measure says what capacity must hold", () => {
  const short = hushring.measure({ type: "message", body: "a" });
  assert.ok(short > 0 && short < 40);
  assert.ok(hushring.measure({ type: "message", body: "a".repeat(40) + Math.random() }) > short);
});

test("now is the moment of every call", () => {
  const past = new Date("2021-06-01T12:00:00Z");
  const account = Account.generate();
  const device = Device.enroll(account, { expiresAt: new Date("2021-09-01"), now: past });
  const prekey = Prekey.generate("x25519", { expiresAt: new Date("2021-07-01"), now: past });
  const [published] = device.publish([prekey], { now: past });
  const bundle = PrekeyBundle.verify(published, account.publicKey, { now: past });
  assert.deepEqual(bundle.issuedAt, past);
  const sender = Account.generate();
  const from = Device.enroll(sender, { expiresAt: new Date("2021-09-01"), now: past });
  const envelope = from.seal(bundle, { type: "cover" }, { now: past });
  const inbox = new Inbox(device);
  inbox.addPrekey(prekey);
  inbox.trust(sender.publicKey, { now: past });
  const opened = inbox.receive(envelope, { now: past });
  assert.deepEqual(opened.sentAt, past);
});

test("a call and a message to the same bundle differ only where both are random", () => {
  const alice = peer();
  for (const { bundles } of [peer()]) {
    for (const bundle of bundles) {
      const call = alice.device.seal(bundle, {
        type: "call.invite",
        callId,
        hasVideo: true,
        offer: "v=0",
      });
      const message = alice.device.seal(bundle, { type: "message", body: "hello" });
      assert.equal(call.length, message.length);
      assert.deepEqual(call.subarray(0, 10), message.subarray(0, 10));
      const equal = call.subarray(10).filter((byte, index) => byte === message[10 + index]).length;
      assert.ok(equal < 60, `${equal} of 2,870 bytes are equal, where chance gives 11`);
    }
  }
});
