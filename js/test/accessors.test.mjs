// Arguments may hide code: accessors, iterators, proxies. It runs before anything is used.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import {
  callId,
  day,
  inboxOf,
  later,
  open,
  peer,
  rejectsCode,
  throwsCode,
  webCryptoKey,
} from "./helpers.mjs";

const { Account, Device, ExternalDevice, Inbox, PendingDevice, Prekey, PrekeyBundle } = hushring;

const secret = new Uint8Array(32).fill(5);
const expiresAt = later(day);
const cover = { type: "cover" };

let bob;

before(async () => {
  await hushring.init();
  bob = peer();
});

/** `object` with a member that frees `resource` when it is read. */
function freeing(resource, object, name, value) {
  const get = () => {
    resource.free();
    return value;
  };
  return Object.defineProperty(object, name, { get, enumerable: true });
}

const freshBundle = () => PrekeyBundle.verify(bob.published[0], bob.account.publicKey);

test("what an accessor frees is freed before it is used", () => {
  const { account, device, prekeys } = peer();
  const pending = PendingDevice.generate();
  const request = pending.request(secret);
  const grant = account.certify({ request, secret, expiresAt });
  const fresh = {
    account: () => Account.import(account.export()),
    device: () => Device.import(device.export()),
    pending: () => PendingDevice.generate(),
    prekey: () => Prekey.import(prekeys[0].export()),
    bundle: freshBundle,
    inbox: () => inboxOf(bob, bob),
  };
  const envelope = bob.device.seal(freshBundle(), cover);
  const key = bob.account.publicKey;
  const reference = { sender: { account: key }, messageId: "0".repeat(32) };
  const handle = { type: "generic", value: "x" };
  const now = (resource) => freeing(resource, {}, "now", undefined);
  const list = (resource, ...items) => freeing(resource, [...items], 0, items[0]);
  const cases = [
    ["account", (it) => it.revoke(new Date(), now(it))],
    ["account", (it) => it.certify(freeing(it, { request, secret }, "expiresAt", expiresAt))],
    ["account", (it) => Device.enroll(it, freeing(it, {}, "expiresAt", expiresAt))],
    ["device", (it) => it.request(secret, now(it))],
    ["device", (it) => it.activate(freeing(it, { grant, secret }, "request", request))],
    ["pending", (it) => it.request(secret, now(it))],
    ["pending", (it) => it.activate(freeing(it, { grant, secret }, "request", request))],
    ["device", (it) => it.publish(prekeys, now(it))],
    ["device", (it) => it.publish(list(it, prekeys[0]))],
    ["prekey", (it) => device.publish(list(it, prekeys[1], it))],
    ["prekey", (it) => device.publish([it], now(it))],
    ["device", (it) => it.seal(bob.bundles[0], freeing(it, {}, "type", "cover"))],
    ["device", (it) => it.seal(bob.bundles[0], cover, now(it))],
    ["bundle", (it) => device.seal(it, freeing(it, {}, "type", "cover"))],
    ["bundle", (it) => device.seal(it, cover, now(it))],
    ["device", (it) => it.sealMany(list(it, bob.bundles[0]), cover)],
    ["device", (it) => it.sealMany(bob.bundles, freeing(it, {}, "type", "cover"))],
    ["bundle", (it) => device.sealMany([it], freeing(it, {}, "type", "cover"))],
    ["bundle", (it) => device.sealMany(list(it, bob.bundles[0], it), cover)],
    ["bundle", (it) => PrekeyBundle.choose(list(it, bob.bundles[0], it))],
    ["inbox", (it) => it.receive(envelope, now(it))],
    ["inbox", (it) => it.explain(envelope, now(it))],
    ["inbox", (it) => it.pending(now(it))],
    ["inbox", (it) => it.prune(now(it))],
    ["inbox", (it) => it.revoke(bob.account.revoke(new Date()), now(it))],
    ["inbox", (it) => it.trust(key, now(it))],
    ["inbox", (it) => it.trust(key, freeing(it, {}, "displayName", "Bob"))],
    ["inbox", (it) => it.trust(key, freeing(it, {}, "handle", handle))],
    ["inbox", (it) => it.trust(key, { handle: freeing(it, { ...handle }, "value", "x") })],
    ["inbox", (it) => it.placeCall(callId, [key], now(it))],
    ["inbox", (it) => it.placeCall(callId, list(it, key))],
    ["inbox", (it) => it.answered(freeing(it, { caller: key }, "callId", callId))],
    ["inbox", (it) => it.left(freeing(it, { callId }, "caller", key))],
    ["inbox", (it) => it.left(freeing(it, { callId }, "accounts", [key]))],
    ["inbox", (it) => it.joined({ caller: key, callId, accounts: list(it, key) })],
    ["inbox", (it) => it.unblock(key, now(it))],
    ["inbox", (it) => it.release(now(it))],
    ["inbox", (it) => it.publish(bob.device, bob.prekeys, now(it))],
    ["inbox", (it) => it.publish(bob.device, list(it, bob.prekeys[0]))],
    ["device", (it) => inboxOf(bob).publish(it, prekeys, now(it))],
    ["account", (it) => it.revokeDevice(key, new Date(), now(it))],
    ["bundle", (it) => PrekeyBundle.choose([it], freeing(it, {}, "except", key))],
    ["inbox", (it) => it.acknowledge(freeing(it, { ...reference }, "messageId", "0".repeat(32)))],
    ["inbox", (it) => it.acknowledge(freeing(it, { ...reference }, "sender", reference.sender))],
    ["inbox", (it) => it.acknowledge({ ...reference, sender: freeing(it, {}, "account", key) })],
  ];
  for (const [kind, call] of cases) {
    const resource = fresh[kind]();
    assert.doesNotThrow(() => throwsCode("freed", () => call(resource)), call.toString());
    resource.free();
  }
});

