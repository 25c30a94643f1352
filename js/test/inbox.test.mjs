import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inspect } from "node:util";
import * as hushring from "hushring";
import {
  callId,
  day,
  inboxOf,
  later,
  minute,
  ownBytes,
  peer,
  rejectsCode,
  suites,
  throwsCode,
  webCryptoKey,
} from "./helpers.mjs";

const { Device, ExternalDevice, Inbox, Prekey, PrekeyBundle } = hushring;

const id = callId.toLowerCase();
const invite = { type: "call.invite", callId: id, hasVideo: true };
const end = { type: "call.end", callId: id, reason: "cancelled" };
const hello = { type: "message", body: "hello" };

let alice;
let bob;
let carol;

before(async () => {
  await hushring.init();
  alice = peer();
  bob = peer();
  carol = peer();
});

/** Sealed for Bob, by Alice if nobody else is named. */
function seal(content, { from = alice, bundle = bob.bundles[0], ...options } = {}) {
  return from.device.seal(bundle, content, options);
}

const key = ({ account }) => account.publicKey;
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const summary = ({ action, reason }) => (reason === undefined ? action : `${action} ${reason}`);
const summaries = (events) => events.map(summary);

for (const suite of suites) {
  test(`a call rings, ${suite}`, () => {
    const inbox = inboxOf(bob);
    const handle = { type: "phoneNumber", value: "+12025550123" };
    inbox.trust(key(alice), { handle, displayName: "Alice" });
    const content = {
      ...invite,
      handle: { type: "emailAddress", value: "bob@example.org", "x-extra": 1 },
      callerName: "\u202eBob\n",
      lifetime: 45,
      groupId: "friends",
      data: { nested: Uint8Array.of(1, 2) },
    };
    const now = new Date();
    const bundle = bob.bundles.find((candidate) => candidate.suite === suite);
    const envelope = seal(content, { bundle, now });
    const event = inbox.receive(envelope, { now: new Date(now.getTime() + 75_000) });
    const expiresAt = new Date(now.getTime() + 75_000);
    const callUUID = hushring.callKitUUID(key(alice), id);
    const { messageId } = event;
    const { publicKey: device } = alice.device;
    assert.deepEqual(event, {
      action: "ring",
      envelopeTag: hushring.envelopeTag(envelope),
      sender: { account: key(alice), device, handle, displayName: "Alice" },
      messageId,
      sentAt: now,
      callUUID,
      callKit: {
        hushring: 1,
        callUUID,
        callId: id,
        account: hex(key(alice)),
        device: hex(device),
        messageId,
        handleType: "phoneNumber",
        handle: "+12025550123",
        callerName: "Alice",
        hasVideo: true,
        groupId: "friends",
        expiresAt: expiresAt.getTime(),
      },
      claimed: {
        handle: { type: "emailAddress", value: "bob@example.org" },
        callerName: "Bob",
      },
      expiresAt,
      content,
    });
    assert.match(messageId, /^[0-9a-f]{32}$/);
    assert.deepEqual(JSON.parse(JSON.stringify(event.callKit)), event.callKit);
    ownBytes(event.sender.account, 32);
    ownBytes(event.sender.device, 32);
    ownBytes(event.content.data.nested, 2);
  });
}

test("a caller without a pinned handle rings by its fingerprint, and claims nothing if so", () => {
  const { callKit, sender, claimed } = inboxOf(bob, alice).receive(seal(invite));
  assert.deepEqual(Object.keys(callKit), [
    "hushring",
    "callUUID",
    "callId",
    "account",
    "device",
    "messageId",
    "handleType",
    "handle",
    "hasVideo",
    "expiresAt",
  ]);
  assert.deepEqual([callKit.handleType, callKit.handle], ["generic", alice.account.fingerprint]);
  assert.deepEqual(Object.keys(sender), ["account", "device"]);
  assert.deepEqual(claimed, {});
});

