import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import { open, peer, rejectsCode, throwsCode, webCryptoKey } from "./helpers.mjs";

const { Account, Device, ExternalDevice, PrekeyBundle } = hushring;

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
  const memory = await init();
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
