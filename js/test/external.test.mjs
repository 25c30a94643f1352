import assert from "node:assert/strict";
import { before, test } from "node:test";
import vm from "node:vm";
import * as hushring from "hushring";
import {
  day,
  later,
  minute,
  open,
  ownBytes,
  peer,
  rejectsCode,
  throwsCode,
  webCryptoKey,
} from "./helpers.mjs";

const { ExternalAccount, ExternalDevice, PendingDevice, Prekey, PrekeyBundle } = hushring;

let bob;

before(async () => {
  await hushring.init();
  bob = peer();
});

/** A device in WebCrypto, linked to an account here. */
async function external() {
  const account = hushring.Account.generate();
  const { publicKey, sign } = await webCryptoKey();
  const secret = hushring.generateLinkSecret();
  const request = ownBytes(await ExternalDevice.request({ publicKey, sign, secret }), 137);
  const grant = account.certify({ request, secret, expiresAt: later(100 * day) });
  const device = ExternalDevice.activate({ publicKey, sign, request, grant, secret });
  return { account, device, publicKey, sign, secret, request, grant };
}

test("a device with a WebCrypto key that cannot be exported does all that a device does", async () => {
  const alice = await external();
  assert.deepEqual(ownBytes(alice.device.publicKey, 32), alice.publicKey);
  assert.deepEqual(ownBytes(alice.device.account, 32), alice.account.publicKey);
  const again = new ExternalDevice(ownBytes(alice.device.certificate, 144), alice.sign);
  assert.deepEqual(again.publicKey, alice.publicKey);

  const prekeys = ["x25519", "xwing"].map((suite) =>
    Prekey.generate(suite, { expiresAt: later(day) }),
  );
  const published = await alice.device.publish(prekeys);
  const { bundles } = PrekeyBundle.verifyAll(published, alice.account.publicKey);
  assert.deepEqual(
    bundles.map(({ suite, offers }) => [suite, offers]),
    [
      ["x25519", ["x25519", "xwing"]],
      ["xwing", ["x25519", "xwing"]],
    ],
  );

  for (const bundle of bob.bundles) {
    const envelope = ownBytes(await again.seal(bundle, { type: "message", body: "out" }), 2_880);
    assert.equal(open(bob, envelope, alice).content.body, "out");
  }
  const many = await alice.device.sealMany(bob.bundles, { type: "cover" });
  assert.equal(new Set(many.map((envelope) => open(bob, envelope, alice).messageId)).size, 1);

  const receiver = { ...alice, prekeys };
  const inbound = bob.device.seal(bundles[1], { type: "message", body: "in" });
  assert.equal(open(receiver, inbound, bob).content.body, "in");
});

test("an account with a WebCrypto key certifies and revokes", async () => {
  const { publicKey, sign } = await webCryptoKey();
  const account = new ExternalAccount(publicKey, sign);
  assert.deepEqual(account.publicKey, publicKey);
  assert.equal(account.fingerprint, hushring.fingerprint(publicKey));
  const secret = hushring.generateLinkSecret();
  const pending = PendingDevice.generate();
  const grant = await account.certify({
    request: pending.request(secret),
    secret,
    expiresAt: later(day),
  });
  assert.deepEqual(pending.activate({ grant: ownBytes(grant, 177), secret }).account, publicKey);
  const floor = new Date(1_700_000_000_000);
  assert.deepEqual(
    hushring.verifyRevocation(ownBytes(await account.revoke(floor), 105), publicKey),
    { floor },
  );
  await rejectsCode("clock", account.revoke(later(11 * minute)));
  await rejectsCode("invalid_date", account.revoke(1_700_000_000_000));
  await rejectsCode(
    "bad_lifetime",
    account.certify({ request: pending.request(secret), secret, expiresAt: later(400 * day) }),
  );
  await rejectsCode(
    "bad_mac",
    account.certify({
      request: pending.request(secret),
      secret: new Uint8Array(32),
      expiresAt: later(day),
    }),
  );
});