test("a call is missed that has ended, is too late, or whose certificate is", () => {
  const inbox = inboxOf(bob, alice, carol);
  const now = new Date();
  const at = (ms) => ({ now: new Date(now.getTime() + ms) });
  assert.equal(summary(inbox.receive(seal(end))), "drop unknown");
  const ended = inbox.receive(seal({ ...invite, callerName: "Alice" }));
  assert.equal(summary(ended), "missed ended");
  assert.equal(ended.callUUID, hushring.callKitUUID(key(alice), id));
  assert.deepEqual(ended.claimed, { callerName: "Alice" });
  assert.deepEqual(ended.content, { ...invite, callerName: "Alice" });
  assert.ok(ended.age >= 0 && ended.age < minute && Number.isInteger(ended.age));
  for (const member of ["callKit", "expiresAt", "endedReason", "known"]) {
    assert.ok(!(member in ended), member);
  }

  const late = seal(invite, { from: carol, now });
  assert.equal(inbox.explain(late, at(90_000)).action, "ring");
  const expired = inbox.receive(late, at(90_001));
  assert.deepEqual([summary(expired), expired.age], ["missed expired", 90_001]);

  const whole = Math.ceil(Date.now() / 1_000) * 1_000;
  const device = Device.enroll(alice.account, { expiresAt: new Date(whole + 5_000) });
  const brief = seal(
    { ...invite, callId: crypto.randomUUID() },
    { from: { device }, now: new Date(whole) },
  );
  const certificate = inbox.receive(brief, { now: new Date(whole + 5_000) });
  assert.deepEqual([summary(certificate), certificate.age], ["missed certificate", 5_000]);
});

test("a call ends, with CallKit's reason", () => {
  const reasons = {
    failed: 1,
    remoteEnded: 2,
    declined: 2,
    busy: 2,
    cancelled: 2,
    unanswered: 3,
    answeredElsewhere: 4,
    declinedElsewhere: 5,
  };
  const inbox = inboxOf(bob, alice);
  const caller = key(alice);
  const tablet = { device: Device.enroll(bob.account, { expiresAt: later(day) }) };
  for (const [reason, endedReason] of Object.entries(reasons)) {
    const callId = crypto.randomUUID();
    const { callUUID } = inbox.receive(seal({ ...invite, callId }));
    const content = { ...end, callId, reason, caller };
    const from = reason.endsWith("Elsewhere") ? tablet : alice;
    const event = inbox.receive(seal(content, { from }));
    assert.equal(event.action, "end");
    assert.deepEqual(
      [event.callUUID, event.endedReason, event.content],
      [callUUID, endedReason, content],
    );
    ownBytes(event.content.caller, 32);
    assert.ok(!("reason" in event) && !("callKit" in event));
  }
});

test("another device of the own account takes a call", () => {
  const tablet = Device.enroll(bob.account, { expiresAt: later(day) });
  const inbox = inboxOf(bob, alice);
  const { callUUID } = inbox.receive(seal(invite));
  const taken = { ...end, reason: "answeredElsewhere", caller: key(alice) };
  const event = inbox.receive(seal(taken, { from: { device: tablet } }));
  assert.deepEqual([event.action, event.callUUID, event.endedReason], ["end", callUUID, 4]);
  assert.deepEqual(event.sender, { account: key(bob), device: tablet.publicKey });
  throwsCode("untrusted", () => inbox.receive(seal(hello, { from: { device: tablet } })));
  assert.deepEqual(summaries(inbox.pending()), ["drop answeredElsewhere", "end"]);
});

test("signals are those of a call that rings, or that was placed with their sender", () => {
  const inbox = inboxOf(bob, alice, carol);
  inbox.placed(callId, [key(alice), key(alice)]);
  const callUUID = hushring.callKitUUID(key(bob), id);
  const contents = [
    { type: "call.answer", callId: id, answer: "v=0" },
    { type: "call.candidates", callId: id, candidates: [{ candidate: "" }] },
    { type: "call.negotiate", callId: id, description: { type: "offer", sdp: "v=0" } },
    { type: "call.hold", callId: id, held: true },
  ];
  for (const content of contents) {
    const event = inbox.receive(seal(content));
    assert.deepEqual([event.action, event.callUUID, event.content], ["signal", callUUID, content]);
    assert.equal(summary(inbox.receive(seal(content, { from: carol }))), "drop unknown");
  }
  throwsCode("call_id_taken", () => inbox.receive(seal(invite)));

  inbox.placed(id, [key(carol)]);
  assert.equal(summary(inbox.receive(seal(contents[0]))), "drop unknown");
  assert.equal(summary(inbox.receive(seal(contents[0], { from: carol }))), "signal");
  assert.equal(summary(inbox.receive(seal(end, { from: carol }))), "end");
  assert.equal(summary(inbox.receive(seal(contents[0], { from: carol }))), "drop over");

  const theirs = crypto.randomUUID();
  inbox.receive(seal({ ...invite, callId: theirs }));
  const negotiate = inbox.receive(seal({ ...contents[2], callId: theirs }));
  assert.deepEqual(
    [negotiate.action, negotiate.callUUID],
    ["signal", hushring.callKitUUID(key(alice), theirs)],
  );

  const many = (count) =>
    Array.from({ length: count }, () => hushring.Account.generate().publicKey);
  inbox.placed(theirs, many(256));
  throwsCode("inbox_full", () => inbox.placed(theirs, many(257)));
});

