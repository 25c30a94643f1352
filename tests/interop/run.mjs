// Implementations of one specification, which share no code, play what the others wrote.
//
//   node run.mjs <where hushring is installed> <vectors> <a Python with requirements.txt> <a directory to work in>
//        [<the command of the one in Swift>…]
//
// Fails if one of them disagrees with a vector. What was written stays in the directory. With the one in Swift, only
// that plays and is played. HUSHRING_SCENES is how many random scenes it plays and writes then, in all (80): the first
// 200 with all else, and more in rounds of scenes alone.

import { spawn } from "node:child_process";
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
  await playRound();
} else {
  const all = Number(process.env.HUSHRING_SCENES ?? 80);
  // Two of them write scenes.
  const half = (scenes) => String(Math.ceil(Math.min(200, scenes) / 2));
  process.env.HUSHRING_SCENES = half(all);
  await playRound();
  for (let done = 200; done < all && !process.exitCode; done += 200) {
    process.env.HUSHRING_SCENES = half(all - done);
    console.log(`\nRandom scenes from ${done} on:`);
    await playScenes();
  }
}

/** All write, and play the vectors and what was written. */
async function playRound() {
  const written = {};
  for (const name of Object.keys(implementations)) written[name] = await write(name, "write");
  for (const name of Object.keys(implementations)) {
    for (const [from, folder] of Object.entries({ vectors, ...written })) {
      if (swift.length > 0 && name !== "swift" && from !== "swift") continue;
      await play(name, from, folder);
    }
  }
}

/** The two that write scenes do, and play each other's; so does hushring those of the one in Swift. */
async function playScenes() {
  const [ofPython, ofSwift] = await Promise.all([
    write("python", "write-scenes"),
    write("swift", "write-scenes"),
  ]);
  await Promise.all([
    play("swift", "python", ofPython),
    play("python", "swift", ofSwift).then(() => play("hushring", "swift", ofSwift)),
  ]);
}

/** Returns the folder. */
async function write(name, command) {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  const { status, stdout } = await run(name, command, folder);
  console.log(`${name} writes: ${stdout.trim()}`);
  if (status !== 0) process.exit(1);
  return folder;
}

async function play(name, from, folder) {
  const { status, stdout } = await run(name, "play", folder);
  console.log(`\n${name} plays ${from === "vectors" ? "the vectors" : `what ${from} wrote`}:`);
  console.log(stdout.trim());
  if (status !== 0) process.exitCode = 1;
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
  const { status, stdout } = await run(name, "play", wrong);
  // The one in JavaScript has no inbox.
  const failures = name === "javascript" ? spoilt.length - 1 : spoilt.length;
  if (status === 0 || !stdout.includes(`# fail ${failures}\n`)) {
    console.log(`\n${name} does not look at what is expected:\n${stdout}`);
    process.exitCode = 1;
  }
}

/** Runs one of them to its end. */
function run(name, ...command) {
  const [program, ...rest] = implementations[name];
  const child = spawn(program, [...rest, ...command], { stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout }));
  });
}
