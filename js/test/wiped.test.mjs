// Copies of secrets that the facade makes outside of the wasm's memory are filled with zeros when
// the call ends, also when it throws. This sees every array of bytes that the package makes.

import assert from "node:assert/strict";
import { test } from "node:test";

const Bytes = Uint8Array;
const made = [];

/** Whatever makes an array of bytes in this process, after this, is seen. */
function watch() {
  globalThis.Uint8Array = new Proxy(Bytes, {
    construct(target, parameters, newTarget) {
      const bytes = Reflect.construct(target, parameters, newTarget);
      made.push(bytes);
      return bytes;
    },
  });
  const { slice } = Bytes.prototype;
  Bytes.prototype.slice = function (...parameters) {
    const bytes = slice.apply(this, parameters);
    made.push(bytes);
    return bytes;
  };
}

watch();
let memory;
const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (...parameters) => {
  const instance = await instantiate(...parameters);
  memory = instance.exports.memory;
  return instance;
};
const hushring = await import("hushring");
await hushring.init();
WebAssembly.instantiate = instantiate;
const { Account, Device, ExternalDevice, Inbox, PendingDevice, Prekey, PrekeyBundle } = hushring;

/** Runs a call, and returns the arrays that it has made, without those that it returned. */
async function madeBy(call) {
  made.length = 0;
  let result;
  try {
    result = await call();
  } catch (error) {
    assert.ok(hushring.HushringError.is(error), error?.stack);
  }
  const seen = made.filter((bytes) => bytes.buffer !== memory.buffer);
  made.length = 0;
  return { copies: seen.filter((bytes) => bytes !== result), result, seen };
}

const holds = (bytes, secret) => Buffer.from(bytes.buffer).includes(Buffer.from(secret));

const fill = () => crypto.getRandomValues(new Bytes(32));
const expiresAt = new Date(Date.now() + 86_400_000);

test("this sees the copies, and what a call returns", async () => {
  const seed = fill();
  const { seen, copies } = await madeBy(() => Account.import(seed));
  assert.ok(seen.length > 0 && seen.every((bytes) => bytes.length > 0));
  assert.ok(copies.some((bytes) => bytes.length === 32));
  const account = Account.import(seed);
  const exported = await madeBy(() => account.export());
  assert.ok(exported.seen.some((bytes) => holds(bytes, seed)));
});

test("no copy of a seed, a secret, an export or a state is left", async () => {
  const [accountSeed, pendingSeed, secret] = [fill(), fill(), fill()];
  const account = Account.import(accountSeed);
  const device = Device.enroll(account, { expiresAt });
  const pending = PendingDevice.import(pendingSeed);
  const prekey = Prekey.generate("xwing", { expiresAt });
  const request = pending.request(secret);
  const grant = account.certify({ request, secret, expiresAt });
  const [published] = device.publish([prekey]);
  const bundle = PrekeyBundle.verify(published, account.publicKey);
  const inbox = new Inbox(device);
  inbox.addPrekey(prekey);
  const body = "a secret that compression leaves as it is: Zj7qK2xvPw9sL4bN8cTf";
  const data = crypto.getRandomValues(new Bytes(64));
  const other = Account.generate();
  inbox.trust(other.publicKey);
  const laptop = Device.enroll(other, { expiresAt });
  inbox.receive(laptop.seal(bundle, { type: "message", body, data }));
  const state = inbox.save();
  assert.ok(holds(state, data));
  const exported = { account: account.export(), device: device.export(), prekey: prekey.export() };
  const publicKey = device.publicKey;
  const sign = async () => new Bytes(64);
  const granted = { grant, secret, request };
  const external = new ExternalDevice(device.certificate, sign);

  // Each with what must not stay, and once so that it fails.
  const wrong = (bytes) => bytes.subarray(1);
  const spoilt = Bytes.from(grant).fill(9, 100);
  const cases = [
    [accountSeed, () => Account.import(accountSeed)],
    [wrong(accountSeed), () => Account.import(wrong(accountSeed))],
    [accountSeed, () => account.export()],
    [exported.device.subarray(0, 32), () => Device.import(exported.device)],
    [exported.device.subarray(1, 32), () => Device.import(wrong(exported.device))],
    [exported.device.subarray(0, 32), () => device.export()],
    [exported.prekey.subarray(1, 33), () => Prekey.import(exported.prekey)],
    [exported.prekey.subarray(1, 33), () => Prekey.import(wrong(exported.prekey))],
    [exported.prekey.subarray(1, 33), () => prekey.export()],
    [pendingSeed, () => PendingDevice.import(pendingSeed)],
    [wrong(pendingSeed), () => PendingDevice.import(wrong(pendingSeed))],
    [pendingSeed, () => pending.export()],
    [secret, () => pending.request(secret)],
    [secret, () => pending.request(secret, { now: "late" })],
    [wrong(secret), () => pending.request(wrong(secret))],
    [secret, () => device.request(secret)],
    [secret, () => account.certify({ request, secret, expiresAt })],
    [secret, () => account.certify({ request, secret, expiresAt: "late" })],
    [secret, () => account.certify({ request: spoilt, secret, expiresAt })],
    [secret, () => pending.activate({ grant, secret })],
    [secret, () => pending.activate({ grant, secret, request: 7 })],
    [secret, () => pending.activate({ grant, secret, now: "late" })],
    [secret, () => pending.activate({ grant: spoilt, secret })],
    [secret, () => ExternalDevice.request({ publicKey, sign, secret })],
    [secret, () => ExternalDevice.request({ publicKey, secret, sign, now: "late" })],
    [secret, () => ExternalDevice.activate({ publicKey, sign, ...granted })],
    [secret, () => external.renew({ ...granted, grant: spoilt })],
    [secret, () => external.renew({ ...granted, now: "late" })],
    [data, () => Inbox.load(device, state)],
    [data.subarray(1), () => Inbox.load(device, wrong(state))],
    [data, () => inbox.save()],
    [data, () => device.seal(bundle, { type: "message", data })],
    [data, () => device.seal(bundle, { type: "message", data, body: 7 })],
    [data, () => hushring.measure({ type: "message", data, more: Symbol("x") })],
  ];
  let seen = 0;
  for (const [what, call] of cases) {
    const { copies } = await madeBy(call);
    seen += copies.length;
    for (const copy of copies) assert.ok(!holds(copy, what), `${call} left ${copy.length} bytes`);
  }

  assert.ok(seen > cases.length, "of most calls, copies were seen");

  const [event] = inbox.pending();
  assert.equal(event.content.body, body);
  assert.deepEqual(account.export(), accountSeed, "the caller's own stays");
});

test("a call within a call, in a getter, wipes its own copies and no others", async () => {
  const [seed, secret] = [fill(), fill()];
  const pending = PendingDevice.generate();
  const request = pending.request(secret);
  const account = Account.generate();
  const options = {
    request,
    secret,
    get expiresAt() {
      assert.deepEqual(Account.import(seed).export(), seed);
      return expiresAt;
    },
  };
  const grant = account.certify(options);
  assert.equal(pending.activate({ grant, secret }).account.length, 32);
});

test("what outlives its call is not wiped", async () => {
  const { publicKey } = Account.generate();
  const account = new hushring.ExternalAccount(publicKey, async () => new Bytes(64));
  assert.deepEqual(account.publicKey, publicKey);
  assert.equal(account.fingerprint, hushring.fingerprint(publicKey));
});