test("messages are shown, and what this version does not know is marked", () => {
  const inbox = inboxOf(bob, alice);
  const cases = [
    [true, hello],
    [true, { type: "message", data: [Uint8Array.of(7), null] }],
    [false, { type: "app.poll", options: ["a", "b"] }],
    [false, { type: "call.group", callId: undefined, size: 3 }],
  ];
  for (const [known, content] of cases) {
    const event = inbox.receive(seal(content));
    const { callId, ...members } = content;
    assert.deepEqual([event.action, event.known, event.content], ["notify", known, members]);
    assert.ok(!("callUUID" in event) && !("reason" in event));
  }
});

test("the rest is dropped, and says why", () => {
  const inbox = inboxOf(bob, alice, bob);
  const elsewhere = (reason) => ({ ...end, reason, caller: key(alice) });
  const fresh = () => ({ callId: crypto.randomUUID() });
  const [first, second, third] = [fresh(), fresh(), fresh()];
  const envelope = seal(hello);
  const receive = (content, from) => inbox.receive(seal(content, { from }));
  assert.equal(summary(inbox.receive(envelope)), "notify");
  assert.equal(summary(receive({ ...invite, ...first })), "ring");
  receive({ ...elsewhere("answeredElsewhere"), ...second }, bob);
  receive({ ...elsewhere("declinedElsewhere"), ...third }, bob);
  const events = [
    [inbox.receive(envelope), "duplicate"],
    [receive({ type: "cover" }), "cover"],
    [receive({ ...invite, ...second }), "answeredElsewhere"],
    [receive({ ...invite, ...third }), "declinedElsewhere"],
    [receive({ ...invite, ...first }), "repeated"],
    [receive({ type: "call.answer", ...second }), "over"],
    [receive({ type: "call.answer", ...fresh() }), "unknown"],
  ];
  const members = ["action", "envelopeTag", "messageId", "reason", "sender", "sentAt"];
  for (const [event, reason] of events) {
    assert.equal(summary(event), `drop ${reason}`);
    assert.deepEqual(Object.keys(event).sort(), members);
  }
  assert.deepEqual(summaries(inbox.pending()), ["notify", "ring"]);
});

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
  });
  assert.deepEqual(inbox.pending(), []);

  const events = inbox.trust(key(alice), { displayName: "Alice" });
  assert.deepEqual(summaries(events), ["notify", "ring"]);
  assert.equal(events[0].messageId, held[0].messageId);
  assert.equal(events[1].callKit.callerName, "Alice");
  assert.deepEqual(
    inbox.held().map(({ sender }) => sender.account),
    [key(carol)],
  );
  assert.deepEqual(inbox.pending(), events);
  assert.equal(summary(inbox.receive(sent[0])), "drop duplicate");

  assert.deepEqual(inbox.trust(key(alice)), []);
  assert.deepEqual(inbox.pending()[0].sender, {
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
  assert.deepEqual(summaries(inbox.pending()), ["notify"]);
  assert.deepEqual(summaries(inbox.trust(key(alice))), ["notify"]);
  assert.equal(summary(inbox.receive(envelope)), "drop duplicate");
  inbox.acknowledge(inbox.pending()[0]);
  throwsCode("replayed", () => inbox.receive(envelope));
});

