// What becomes of the events in the journal.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { InboxEvent } from "hushring";
import { takeEvents } from "../../src/peer/events.js";
import type { Records } from "../../src/peer/records.js";
import { memory } from "./memory.js";

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.UTC(2026, 0, 1);
const bob = new Uint8Array(32).fill(1);
const sender = { account: bob, device: new Uint8Array(32).fill(2) };

/** Goes through a journal at a time, as the worker or the page does. */
async function take(
  records: Partial<Records>,
  role: "app" | "extension",
  event: object,
  now = begin,
) {
  const done: InboxEvent[] = [];
  const inbox = {
    pending: () => [event],
    acknowledge: (event: InboxEvent) => done.push(event),
    left: () => {},
  };
  const session = { inbox, now: new Date(now), identity: { account: new Uint8Array(32) } };
  const effects = await takeEvents(memory(records, { session }).session, role);
  return { effects, isDone: done.length > 0 };
}

function ring(callUUID: string, sentAt = begin): object {
  const content = { type: "call.invite", callId: callUUID, hasVideo: false, offer: "" };
  const expiresAt = new Date(sentAt + 90_000);
  return { action: "ring", callUUID, sender, content, expiresAt, sentAt: new Date(sentAt) };
}

function end(callUUID: string, endedReason: number): object {
  const content = { type: "call.end", callId: callUUID, reason: "cancelled" };
  return { action: "end", callUUID, sender, content, endedReason, sentAt: new Date(begin) };
}

test("a ring that was reported is known for a day, and an end that comes so late is the app’s", async () => {
  const records: Partial<Records> = {};
  assert.equal((await take(records, "extension", ring("a"))).effects[0]?.kind, "ring");
  assert.equal(
    (await take(records, "extension", ring("a"), begin + 16 * minute)).effects.length,
    0,
  );
  assert.equal((await take(records, "extension", end("a", 2), begin + 23 * hour)).isDone, false);
  assert.equal((await take(records, "extension", end("a", 2), begin + 25 * hour)).isDone, true);
});

test("of the rings that were reported, the newest 512 are kept", async () => {
  const records: Partial<Records> = {};
  for (let number = 0; number < 513; number += 1) {
    await take(records, "extension", ring(String(number)));
  }
  assert.equal(records.reported?.length, 512);
  assert.equal(records.reported?.[0]?.callUUID, "1");
});

test("the end of a call that was shown takes its notification away, whoever hears of it", async () => {
  for (const role of ["app", "extension"] as const) {
    const records: Partial<Records> = {};
    await take(records, "extension", ring("a"));
    const [missed] = (await take(records, role, end("a", 2))).effects;
    assert.deepEqual(missed, { kind: "over", callUUID: "a", isMissed: true });
    const [elsewhere] = (await take(records, role, end("a", 4))).effects;
    assert.deepEqual(elsewhere, { kind: "over", callUUID: "a", isMissed: false });

    // It rings again: the end of before is not that of the newer ring.
    await take(records, "extension", ring("a", begin + minute), begin + minute);
    assert.deepEqual((await take(records, role, end("a", 2))).effects, [{ kind: "left" }]);
  }
});
