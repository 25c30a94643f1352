// What is measured in a process of its own, because it happens once in one: how long a start takes, and
// memory. node --no-warnings --expose-gc process.mjs <what> [arguments], which prints JSON. Memory is read
// from /proc, on Linux alone.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { entryOf, packageFolder } from "./hushring.mjs";
import { memoryOf } from "./wasm-memory.mjs";
import { bundlesOf, draining, message, people, sealing } from "./work.mjs";

const entry = entryOf(".");

const tasks = {
  /** A first start: the module's code, `init()`, and the first envelope, by keys that were stored. */
  async cold(stored) {
    const { hushring, times } = await started(entry);
    return { ...times, ...firstSeal(hushring, stored) };
  },

  /** More copies of the package in a process in which one has started. */
  async warm() {
    await started(entry);
    const folder = mkdtempSync(join(tmpdir(), "hushring-start-"));
    const all = [];
    for (let copy = 0; copy < 10; copy += 1) {
      cpSync(packageFolder, join(folder, `${copy}`), { recursive: true });
      const path = join(folder, `${copy}`, relative(packageFolder, fileURLToPath(entry)));
      const { times } = await started(pathToFileURL(path));
      all.push(times);
    }
    rmSync(folder, { recursive: true });
    return all;
  },

  async libsodium() {
    const begun = performance.now();
    const { default: sodium } = await import("libsodium-wrappers");
    const loaded = performance.now();
    await sodium.ready;
    return { load: loaded - begun, init: performance.now() - loaded };
  },

  async rest() {
    const before = resident();
    let wasm;
    const hushring = await import(entry);
    const peak = await peakOf(async () => {
      wasm = await memoryOf(hushring.init);
    });
    return { rest: resident() - before, peak, wasm: wasm.buffer.byteLength };
  },

  async sealMany(suite, count) {
    const { hushring, wasm } = await loaded();
    const { senders } = people(hushring, suite);
    const bundles = bundlesOf(hushring, suite, Number(count));
    // What one envelope needs, such as a compressor that is made once, counts as rest.
    sealing(hushring, suite, message)();
    return working(wasm, () => senders[0].sealMany(bundles, message));
  },

  async drain(suite, count) {
    const { hushring, wasm } = await loaded();
    const { prepare, once } = draining(hushring, suite, Number(count));
    const inbox = prepare();
    return working(wasm, () => once(inbox));
  },
};

const [task, ...parameters] = process.argv.slice(2);
console.log(JSON.stringify(await tasks[task](...parameters)));

async function started(url) {
  const begun = performance.now();
  const hushring = await import(url);
  const loaded = performance.now();
  await hushring.init();
  return { hushring, times: { load: loaded - begun, init: performance.now() - loaded } };
}

function firstSeal({ Device, PrekeyBundle }, stored) {
  const { device, bundle, account } = JSON.parse(stored);
  const begun = performance.now();
  const laptop = Device.import(Uint8Array.from(device));
  const recipient = PrekeyBundle.verify(Uint8Array.from(bundle), Uint8Array.from(account));
  const ready = performance.now();
  const { length } = laptop.seal(recipient, message);
  if (length !== 2880) throw new Error("not an envelope");
  return { keys: ready - begun, seal: performance.now() - ready };
}

async function loaded() {
  const hushring = await import(entry);
  return { hushring, wasm: await memoryOf(hushring.init) };
}

async function working(wasm, work) {
  const before = wasm.buffer.byteLength;
  const peak = await peakOf(work);
  return { peak, wasm: wasm.buffer.byteLength - before };
}

/** The peak of the process's memory meanwhile, in bytes above what it had before. */
async function peakOf(work) {
  const before = resident();
  writeFileSync("/proc/self/clear_refs", "5");
  const result = await work();
  const peak = status("VmHWM") - before;
  if (result === null) throw new Error("nothing was done");
  return peak;
}

function resident() {
  globalThis.gc();
  return status("VmRSS");
}

function status(name) {
  const [, kilobytes] = new RegExp(`${name}:\\s*(\\d+)`).exec(
    readFileSync("/proc/self/status", "utf8"),
  );
  return kilobytes * 1_024;
}