test("the same for a device whose key lives elsewhere", async () => {
  const { publicKey, sign } = await webCryptoKey();
  const account = Account.generate();
  const request = await ExternalDevice.request({ publicKey, sign, secret });
  const grant = account.certify({ request, secret, expiresAt });
  const activated = { request, grant, secret };
  const fresh = () => ExternalDevice.activate({ publicKey, sign, ...activated });
  const cases = [
    (it) => it.publish(bob.prekeys, freeing(it, {}, "now", undefined)),
    (it) => it.publish(freeing(it, [], 0, bob.prekeys[0])),
    (it) => it.seal(bob.bundles[0], freeing(it, {}, "type", "cover")),
    (it) => it.seal(bob.bundles[0], cover, freeing(it, {}, "now", undefined)),
    (it) => it.sealMany(freeing(it, [], 0, bob.bundles[0]), cover),
    async (it) => it.renew(freeing(it, { ...activated }, "now", undefined)),
  ];
  for (const call of cases) {
    const device = fresh();
    await assert.doesNotReject(rejectsCode("freed", call(device)), call.toString());
  }
  const bundle = freshBundle();
  await rejectsCode("freed", fresh().seal(bundle, freeing(bundle, {}, "type", "cover")));
});

test("what is freed while a call uses it is freed when the call ends", () => {
  // The only code of others that runs within a call: a polyfill of crypto, say.
  const { account, device } = peer([]);
  const { getRandomValues } = crypto;
  crypto.getRandomValues = (array) => {
    device.free();
    return getRandomValues.call(crypto, array);
  };
  try {
    const envelope = device.seal(bob.bundles[0], cover);
    assert.equal(open(bob, envelope, { account }).reason, "cover");
  } finally {
    delete crypto.getRandomValues;
  }
  throwsCode("freed", () => device.export());
});

test("the same for an inbox, should somebody have replaced what the binding calls", () => {
  const { account, device } = peer([]);
  const inbox = inboxOf(bob, { account });
  const { fromEntries } = Object;
  Object.fromEntries = (entries) => {
    inbox.free();
    assert.throws(() => inbox.receive(envelope), { code: "freed" });
    return fromEntries(entries);
  };
  const envelope = device.seal(bob.bundles[0], { type: "message", body: "hello" });
  try {
    assert.equal(inbox.receive(envelope).content.body, "hello");
  } finally {
    Object.fromEntries = fromEntries;
  }
  throwsCode("freed", () => inbox.pending());
});