test("what is pinned is checked", () => {
  const inbox = inboxOf(bob);
  const generic = (value) => ({ handle: { type: "generic", value } });
  const cases = [
    ["handle.type", { handle: { type: "email", value: "a" } }],
    ["handle.type", { handle: { value: "a" } }],
    ["handle.type", { handle: { type: "__proto__", value: "a" } }],
    ["handle.value", generic("a".repeat(129))],
    ["handle.value", generic("ä".repeat(65))],
    ["handle.value", generic("a\0")],
    ["handle.value", generic("\ud800")],
    ["handle.value", generic("a".repeat(10_000_000))],
    ["displayName", { displayName: "ä".repeat(65) }],
    ["displayName", { displayName: "a\0" }],
    ["displayName", { displayName: "a\udc00b" }],
  ];
  for (const [member, options] of cases) {
    const error = throwsCode("bad_content", () => inbox.trust(key(alice), options));
    assert.equal(error.member, member);
  }
  throwsCode("untrusted", () => inbox.receive(seal(hello)));
  const kept = { ...generic("ä".repeat(64)), displayName: `\u202e${"x".repeat(125)}` };
  const [{ sender }] = inbox.trust(key(alice), kept);
  assert.deepEqual([sender.handle, sender.displayName], [kept.handle, kept.displayName]);
  const { handle, displayName } = sender;
  inbox.trust(key(alice), { handle, displayName });
  for (const misspelt of [{ name: "a" }, { displayname: "a" }, sender]) {
    throwsCode("invalid_argument", () => inbox.trust(key(alice), misspelt));
  }
  const empty = { ...generic(""), displayName: "" };
  inbox.trust(key(alice), { ...empty, handle: { ...empty.handle, more: 1 } });
  const { callKit } = inbox.receive(seal(invite));
  assert.deepEqual([callKit.handle, callKit.callerName], ["", ""]);
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
    pending = inbox.pending();
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
  assert.equal(inbox.pending().length, 1);
  const renewed = { device: Device.enroll(alice.account, { expiresAt: later(day), floor }) };
  assert.equal(summary(inbox.receive(seal(hello, { from: renewed }))), "notify");

  const forged = statement.slice();
  forged[50] ^= 1;
  throwsCode("bad_signature", () => inbox.revoke(forged));
  throwsCode("unsupported_version", () => inbox.revoke(new Uint8Array(105)));
  throwsCode("clock", () => inbox.revoke(statement, { now: later(-11 * minute) }));
});

test("events are pending until they are acknowledged", () => {
  const inbox = inboxOf(bob, alice, carol);
  const [first, second] = [alice, carol].map((from) => inbox.receive(seal(hello, { from })));
  inbox.receive(seal({ type: "cover" }));
  assert.deepEqual(inbox.pending(), [first, second]);
  assert.notEqual(inbox.pending()[0], inbox.pending()[0]);

  const { sender, messageId } = first;
  const other = { sender: { account: key(carol) }, messageId };
  assert.equal(inbox.acknowledge(other), false);
  assert.equal(inbox.acknowledge({ sender, messageId: "0".repeat(32) }), false);
  assert.equal(inbox.acknowledge({ sender: { account: key(bob) }, messageId }), false);
  assert.equal(inbox.acknowledge(structuredClone(first)), true);
  assert.equal(inbox.acknowledge(first), false);
  assert.deepEqual(inbox.pending(), [second]);
  const account = Buffer.from(key(carol));
  assert.equal(inbox.acknowledge({ sender: { account }, messageId: second.messageId }), true);
  assert.deepEqual(inbox.pending(), []);
  assert.equal(summary(inbox.receive(seal(hello))), "notify");
});

test("events are plain data that survives a structured clone", () => {
  const inbox = inboxOf(bob, alice);
  inbox.receive(seal({ ...invite, data: [Uint8Array.of(1), null, -0.5, { a: "b" }] }));
  inbox.receive(seal({ ...end, caller: key(alice) }));
  inbox.receive(seal(hello));
  const events = inbox.pending();
  const clones = structuredClone(events);
  assert.deepEqual(clones, events);
  for (const event of [...events, inbox.receive(seal({ type: "cover" }))]) plain(event);
  assert.ok(clones.every((event) => inbox.acknowledge(event)));

  function plain(value) {
    if (value === null || typeof value !== "object") {
      return assert.ok(["string", "number", "boolean", "object"].includes(typeof value));
    }
    const prototype = Object.getPrototypeOf(value);
    if (value instanceof Uint8Array) return ownBytes(value, value.length);
    if (value instanceof Date) return assert.ok(!Number.isNaN(value.getTime()));
    assert.ok(prototype === Object.prototype || prototype === Array.prototype);
    for (const property of Object.values(Object.getOwnPropertyDescriptors(value))) {
      assert.ok("value" in property && property.writable);
      if (!Array.isArray(value)) plain(property.value);
    }
  }
});

