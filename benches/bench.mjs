// `make bench`: measures everything in turn, and writes results/.
//
// node --no-warnings bench.mjs <rounds> <a Node 24> <the native program>
//
// BEFORE may name a package of an earlier commit, for costs.mjs.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { importHushring, packageFolder } from "./hushring.mjs";
import { nativeResults } from "./native.mjs";
import { sizes } from "./size.mjs";
import { storedKeys } from "./stored.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const rounds = Number(process.argv[2]);
const [node24, native] = process.argv.slice(3).map((program) => resolve(program));
const before = process.env.BEFORE;
const folder = mkdtempSync(join(tmpdir(), "hushring-bench-"));
const keys = JSON.stringify(storedKeys(await importHushring()));
const stages = {
  node20: () => inNode(process.execPath, { native, hasWork: true }),
  node24: () => inNode(node24, { hasPanva: true }),
  chromium: () => resultsOf(process.execPath, ["--no-warnings", "chromium.mjs"], `${rounds}`),
  start: startsInNode,
  memory: memoryInNode,
  sizes,
  inbox: () => printed("inbox.mjs"),
  costs: () => printed("costs.mjs", packageFolder, ...(before ? [before] : [])),
  native: nativeResults,
};

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const results = { commit };
for (const [name, stage] of Object.entries(stages)) {
  const begun = performance.now();
  results[name] = await stage();
  console.error(`${name.padEnd(10)} ${((performance.now() - begun) / 1000).toFixed(0)} s`);
}
rmSync(folder, { recursive: true });
mkdirSync(join(here, "results"), { recursive: true });
writeFileSync(join(here, "results/results.json"), `${JSON.stringify(results, shortened)}\n`);
await import("./report.mjs");

function inNode(program, given) {
  return resultsOf(program, ["--no-warnings", "node.mjs"], JSON.stringify({ rounds, ...given }));
}

function resultsOf(program, script, parameter) {
  const out = join(folder, "results.json");
  run(program, [...script, out, parameter]);
  return JSON.parse(readFileSync(out, "utf8"));
}

/** Processes that take turns. */
function startsInNode() {
  const all = [];
  for (let turn = 0; turn < 15; turn += 1) {
    all.push({ form: "hushring", cache: "cold", ...inProcess("cold", keys) });
    all.push({ form: "libsodium.js", cache: "cold", ...inProcess("libsodium") });
  }
  const warm = inProcess("warm").map((times) => ({ form: "hushring", cache: "warm", ...times }));
  return [...all, ...warm];
}

function memoryInNode() {
  const tasks = {
    rest: ["rest"],
    "drain of 1,000": ["drain", "xwing", "1000"],
    "sealMany x25519 1000": ["sealMany", "x25519", "1000"],
    "sealMany xwing 1000": ["sealMany", "xwing", "1000"],
  };
  const thrice = (task) => Array.from({ length: 3 }, () => inProcess(...task));
  return Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, thrice(task)]));
}

function inProcess(...task) {
  const args = ["--no-warnings", "--expose-gc", "process.mjs", ...task];
  return JSON.parse(run(process.execPath, args));
}

function printed(script, ...parameters) {
  return run(process.execPath, ["--no-warnings", script, ...parameters]);
}

function run(program, args) {
  const { error, status, stdout } = spawnSync(program, args, {
    cwd: here,
    encoding: "utf8",
    // For costs.mjs, whose processes take seconds each.
    env: { ...process.env, ROUNDS: `${Math.ceil(rounds / 3)}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.slice(0, 3).join(" ")} has failed`);
  return stdout;
}

/** Five digits are enough. */
function shortened(_, value) {
  return typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(5))
    : value;
}
