// What stays in the WebAssembly's memory, stack and heap, of the secrets that this test knows, after
// an app has done what apps do and has freed its objects.

import assert from "node:assert/strict";
import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from "node:crypto";
import { before, test } from "node:test";
import * as hushring from "hushring";
import { callId, day, later } from "./helpers.mjs";

const { Account, Device, Inbox, PendingDevice, Prekey, PrekeyBundle } = hushring;

/** What rustc puts first in the memory, and wipeStack wipes of it at the end of a call. */
const stackSize = 1_048_576;
const wiped = 65_536;

const expiresAt = later(day);
const random = (length) => crypto.getRandomValues(new Uint8Array(length));
let memory;

before(async () => {
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...parameters) => {
    const instance = await instantiate(...parameters);
    memory = instance.exports.memory;
    return instance;
  };
  await hushring.init();
  WebAssembly.instantiate = instantiate;
});

/** Where in the memory a half of a secret stands. */
function leftOf(secrets) {
  const bytes = Buffer.from(memory.buffer);
  const found = [];
  for (const [name, secret] of Object.entries(secrets)) {
    for (const part of [secret.subarray(0, 16), secret.subarray(-16)]) {
      for (let at = bytes.indexOf(part); at >= 0; at = bytes.indexOf(part, at + 1)) {
        found.push(`${name}: ${at < stackSize ? `stack ${stackSize - at}` : `heap ${at}`}`);
      }
    }
  }
  return found;
}

/** Has `take` see every draw of random bytes, but for those of 16: message ids. */
function watchingRandom(take, body) {
  const { getRandomValues } = crypto;
  crypto.getRandomValues = (array) => {
    getRandomValues.call(crypto, array);
    if (array.length > 16) take(array.slice());
    return array;
  };
  try {
    return body();
  } finally {
    delete crypto.getRandomValues;
  }
}

/** What Ed25519 and HMAC make of a seed. */
function derivedFrom(name, seed) {
  const expanded = createHash("sha512").update(seed).digest();
  const clamped = Uint8Array.from(expanded.subarray(0, 32));
  clamped[0] &= 0xf8;
  clamped[31] = (clamped[31] & 0x3f) | 0x40;
  const entries = {
    seed,
    scalar: expanded.subarray(0, 32),
    clamped,
    prefix: expanded.subarray(32),
    "inner pad": seed.map((byte) => byte ^ 0x36),
    "outer pad": seed.map((byte) => byte ^ 0x5c),
  };
  return named(name, entries);
}

/** What X-Wing makes of a seed: ML-KEM's d and z, and the X25519 key. */
function expandedXWing(seed) {
  const expanded = createHash("shake256", { outputLength: 96 }).update(seed).digest();
  return named("xwing", {
    seed,
    d: expanded.subarray(0, 32),
    z: expanded.subarray(32, 64),
    x25519: expanded.subarray(64),
  });
}

/** The secrets between an envelope of suite 1 and its plaintext (RFC 9180). */
function hpkeSecrets(envelope, privateKey, recipient) {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), privateKey]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const spki = Buffer.from("302a300506032b656e032100", "hex");
  const point = (bytes) =>
    createPublicKey({ key: Buffer.concat([spki, bytes]), format: "der", type: "spki" });
  const encapsulated = envelope.subarray(10, 42);
  const dh = diffieHellman({ privateKey: key, publicKey: point(encapsulated) });
  const own = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);

  const hmac = (by, ...parts) =>
    parts.reduce((mac, part) => mac.update(part), createHmac("sha256", by)).digest();
  const kem = Buffer.from("KEM\x00\x20", "latin1");
  const hpke = Buffer.from("HPKE\x00\x20\x00\x01\x00\x03", "latin1");
  const extract = (suite, salt, label, ikm) => hmac(salt, "HPKE-v1", suite, label, ikm);
  const expand = (suite, prk, label, info, length) =>
    hmac(prk, Buffer.of(0, length), "HPKE-v1", suite, label, info, Buffer.of(1)).subarray(
      0,
      length,
    );
  const empty = Buffer.alloc(0);
  const prk = extract(kem, empty, "eae_prk", dh);
  const shared = expand(kem, prk, "shared_secret", Buffer.concat([encapsulated, own]), 32);
  const info = Buffer.concat([Buffer.from("hushring/1 envelope\0"), ...recipient]);
  const context = Buffer.concat([
    Buffer.of(0),
    extract(hpke, empty, "psk_id_hash", empty),
    extract(hpke, empty, "info_hash", info),
  ]);
  const secret = extract(hpke, shared, "secret", empty);
  const opening = expand(hpke, secret, "key", context, 32);
  const nonce = expand(hpke, secret, "base_nonce", context, 12);
  const decipher = createDecipheriv("chacha20-poly1305", opening, nonce, { authTagLength: 16 });
  decipher.setAuthTag(envelope.subarray(-16));
  decipher.setAAD(envelope.subarray(0, 10), { plaintextLength: envelope.length - 58 });
  const frame = Buffer.concat([decipher.update(envelope.subarray(42, -16)), decipher.final()]);
  assert.equal(frame.length, 2_822, "the envelope is opened by these secrets");
  return named("hpke", { dh, prk, shared, secret, opening });
}

