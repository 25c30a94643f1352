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
    PendingDevice.generate().free();
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

test("an inbox takes up no more memory with time, and none when it is freed", () => {
  const alice = peer();
  const bob = peer();
  const stranger = peer();
  const bundle = bob.bundles[0];
  const key = alice.account.publicKey;
  const contact = { handle: { type: "generic", value: "alice" }, displayName: "Alice" };
  const lasting = inboxOf(bob, alice);

  function round(inbox) {
    const call = crypto.randomUUID();
    const calling = { callId: call, hasVideo: true, data: "x".repeat(1_000) };
    const envelopes = [
      alice.device.seal(bundle, { type: "call.invite", ...calling }),
      alice.device.seal(bundle, { type: "call.end", callId: call, reason: "cancelled" }),
      alice.device.seal(bundle, { type: "message", body: "hello" }),
    ];
    for (const envelope of envelopes) {
      inbox.explain(envelope);
      inbox.receive(envelope);
      inbox.receive(envelope);
    }
    throwsCode("untrusted", () =>
      inbox.receive(stranger.device.seal(bundle, { type: "message", data: "x".repeat(1_000) })),
    );
    throwsCode("bad_length", () => inbox.receive(new Uint8Array(65_536)));
    throwsCode("bad_content", () => inbox.trust(key, { displayName: "a\0" }));
    inbox.trust(key, contact);
    inbox.placeCall(callId, [key, bob.account.publicKey]);
    inbox.held();
    inbox.prekeys;
    inbox.prune();
    for (const event of inbox.pending()) inbox.acknowledge(event);
    const state = inbox.save();
    Inbox.load(bob.device, state).free();
    state[40] ^= 1;
    throwsCode("bad_state", () => Inbox.load(bob.device, state));
    throwsCode("wrong_account", () => Inbox.load(alice.device, inbox.save()));
  }

  function rounds(count) {
    for (let each = 0; each < count; each += 1) {
      round(lasting);
      const passing = inboxOf(bob, alice);
      round(passing);
      passing.free();
    }
  }

  for (let count = 0; count < 20; count += 1) {
    for (let seen = 0; seen < 26; seen += 1) {
      // Until the lasting one remembers all the message ids that it ever will.
      lasting.acknowledge(lasting.receive(alice.device.seal(bundle, { type: "message" })));
    }
    round(lasting);
  }
  rounds(20);
  const before = memory.buffer.byteLength;
  rounds(60);
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
    [PendingDevice, () => PendingDevice.generate(), activate],
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
    pending.activate({ grant: bob.account.certify({ request, secret, expiresAt }), secret }).free();
  }

  function receive(prekey) {
    const [published] = bob.device.publish([prekey]);
    const bundle = PrekeyBundle.verify(published, bob.account.publicKey);
    open(bob, bob.device.seal(bundle, { type: "cover" }), bob, { prekeys: [prekey] });
    bundle.free();
  }
});

test("no secret and no plaintext is left on the heap when an inbox is freed", () => {
  const alice = peer();
  const bob = peer();
  const bundle = bob.bundles[0];
  const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64");
  const [body, name, group, offer] = [random(), random(), random(), random()];
  const data = crypto.getRandomValues(new Uint8Array(32));
  const call = {
    type: "call.invite",
    callId,
    hasVideo: true,
    callerName: name,
    offer,
    groupId: group,
  };
  const envelopes = [
    alice.device.seal(bundle, { type: "message", body, data }),
    alice.device.seal(bundle, call),
    alice.device.seal(bundle, { type: "app.poll", question: body, nested: { options: [offer] } }),
  ];

  const inbox = inboxOf(bob);
  for (let count = 0; count < 5; count += 1) {
    const more = Prekey.generate("x25519", { expiresAt: later(day) });
    inbox.addPrekey(more);
    more.free();
  }
  const secrets = bob.prekeys.map((prekey) => prekey.export().slice(1, 33));
  for (const prekey of bob.prekeys) prekey.free();
  for (const secret of secrets) assert.ok(isOnHeap(secret), "the inbox has its own");
  throwsCode("untrusted", () => inbox.receive(envelopes[0]));
  inbox.trust(alice.account.publicKey);
  for (const envelope of envelopes) {
    inbox.explain(envelope);
    inbox.receive(envelope);
  }
  assert.equal([...inbox.pending()].length, 3);
  const state = inbox.save();
  const restored = Inbox.load(bob.device, state);
  assert.deepEqual([...restored.pending()][0].content.data, data);
  const compressed = state.subarray(indexOf(state, data), indexOf(state, data) + 32);
  assert.ok(isOnHeap(compressed), "random bytes stay as they are in what is pending");

  restored.free();
  inbox.free();
  for (const secret of secrets) assert.ok(!isOnHeap(secret), "a prekey");
  const texts = { body, name, group, offer };
  for (const [what, text] of Object.entries(texts)) {
    assert.ok(!isOnHeap(Buffer.from(text)), what);
    assert.ok(!isOnHeap(Buffer.from(text).subarray(8, 24)), `a part of ${what}`);
  }
  assert.ok(!isOnHeap(data), "data");
  assert.ok(!isOnHeap(data.subarray(12, 28)), "a part of data");

  function indexOf(bytes, part) {
    const index = Buffer.from(bytes).indexOf(part);
    assert.ok(index >= 0);
    return index;
  }
});

/**
 * Whether these bytes stand above the stack, which rustc puts first and makes 1 MiB large. On the
 * stack, copies may stay until later calls overwrite them.
 */
function isOnHeap(bytes) {
  return Buffer.from(memory.buffer, 1_048_576).includes(bytes);
}