test("a call that rang is pending as what it has become", () => {
  const now = new Date();
  const at = (ms) => ({ now: new Date(now.getTime() + ms) });
  const tablet = { device: Device.enroll(bob.account, { expiresAt: later(day) }) };
  const taken = { ...end, reason: "answeredElsewhere", caller: key(alice) };
  const kinds = [
    ["ring", undefined],
    ["missed ended", end, alice],
    ["drop answeredElsewhere", taken, tablet],
  ];
  for (const [expected, content, from] of kinds) {
    const inbox = inboxOf(bob, alice);
    inbox.receive(seal(invite, { now }), { now });
    if (content !== undefined) inbox.receive(seal(content, { now, from }), { now });
    const [event] = inbox.pending({ now });
    assert.equal(summary(event), expected);
    assert.equal("content" in event, !expected.startsWith("drop"));
    const [later] = inbox.pending(at(90_001));
    assert.equal(summary(later), expected === "ring" ? "missed expired" : expected);
    assert.equal(inbox.acknowledge(later), true);
    assert.equal(inbox.pending().length, content === undefined ? 0 : 1);
  }
});

test("a full inbox refuses, whatever the content, until something is acknowledged", () => {
  const inbox = inboxOf(bob, alice, carol);
  for (let count = 0; count < 128; count += 1) inbox.receive(seal(hello));
  const next = seal({ type: "cover" });
  throwsCode("inbox_full", () => inbox.receive(next));
  assert.equal(inbox.explain(next).stoppedAt, "room");
  assert.equal(summary(inbox.receive(seal(hello, { from: carol }))), "notify");
  const pending = inbox.pending();
  assert.equal(pending.length, 129);
  assert.deepEqual(inbox.pending({ limit: 2 }), pending.slice(0, 2));
  assert.deepEqual(inbox.pending({ limit: 0 }), []);
  for (const limit of [-1, 0.5, NaN, "1", null]) {
    throwsCode("invalid_argument", () => inbox.pending({ limit }));
  }
  inbox.acknowledge(pending[0]);
  assert.equal(summary(inbox.receive(next)), "drop cover");
});

test("a prekey is copied, and there are at most 256", () => {
  const inbox = new Inbox(bob.device);
  inbox.trust(key(alice));
  const copies = bob.prekeys.map((prekey) => Prekey.import(prekey.export()));
  for (const prekey of [...copies, copies[0]]) inbox.addPrekey(prekey);
  for (const prekey of copies) prekey.free();
  assert.deepEqual(
    inbox.prekeys,
    bob.prekeys.map(({ id, suite, expiresAt }) => ({ id, suite, expiresAt })),
  );
  assert.equal(summary(inbox.receive(seal(hello))), "notify");
  throwsCode("freed", () => inbox.addPrekey(copies[0]));
  const expiresAt = later(day);
  for (let count = 2; count < 256; count += 1) {
    const prekey = Prekey.generate("x25519", { expiresAt });
    inbox.addPrekey(prekey);
    prekey.free();
  }
  const last = Prekey.generate("x25519", { expiresAt });
  throwsCode("inbox_full", () => inbox.addPrekey(last));
  inbox.addPrekey(bob.prekeys[1]);
  assert.equal(inbox.prekeys.length, 256);
});

