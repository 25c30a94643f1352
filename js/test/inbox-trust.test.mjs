import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import { day, inboxOf, later, minute, ownBytes, throwsCode } from "./helpers.mjs";
import { alice, bob, carol, hello, invite, key, seal, summaries, summary } from "./people.mjs";

const { Device } = hushring;

test("what strangers send is held, and received when they become trusted", () => {
  const inbox = inboxOf(bob);
  const now = new Date();
  const sent = [seal(hello, { now }), seal(invite, { now }), seal(hello, { from: carol })];
  for (const envelope of [...sent, sent[0]]) {
    const { account } = throwsCode("untrusted", () => inbox.receive(envelope));
    ownBytes(account, 32);
    assert.deepEqual(account, envelope === sent[2] ? key(carol) : key(alice));
  }
  const held = inbox.held();
  assert.equal(held.length, 3);
  assert.deepEqual(held[0], {
    envelopeTag: hushring.envelopeTag(sent[0]),
    sender: { account: key(alice), device: alice.device.publicKey },
    messageId: held[0].messageId,
    sentAt: now,
    reason: "untrusted",
  });
  assert.deepEqual([...inbox.pending()], []);

  const events = inbox.trust(key(alice), { displayName: "Alice" });
  assert.deepEqual(summaries(events), ["notify", "ring"]);
  assert.equal(events[0].messageId, held[0].messageId);
  assert.equal(events[1].callKit.callerName, "Alice");
  assert.deepEqual(
    inbox.held().map(({ sender }) => sender.account),
    [key(carol)],
  );
  assert.deepEqual([...inbox.pending()], events);
  assert.equal(summary(inbox.receive(sent[0])), "drop duplicate");

  assert.deepEqual(inbox.trust(key(alice)), []);
  assert.deepEqual([...inbox.pending()][0].sender, {
    account: key(alice),
    device: alice.device.publicKey,
  });
  assert.deepEqual(inbox.trust(key(carol), { now: later(31 * day) }), [], "too old by then");
  assert.deepEqual(inbox.held(), []);
});

test("what was received before the trust ended is not received again", () => {
  const inbox = inboxOf(bob, alice);
  const envelope = seal(hello);
  inbox.receive(envelope);
  inbox.untrust(key(alice));
  inbox.untrust(key(carol));
  throwsCode("untrusted", () => inbox.receive(seal(hello, { now: later(minute) })));
  assert.deepEqual(summaries([...inbox.pending()]), ["notify"]);
  assert.deepEqual(summaries(inbox.trust(key(alice))), ["notify"]);
  assert.equal(summary(inbox.receive(envelope)), "drop duplicate");
  inbox.acknowledge([...inbox.pending()][0]);
  throwsCode("replayed", () => inbox.receive(envelope));
});

test("what is pinned is checked", () => {
  const inbox = inboxOf(bob);
  const generic = (value) => ({ handle: { type: "generic", value } });
  const cases = [
    ["handle.type", { handle: { type: "email", value: "a" } }],
    ["handle.type", { handle: { value: "a" } }],
    ["handle.type", { handle: { type: "__proto__", value: "a" } }],
    ["handle.value", generic("a".repeat(256))],
    ["handle.value", generic("ä".repeat(128))],
    ["handle.value", { handle: { type: "phoneNumber", value: "+1\u00a0202" } }],
    ["handle.value", generic("a\0")],
    ["handle.value", generic("\ud800")],
    ["handle.value", generic("a".repeat(10_000_000))],
    ["displayName", { displayName: "ä".repeat(129) }],
    ["displayName", { displayName: "a\0" }],
    ["displayName", { displayName: "a\udc00b" }],
  ];
  for (const [member, options] of cases) {
    const error = throwsCode("bad_content", () => inbox.trust(key(alice), options));
    assert.equal(error.member, member);
  }
  const long = throwsCode("bad_content", () =>
    inbox.trust(key(alice), { displayName: "ä".repeat(129) }),
  );
  assert.equal(long.message, "bad_content: displayName has 258 bytes of at most 256");
  throwsCode("untrusted", () => inbox.receive(seal(hello)));
  const kept = { ...generic("ä".repeat(127)), displayName: `\u202e${"x".repeat(253)}\r` };
  assert.throws(() => inbox.trust(key(alice), kept), { member: "displayName" });
  kept.displayName = `\u202e${"x".repeat(252)}\r`;
  const [{ sender }] = inbox.trust(key(alice), kept);
  assert.deepEqual([sender.handle, sender.displayName], [kept.handle, "x".repeat(252)]);
  const { handle, displayName } = sender;
  inbox.trust(key(alice), { handle, displayName });
  for (const misspelt of [{ name: "a" }, { displayname: "a" }, sender]) {
    throwsCode("invalid_argument", () => inbox.trust(key(alice), misspelt));
  }
  inbox.trust(key(alice), { ...generic("\u200b"), displayName: " \u3164" });
  const { callKit } = inbox.receive(seal(invite));
  assert.deepEqual([callKit.handle, callKit.callerName], [alice.account.fingerprint, undefined]);
});

