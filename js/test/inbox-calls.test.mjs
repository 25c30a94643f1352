// Calls of several devices, from placing to hanging up, with the steps in their order.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import { callId, day, later, minute, peer, throwsCode } from "./helpers.mjs";

const { Device, Inbox, Prekey, PrekeyBundle } = hushring;

await hushring.init();

const id = callId.toLowerCase();
const invite = { type: "call.invite", callId: id, hasVideo: false, offer: "v=0\r\n" };

/** Somebody with several devices, each with an inbox, who trusts the others. */
function person(count = 1) {
  const { account } = peer([]);
  const devices = Array.from({ length: count }, () => {
    const device = Device.enroll(account, { expiresAt: later(300 * day) });
    const prekey = Prekey.generate("x25519", { expiresAt: later(30 * day) });
    const inbox = new Inbox(device);
    const published = inbox.publish(device, [prekey]);
    return { account, device, inbox, published };
  });
  const bundles = PrekeyBundle.verifyAll(
    devices.flatMap(({ published }) => published),
    account.publicKey,
  );
  const { targets } = PrekeyBundle.choose(bundles.bundles);
  return { account, key: account.publicKey, devices, targets };
}

function acquaint(...people) {
  for (const { key, devices } of people) {
    for (const { inbox } of devices) {
      for (const other of people) if (other.key !== key) inbox.trust(other.key);
    }
  }
  return people;
}

/** Seals to all devices of somebody but the sender's own, and lets each receive it at once. */
function say(from, to, content, now = new Date()) {
  const { targets } = PrekeyBundle.choose(to.targets, { except: from.device.publicKey });
  const envelopes = from.device.sealMany(targets, content, { now });
  return envelopes.map((envelope, index) => {
    const { inbox } = to.devices.find(
      ({ device }) => hex(device.publicKey) === hex(targets[index].device),
    );
    const { action, reason } = inbox.receive(envelope, { now });
    return reason === undefined ? action : `${action} ${reason}`;
  });
}

const hex = (bytes) => Buffer.from(bytes).toString("hex");

function answer(device, own, caller, ring) {
  const reference = { caller: caller.key, callId: id };
  assert.deepEqual(device.inbox.answered(reference), ring);
  const toCaller = say(device, caller, { type: "call.answer", callId: id, ring });
  const taken = { type: "call.end", callId: id, reason: "answeredElsewhere" };
  const toSiblings = say(device, own, { ...taken, caller: caller.key, ring });
  return [toCaller, toSiblings];
}

test("placing returns the time to seal with, and a later one each time", () => {
  const [alice, bob] = acquaint(person(), person());
  const [{ inbox }] = alice.devices;
  const now = new Date();
  const first = inbox.placeCall(id, [bob.key], { now });
  assert.deepEqual(first, now);
  const second = inbox.placeCall(id, [bob.key], { now: new Date(now.getTime() - minute) });
  assert.equal(second - first, 1, "a clock that went back does not spoil the second ring");
});

test("the first answer is taken; the other device stops ringing and a late decline is nothing", () => {
  const [alice, bob] = acquaint(person(), person(2));
  const [caller] = alice.devices;
  const [phone, laptop] = bob.devices;
  const ring = caller.inbox.placeCall(id, [bob.key]);
  assert.deepEqual(say(caller, bob, invite, ring), ["ring", "ring"]);

  assert.deepEqual(answer(laptop, bob, alice, ring), [["signal"], ["end"]]);
  const reference = { caller: alice.key, callId: id };
  throwsCode("call_over", () => phone.inbox.answered(reference));
  assert.deepEqual(laptop.inbox.answered(reference), ring, "again, after a crash");

  const declined = { type: "call.end", callId: id, reason: "declined", caller: alice.key, ring };
  assert.deepEqual(say(phone, alice, declined), ["drop over"]);
  assert.deepEqual(say(phone, bob, { ...declined, reason: "declinedElsewhere" }), [
    "drop answered",
  ]);
  const restart = { type: "offer", sdp: "v=0" };
  const negotiate = { type: "call.negotiate", callId: id, description: restart };
  assert.deepEqual(say(laptop, alice, negotiate), ["signal"]);

  assert.deepEqual(say(caller, bob, { type: "call.end", callId: id, reason: "remoteEnded" }), [
    "drop over",
    "end",
  ]);
  caller.inbox.left({ callId: id });
  assert.deepEqual(say(laptop, alice, negotiate), ["drop over"]);
});

