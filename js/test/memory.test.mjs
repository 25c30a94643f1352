import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import { day, later, open, peer, rejectsCode, throwsCode, webCryptoKey } from "./helpers.mjs";

const { Account, Device, ExternalDevice, PendingDevice, Prekey, PrekeyBundle } = hushring;

let memory;

before(async () => {
  memory = await init();
});

/** Loads the wasm and gives its memory, which the package hides. */
async function init() {
  const { instantiate } = WebAssembly;
  let instance;
  WebAssembly.instantiate = async (...parameters) => {
    instance = await instantiate(...parameters);
    return instance;
  };
  await hushring.init();
  WebAssembly.instantiate = instantiate;
  return instance.exports.memory;
}

test("what is freed, refused, or left waiting for a signer uses up no memory", async () => {
  const alice = peer();
  const bob = peer();
  const { sign } = await webCryptoKey();
  const external = new ExternalDevice(alice.device.certificate, sign);
  const rejecting = new ExternalDevice(alice.device.certificate, () => Promise.reject("no"));
  const forged = new Uint8Array(2_880);

  async function round() {
    Account.generate().free();
    Device.generate().free();
    PrekeyBundle.verify(bob.published[1], bob.account.publicKey).free();
    const { bundles } = PrekeyBundle.verifyAll(bob.published, bob.account.publicKey);
    for (const bundle of bundles) bundle.free();
    throwsCode("bad_content", () =>
      alice.device.seal(bob.bundles[0], { type: "message", body: 7 }),
    );
    const envelope = alice.device.seal(bob.bundles[0], { type: "cover" });
    open(bob, envelope, alice);
    forged.set(envelope.subarray(0, 100));
    throwsCode("decryption_failed", () => open(bob, forged, alice));
    await rejectsCode("bad_signature", external.sealMany(bob.bundles, { type: "cover" }));
    await assert.rejects(
      rejecting.sealMany(bob.bundles, { type: "cover" }),
      (error) => error === "no",
    );
  }

  for (let count = 0; count < 20; count += 1) await round();
  const before = memory.buffer.byteLength;
  for (let count = 0; count < 200; count += 1) await round();
  assert.equal(memory.buffer.byteLength, before);
});

test("what is too long is refused before it takes up memory", () => {
  const { account } = peer([]);
  const before = memory.buffer.byteLength;
  const text = "0".repeat(20_000_000);
  const content = { type: "message", body: text };
  throwsCode("bad_call_id", () => hushring.callKitUUID(account.publicKey, text));
  throwsCode("too_long", () => hushring.measure(content));
  throwsCode("bad_length", () => Account.import(new Uint8Array(20_000_000)));
  assert.equal(memory.buffer.byteLength, before);
});

test("no secret key is left on the heap when its object is freed", () => {
  const bob = peer();
  const secret = new Uint8Array(32).fill(5);
  const expiresAt = later(day);
  const kinds = [
    [Account, () => Account.generate(), enroll],
    [Device, () => Device.enroll(bob.account, { expiresAt }), seal],
    [PendingDevice, () => Device.generate(), activate],
    [Prekey, () => Prekey.generate("x25519", { expiresAt }), receive],
    [Prekey, () => Prekey.generate("xwing", { expiresAt }), receive],
  ];
  for (const [type, make, use] of kinds) {
    for (const object of [make(), reimported(type, make())]) {
      use(object);
      const exported = object.export();
      const key = type === Prekey ? exported.slice(1, 33) : exported.slice(0, 32);
      assert.ok(isOnHeap(key), `${type.name}: this is where it would be found`);
      object.free();
      assert.ok(!isOnHeap(key), type.name);
    }
  }

  function reimported(type, object) {
    const exported = object.export();
    object.free();
    return type.import(exported);
  }

  function enroll(account) {
    Device.enroll(account, { expiresAt }).free();
    account.revoke(new Date());
  }

  function seal(device) {
    device.sealMany(bob.bundles, { type: "cover" });
    device.publish(bob.prekeys);
  }

  function activate(pending) {
    const request = pending.request(secret);
    pending.activate(bob.account.certify(request, secret, { expiresAt }), secret).free();
  }

  function receive(prekey) {
    const [published] = bob.device.publish([prekey]);
    const bundle = PrekeyBundle.verify(published, bob.account.publicKey);
    open(bob, bob.device.seal(bundle, { type: "cover" }), bob, { prekeys: [prekey] });
    bundle.free();
  }
});

/**
 * Whether these bytes stand above the stack, which rustc puts first and makes 1 MiB large. On the
 * stack, copies may stay until later calls overwrite them.
 */
function isOnHeap(bytes) {
  return Buffer.from(memory.buffer, 1_048_576).includes(bytes);
}