test("options are what was passed, whatever Object.prototype has", () => {
  const polluted = {
    messageId: "00".repeat(16),
    displayName: "Mallory",
    limit: 0,
    now: new Date(0),
    type: "generic",
    value: "Mallory",
  };
  const inbox = inboxOf(bob);
  for (const [name, value] of Object.entries(polluted)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
  }
  let first, second, pending, error;
  try {
    inbox.trust(key(alice));
    inbox.trust(key(carol), {});
    error = throwsCode("bad_content", () => inbox.trust(key(carol), { handle: {} }));
    first = inbox.receive(seal(hello));
    second = inbox.receive(seal(hello, { from: carol }));
    pending = [...inbox.pending()];
  } finally {
    for (const name of Object.keys(polluted)) delete Object.prototype[name];
  }
  assert.equal(error.member, "handle.type");
  assert.notEqual(first.messageId, second.messageId);
  assert.notEqual(first.messageId, polluted.messageId);
  assert.deepEqual([first.sender.displayName, second.sender.displayName], [undefined, undefined]);
  assert.ok(Math.abs(first.sentAt - Date.now()) < minute);
  assert.equal(pending.length, 2);
});

test("a revocation stops the older certificates of its account", () => {
  const inbox = inboxOf(bob, alice);
  const floor = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const statement = alice.account.revoke(floor);
  inbox.receive(seal(hello));
  inbox.revoke(statement);
  inbox.revoke(alice.account.revoke(new Date(0)));
  inbox.revoke(Buffer.from(carol.account.revoke(floor)));
  throwsCode("revoked", () => inbox.receive(seal(hello)));
  assert.equal([...inbox.pending()].length, 1);
  const renewed = { device: Device.enroll(alice.account, { expiresAt: later(day), floor }) };
  assert.equal(summary(inbox.receive(seal(hello, { from: renewed }))), "notify");

  const forged = statement.slice();
  forged[50] ^= 1;
  throwsCode("bad_signature", () => inbox.revoke(forged));
  throwsCode("unsupported_version", () => inbox.revoke(new Uint8Array(105)));
  throwsCode("clock", () => inbox.revoke(statement, { now: later(-11 * minute) }));
});

test("a statement of a stranger is the application's to keep, and comes with the trust", () => {
  const inbox = inboxOf(bob);
  const statement = carol.account.revokeDevice(carol.device.publicKey, new Date());
  const held = seal(hello, { from: carol });
  throwsCode("untrusted", () => inbox.receive(held));
  const before = inbox.save();
  assert.equal(inbox.revoke(statement), false);
  assert.deepEqual(inbox.save(), before);
  const others = alice.account.revoke(new Date());
  throwsCode("wrong_account", () => inbox.trust(key(carol), { revocations: [statement, others] }));
  throwsCode("bad_length", () => inbox.trust(key(carol), { revocations: [new Uint8Array(3)] }));
  assert.deepEqual(inbox.save(), before);
  assert.deepEqual(inbox.trust(key(carol), { revocations: [statement] }), []);
  assert.equal(inbox.held().length, 0);
  throwsCode("revoked", () => inbox.receive(held));
  assert.equal(inbox.revoke(statement), true);
});