test("a call is answered up to its last moment, and leaving says whether it was known", () => {
  const [alice, bob] = acquaint(person(), person());
  const [caller] = alice.devices;
  const [phone] = bob.devices;
  const ring = caller.inbox.placeCall(id, [bob.key]);
  say(caller, bob, { ...invite, lifetime: 10 }, ring);
  const [{ expiresAt }] = phone.inbox.pending({ now: ring });
  assert.equal(expiresAt - ring, 40_000);
  const reference = { caller: alice.key, callId: id };
  const now = new Date(expiresAt.getTime() + 1);
  throwsCode("call_over", () => phone.inbox.answered({ ...reference, now }));
  assert.deepEqual(phone.inbox.answered({ ...reference, now: expiresAt }), ring);
  assert.deepEqual(phone.inbox.answered({ ...reference, now }), ring, "again, after a crash");

  assert.equal(phone.inbox.left({ callId: id }), false, "it is not its own");
  assert.equal(phone.inbox.left({ caller: bob.key, callId: id }), false);
  assert.equal(phone.inbox.left({ ...reference, callId: crypto.randomUUID() }), false);
  assert.equal(phone.inbox.left(reference), true);
  assert.equal(caller.inbox.left(reference), true, "the caller may name itself");
  assert.equal(caller.inbox.left({ callId: id, accounts: [] }), true);
  assert.equal(caller.inbox.left({ callId: crypto.randomUUID(), accounts: [bob.key] }), false);
});

test("of two that answer, the second is told which was taken", () => {
  const [alice, bob] = acquaint(person(), person(2));
  const [caller] = alice.devices;
  const [phone, laptop] = bob.devices;
  const ring = caller.inbox.placeCall(id, [bob.key]);
  say(caller, bob, invite, ring);
  const reference = { caller: alice.key, callId: id };
  phone.inbox.answered(reference);
  assert.deepEqual(answer(laptop, bob, alice, ring), [["signal"], ["drop answered"]]);
  assert.deepEqual(answer(phone, bob, alice, ring), [["second"], ["drop answered"]]);

  const [, second] = caller.inbox.pending();
  assert.equal(second.action, "second");
  assert.deepEqual(second.taken, laptop.device.publicKey);
  assert.deepEqual(second.content, { type: "call.answer", callId: id, ring });
  assert.equal(second.callUUID, hushring.callKitUUID(alice.key, id));
  const taken = { type: "call.end", callId: id, reason: "answeredElsewhere" };
  assert.deepEqual(say(caller, bob, { ...taken, device: second.taken }), ["end", "drop taken"]);
  assert.equal(phone.inbox.pending().at(-1).endedReason, 4);
  assert.deepEqual(say(phone, alice, { type: "call.answer", callId: id, ring }), ["drop over"]);
});

test("declining leaves the call open for the other device, until its answer", () => {
  const [alice, bob] = acquaint(person(), person(2));
  const [caller] = alice.devices;
  const [phone, laptop] = bob.devices;
  const ring = caller.inbox.placeCall(id, [bob.key]);
  say(caller, bob, invite, ring);
  laptop.inbox.answered({ caller: alice.key, callId: id });
  const declined = { type: "call.end", callId: id, reason: "declined", caller: alice.key, ring };
  assert.deepEqual(say(phone, alice, declined), ["end"]);
  assert.equal(caller.inbox.pending().at(-1).remaining, 0);
  phone.inbox.left({ caller: alice.key, callId: id });
  throwsCode("call_over", () => phone.inbox.answered({ caller: alice.key, callId: id }));
  assert.deepEqual(answer(laptop, bob, alice, ring), [["signal"], ["drop over"]]);
});

