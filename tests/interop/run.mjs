// Implementations of one specification, which share no code, play what the others wrote.
//
//   node run.mjs <where hushring is installed> <vectors> <a Python with requirements.txt> <a directory to work in>
//        [<the command of the one in Swift>…]
//
// Fails if one of them disagrees with a vector. What was written stays in the directory. With the one in Swift, only
// that plays and is played, in as many rounds as HUSHRING_SCENES random scenes need (200 to a round; 80 where nothing
// is said).

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [installed, vectors, python, work, ...swift] = process.argv.slice(2);
if (work === undefined) throw new Error("usage: see above");

const here = dirname(fileURLToPath(import.meta.url));
const node = (...program) => [process.execPath, "--no-warnings", ...program];
const implementations = {
  hushring: node(join(here, "hushring.mjs"), installed),
  javascript: node(join(here, "javascript/hushring.mjs")),
  python: [python, "-B", join(here, "python/main.py")],
  ...(swift.length > 0 ? { swift } : {}),
};

if (swift.length === 0) {
  playRound({ vectors });
} else {
  // Two of them write scenes.
  const all = Number(process.env.HUSHRING_SCENES ?? 80);
  for (let done = 0; done === 0 || done < all; done += 200) {
    process.env.HUSHRING_SCENES = String(Math.ceil(Math.min(200, all - done) / 2));
    if (all > 200) console.log(`\nRandom scenes from ${done} on:`);
    playRound(done === 0 ? { vectors } : {});
    if (process.exitCode) break;
  }
}

/** All write, and play what is here and what was written. */
function playRound(here) {
  const written = {};
  for (const name of Object.keys(implementations)) {
    written[name] = join(work, name);
    rmSync(written[name], { recursive: true, force: true });
    const { status, stdout } = run(name, "write", written[name]);
    console.log(`${name} writes: ${stdout.trim()}`);
    if (status !== 0) process.exit(1);
  }
  for (const name of Object.keys(implementations)) {
    for (const [from, folder] of Object.entries({ ...here, ...written })) {
      if (swift.length > 0 && name !== "swift" && from !== "swift") continue;
      const { status, stdout } = run(name, "play", folder);
      console.log(`\n${name} plays ${from === "vectors" ? "the vectors" : `what ${from} wrote`}:`);
      console.log(stdout.trim());
      if (status !== 0) process.exitCode = 1;
    }
  }
}

// Whoever accepts everything would pass the above.
const wrong = join(work, "wrong");
const spoilt = [
  "contents/invite-full",
  "envelopes/xwing-passed-on",
  "keys/account-of-rfc-8032",
  "scenes/invite-rings",
];
rmSync(wrong, { recursive: true, force: true });
mkdirSync(join(wrong, "scenes"), { recursive: true });
for (const path of spoilt) {
  const vector = JSON.parse(readFileSync(join(vectors, `${path}.json`), "utf8"));
  const { expect } = vector.steps?.find((step) => step.receive !== undefined) ?? vector;
  expect[Object.keys(expect)[0]] = "something else";
  const folder = path.startsWith("scenes") ? join(wrong, "scenes") : wrong;
  writeFileSync(join(folder, `${basename(path)}.json`), JSON.stringify(vector));
}
for (const name of Object.keys(implementations)) {
  const { status, stdout } = run(name, "play", wrong);
  // The one in JavaScript has no inbox.
  const failures = name === "javascript" ? spoilt.length - 1 : spoilt.length;
  if (status === 0 || !stdout.includes(`# fail ${failures}\n`)) {
    console.log(`\n${name} does not look at what is expected:\n${stdout}`);
    process.exitCode = 1;
  }
}

function run(name, ...command) {
  const [program, ...rest] = implementations[name];
  const result = spawnSync(program, [...rest, ...command], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (result.error !== undefined) throw result.error;
  return result;
}