test("what an accessor throws is passed on as it is, and is not an error of this package", () => {
  const forged = { code: "bad_key", message: "forged" };
  const fail = () => {
    throw forged;
  };
  const throwing = (name) => Object.defineProperty({}, name, { get: fail, enumerable: true });
  const list = () => Object.defineProperty([], 0, { get: fail });
  const key = bob.account.publicKey;
  const { device, bundles, published, prekeys, account } = bob;
  const inbox = inboxOf(bob, bob);
  const calls = [
    () => account.certify(throwing("floor")),
    () => account.revoke(new Date(), throwing("now")),
    () => Device.enroll(account, throwing("expiresAt")),
    () => device.request(secret, throwing("now")),
    () => device.activate(throwing("request")),
    () => PendingDevice.generate().request(secret, throwing("now")),
    () => PendingDevice.generate().activate(throwing("request")),
    () => device.publish(list()),
    () => device.publish(prekeys, throwing("now")),
    () => device.seal(bundles[0], throwing("body")),
    () => device.seal(bundles[0], cover, throwing("messageId")),
    () => device.sealMany(list(), cover),
    () => device.sealMany(bundles, { type: "message", data: list() }),
    () => hushring.measure(throwing("type")),
    () => Prekey.generate("xwing", throwing("expiresAt")),
    () => PrekeyBundle.verify(published[0], key, throwing("now")),
    () => PrekeyBundle.verify(published[0], key, throwing("lastPublished")),
    () => PrekeyBundle.verifyAll(list(), key),
    () => PrekeyBundle.choose(list()),
    () => hushring.verifyRevocation(secret, key, throwing("now")),
    () => hushring.fit(throwing("offer"), "xwing"),
    () => hushring.fromIceCandidate(throwing("candidate")),
    () => hushring.fromDescription(throwing("type")),
    () => new hushring.ServerClock(throwing("system")),
    () => new hushring.ServerClock().add(throwing("roundTrip")),
    () => PrekeyBundle.choose([], throwing("except")),
    () => inbox.answered(throwing("callId")),
    () => inbox.left(throwing("accounts")),
    () => inbox.joined(throwing("accounts")),
    () => inbox.receive(secret, throwing("now")),
    () => inbox.trust(key, throwing("handle")),
    () => inbox.trust(key, { handle: throwing("type") }),
    () => inbox.placeCall(callId, list()),
    () => inbox.acknowledge(throwing("sender")),
    () => inbox.acknowledge({ sender: throwing("account"), messageId: "0".repeat(32) }),
    () => inbox.acknowledge(throwing("messageId")),
    () => ExternalDevice.activate(throwing("grant")),
  ];
  for (const call of calls) assert.throws(call, (error) => error === forged, call.toString());
});

test("a proxy that was revoked is an argument of the wrong type", () => {
  const revoked = (target) => {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  };
  const key = bob.account.publicKey;
  const { device, bundles, published, prekeys, account } = bob;
  const inbox = inboxOf(bob, bob);
  const calls = [
    () => account.revoke(new Date(), revoked({})),
    () => Device.enroll(revoked(account), { expiresAt }),
    () => Account.import(revoked(secret)),
    () => device.publish(revoked(prekeys)),
    () => device.seal(revoked(bundles[0]), cover),
    () => device.seal(bundles[0], cover, revoked({})),
    () => PrekeyBundle.verify(published[0], key, { lastPublished: revoked(secret) }),
    () => PrekeyBundle.verify(published[0], key, { revocations: revoked([]) }),
    () => PrekeyBundle.choose(revoked(bundles)),
    () => new Inbox(revoked(device)),
    () => Inbox.load(revoked(device), secret),
    () => Inbox.load(device, revoked(secret)),
    () => inbox.addPrekey(revoked(prekeys[0])),
    () => inbox.receive(revoked(secret)),
    () => inbox.receive(secret, revoked({})),
    () => inbox.trust(key, { handle: revoked({}) }),
    () => inbox.placeCall(callId, revoked([])),
    () => inbox.answered(revoked({})),
    () => inbox.joined({ caller: key, callId, accounts: revoked([]) }),
    () => hushring.fromIceCandidate(revoked({})),
    () => hushring.fromDescription(revoked({})),
    () => inbox.acknowledge(revoked({})),
    () => inbox.acknowledge({ sender: revoked({}), messageId: "0".repeat(32) }),
  ];
  for (const call of calls) {
    assert.doesNotThrow(() => throwsCode("invalid_argument", call), call.toString());
  }
  throwsCode("invalid_date", () => account.revoke(revoked(new Date())));
  for (const target of [{}, [], () => {}]) {
    throwsCode("bad_content", () => device.seal(bundles[0], revoked(target)));
    const data = [revoked(target)];
    const error = throwsCode("bad_content", () =>
      device.seal(bundles[0], { type: "message", data }),
    );
    assert.equal(error.member, "data[0]");
  }
});
