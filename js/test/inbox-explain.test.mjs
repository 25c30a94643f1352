import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as hushring from "hushring";
import { day, inboxOf, later, minute, throwsCode } from "./helpers.mjs";
import { alice, bob, carol, id, invite, key, seal, summary } from "./people.mjs";

const { Inbox } = hushring;

test("explain says by how much a call was too late, and that a clock may be wrong", () => {
  const inbox = inboxOf(bob, alice);
  const now = new Date();
  const explained = (content, heard) =>
    inbox.explain(seal(content, { now }), { now: new Date(now.getTime() + heard) }).text;
  assert.match(
    explained({ ...invite, lifetime: 45 }, 76_000),
    /dated 76 s ago\n.*\nmissed: expired\nit rings for 45 s, and 30 s more: .* clocks is wrong$/s,
  );
  assert.match(explained(invite, -601_000), /refused: clock\nit may be dated 600 s ahead/);
  assert.match(explained(invite, 80_000), /\nring$/);
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
