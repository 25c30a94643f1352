import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyFeed, kept, withSeen } from "../src/server/feed.js";
import { histogram } from "../src/server/histogram.js";
import { lanesOf, ticksOf } from "../src/server/lanes.js";
import { auditOf, partsOf } from "../src/server/push.js";
import { drawPair, pairsLeft } from "../src/server/rounds.js";
import { atLeast, band, chances, verdict } from "../src/server/score.js";
import { readSeen, type Seen } from "../src/server/seen.js";
import { suspicions } from "../src/server/sequences.js";
import { type SeenEvent, Traffic } from "./views/traffic.js";

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Something that was seen, of which only tag and header matter. */
function fake(n: number, header = 1): Seen {
  const envelope = new Uint8Array(2880).fill(header, 0, 10);
  return { n, time: n, poster: "a", mailbox: "b", envelope, tag: `${n}`, push: {} as Seen["push"] };
}

const read = (events: readonly SeenEvent[]) =>
  Promise.all(events.map((event) => readSeen(JSON.stringify(event))));

test("chance is the binomial distribution, exactly", () => {
  assert.deepEqual(chances(0), [1]);
  assert.deepEqual(
    chances(4),
    [1, 4, 6, 4, 1].map((ways) => ways / 16),
  );
  assert.ok(Math.abs(chances(1000).reduce((sum, chance) => sum + chance) - 1) < 1e-12);
  assert.equal(atLeast(9, 10), 11 / 1024);
});

test("the band leaves at most 1 of 40 games on each side, and no narrower band does more", () => {
  assert.deepEqual(band(0), { low: 0, high: 0, coverage: 1 });
  assert.deepEqual([band(5).low, band(6).low, band(20).low, band(20).high], [0, 1, 6, 14]);
  for (let rounds = 1; rounds <= 200; rounds += 1) {
    const { low, high, coverage } = band(rounds);
    assert.equal(high, rounds - low);
    assert.ok(atLeast(high + 1, rounds) <= 0.025);
    assert.ok(atLeast(high, rounds) > 0.025);
    assert.ok(coverage >= 0.95);
  }
});

test("a guesser by chance stays within the band as often as it says", () => {
  const random = seeded(1);
  const rounds = 40;
  const games = 2_000;
  const envelopes = Array.from({ length: 2 * rounds }, (_, n) => fake(n));
  const truth = new Map(envelopes.map(({ tag }, i) => [tag, i % 2 === 0 ? "call" : "message"]));
  const { low, high, coverage } = band(rounds);
  let within = 0;
  for (let game = 0; game < games; game += 1) {
    const used = new Set<string>();
    let hits = 0;
    for (let round = 0; round < rounds; round += 1) {
      const pair = drawPair(envelopes, truth, used, random);
      assert.ok(pair);
      for (const { tag } of pair) used.add(tag);
      if (truth.get((random() < 0.5 ? pair[0] : pair[1]).tag) === "call") hits += 1;
    }
    if (hits >= low && hits <= high) within += 1;
  }
  const deviation = Math.sqrt((coverage * (1 - coverage)) / games);
  assert.ok(Math.abs(within / games - coverage) < 4 * deviation, `${within} of ${games}`);
});

test("always pointing at one side is as good as a coin", () => {
  const random = seeded(2);
  const envelopes = Array.from({ length: 2_000 }, (_, n) => fake(n));
  // All calls are older than all messages: an order that showed would be found here.
  const truth = new Map(envelopes.map(({ tag, n }) => [tag, n < 1_000 ? "call" : "message"]));
  const used = new Set<string>();
  let hits = 0;
  for (let round = 0; round < 1_000; round += 1) {
    const pair = drawPair(envelopes, truth, used, random);
    assert.ok(pair);
    for (const { tag } of pair) used.add(tag);
    if (truth.get(pair[0].tag) === "call") hits += 1;
  }
  assert.ok(hits > 430 && hits < 570, `${hits}`);
  assert.equal(drawPair(envelopes, truth, used, random), undefined);
});

test("a pair has one header, one of each kind, and nothing that was used", () => {
  const envelopes = [fake(1, 1), fake(2, 2), fake(3, 2), fake(4, 3), fake(5, 3)];
  const truth = new Map([
    ["1", "call"],
    ["2", "message"],
    ["3", "cover"],
    ["4", "call"],
    ["5", "message"],
  ]);
  assert.equal(pairsLeft(envelopes, truth, new Set()), 1);
  const pair = drawPair(envelopes, truth, new Set(), seeded(3));
  assert.deepEqual(pair?.map(({ n }) => n).sort(), [4, 5]);
  assert.equal(drawPair(envelopes, truth, new Set(["5"]), seeded(3)), undefined);
  assert.equal(pairsLeft(envelopes, truth, new Set(["5"])), 0);
});

test("the verdict says what the score is worth", () => {
  assert.match(verdict(0, 0), /No guess yet/);
  assert.match(verdict(5, 5), /Six guesses are needed/);
  assert.match(verdict(7, 12), /7 of 12 right: no better than a coin. A coin has 3 to 9/);
  assert.match(verdict(11, 12), /more than a coin has/);
  assert.match(verdict(0, 12), /fewer than a coin has/);
});

