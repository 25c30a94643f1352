// A machine that sleeps: its timers and its monotonic clock stand still meanwhile.

import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import type { Bundles } from "../../src/peer/bundles.js";
import { Calls } from "../../src/peer/calls.js";
import type { Effect } from "../../src/peer/events.js";
import type { Outbox } from "../../src/peer/outbox.js";
import { stream } from "../../src/peer/pushes.js";
import type { CallRecord } from "../../src/peer/records.js";
import type { Relay } from "../../src/peer/relay.js";
import { memory } from "./memory.js";

const right = Date.now;
let slept = 0;

function sleepFor(milliseconds: number): void {
  slept += milliseconds;
  mock.method(Date, "now", () => right() + slept);
}

afterEach(() => {
  mock.restoreAll();
  slept = 0;
});

/** A call that rings in a page. */
async function ringing(ended: string[]): Promise<Calls> {
  const account = new Uint8Array(32).fill(1);
  const [ring, expiresAt] = [new Date(), new Date(Date.now() + 90_000)];
  const call: CallRecord = {
    ...{ uuid: "a", callId: "a", account, isOutgoing: false, hasVideo: false },
    ...{ ring, expiresAt, phase: "ringing" },
  };
  const clock = { now: () => new Date(Date.now()) };
  const { shared } = memory({ calls: [call] }, { shared: { clock } });
  const calls = new Calls(shared, {} as Outbox, {} as Bundles, {
    onChange: () => {},
    onRingOver: () => {},
    onEnded: ({ uuid }, outcome) => ended.push(`${uuid} ${outcome}`),
  });
  await calls.act({ kind: "ring", event: { callUUID: "a" } } as Effect);
  return calls;
}

test("a ring that was over before the machine woke ends within a second", async () => {
  const ended: string[] = [];
  const calls = await ringing(ended);
  await pause(1_200);
  assert.deepEqual(ended, []);
  sleepFor(3_600_000);
  await pause(1_200);
  assert.deepEqual(ended, ["a missed"]);
  calls.close();
});

test("and at once where the page says that the machine has woken", async () => {
  const ended: string[] = [];
  const calls = await ringing(ended);
  sleepFor(3_600_000);
  calls.look();
  await pause(50);
  assert.deepEqual(ended, ["a missed"]);
  calls.close();
});

/** Opens a stream that says nothing, and runs work. Returns how often it was opened. */
async function opened(work: (stirs: EventTarget) => void): Promise<number> {
  let count = 0;
  const relay = {
    routePushes: async () => {},
    pushes: async (signal: AbortSignal) => {
      count += 1;
      return new ReadableStream({
        start: (controller) => signal.addEventListener("abort", () => controller.error()),
      });
    },
  };
  const [stop, stirs] = [new AbortController(), new EventTarget()];
  const uses = { onPush: () => {}, onState: () => {} };
  const streaming = stream(relay as unknown as Relay, uses, stirs, stop.signal);
  await pause(50);
  work(stirs);
  await pause(1_600);
  stop.abort();
  await streaming;
  return count;
}

test("a stream is opened anew after sleep, or if there is a network again", async () => {
  const stirring = (name: string) => (stirs: EventTarget) => {
    stirs.dispatchEvent(new Event(name));
  };
  const seen = stirring("visible");
  assert.equal(await opened(() => {}), 1);
  assert.equal(await opened(() => sleepFor(61_000)), 2);
  assert.equal(await opened(stirring("online")), 2);
  assert.equal(await opened(seen), 1);
  const afterLong = (stirs: EventTarget) => {
    sleepFor(21_000);
    seen(stirs);
  };
  assert.equal(await opened(afterLong), 2);
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
