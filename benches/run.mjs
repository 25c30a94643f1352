// Speed: node --no-warnings run.mjs [rounds] [iterations]
//
// Prints Markdown, for README.md. Every contender runs in every round, next to the others, and the
// order turns by one from round to round: what slows the machine down slows all of them. Ratios are
// taken within a round. Nothing fails by being slow.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import * as hpke from "./contenders/hpke-js.mjs";
import * as hushring from "./contenders/hushring.mjs";
import * as libsodium from "./contenders/libsodium.mjs";

const [rounds = 20, iterations = 50] = process.argv.slice(2).map(Number);
const warmUpRounds = 4; // not counted: V8 compiles what runs often again, WebAssembly too

const corpus = new URL("../dictionary/corpus/held-back/", import.meta.url);
const read = (file) => readFileSync(new URL(file, corpus), "utf8");
const call = (offer) => ({
  type: "call.invite",
  callId: "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
  handle: { type: "phoneNumber", value: "+12025550123" },
  callerName: "Alice",
  hasVideo: true,
  offer,
});
const offerFile = "chromium-av-data-turn-offer-gathered-1.sdp";
const contents = {
  message: { type: "message", body: "Are you there?" },
  call: call(read(offerFile)),
};

const contenders = [];
for (const suite of ["x25519", "xwing"]) {
  for (const contender of [hushring, hpke, libsodium]) {
    if (!contender.suites.includes(suite)) continue;
    contenders.push({ name: contender.name, suite, ...(await contender.setUp(suite)) });
  }
}
const contender = (name, suite) => contenders.find((it) => it.name === name && it.suite === suite);

// A job is what is compared: its runs are those of the contenders that can do it.
const jobs = [];
for (const suite of ["x25519", "xwing"]) {
  for (const [contentName, content] of Object.entries(contents)) {
    const able = contenders.filter((it) => it.suite === suite && it.measure(content) <= it.room);
    const seal = [];
    const open = [];
    for (const { name, ...it } of able) {
      const envelope = await it.seal(content);
      assert.equal(envelope.length, 2880);
      assert.deepEqual({ ...(await it.open(envelope)) }, content);
      seal.push({ name, medians: [], once: () => it.seal(content) });
      open.push({ name, medians: [], once: () => it.open(envelope) });
    }
    jobs.push({ suite, contentName, what: "seal", runs: seal });
    jobs.push({ suite, contentName, what: "open", runs: open });
  }
}

for (let round = -warmUpRounds; round < rounds; round += 1) {
  for (const { runs } of jobs) {
    for (let turn = 0; turn < runs.length; turn += 1) {
      const run = runs[(turn + round + warmUpRounds) % runs.length];
      const milliseconds = await medianOf(run.once);
      if (round >= 0) run.medians.push(milliseconds);
    }
  }
}

console.log(`Speed on ${cpus()[0].model}, Node ${process.versions.node}: medians of ${rounds} rounds
of ${iterations} iterations. A ratio is the alternative's time by hushring's, in the same round: median
(lowest–highest). Above 1, hushring is faster; below 1, slower.
`);
const alternatives = [hpke.name, libsodium.name];
row("suite", "content", "", "hushring", ...alternatives.flatMap((name) => [name, "ratio"]));
row(...Array(8).fill("---"));
for (const { suite, contentName, what, runs } of jobs) {
  const [ours] = runs;
  const cells = alternatives.flatMap((name) => {
    const theirs = runs.find((run) => run.name === name);
    if (!theirs) return [contender(name, suite) ? "does not fit" : "no such suite", "–"];
    return [time(theirs), ratio(theirs, ours)];
  });
  row(suite, contentName, what, time(ours), ...cells);
}

const offers = readdirSync(corpus).filter((file) => /-offer-.*\.sdp$/.test(file));
console.log(`
Room: bytes of each content, compressed, and how many of the ${offers.length} offers of the held-back
corpus fit as a call. The call holds \`${offerFile}\`, ${contents.call.offer.length} bytes.
`);
row("", "message", "call", "offers that fit x25519", "offers that fit xwing");
row(...Array(5).fill("---"));
const fitting = (it) => offers.filter((file) => it.measure(call(read(file))) <= it.room).length;
const fits = (it) => (it ? `${fitting(it)} (room ${it.room})` : "no such suite");
for (const name of [hushring.name, ...alternatives]) {
  const it = contender(name, "x25519");
  const sizes = [it.measure(contents.message), it.measure(contents.call)];
  row(name, ...sizes, fits(it), fits(contender(name, "xwing")));
}

/** The median time of one call, in milliseconds. */
async function medianOf(once) {
  const times = [];
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const start = performance.now();
    const result = once();
    // Whoever is synchronous does not pay for a turn of the event loop.
    if (result instanceof Promise) await result;
    times.push(performance.now() - start);
  }
  return median(times);
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function time({ medians }) {
  return `${median(medians).toFixed(2)} ms`;
}

function ratio(theirs, ours) {
  const ratios = theirs.medians.map((value, round) => value / ours.medians[round]);
  const [middle, low, high] = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
  return `${middle.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function row(...cells) {
  console.log(`| ${cells.join(" | ")} |`);
}