test("the histogram counts every byte behind the header, and every length", () => {
  const envelope = new Uint8Array(2880).fill(7, 10);
  const figures = histogram([{ envelope }, { envelope: Uint8Array.from([9, 9]) }]);
  assert.equal(figures.total, 2870);
  assert.equal(figures.counts[7], 2870);
  assert.equal(figures.counts[0], 0);
  assert.deepEqual(
    [...figures.lengths],
    [
      [2880, 1],
      [2, 1],
    ],
  );
  assert.ok(figures.chiSquare > 100 * figures.chiHigh);
});

test("the histogram's bounds hold random bytes as often as they say", () => {
  const games = 1_000;
  const outside = { chi: 0, range: 0 };
  const random = seeded(4);
  for (let game = 0; game < games; game += 1) {
    const bytes = Uint8Array.from({ length: 28_710 }, () => Math.floor(256 * random()));
    const { counts, low, high, chiSquare, chiLow, chiHigh } = histogram([{ envelope: bytes }]);
    if (chiSquare < chiLow || chiSquare > chiHigh) outside.chi += 1;
    if (counts.some((count) => count < low || count > high)) outside.range += 1;
  }
  // 50 are expected, with a deviation of 7. The counts are few here, so that the range is rougher.
  assert.ok(outside.chi > 25 && outside.chi < 75, `${outside.chi} by chi-square`);
  assert.ok(outside.range > 20 && outside.range < 90, `${outside.range} by range`);
});

test("a sequence is marked by times and mailboxes alone", () => {
  const at = (seconds: number, poster: string | null, mailbox: string) => ({
    time: seconds * 1000,
    poster,
    mailbox,
  });
  const answered = [at(100, "a", "b"), at(104, "b", "a")];
  const end = 1_000_000;
  const found = [{ from: "a", to: "b", start: 100_000, reply: 104_000 }];
  assert.deepEqual(suspicions(answered, end), found);
  assert.deepEqual(suspicions([...answered, at(110, "a", "b")], end), [], "no silence after it");
  assert.deepEqual(suspicions([at(95, "b", "a"), ...answered], end), [], "no pause before it");
  assert.deepEqual(suspicions([at(100, "a", "b"), at(140, "b", "a")], end), [], "a late reply");
  assert.deepEqual(suspicions(answered, 113_000), [], "too early to tell");
  assert.deepEqual(suspicions([at(100, null, "b"), at(104, "b", "a")], end), [], "nobody posted");
  // Between others there may be any amount of talk.
  assert.deepEqual(suspicions([at(99, "c", "b"), ...answered, at(105, "a", "c")], end), found);
});

test("lanes keep their places, and marks stand where their time is", () => {
  const sightings = [
    { time: 0, poster: "a", mailbox: "b" },
    { time: 150_000, poster: null, mailbox: "c" },
    { time: 300_000, poster: "c", mailbox: "a" },
  ];
  const lanes = lanesOf(sightings, "minutes", 300_000);
  assert.deepEqual(lanes.mailboxes, ["a", "b", "c"]);
  assert.deepEqual(lanes.marks, [
    { x: 0, from: 0, to: 1 },
    { x: 50, from: null, to: 2 },
    { x: 100, from: 2, to: 0 },
  ]);
  const many = Array.from({ length: 20 }, (_, i) => ({ time: 1, poster: null, mailbox: `${i}` }));
  assert.equal(lanesOf(many, "minutes", 1).others, 12);
  const ticks = ticksOf("minutes", 1_790_000_000_000);
  assert.ok(ticks.length >= 4);
  assert.ok(ticks.every((time) => time % 60_000 === 0));
});

test("the feed keeps 300, knows what is repeated, and begins anew with another relay", () => {
  const all = Array.from({ length: 310 }, (_, n) => fake(n));
  const feed = withSeen(emptyFeed, all, 1_000);
  assert.equal(feed.envelopes.length, kept);
  assert.equal(feed.sightings.length, 310);
  assert.equal(withSeen(feed, all.slice(100), 1_000), feed);
  assert.equal(withSeen(feed, [fake(310)], 1_000).envelopes.at(-1)?.n, 310);
  const other = withSeen(feed, [{ ...fake(300), tag: "another" }], 1_000);
  assert.deepEqual([other.envelopes.length, other.sightings.length], [1, 1]);
  assert.equal(withSeen(feed, [fake(310)], 86_400_305).sightings.length, 5, "a day later");
});

test("a request is shown to the letter, and the audit is the package's", async () => {
  const traffic = await Traffic.start();
  const seen = await read([
    traffic.post("call", "desk", "phone"),
    traffic.post("message", "desk", "tablet"),
  ]);
  assert.equal(auditOf(seen), "passed");
  const [first] = seen;
  assert.ok(first);
  const parts = partsOf(first);
  const { path, headers, body } = first.push;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  assert.equal(parts.map(({ text }) => text).join(""), `POST ${path}\n${lines.join("")}\n${body}`);
  const own = parts.filter((part) => part.own).map(({ text }) => text);
  assert.deepEqual(own, [
    path.slice("/3/device/".length),
    Buffer.from(first.envelope).toString("base64"),
  ]);
  const louder = { ...headers, "apns-priority": "5" } as unknown as typeof headers;
  const found = auditOf([{ push: { ...first.push, headers: louder } }]);
  assert.equal(found instanceof Error && "code" in found && found.code, "bad_push");
});

test("what is not an event is refused", async () => {
  await assert.rejects(readSeen("{}"), TypeError);
  await assert.rejects(readSeen("[]"), TypeError);
  await assert.rejects(readSeen("no JSON"), SyntaxError);
});
