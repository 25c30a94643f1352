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
} from "./people.mjs";

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
        sentAt: now.getTime(),
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
    "sentAt",
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
  assert.equal(summary(inbox.receive(seal(end, { now }))), "drop unknown");
  const ended = inbox.receive(seal({ ...invite, callerName: "Alice" }, { now }));
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
  const tablet = { device: Device.enroll(bob.account, { expiresAt: later(day) }) };
  for (const [reason, endedReason] of Object.entries(reasons)) {
    const callId = crypto.randomUUID();
    const byCallee = reason.endsWith("Elsewhere") || ["declined", "busy"].includes(reason);
    const byOwn = reason.endsWith("Elsewhere");
    let callUUID;
    let ring;
    if (byCallee && !byOwn) {
      ring = inbox.placeCall(callId, [key(alice)]);
      callUUID = hushring.callKitUUID(key(bob), callId);
      if (reason === "busy") inbox.receive(seal({ type: "call.answer", callId, ring }));
    } else {
      const event = inbox.receive(seal({ ...invite, callId }));
      ({ callUUID, sentAt: ring } = event);
      if (!byOwn) inbox.answered({ caller: key(alice), callId });
    }
    const content = { ...end, callId, reason };
    if (byCallee) Object.assign(content, { caller: byOwn ? key(alice) : key(bob), ring });
    const event = inbox.receive(seal(content, { from: byOwn ? tablet : alice }));
    // What one device says for itself alone ends nothing.
    if (reason === "busy") {
      assert.equal(summary(event), "drop over");
      continue;
    }
    assert.equal(event.action, "end");
    assert.deepEqual(
      [event.callUUID, event.endedReason, event.content],
      [callUUID, endedReason, content],
    );
    assert.equal(event.remaining, byCallee && !byOwn ? 0 : undefined);
    if (byCallee) ownBytes(event.content.caller, 32);
    assert.ok(!("reason" in event) && !("callKit" in event));
  }
});

test("another device of the own account takes a call", () => {
  const tablet = Device.enroll(bob.account, { expiresAt: later(day) });
  const inbox = inboxOf(bob, alice);
  const { callUUID, sentAt: ring } = inbox.receive(seal(invite));
  const taken = { ...end, reason: "answeredElsewhere", caller: key(alice), ring };
  const event = inbox.receive(seal(taken, { from: { device: tablet } }));
  assert.deepEqual([event.action, event.callUUID, event.endedReason], ["end", callUUID, 4]);
  assert.deepEqual(event.sender, { account: key(bob), device: tablet.publicKey });
  throwsCode("untrusted", () => inbox.receive(seal(hello, { from: { device: tablet } })));
  assert.deepEqual(summaries([...inbox.pending()]), ["drop answeredElsewhere", "end"]);
});