test("a signer that signs wrongly, or returns something else, yields nothing", async () => {
  const alice = await external();
  const stranger = await webCryptoKey();
  const cases = [
    ["bad_signature", stranger.sign],
    ["bad_signature", async () => new Uint8Array(64)],
    ["bad_signature", async (bytes) => flipped(await alice.sign(bytes))],
    ["bad_signature", async (bytes) => alice.sign(bytes.subarray(1))],
    ["invalid_signer", async () => new Uint8Array(63)],
    ["invalid_signer", async () => new Uint8Array(65)],
    ["invalid_signer", async () => new ArrayBuffer(64)],
    ["invalid_signer", async () => Array(64).fill(0)],
    ["invalid_signer", async () => undefined],
  ];
  const [bundle] = bob.bundles;
  for (const [code, sign] of cases) {
    const device = new ExternalDevice(alice.device.certificate, sign);
    const account = new ExternalAccount(alice.account.publicKey, sign);
    await rejectsCode(code, device.seal(bundle, { type: "cover" }));
    await rejectsCode(code, device.sealMany(bob.bundles, { type: "cover" }));
    await rejectsCode(code, device.publish([Prekey.generate("x25519", { expiresAt: later(day) })]));
    await rejectsCode(
      code,
      ExternalDevice.request({ publicKey: alice.publicKey, sign, secret: alice.secret }),
    );
    await rejectsCode(code, account.revoke(new Date()));
    const made = account.certify({
      request: alice.request,
      secret: alice.secret,
      expiresAt: later(day),
    });
    await assert.rejects(made, (error) => [code, "bad_certificate"].includes(error.code));
  }
});

test("a signature is bytes of any kind, and 64 of them whatever they pretend", async () => {
  const alice = await external();
  class Pretending extends Uint8Array {
    get length() {
      return this.byteLength === 64 ? 63 : 64;
    }
    get [Symbol.toStringTag]() {
      return "Signature";
    }
  }
  const context = vm.createContext();
  const kinds = {
    subclass: (signature) => new Pretending(signature.buffer),
    foreign: (signature) => vm.runInContext(`new Uint8Array([${signature}])`, context),
    buffer: (signature) => Buffer.from(signature),
    view: (signature) => new Uint8Array([0, ...signature, 0]).subarray(1, 65),
  };
  for (const [name, convert] of Object.entries(kinds)) {
    const sign = async (bytes) => convert(await alice.sign(bytes));
    const device = new ExternalDevice(alice.device.certificate, sign);
    const envelope = await device.seal(bob.bundles[0], { type: "message", body: name });
    assert.equal(open(bob, envelope, alice).content.body, name);
  }
  const detached = new Uint8Array(64);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const wrong of [new Pretending(63), new Pretending(65), new Uint8Array(65_537), detached]) {
    const device = new ExternalDevice(alice.device.certificate, async () => wrong);
    await rejectsCode("invalid_signer", device.seal(bob.bundles[0], { type: "cover" }));
  }
});

test("a certificate is renewed by the account that gave it, and by no other", async () => {
  const { account, device, publicKey, sign } = await external();
  const secret = hushring.generateLinkSecret();
  const expiresAt = later(200 * day);
  const request = await ExternalDevice.request({ publicKey: device.publicKey, sign, secret });
  const grant = account.certify({ request, secret, expiresAt });
  const renewed = device.renew({ request, grant, secret });
  assert.ok(renewed instanceof ExternalDevice && renewed !== device);
  assert.deepEqual(renewed.publicKey, publicKey);
  assert.deepEqual(renewed.account, account.publicKey);
  assert.notDeepEqual(renewed.certificate, device.certificate);
  device.free();
  const envelope = await renewed.seal(bob.bundles[0], { type: "cover" });
  assert.equal(open(bob, envelope, { account }).reason, "cover");
  throwsCode("freed", () => device.renew({ request, grant, secret }));

  const foreign = hushring.Account.generate().certify({ request, secret, expiresAt });
  throwsCode("wrong_account", () => renewed.renew({ request, grant: foreign, secret }));
  const other = await webCryptoKey();
  const theirs = await ExternalDevice.request({
    publicKey: other.publicKey,
    sign: other.sign,
    secret,
  });
  const granted = account.certify({ request: theirs, secret, expiresAt });
  throwsCode("wrong_device", () => renewed.renew({ request: theirs, grant: granted, secret }));
  throwsCode("bad_mac", () => renewed.renew({ request, grant, secret: new Uint8Array(32) }));
  throwsCode("certificate_expired", () =>
    renewed.renew({ request, grant, secret, now: later(201 * day) }),
  );
  throwsCode("invalid_argument", () => renewed.renew());
  throwsCode("invalid_argument", () => renewed.renew({ grant, secret }));
});

test("what a signer throws is passed on as it is, and the next call starts over", async () => {
  const alice = await external();
  const failure = { name: "the user pressed cancel" };
  let calls = 0;
  const moody = async (bytes) => {
    calls += 1;
    if (calls === 2) throw failure;
    return alice.sign(bytes);
  };
  const device = new ExternalDevice(alice.device.certificate, moody);
  await assert.rejects(
    device.sealMany(bob.bundles, { type: "cover" }),
    (error) => error === failure,
  );
  assert.equal(calls, 2);
  const envelopes = await device.sealMany(bob.bundles, { type: "cover" });
  assert.equal(envelopes.length, 2);

  const throwing = new ExternalDevice(alice.device.certificate, () => {
    throw failure;
  });
  await assert.rejects(
    throwing.seal(bob.bundles[0], { type: "cover" }),
    (error) => error === failure,
  );
});

