import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as hushring from "hushring";
import { callId, day, inboxOf, later, minute, ownBytes, suites, throwsCode } from "./helpers.mjs";
import {
  alice,
  bob,
  carol,
  end,
  hello,
  hex,
  id,
  invite,
  key,
  seal,
  summaries,
  summary,
} from "./inbox-people.mjs";

const { Device, Inbox } = hushring;

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
  inbox.placeCall(callId, [key(alice), key(alice)]);
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

  inbox.placeCall(id, [key(carol)]);
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
  inbox.placeCall(theirs, many(256));
  throwsCode("inbox_full", () => inbox.placeCall(theirs, many(257)));
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
    () => inbox.placeCall(id, []),
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
