import assert from "node:assert/strict";
import * as hushring from "hushring";

export const minute = 60_000;
export const day = 24 * 60 * minute;
export const suites = ["x25519", "xwing"];
export const callId = "3F2504E0-4F89-41D3-9A0C-0305E82C3301";

/** A date `ms` from now. */
export const later = (ms) => new Date(Date.now() + ms);

/** Asserts that `body` throws a HushringError with this code, and returns the error. */
export function throwsCode(code, body) {
  try {
    body();
  } catch (error) {
    return hasCode(code, error);
  }
  assert.fail(`expected ${code}, but nothing was thrown`);
}

/** The same for a promise. */
export async function rejectsCode(code, promise) {
  try {
    await promise;
  } catch (error) {
    return hasCode(code, error);
  }
  assert.fail(`expected ${code}, but nothing was rejected`);
}

function hasCode(code, error) {
  if (!hushring.HushringError.is(error)) throw error;
  assert.equal(error.code, code, error.message);
  // Also where it is of another realm.
  assert.equal(Object.prototype.toString.call(error), "[object Error]");
  assert.ok(error.message.startsWith(`${code}: `) && error.message.length > code.length + 2);
  return error;
}

/** Asserts that these are bytes of their own, no view of something larger. */
export function ownBytes(bytes, length) {
  assert.equal(Object.getPrototypeOf(bytes), Uint8Array.prototype);
  assert.equal(bytes.length, length);
  assert.equal(bytes.byteOffset, 0);
  assert.equal(bytes.buffer.byteLength, length);
  return bytes;
}

/** An account with a device and prekeys of these suites. */
export function peer(offered = suites) {
  const account = hushring.Account.generate();
  const device = hushring.Device.enroll(account, { expiresAt: later(300 * day) });
  const prekeys = offered.map((suite) =>
    hushring.Prekey.generate(suite, { expiresAt: later(30 * day) }),
  );
  const published = prekeys.length === 0 ? [] : device.publish(prekeys);
  const bundles = published.map((bundle) =>
    hushring.PrekeyBundle.verify(bundle, account.publicKey),
  );
  return { account, device, prekeys, published, bundles };
}

/** An inbox with a peer's prekeys that trusts these other peers. */
export function inboxOf({ device, prekeys }, ...senders) {
  const inbox = new hushring.Inbox(device);
  for (const prekey of prekeys) inbox.addPrekey(prekey);
  for (const { account } of senders) inbox.trust(account.publicKey);
  return inbox;
}

/**
 * Seals for a peer and receives there: what the content looks like on the other side. What is about
 * a call comes while the call rings, or if a callee says it, in a call that the receiver has placed.
 */
export function roundTrip(sender, receiver, content, suite = "x25519") {
  const bundle = receiver.bundles.find((candidate) => candidate.suite === suite);
  const now = new Date();
  const envelope = sender.device.seal(bundle, content, { now });
  const inbox = inboxOf(receiver, sender);
  const { type, callId, ring } = content;
  if (ring instanceof Date) {
    inbox.placeCall(callId, [sender.account.publicKey], { now: ring });
  } else if (type.startsWith("call.") && type !== "call.invite" && callId !== undefined) {
    const invite = { type: "call.invite", callId, hasVideo: false };
    inbox.receive(sender.device.seal(bundle, invite, { now }));
  }
  const event = inbox.receive(envelope);
  inbox.free();
  return event;
}

/** Receives in an inbox that has received nothing before. */
export function open(receiver, envelope, sender, options = {}) {
  const {
    device = receiver.device,
    prekeys = receiver.prekeys,
    trusted = [sender.account.publicKey],
    now,
  } = options;
  const inbox = new hushring.Inbox(device);
  try {
    for (const prekey of prekeys) inbox.addPrekey(prekey);
    for (const account of trusted) inbox.trust(account, { now });
    return inbox.receive(envelope, { now });
  } finally {
    inbox.free();
  }
}

/** An Ed25519 key in WebCrypto that cannot be exported. */
export async function webCryptoKey() {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (bytes) => {
    assert.ok(bytes.length <= 128);
    return new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, bytes));
  };
  return { publicKey, sign };
}
