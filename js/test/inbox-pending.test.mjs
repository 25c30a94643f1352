import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import { day, inboxOf, later, ownBytes, throwsCode } from "./helpers.mjs";
import { alice, bob, carol, end, hello, invite, key, seal, summary } from "./people.mjs";

const { Device, Inbox, Prekey } = hushring;

test("events are pending until they are acknowledged", () => {
  const inbox = inboxOf(bob, alice, carol);
  const [first, second] = [alice, carol].map((from) => inbox.receive(seal(hello, { from })));
  inbox.receive(seal({ type: "cover" }));
  assert.deepEqual([...inbox.pending()], [first, second]);
  assert.notEqual([...inbox.pending()][0], [...inbox.pending()][0]);

  const { sender, messageId } = first;
  const other = { sender: { account: key(carol) }, messageId };
  assert.equal(inbox.acknowledge(other), false);
  assert.equal(inbox.acknowledge({ sender, messageId: "0".repeat(32) }), false);
  assert.equal(inbox.acknowledge({ sender: { account: key(bob) }, messageId }), false);
  assert.equal(inbox.acknowledge(structuredClone(first)), true);
  assert.equal(inbox.acknowledge(first), false);
  assert.deepEqual([...inbox.pending()], [second]);
  const account = Buffer.from(key(carol));
  assert.equal(inbox.acknowledge({ sender: { account }, messageId: second.messageId }), true);
  assert.deepEqual([...inbox.pending()], []);
  assert.equal(summary(inbox.receive(seal(hello))), "notify");
});

test("events are plain data that survives a structured clone", () => {
  const inbox = inboxOf(bob, alice);
  inbox.receive(seal({ ...invite, data: [Uint8Array.of(1), null, -0.5, { a: "b" }] }));
  inbox.receive(seal(end));
  const call = crypto.randomUUID();
  const ring = inbox.placeCall(call, [key(alice)]);
  const tablet = { device: Device.enroll(alice.account, { expiresAt: later(day) }) };
  inbox.receive(seal({ type: "call.answer", callId: call, ring }));
  inbox.receive(seal({ type: "call.answer", callId: call, ring }, { from: tablet }));
  inbox.receive(seal(hello));
  const events = [...inbox.pending()];
  const clones = structuredClone(events);
  assert.deepEqual(
    events.map(({ action }) => action),
    ["missed", "end", "signal", "second", "notify"],
  );
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
  const taken = { ...end, reason: "answeredElsewhere", caller: key(alice), ring: now };
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
    assert.equal([...inbox.pending()].length, content === undefined ? 0 : 1);
  }
});

test("events are read when their turn comes, while others are acknowledged and received", () => {
  const inbox = inboxOf(bob, alice);
  const say = (body) => inbox.receive(seal({ type: "message", body }));
  for (const body of ["1", "2", "3", "4"]) say(body);
  const bodies = [];
  for (const event of inbox.pending()) {
    bodies.push(event.content.body);
    inbox.acknowledge(event);
    if (bodies.length === 1) {
      const [next] = inbox.pending();
      inbox.acknowledge(next);
      say("5");
    }
    assert.ok(bodies.length < 9);
  }
  assert.deepEqual(bodies, ["1", "3", "4", "5"]);
  const iterator = inbox.pending();
  assert.equal(iterator[Symbol.iterator](), iterator);
  assert.deepEqual(iterator.next(), { done: true, value: undefined });
  say("6");
  assert.equal(iterator.next().value.content.body, "6", "what has come since");
  inbox.free();
  throwsCode("freed", () => iterator.next());
});

test("a full inbox refuses, whatever the content, until something is acknowledged", () => {
  const inbox = inboxOf(bob, alice, carol);
  for (let count = 0; count < 64; count += 1) inbox.receive(seal(hello));
  const next = seal({ type: "cover" });
  throwsCode("inbox_full", () => inbox.receive(next));
  assert.equal(inbox.explain(next).stoppedAt, "room");
  assert.equal(summary(inbox.receive(seal(hello, { from: carol }))), "notify");
  const pending = [...inbox.pending()];
  assert.equal(pending.length, 65);
  const [first, second] = inbox.pending();
  assert.deepEqual([first, second], pending.slice(0, 2));
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
