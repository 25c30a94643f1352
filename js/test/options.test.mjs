// An ignored option fails open: a revocation is not checked, a name is not pinned.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import vm from "node:vm";
import * as hushring from "hushring";
import { apnsRequest } from "hushring/relay";
import { callId, day, inboxOf, later, peer, throwsCode, webCryptoKey } from "./helpers.mjs";

const { Account, Device, ExternalAccount, ExternalDevice, PendingDevice, Prekey, PrekeyBundle } =
  hushring;

const secret = new Uint8Array(32).fill(5);
const expiresAt = later(day);
const cover = { type: "cover" };

let cases;
let bob;

/** Each function that takes options: good ones, and a call with whatever it is given. */
before(async () => {
  await hushring.init();
  bob = peer();
  const { account, device, prekeys, bundles, published } = bob;
  const key = account.publicKey;
  const inbox = inboxOf(bob, bob);
  const pending = PendingDevice.generate();
  const request = pending.request(secret);
  const grant = account.certify({ request, secret, expiresAt });
  const envelope = device.seal(bundles[0], cover);
  const statement = account.revoke(new Date(0));
  const { publicKey, sign } = await webCryptoKey();
  const asked = await ExternalDevice.request({ publicKey, sign, secret });
  const granted = account.certify({ request: asked, secret, expiresAt });
  const external = ExternalDevice.activate({
    publicKey,
    sign,
    request: asked,
    grant: granted,
    secret,
  });
  const outside = await webCryptoKey();
  const externalAccount = new ExternalAccount(outside.publicKey, outside.sign);
  const now = new Date();
  const handle = { type: "generic", value: "bob" };
  const { lastPublished } = PrekeyBundle.verifyAll(published, key);
  const revocations = [statement, account.revokeDevice(publicKey, new Date(0))];
  const call = crypto.randomUUID();
  const reference = { caller: key, callId: call };
  inbox.placeCall(call, [key]);
  const clocks = { system: Date.now, monotonic: () => performance.now() };
  const clock = new hushring.ServerClock(clocks);
  cases = {
    "account.certify": [{ request, secret, expiresAt, now }, (it) => account.certify(it)],
    "account.revoke": [{ now }, (it) => account.revoke(new Date(0), it)],
    "account.revokeDevice": [{ now }, (it) => account.revokeDevice(publicKey, new Date(0), it)],
    "Device.enroll": [{ expiresAt, floor: new Date(0), now }, (it) => Device.enroll(account, it)],
    "device.request": [{ now }, (it) => device.request(secret, it)],
    "pending.request": [{ now }, (it) => PendingDevice.generate().request(secret, it)],
    "pending.activate": [{ grant, secret, request, now }, (it) => pending.activate(it)],
    "device.publish": [{ after: new Date(0), now }, (it) => device.publish(prekeys, it)],
    "device.seal": [
      { messageId: "00".repeat(16), now },
      (it) => device.seal(bundles[0], cover, it),
    ],
    "device.sealMany": [{ now }, (it) => device.sealMany(bundles, cover, it)],
    "Prekey.generate": [{ expiresAt, now }, (it) => Prekey.generate("xwing", it)],
    "PrekeyBundle.verify": [
      { revocations, lastPublished, now },
      (it) => PrekeyBundle.verify(published[0], key, it),
    ],
    "PrekeyBundle.verifyAll": [
      { revocations, lastPublished, now },
      (it) => PrekeyBundle.verifyAll(published, key, it),
    ],
    "PrekeyBundle.choose": [{ except: publicKey }, (it) => PrekeyBundle.choose(bundles, it)],
    verifyRevocation: [{ now }, (it) => hushring.verifyRevocation(statement, key, it)],
    "external.renew": [{ request: asked, grant: granted, secret, now }, (it) => external.renew(it)],
    "external.publish": [{ after: new Date(0), now }, (it) => external.publish(prekeys, it)],
    "external.seal": [{ now }, (it) => external.seal(bundles[0], cover, it)],
    "external.sealMany": [{ now }, (it) => external.sealMany(bundles, cover, it)],
    "ExternalDevice.request": [
      { publicKey, sign, secret, now },
      (it) => ExternalDevice.request(it),
    ],
    "ExternalDevice.activate": [
      { publicKey, sign, request: asked, grant: granted, secret, now },
      (it) => ExternalDevice.activate(it),
    ],
    "externalAccount.certify": [
      { request, secret, expiresAt, now },
      (it) => externalAccount.certify(it),
    ],
    "externalAccount.revoke": [{ now }, (it) => externalAccount.revoke(new Date(0), it)],
    "externalAccount.revokeDevice": [
      { now },
      (it) => externalAccount.revokeDevice(publicKey, new Date(0), it),
    ],
    "inbox.prune": [{ now }, (it) => inbox.prune(it)],
    "inbox.trust": [{ handle, displayName: "Bob", now }, (it) => inbox.trust(key, it)],
    "inbox.trust, handle": [handle, (it) => inbox.trust(key, { handle: it })],
    "inbox.revoke": [{ now }, (it) => inbox.revoke(statement, it)],
    "inbox.unblock": [{ now }, (it) => inbox.unblock(key, it)],
    "inbox.release": [{ now }, (it) => inbox.release(it)],
    "inbox.publish": [
      { now },
      (it) => inboxOf({ device, prekeys: [] }).publish(device, prekeys, it),
    ],
    "inbox.publish, external": [
      { now },
      (it) => new hushring.Inbox(external).publish(external, prekeys, it),
    ],
    "inbox.left": [reference, (it) => inbox.left(it)],
    "inbox.left, own": [{ callId: call, accounts: [] }, (it) => inbox.left(it)],
    "inbox.joined": [
      { ...reference, accounts: [key], now },
      (it) => {
        inbox.placeCall(call, [key]);
        inbox.joined(it);
      },
    ],
    "inbox.placeCall": [{ now }, (it) => inbox.placeCall(callId, [key], it)],
    "inbox.receive": [{ now }, (it) => inbox.receive(envelope, it)],
    "inbox.pending": [{ now }, (it) => inbox.pending(it)],
    "inbox.explain": [{ now }, (it) => inbox.explain(envelope, it)],
    ServerClock: [clocks, (it) => new hushring.ServerClock(it)],
    "clock.add": [{ serverTime: now, roundTrip: 1, at: 1 }, (it) => clock.add(it)],
    apnsRequest: [
      { deviceToken: "00", topic: "org.example", now },
      (it) => apnsRequest(envelope, it),
    ],
  };
});