test("signals are those of a call that rings, or that was placed with their sender", () => {
  const inbox = inboxOf(bob, alice, carol);
  const ring = inbox.placeCall(callId, [key(alice), key(alice)]);
  const callUUID = hushring.callKitUUID(key(bob), id);
  const contents = [
    { type: "call.answer", callId: id, ring, answer: "v=0" },
    { type: "call.candidates", callId: id, candidates: [{ candidate: "" }] },
    { type: "call.negotiate", callId: id, description: { type: "offer", sdp: "v=0" } },
    { type: "call.hold", callId: id, held: true },
  ];
  for (const content of contents) {
    const event = inbox.receive(seal(content));
    assert.deepEqual([event.action, event.callUUID, event.content], ["signal", callUUID, content]);
    const reason = content.type === "call.answer" ? "unknown" : "early";
    assert.equal(summary(inbox.receive(seal(content, { from: carol }))), `drop ${reason}`);
  }
  throwsCode("call_id_taken", () => inbox.receive(seal(invite)));

  const theirs = crypto.randomUUID();
  const now = new Date();
  inbox.receive(seal({ ...invite, callId: theirs }, { now }));
  const negotiate = inbox.receive(seal({ ...contents[2], callId: theirs }, { now }));
  assert.deepEqual(
    [negotiate.action, negotiate.callUUID],
    ["signal", hushring.callKitUUID(key(alice), theirs)],
  );

  const many = (count) =>
    Array.from({ length: count }, () => hushring.Account.generate().publicKey);
  inbox.placeCall(theirs, many(256));
  throwsCode("inbox_full", () => inbox.placeCall(theirs, many(1)));
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
  const elsewhere = (reason) => ({ ...end, reason, caller: key(alice), ring: new Date() });
  const fresh = () => ({ callId: crypto.randomUUID() });
  const [first, second, third] = [fresh(), fresh(), fresh()];
  const tablet = { device: Device.enroll(bob.account, { expiresAt: later(day) }) };
  const older = seal({ ...invite, ...first }, { now: later(-1_000) });
  const envelope = seal(hello);
  const receive = (content, from) => inbox.receive(seal(content, { from }));
  assert.equal(summary(inbox.receive(envelope)), "notify");
  const ringing = seal({ ...invite, ...first });
  assert.equal(summary(inbox.receive(ringing)), "ring");
  const [answered, declined] = [second, third].map((call) => seal({ ...invite, ...call }));
  receive({ ...elsewhere("answeredElsewhere"), ...second }, tablet);
  receive({ ...elsewhere("declinedElsewhere"), ...third }, tablet);
  const events = [
    [inbox.receive(envelope), "duplicate"],
    [receive({ type: "cover" }), "cover"],
    [inbox.receive(answered), "answeredElsewhere"],
    [inbox.receive(declined), "declinedElsewhere"],
    [inbox.receive(older), "repeated"],
    [receive({ ...elsewhere("declinedElsewhere"), ...second }, tablet), "over"],
    [receive({ type: "call.answer", ...fresh(), ring: new Date() }), "unknown"],
    [receive({ type: "call.candidates", ...fresh(), candidates: [] }), "early"],
    [receive(hello, bob), "own"],
    [receive({ ...end, reason: "answeredElsewhere", device: bob.device.publicKey }), "taken"],
  ];
  const members = ["action", "envelopeTag", "messageId", "reason", "sender", "sentAt"];
  for (const [event, reason] of events) {
    assert.equal(summary(event), `drop ${reason}`);
    assert.deepEqual(Object.keys(event).sort(), members);
  }
  assert.deepEqual(summaries([...inbox.pending()]), ["notify", "ring"]);
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
    () => inbox.block(key(alice)),
    () => inbox.unblock(key(alice)),
    () => inbox.isBlocked(key(alice)),
    () => inbox.discard(key(alice)),
    () => inbox.release(),
    () => inbox.heldAccounts(),
    () => inbox.publish(bob.device, bob.prekeys),
    () => inbox.revoke(alice.account.revoke(new Date())),
    () => inbox.placeCall(id, []),
    () => inbox.answered({ caller: key(alice), callId: id }),
    () => inbox.left({ caller: key(alice), callId: id }),
    () => inbox.left({ callId: id }),
    () => inbox.joined({ caller: key(alice), callId: id, accounts: [] }),
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
  const handle = { type: "generic", value: "a" };
  const names = [
    "action",
    "code",
    "content",
    "hasVideo",
    "handle",
    "sender",
    "known",
    "sentAt",
    "callUUID",
    "value",
    "checks",
    "outcome",
    "text",
    "callerName",
    "message",
    "member",
    "needed",
    "fields",
  ];
  for (const [at, name] of names.entries()) {
    const pollution = at % 2 ? { value: 7 } : { set: () => assert.fail("set"), get: () => 7 };
    const property = { __proto__: null, ...pollution, configurable: true };
    Object.defineProperty(Object.prototype, name, property);
  }
  try {
    const ringing = seal({ ...invite, handle });
    const { checks, text } = inbox.explain(ringing);
    assert.ok(checks.every((check) => Object.keys(check).join() === "check,outcome"));
    assert.ok(text.endsWith("ring"));
    const { callKit, sender, content, claimed } = inbox.receive(ringing);
    assert.deepEqual(Object.entries(claimed.handle), [
      ["type", "generic"],
      ["value", "a"],
    ]);
    assert.ok(Object.hasOwn(callKit, "callUUID") && !Object.hasOwn(callKit, "callerName"));
    assert.ok(Object.hasOwn(callKit, "hasVideo") && callKit.hasVideo);
    assert.ok(Object.hasOwn(callKit, "handle") && !Object.hasOwn(sender, "handle"));
    assert.ok(Object.hasOwn(content, "hasVideo"));
    throwsCode("bad_length", () => inbox.receive(new Uint8Array(1)));
    assert.equal(throwsCode("bad_content", () => seal({ type: "call.end" })).member, "callId");
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
});
