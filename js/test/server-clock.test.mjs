import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ServerClock } from "hushring";
import { throwsCode } from "./helpers.mjs";

const { start, histories } = JSON.parse(
  readFileSync(new URL("./server-clock.json", import.meta.url), "utf8"),
);

test("there are histories", () => {
  assert.ok(histories.length >= 20);
});

for (const { name, steps } of histories) {
  test(`clock: ${name}`, () => {
    let local;
    const clock = new ServerClock({
      system: () => start + local.system,
      monotonic: () => local.monotonic,
    });
    steps.forEach((step, number) => {
      local = step;
      if (step.server === undefined) {
        const { synchronized } = step;
        if (synchronized !== undefined) {
          assert.equal(clock.isSynchronized(), synchronized, `step ${number}`);
        }
        assert.equal(clock.now().getTime() - start, step.now, `step ${number}`);
        if (synchronized !== undefined) {
          assert.equal(clock.isSynchronized(), synchronized, `step ${number}, asked again`);
        }
      } else {
        clock.add({ serverTime: new Date(start + step.server), roundTrip: step.roundTrip });
      }
    });
  });
}

test("the moment of an answer may be told later", () => {
  let monotonic = 1_000;
  const clock = new ServerClock({ system: () => start + monotonic, monotonic: () => monotonic });
  const at = monotonic;
  monotonic += 5_000.75;
  clock.add({ serverTime: new Date(start + 91_000), roundTrip: 0.5, at });
  assert.equal(clock.now().getTime(), start + 96_000);
});

test("by default it reads the platform's clocks, and needs no init", async () => {
  const clock = new ServerClock();
  const before = Date.now();
  assert.ok(clock.now() >= before && clock.now() <= Date.now());
  const begun = performance.now();
  const serverTime = new Date(Date.now() + 3_600_000);
  clock.add({ serverTime, roundTrip: performance.now() - begun });
  const first = clock.now();
  assert.ok(first - serverTime >= 0 && first - serverTime < 5_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(clock.now() > first);
});

test("answers of the wrong kind are refused, and change nothing", () => {
  const clock = new ServerClock({ system: () => start, monotonic: () => 0 });
  const good = { serverTime: new Date(start + 1_000), roundTrip: 0 };
  for (const roundTrip of [-1, Number.NaN, Number.POSITIVE_INFINITY, "1", undefined, null]) {
    throwsCode("invalid_argument", () => clock.add({ ...good, roundTrip }));
  }
  for (const at of [-1, "1", null]) {
    throwsCode("invalid_argument", () => clock.add({ ...good, at }));
  }
  for (const serverTime of [start, "2026-01-01", undefined, new Date(Number.NaN)]) {
    throwsCode("invalid_date", () => clock.add({ ...good, serverTime }));
  }
  throwsCode("invalid_argument", () => clock.add({ ...good, rtt: 1 }));
  throwsCode("invalid_argument", () => new ServerClock({ system: 7 }));
  assert.equal(clock.now().getTime(), start);
});