test("a call is rung again under the same callId, and an old answer does not count", () => {
  const [alice, bob] = acquaint(person(), person());
  const [caller] = alice.devices;
  const [phone] = bob.devices;
  const now = later(-10 * minute);
  const first = caller.inbox.placeCall(id, [bob.key], { now });
  const [envelope] = caller.device.sealMany(bob.targets, invite, { now: first });
  assert.equal(phone.inbox.receive(envelope).reason, "expired");
  const second = caller.inbox.placeCall(id, [bob.key]);
  assert.deepEqual(say(caller, bob, invite, second), ["ring"]);
  const old = { type: "call.answer", callId: id, ring: first };
  assert.deepEqual(say(phone, alice, old), ["drop over"]);
  assert.deepEqual(answer(phone, bob, alice, second), [["signal"], []]);
});

test("candidates that overtake their invitation follow it", () => {
  const [alice, bob] = acquaint(person(), person());
  const [caller] = alice.devices;
  const [{ inbox }] = bob.devices;
  const ring = caller.inbox.placeCall(id, [bob.key]);
  const [invitation] = caller.device.sealMany(bob.targets, invite, { now: ring });
  const batch = { type: "call.candidates", callId: id, candidates: [{ candidate: "a" }] };
  assert.deepEqual(say(caller, bob, batch), ["drop early"]);
  assert.equal(inbox.receive(invitation).action, "ring");
  assert.deepEqual(
    inbox.pending().map(({ action }) => action),
    ["ring", "signal"],
  );
});

test("an end of one leg says how many remain; the caller ends those that are left", () => {
  const [alice, bob, carol] = acquaint(person(), person(), person());
  const [caller] = alice.devices;
  const ring = caller.inbox.placeCall(id, [bob.key]);
  say(caller, bob, invite, ring);
  const added = caller.inbox.placeCall(id, [carol.key]);
  assert.ok(added > ring);
  say(caller, carol, invite, added);
  const declined = { type: "call.end", callId: id, reason: "declined", caller: alice.key };
  assert.deepEqual(say(carol.devices[0], alice, { ...declined, ring: added }), ["end"]);
  const [end] = caller.inbox.pending();
  assert.deepEqual([end.sender.account, end.remaining], [carol.key, 1]);

  caller.inbox.left({ callId: id, accounts: [carol.key] });
  const answered = { type: "call.answer", callId: id };
  assert.deepEqual(say(carol.devices[0], alice, { ...answered, ring: added }), ["drop over"]);
  assert.deepEqual(say(bob.devices[0], alice, { ...answered, ring }), ["signal"]);
});

test("those who joined a call signal each other", () => {
  const [alice, bob, carol] = acquaint(person(), person(), person());
  const [caller] = alice.devices;
  const [{ inbox }] = bob.devices;
  const reference = { caller: alice.key, callId: id };
  throwsCode("call_over", () => inbox.joined({ ...reference, accounts: [carol.key] }));
  const ring = caller.inbox.placeCall(id, [bob.key, carol.key]);
  say(caller, bob, invite, ring);
  const offer = {
    type: "call.negotiate",
    callId: id,
    description: { type: "offer", sdp: "v=0" },
  };
  assert.deepEqual(say(carol.devices[0], bob, offer), ["drop early"]);
  inbox.answered(reference);
  const [event] = inbox.joined({ ...reference, accounts: [carol.key] });
  assert.deepEqual([event.action, event.content], ["signal", offer]);
  assert.equal(event.callUUID, hushring.callKitUUID(alice.key, id));
  assert.deepEqual(say(carol.devices[0], bob, { type: "call.mesh", callId: id }), ["signal"]);
  inbox.left(reference);
  assert.deepEqual(say(carol.devices[0], bob, offer), ["drop early"]);
});

test("a ring that crosses an own call names it", () => {
  const [alice, bob] = acquaint(person(), person());
  const [a] = alice.devices;
  const [b] = bob.devices;
  const own = crypto.randomUUID();
  const ring = a.inbox.placeCall(id, [bob.key]);
  b.inbox.placeCall(own, [alice.key]);
  assert.deepEqual(say(a, bob, invite, ring), ["ring"]);
  const [event] = b.inbox.pending();
  assert.equal(event.crossed, own);
  b.inbox.left({ callId: own });
  assert.ok(!("crossed" in b.inbox.pending()[0]));
});