test("signers are asked one after the other, for at most 128 bytes, each time others", async () => {
  const alice = await external();
  const seen = [];
  let busy = false;
  const device = new ExternalDevice(alice.device.certificate, async (bytes) => {
    assert.equal(busy, false);
    busy = true;
    ownBytes(bytes, bytes.length);
    seen.push(Buffer.from(bytes).toString("hex"));
    await new Promise((resolve) => setTimeout(resolve, 2));
    busy = false;
    const signature = await alice.sign(bytes);
    bytes.fill(0);
    return Buffer.from(signature);
  });
  await device.sealMany(bob.bundles, { type: "message", body: "secret text" });
  await device.sealMany(bob.bundles, { type: "message", body: "secret text" });
  assert.equal(new Set(seen).size, 4);
  assert.ok(
    seen.every((hex) => hex.length <= 256 && !hex.includes(Buffer.from("secret").toString("hex"))),
  );
});

test("arguments are taken before the signer is asked, and bad ones reject", async () => {
  const alice = await external();
  const content = { type: "message", body: "before" };
  const bundle = PrekeyBundle.verify(bob.published[0], bob.account.publicKey);
  const sealing = alice.device.seal(bundle, content);
  content.body = "after";
  bundle.free();
  alice.device.free();
  assert.equal(open(bob, await sealing, alice).content.body, "before");
  await rejectsCode("freed", alice.device.seal(bob.bundles[0], content));

  const { device } = await external();
  await rejectsCode("freed", device.seal(bundle, content));
  await rejectsCode("invalid_argument", device.seal(bob.published[0], content));
  await rejectsCode("bad_content", device.seal(bob.bundles[0], { type: "message", body: 7 }));
  await rejectsCode(
    "too_large",
    device.seal(bob.bundles[1], {
      type: "message",
      data: crypto.getRandomValues(new Uint8Array(2_000)),
    }),
  );
  await rejectsCode("no_prekeys", device.publish([]));
  await rejectsCode("invalid_date", device.publish(bob.prekeys, { now: 7 }));
  await rejectsCode(
    "bundle_expired",
    device.seal(bob.bundles[0], content, { now: later(60 * day) }),
  );
  await rejectsCode(
    "bad_length",
    ExternalDevice.request({
      publicKey: alice.publicKey,
      sign: alice.sign,
      secret: new Uint8Array(31),
    }),
  );
  await rejectsCode(
    "invalid_argument",
    ExternalDevice.request({ publicKey: "key", sign: alice.sign, secret: alice.secret }),
  );
  await rejectsCode(
    "invalid_argument",
    ExternalDevice.request({ publicKey: alice.publicKey, sign: {}, secret: alice.secret }),
  );
});

test("constructors check what they are given", async () => {
  const { sign } = await webCryptoKey();
  throwsCode("bad_length", () => new ExternalDevice(new Uint8Array(143), sign));
  throwsCode("invalid_argument", () => new ExternalDevice("certificate", sign));
  throwsCode("invalid_argument", () => new ExternalDevice(bob.device.certificate));
  throwsCode("invalid_argument", () => new ExternalAccount(bob.account.publicKey, {}));
  throwsCode(
    "bad_certificate",
    () => new ExternalDevice(flipped(bob.device.certificate, 143), sign),
  );
  throwsCode("weak_key", () => new ExternalAccount(new Uint8Array(32), sign));

  const alice = await external();
  const { request, grant, secret, publicKey } = alice;
  throwsCode("wrong_device", () =>
    ExternalDevice.activate({ publicKey: bob.device.publicKey, sign, request, grant, secret }),
  );
  throwsCode("bad_mac", () =>
    ExternalDevice.activate({ publicKey, sign, request, grant, secret: new Uint8Array(32) }),
  );
  throwsCode("invalid_argument", () => ExternalDevice.activate({ publicKey, sign, grant, secret }));
  const brief = alice.account.certify({ request, secret, expiresAt: later(day) });
  const late = { request, grant: brief, secret, now: later(2 * day) };
  throwsCode("certificate_expired", () =>
    ExternalDevice.activate({ publicKey, sign: alice.sign, ...late }),
  );
});

function flipped(bytes, index = 3) {
  const copy = bytes.slice();
  copy[index] ^= 1;
  return copy;
}
