// What the relay's client tells the clock.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { ServerClock } from "hushring";
import { Relay } from "../../src/peer/relay.js";

const hour = 3_600_000;

/** Asks for a page while the machine sleeps: its monotonic clock stands still meanwhile. */
async function askAcrossSleep(when: "before the answer" | "within the answer"): Promise<Relay> {
  const begin = Date.now();
  let now = begin;
  const sleep = () => {
    now += 3 * hour;
  };
  const relay = new Relay(new ServerClock({ system: () => now }));
  mock.method(Date, "now", () => now);
  mock.method(globalThis, "fetch", async () => {
    const body = { envelopes: [], next: 0, waiting: 0, time: begin };
    const response = Response.json(body, { headers: { date: new Date(begin).toUTCString() } });
    if (when === "before the answer") sleep();
    const read = async () => {
      if (when === "within the answer") sleep();
      return body;
    };
    mock.method(response, "json", read);
    return response;
  });
  try {
    await relay.fetchPage({ confirm: [] });
  } finally {
    mock.restoreAll();
  }
  return relay;
}

test("an answer that was asked for before sleep and read after it does not set the clock", async () => {
  const { clock } = await askAcrossSleep("before the answer");
  assert.equal(clock.isSynchronized(), false);
});

test("nor does one whose body came after sleep, with the time of before", async () => {
  const { clock } = await askAcrossSleep("within the answer");
  const off = clock.now().getTime() - (Date.now() + 3 * hour);
  assert.ok(Math.abs(off) < 2_000, `the clock is off by ${off} ms`);
});