/** What a call throws, or rejects with. */
async function failureOf(call) {
  try {
    await call();
  } catch (error) {
    return error;
  }
}

test("good options are taken, also with a null prototype, or of another realm", async () => {
  const foreign = vm.runInNewContext("(members) => ({ ...members })");
  for (const [name, [options, call]] of Object.entries(cases)) {
    const kinds = [
      options,
      Object.assign(Object.create(null), options),
      foreign(options),
      { ...options, ...("now" in options && { now: undefined }) },
    ];
    for (const kind of kinds) assert.equal(await failureOf(() => call(kind)), undefined, name);
  }
});

test("an option that does not exist is named, however it is hidden", async () => {
  for (const [name, [options, call]] of Object.entries(cases)) {
    const hidden = { value: undefined, enumerable: false };
    const wrong = [
      { ...options, Now: new Date() },
      { ...options, Now: undefined },
      Object.defineProperty({ ...options }, "Now", hidden),
      { ...options, [Symbol("Now")]: 1 },
    ];
    for (const each of wrong) {
      const error = await failureOf(() => call(each));
      assert.equal(error?.code, "invalid_argument", name);
      assert.match(error.message, /there is no option ".*Now\)?": there are /, name);
      for (const option of Object.keys(options)) assert.ok(error.message.includes(option), name);
    }
  }
});

test("options are plain objects, so that nothing is inherited", async () => {
  class Options {}
  for (const [name, [options, call]] of Object.entries(cases)) {
    const wrong = [
      Object.create(options),
      Object.assign(new Options(), options),
      Object.assign([], options),
      new Map(Object.entries(options)),
      Object.assign(new Date(), options),
      null,
      7,
      () => options,
    ];
    for (const each of wrong) {
      const error = await failureOf(() => call(each));
      assert.equal(error?.code, "invalid_argument", `${name} ${String(each)}`);
    }
  }
});

test("what is inherited from Object.prototype is not an option", () => {
  const { account, published } = bob;
  const floor = later(-day);
  const revocations = { value: [account.revoke(later(0))], configurable: true };
  Object.defineProperty(Object.prototype, "revocations", revocations);
  Object.defineProperty(Object.prototype, "floor", { value: floor, configurable: true });
  try {
    assert.ok(PrekeyBundle.verify(published[0], account.publicKey, {}));
    const notBefore = later(-2 * day);
    assert.ok(Device.enroll(account, { expiresAt, notBefore }));
  } finally {
    delete Object.prototype.revocations;
    delete Object.prototype.floor;
  }
});

test("a hidden option counts, and each is read once", () => {
  const { account, published } = bob;
  const revocations = { value: [account.revoke(later(0))], enumerable: false };
  const options = Object.defineProperty({}, "revocations", revocations);
  throwsCode("revoked", () => PrekeyBundle.verify(published[0], account.publicKey, options));

  let reads = 0;
  const get = () => {
    reads += 1;
    return expiresAt;
  };
  Account.prototype.certify.call(
    account,
    Object.defineProperty(
      { request: PendingDevice.generate().request(secret), secret },
      "expiresAt",
      { get, enumerable: true },
    ),
  );
  assert.equal(reads, 1);
});