test("what has had its time is pruned, and the prekeys are named", () => {
  const inbox = inboxOf(bob);
  const brief = Prekey.generate("x25519", { expiresAt: later(day) });
  inbox.addPrekey(brief);
  throwsCode("untrusted", () => inbox.receive(seal(hello)));
  const day31 = new Date(brief.expiresAt.getTime() + 30 * day);
  assert.deepEqual(inbox.prune(), []);
  assert.deepEqual(inbox.prune({ now: new Date(day31 - 1) }), []);
  assert.deepEqual(inbox.prune({ now: day31 }), [brief.id]);
  assert.deepEqual(inbox.held(), []);
  assert.deepEqual(
    inbox.prekeys.map(({ id }) => id),
    bob.prekeys.map(({ id }) => id),
  );
  const ids = bob.prekeys.map((prekey) => prekey.id);
  assert.deepEqual(inbox.prune({ now: later(61 * day) }), ids);
  assert.deepEqual(inbox.prekeys, []);
});

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
  assert.deepEqual(restored.pending({ now }), inbox.pending({ now }));
  assert.deepEqual(restored.held(), inbox.held());
  assert.deepEqual(restored.save(), state);
  throwsCode("unknown_prekey", () => restored.receive(seal(hello)));
  for (const prekey of bob.prekeys) restored.addPrekey(prekey);
  assert.deepEqual(restored.save(), state);
  assert.equal(summary(restored.receive(envelope)), "drop duplicate");
  assert.equal(summary(restored.receive(seal(end))), "end");
  assert.notDeepEqual(restored.save(), state);
  state.fill(0);
  assert.deepEqual(Inbox.load(bob.device, inbox.save()).pending(), inbox.pending());
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
  const request = await ExternalDevice.request(publicKey, sign, secret);
  const grant = bob.account.certify(request, secret, { expiresAt: later(day) });
  const device = ExternalDevice.activate(publicKey, sign, { request, grant, secret });
  const [published] = await device.publish([bob.prekeys[0]]);
  const bundle = PrekeyBundle.verify(published, key(bob));
  const inbox = inboxOf({ device, prekeys: bob.prekeys }, alice);
  const envelope = seal(hello, { bundle });
  assert.equal(summary(inbox.receive(envelope)), "notify");
  throwsCode("decryption_failed", () => inboxOf(bob, alice).receive(envelope));
  const restored = Inbox.load(device, inbox.save());
  assert.deepEqual(restored.pending(), inbox.pending());
  throwsCode("wrong_device", () => Inbox.load(bob.device, inbox.save()));

  const renewal = await ExternalDevice.request(publicKey, sign, secret);
  const longer = bob.account.certify(renewal, secret, { expiresAt: later(2 * day) });
  const renewed = device.renew({ request: renewal, grant: longer, secret });
  assert.deepEqual(Inbox.load(renewed, inbox.save()).save(), inbox.save());
  device.free();
  assert.equal(inbox.pending().length, 1);
  throwsCode("freed", () => new Inbox(device));
  throwsCode("freed", () => Inbox.load(device, inbox.save()));
  await rejectsCode("freed", device.publish(bob.prekeys));
});

test("explain says which checks an envelope passes, and changes nothing", () => {
  const inbox = inboxOf(bob, alice);
  const now = new Date();
  const envelope = seal({ ...invite, callerName: "Mallory", offer: "v=0 secret" }, { now });
  const before = inbox.save();
  const heard = { now: new Date(now.getTime() + 1_500) };
  const { text, checks, ...rest } = inbox.explain(envelope, heard);
  assert.deepEqual(rest, {
    envelopeTag: hushring.envelopeTag(envelope),
    sender: { account: key(alice), device: alice.device.publicKey },
    messageId: rest.messageId,
    sentAt: now,
    age: 1_500,
    action: "ring",
  });
  assert.deepEqual(
    checks.map(({ check, outcome }) => `${check} ${outcome}`).join(),
    `${steps.join(" passed,")} passed`,
  );
  for (const step of steps) assert.ok(text.includes(step), step);
  assert.match(text, /ring$/);
  for (const word of ["Mallory", "secret", "v=0", id, "call.invite"]) {
    assert.ok(!inspect({ text, checks, rest }, { depth: 9 }).includes(word), word);
  }
  assert.deepEqual(inbox.save(), before);

  const other = inboxOf(carol, alice);
  const received = inboxOf(bob, alice);
  received.receive(envelope);
  const flipped = (index, bits) => envelope.map((byte, at) => (at === index ? byte ^ bits : byte));
  const stops = [
    ["length", "bad_length", inbox, envelope.subarray(1)],
    ["length", "bad_length", inbox, new Uint8Array(1_000_000)],
    ["version", "unsupported_version", inbox, flipped(0, 2)],
    ["suite", "unsupported_suite", inbox, flipped(1, 0x80)],
    ["prekey", "unknown_prekey", other, envelope],
    ["decryption", "decryption_failed", inbox, flipped(2_000, 1)],
    ["trust", "untrusted", inboxOf(bob), envelope],
    ["sentAt", "clock", inbox, envelope, { now: later(-11 * minute) }],
    ["sentAt", "too_old", inbox, envelope, { now: later(31 * day) }],
    ["replay", undefined, received, envelope],
  ];
  for (const [stoppedAt, code, asked, bytes, options] of stops) {
    const state = asked.save();
    const explanation = asked.explain(bytes, options);
    assert.deepEqual([explanation.stoppedAt, explanation.code], [stoppedAt, code]);
    assert.equal("action" in explanation, code === undefined);
    const place = steps.indexOf(stoppedAt);
    const outcome = (at) => (at < place ? "passed" : at === place ? "stopped" : "notReached");
    assert.deepEqual(
      explanation.checks,
      steps.map((check, at) => ({ check, outcome: outcome(at) })),
    );
    assert.equal("sender" in explanation, place > steps.indexOf("signature"));
    if (code !== undefined) throwsCode(code, () => copyOf(asked).receive(bytes, options));
    assert.deepEqual(asked.save(), state);
  }
  assert.deepEqual(summary(received.explain(envelope)), "drop duplicate");
  throwsCode("invalid_argument", () => inbox.explain("envelope"));

  function copyOf(asked) {
    const { device, prekeys } = asked === other ? carol : bob;
    const copy = Inbox.load(device, asked.save());
    for (const prekey of prekeys) copy.addPrekey(prekey);
    return copy;
  }
});

