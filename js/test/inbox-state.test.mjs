import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import {
  day,
  inboxOf,
  later,
  ownBytes,
  rejectsCode,
  throwsCode,
  webCryptoKey,
} from "./helpers.mjs";
import { alice, bob, carol, end, hello, invite, key, seal, summary } from "./people.mjs";

const { Device, ExternalDevice, Inbox, PrekeyBundle } = hushring;

test("what is saved is loaded, without the prekeys", () => {
  const inbox = inboxOf(bob);
  inbox.trust(key(alice), { displayName: "Alice" });
  const envelope = seal(hello);
  inbox.receive(envelope);
  inbox.receive(seal(invite));
  throwsCode("untrusted", () => inbox.receive(seal(hello, { from: carol })));
  const state = inbox.save();
  ownBytes(state, state.length);
  assert.deepEqual(inbox.save(), state);

  const restored = Inbox.load(bob.device, Buffer.from(state));
  assert.ok(restored instanceof Inbox);
  assert.deepEqual(restored.prekeys, []);
  const now = new Date();
  assert.deepEqual([...restored.pending({ now })], [...inbox.pending({ now })]);
  assert.deepEqual(restored.held(), inbox.held());
  assert.deepEqual(restored.save(), state);
  throwsCode("unknown_prekey", () => restored.receive(seal(hello)));
  for (const prekey of bob.prekeys) restored.addPrekey(prekey);
  assert.deepEqual(restored.save(), state);
  assert.equal(summary(restored.receive(envelope)), "drop duplicate");
  assert.equal(summary(restored.receive(seal(end))), "end");
  assert.notDeepEqual(restored.save(), state);
  state.fill(0);
  assert.deepEqual([...Inbox.load(bob.device, inbox.save()).pending()], [...inbox.pending()]);
});

test("state is many times longer than anything else", () => {
  const inbox = inboxOf(bob);
  for (let count = 0; count < 400; count += 1) {
    const account = hushring.Account.generate();
    inbox.trust(account.publicKey, { displayName: "x".repeat(128) });
    account.free();
  }
  const state = inbox.save();
  assert.ok(state.length > 65_536);
  assert.deepEqual(Inbox.load(bob.device, state).save(), state);
});

test("state that is damaged, of a later version or another device is refused", () => {
  const inbox = inboxOf(bob, alice);
  inbox.receive(seal(hello));
  const state = inbox.save();
  throwsCode("bad_state", () => Inbox.load(bob.device, new Uint8Array(0)));
  throwsCode("bad_state", () => Inbox.load(bob.device, new Uint8Array(state.length)));
  for (let length = 1; length < state.length; length += 7) {
    throwsCode("bad_state", () => Inbox.load(bob.device, state.subarray(0, length)));
  }
  for (let index = 1; index < state.length; index += 3) {
    const damaged = state.slice();
    damaged[index] ^= 1 << (index % 8);
    throwsCode("bad_state", () => Inbox.load(bob.device, damaged));
  }
  throwsCode("bad_state", () => Inbox.load(bob.device, new Uint8Array(600_000_000)));
  const newer = state.slice();
  newer[0] += 1;
  throwsCode("state_too_new", () => Inbox.load(bob.device, newer));
  const tablet = Device.enroll(bob.account, { expiresAt: later(day) });
  throwsCode("wrong_device", () => Inbox.load(tablet, state));
  throwsCode("wrong_account", () => Inbox.load(alice.device, state));
  assert.deepEqual(Inbox.load(bob.device, state).save(), state);
});

test("an inbox of a device whose key lives elsewhere, and of one that is freed", async () => {
  const { publicKey, sign } = await webCryptoKey();
  const secret = hushring.generateLinkSecret();
  const request = await ExternalDevice.request({ publicKey, sign, secret });
  const grant = bob.account.certify({ request, secret, expiresAt: later(day) });
  const device = ExternalDevice.activate({ publicKey, sign, request, grant, secret });
  const [published] = await device.publish([bob.prekeys[0]]);
  const bundle = PrekeyBundle.verify(published, key(bob));
  const inbox = inboxOf({ device, prekeys: bob.prekeys }, alice);
  const envelope = seal(hello, { bundle });
  assert.equal(summary(inbox.receive(envelope)), "notify");
  throwsCode("decryption_failed", () => inboxOf(bob, alice).receive(envelope));
  const restored = Inbox.load(device, inbox.save());
  assert.deepEqual([...restored.pending()], [...inbox.pending()]);
  throwsCode("wrong_device", () => Inbox.load(bob.device, inbox.save()));

  const renewal = await ExternalDevice.request({ publicKey, sign, secret });
  const longer = bob.account.certify({ request: renewal, secret, expiresAt: later(2 * day) });
  const renewed = device.renew({ request: renewal, grant: longer, secret });
  assert.deepEqual(Inbox.load(renewed, inbox.save()).save(), inbox.save());
  device.free();
  assert.equal([...inbox.pending()].length, 1);
  throwsCode("freed", () => new Inbox(device));
  throwsCode("freed", () => Inbox.load(device, inbox.save()));
  await rejectsCode("freed", device.publish(bob.prekeys));
});

test("state that an older copy has replaced is refused", () => {
  const inbox = inboxOf(bob, alice);
  assert.equal(inbox.revision, 0);
  const first = inbox.save();
  assert.equal(inbox.revision, 1);
  inbox.save();
  assert.equal(inbox.revision, 1, "nothing has changed");
  inbox.receive(seal(hello));
  const second = inbox.save();
  assert.equal(inbox.revision, 2);
  throwsCode("state_rolled_back", () => Inbox.load(bob.device, first, { atLeast: 2 }));
  throwsCode("wrong_account", () => Inbox.load(alice.device, first, { atLeast: 2 }));
  for (const atLeast of [undefined, 0, 1, 2]) {
    const loaded = Inbox.load(bob.device, second, { atLeast });
    assert.equal(loaded.revision, 2);
    assert.deepEqual(loaded.save(), second);
  }
  for (const atLeast of [-1, 0.5, Number.NaN, 2 ** 53, "2", 2n, null]) {
    throwsCode("invalid_argument", () => Inbox.load(bob.device, second, { atLeast }));
  }
});
