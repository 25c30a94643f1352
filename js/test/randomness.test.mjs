// A source of random bytes that was mocked or is broken is refused (K1). Each has a process of its
// own, because the package remembers how the last draw began.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

/** Runs in the child: makes everything that takes random bytes, and tells what came of it. */
async function makeAll(give) {
  const { Account, Device, ExternalDevice, generateLinkSecret, init, PendingDevice, Prekey } =
    await import("hushring");
  const { PrekeyBundle } = await import("hushring");
  await init();
  const expiresAt = new Date(Date.now() + 86_400_000);
  // Made before the source breaks.
  const account = Account.import(new Uint8Array(32).fill(1));
  const device = Device.enroll(account, { expiresAt });
  const bundles = ["x25519", "xwing"].map((suite) => {
    const [published] = device.publish([Prekey.generate(suite, { expiresAt })]);
    return PrekeyBundle.verify(published, account.publicKey);
  });
  const external = new ExternalDevice(device.certificate, async () => new Uint8Array(64));
  const message = { type: "message", body: "hello" };
  const messageId = "00112233445566778899aabbccddeeff";

  let draws = 0;
  crypto.getRandomValues = (array) => {
    for (let place = 0; place < array.length; place += 1) array[place] = give(place, draws);
    draws += 1;
    return array;
  };
  const calls = {
    account: () => Account.generate(),
    device: () => Device.enroll(account, { expiresAt }),
    pending: () => PendingDevice.generate(),
    secret: () => generateLinkSecret(),
    x25519: () => Prekey.generate("x25519", { expiresAt }),
    xwing: () => Prekey.generate("xwing", { expiresAt }),
    seal: () => device.seal(bundles[0], message),
    sealMany: () => device.sealMany(bundles, message),
    sealGivenId: () => device.seal(bundles[1], message, { messageId }),
    external: () => external.sealMany(bundles, message, { messageId }),
  };
  const results = {};
  for (const [name, call] of Object.entries(calls)) {
    try {
      await call();
      results[name] = "made";
    } catch (error) {
      results[name] = error.code;
    }
  }
  return results;
}

function resultsWith(give) {
  const code = `${makeAll}; console.log(JSON.stringify(await makeAll(${give})));`;
  return JSON.parse(printed(code));
}

function printed(code) {
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", code], {
    encoding: "utf8",
  });
  assert.equal(child.status, 0, child.stderr);
  return child.stdout;
}

const names = [
  ...["account", "device", "pending", "secret", "x25519", "xwing"],
  ...["seal", "sealMany", "sealGivenId", "external"],
];
const all = (result) => Object.fromEntries(names.map((name) => [name, result]));

test("with nothing but zeros, nothing is made", () => {
  assert.deepEqual(
    resultsWith(() => 0),
    all("no_randomness"),
  );
});

test("with the same bytes again and again, nothing is made but what takes them first", () => {
  for (const same of [() => 7, (place) => place]) {
    assert.deepEqual(resultsWith(same), { ...all("no_randomness"), account: "made" });
  }
});

test("a source that has never given anything else makes not even the first thing", () => {
  const code = `
    crypto.getRandomValues = (array) => array.fill(7);
    const { generateLinkSecret, init } = await import("hushring");
    await init();
    try {
      console.log(generateLinkSecret());
    } catch (error) {
      console.log(error.code);
    }
  `;
  assert.equal(printed(code), "no_randomness\n");
});

test("with bytes that differ, everything is made but what is wrongly signed", () => {
  assert.deepEqual(
    resultsWith((place, draw) => (place === 0 ? draw : 7)),
    { ...all("made"), external: "bad_signature" },
  );
});

/**
 * Runs in the child: seals with draws that are known, as a device that has its key and as one whose
 * key is elsewhere, and tells which encapsulations are equal.
 */
async function sealTwice() {
  const { Device, Account, ExternalDevice, init, Prekey, PrekeyBundle } = await import("hushring");
  await init();
  const expiresAt = new Date(Date.now() + 86_400_000);
  const account = Account.generate();
  const device = Device.enroll(account, { expiresAt });
  const seed = device.export().slice(0, 32);
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  const sign = async (text) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, text));
  const external = new ExternalDevice(device.certificate, sign);
  const bundles = ["x25519", "xwing"].map((suite) => {
    const [published] = device.publish([Prekey.generate(suite, { expiresAt })]);
    return PrekeyBundle.verify(published, account.publicKey);
  });
  const options = { messageId: "00112233445566778899aabbccddeeff", now: new Date() };
  const encapsulated = (envelopes) =>
    envelopes.map((envelope, index) =>
      Buffer.from(envelope.subarray(10, index === 0 ? 42 : 1_130)).toString("hex"),
    );

  let draws = 0;
  crypto.getRandomValues = (array) => {
    draws += 1;
    for (let place = 0; place < array.length; place += 1) array[place] = place === 0 ? draws : 7;
    return array;
  };
  // Each begins with the same draws.
  const seal = async (work) => {
    draws = 100;
    return encapsulated(await work());
  };
  const hello = { type: "message", body: "hello" };
  const hullo = { type: "message", body: "hullo" };
  return {
    external: await seal(() => external.sealMany(bundles, hello, options)),
    externalOther: await seal(() => external.sealMany(bundles, hullo, options)),
    device: await seal(() => device.sealMany(bundles, hello, options)),
    deviceOther: await seal(() => device.sealMany(bundles, hullo, options)),
    deviceOne: await seal(() => [device.seal(bundles[0], hello, options)]),
  };
}

test("known draws give the encapsulation of an outside signer, and not that of a device (H4)", () => {
  const code = `${sealTwice}; console.log(JSON.stringify(await sealTwice()));`;
  const { external, externalOther, device, deviceOther, deviceOne } = JSON.parse(printed(code));
  assert.deepEqual(external, externalOther, "the draws are the same");
  for (const [index] of external.entries()) {
    assert.notEqual(device[index], external[index]);
    assert.notEqual(device[index], deviceOther[index]);
  }
  assert.equal(deviceOne[0], device[0], "hedged in the same way");
  assert.notEqual(deviceOne[0], external[0]);
});