function named(name, secrets) {
  return Object.fromEntries(
    Object.entries(secrets).map(([part, bytes]) => [`${name} ${part}`, Buffer.from(bytes)]),
  );
}

/** All but the few bytes that wiping itself leaves. */
function isStackWiped() {
  const used = Buffer.from(memory.buffer, stackSize - wiped, wiped - 16);
  return used.every((byte) => byte === 0);
}

/** Does what an app does. Gives the secrets, and frees everything, unless something is to stay. */
function live({ freeing = true } = {}) {
  const owned = [];
  const own = (object) => {
    assert.ok(isStackWiped());
    owned.push(object);
    return object;
  };
  const secrets = {};
  let draws = 0;
  const take = (bytes) => {
    draws += 1;
    secrets[`draw ${draws}`] = bytes;
  };
  watchingRandom(take, () => {
    const account = own(Account.generate());
    Object.assign(secrets, derivedFrom("account", account.export()));
    own(Account.import(account.export()));
    account.revoke(new Date());

    const device = own(Device.enroll(account, { expiresAt }));
    Object.assign(secrets, derivedFrom("device", device.export().subarray(0, 32)));
    own(Device.import(device.export()));
    const secret = hushring.generateLinkSecret();
    Object.assign(secrets, derivedFrom("link", secret));
    const pending = own(PendingDevice.generate());
    Object.assign(secrets, derivedFrom("pending", pending.export()));
    own(PendingDevice.import(pending.export()));
    const request = pending.request(secret);
    const grant = account.certify({ request, secret, expiresAt });
    const sender = own(pending.activate({ grant, secret }));

    const inbox = own(new Inbox(device));
    const prekeys = ["x25519", "xwing"].map((suite) => own(Prekey.generate(suite, { expiresAt })));
    const keys = prekeys.map((prekey) => prekey.export().subarray(1, 33));
    for (const prekey of prekeys) own(Prekey.import(prekey.export()));
    Object.assign(secrets, named("x25519", { key: keys[0] }), expandedXWing(keys[1]));
    const published = inbox.publish(device, prekeys);
    const { bundles } = PrekeyBundle.verifyAll(published, account.publicKey);
    bundles.forEach(own);
    inbox.trust(account.publicKey, { displayName: "Alice" });

    const body = Buffer.from(random(24)).toString("base64");
    const data = random(64);
    Object.assign(secrets, named("content", { body: Buffer.from(body), data }));
    const contents = [
      { type: "message", body, data },
      { type: "call.invite", callId, hasVideo: true, offer: body, data },
      { type: "app.poll", deep: [[[[[{ body, data }]]]]] },
    ];
    for (const bundle of bundles) {
      for (const content of contents) {
        const envelope = sender.seal(bundle, content);
        hushring.fit(content, bundle.suite);
        if (bundle.suite === "x25519") {
          const recipient = [account.publicKey, device.publicKey];
          Object.assign(secrets, hpkeSecrets(envelope, keys[0], recipient));
        }
        inbox.explain(envelope);
        inbox.receive(envelope);
        assert.ok(isStackWiped());
      }
    }
    const state = inbox.save();
    const restored = own(Inbox.load(device, state));
    restored.addPrekey(prekeys[0]);
    for (const each of [inbox, restored]) {
      for (const event of each.pending()) each.acknowledge(event);
    }
    const wrong = () => Prekey.import(prekeys[0].export().subarray(1));
    assert.throws(wrong, { code: "bad_length" });
    assert.ok(draws >= 8, "the draws are seen");
  });
  if (freeing) for (const object of owned) object.free();
  return { secrets, owned };
}

test("while its objects live, secrets are found: the search can fail", () => {
  const { secrets, owned } = live({ freeing: false });
  const found = leftOf(secrets).join("\n");
  for (const name of ["account seed", "device seed", "pending seed", "x25519 key", "xwing seed"]) {
    assert.match(found, new RegExp(`${name}: heap`));
  }
  for (const object of owned) object.free();
});

test("no secret is left when its objects are freed, on the stack or on the heap", () => {
  const { secrets } = live();
  assert.ok(Object.keys(secrets).length > 40);
  assert.deepEqual(leftOf(secrets), []);
});

test("no call uses more of the stack than is wiped when it ends", () => {
  const stack = () => Buffer.from(memory.buffer, 0, stackSize);
  const untouched = 0xa5;
  stack().fill(untouched);
  live();
  // Wiping itself uses a few bytes more.
  const deepest = stackSize - stack().findIndex((byte) => byte !== untouched);
  assert.ok(deepest <= wiped + 16, `${deepest} bytes`);
});