const steps = [
  "length",
  "version",
  "suite",
  "prekey",
  "decryption",
  "contentLength",
  "padding",
  "certificate",
  "signature",
  "trust",
  "replay",
  "sentAt",
  "revocation",
  "certificateTimes",
  "room",
  "inflation",
  "cbor",
  "members",
  "call",
];

test("an inbox that was freed throws, and shows nothing before", () => {
  const inbox = inboxOf(bob, alice);
  const event = inbox.receive(seal(hello));
  const shown = inspect(inbox, { showHidden: true, depth: 9, getters: true });
  assert.ok(!shown.includes("hello") && !shown.includes("__wbg_ptr"), shown);
  assert.equal(inspect(inbox), "Inbox {}");
  assert.equal(inspect(Inbox.load(bob.device, inbox.save())), "Inbox {}");
  assert.equal(JSON.stringify(inbox), "{}");
  assert.deepEqual(Reflect.ownKeys(inbox), []);
  inbox.free();
  inbox.free();
  const calls = [
    () => inbox.save(),
    () => inbox.addPrekey(bob.prekeys[0]),
    () => inbox.prekeys,
    () => inbox.prune(),
    () => inbox.trust(key(alice)),
    () => inbox.untrust(key(alice)),
    () => inbox.revoke(alice.account.revoke(new Date())),
    () => inbox.placed(id, []),
    () => inbox.receive(seal(hello)),
    () => inbox.pending(),
    () => inbox.acknowledge(event),
    () => inbox.held(),
    () => inbox.explain(seal(hello)),
  ];
  for (const call of calls) {
    assert.doesNotThrow(() => throwsCode("freed", call), call.toString());
  }
  assert.deepEqual(event.content, hello, "what it gave stays");
});

test("a polluted Object.prototype takes nothing away from events", () => {
  const inbox = inboxOf(bob, alice);
  const names = ["action", "code", "content", "hasVideo", "handle", "sender", "known", "sentAt"];
  for (const [at, name] of names.entries()) {
    const pollution = at % 2 ? { value: 7 } : { set: () => assert.fail("set"), get: () => 7 };
    Object.defineProperty(Object.prototype, name, { ...pollution, configurable: true });
  }
  try {
    const { callKit, sender, content } = inbox.receive(seal(invite));
    assert.ok(Object.hasOwn(callKit, "hasVideo") && callKit.hasVideo);
    assert.ok(Object.hasOwn(callKit, "handle") && !Object.hasOwn(sender, "handle"));
    assert.ok(Object.hasOwn(content, "hasVideo"));
    throwsCode("bad_length", () => inbox.receive(new Uint8Array(1)));
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
});
