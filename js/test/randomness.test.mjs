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
