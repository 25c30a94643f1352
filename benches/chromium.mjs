// The same in headless Chromium, the system's: node --no-warnings chromium.mjs <where results go> <rounds>

import { readFileSync, writeFileSync } from "node:fs";
import { html, startBrowser } from "./browser.mjs";
import { bundleOf, filesOf, libraries } from "./bundles.mjs";
import { floorWasm, importHushring } from "./hushring.mjs";
import { storedKeys } from "./stored.mjs";

const starts = 15;

const [out, rounds] = process.argv.slice(2);
const corpus = new URL("../dictionary/corpus/held-back/", import.meta.url);
const offer = readFileSync(new URL("chromium-av-data-turn-offer-gathered-1.sdp", corpus), "utf8");

const [inlined] = await filesOf(libraries.hushring);
const [slim, wasm] = await filesOf(libraries["hushring/slim"]);
const [libsodium] = await filesOf(libraries["libsodium.js"]);
const files = {
  "/": [html, "text/html"],
  "/page.js": [await bundleOf("page.mjs"), "text/javascript"],
  "/floor.wasm": [readFileSync(floorWasm), "application/wasm"],
  "/hushring.js": [inlined, "text/javascript"],
  "/slim.js": [slim, "text/javascript"],
  "/hushring.wasm": [wasm, "application/wasm"],
  "/libsodium.js": [libsodium, "text/javascript"],
};
const { browser, open, close } = await startBrowser(files);
try {
  const results = {
    engine: `Chromium ${browser.version()}`,
    start: await measureStarts(),
    memory: await inPage("memory"),
    ...(await inPage("benchmark", { offer, rounds: Number(rounds) })),
  };
  writeFileSync(out, JSON.stringify(results));
} finally {
  await close();
}

async function inPage(name, parameter) {
  const { context, page } = await open();
  await page.addScriptTag({ url: "/page.js", type: "module" });
  await page.waitForFunction((name) => globalThis[name] !== undefined, name);
  const result = await page.evaluate(([name, it]) => globalThis[name](it), [name, parameter]);
  await context.close();
  return result;
}

/**
 * Cold: nothing is cached. Warm: the page has been loaded three times before, and Chromium keeps what
 * it has loaded and compiled.
 */
async function measureStarts() {
  const keys = storedKeys(await importHushring());
  const forms = {
    hushring: [startHushring, { entry: "/hushring.js", keys }],
    "hushring/slim": [startHushring, { entry: "/slim.js", wasm: "/hushring.wasm", keys }],
    "libsodium.js": [startSodium],
  };
  const results = [];
  const warmContexts = {};
  for (const form of Object.keys(forms)) {
    warmContexts[form] = await browser.newContext();
    for (let load = 0; load < 3; load += 1) await once(form, warmContexts[form]);
  }
  for (let turn = 0; turn < starts; turn += 1) {
    for (const form of Object.keys(forms)) {
      results.push({ form, cache: "cold", ...(await once(form)) });
      results.push({ form, cache: "warm", ...(await once(form, warmContexts[form])) });
    }
  }
  for (const context of Object.values(warmContexts)) await context.close();
  return results;

  async function once(form, given) {
    const { context, page } = await open(given);
    const times = await page.evaluate(...forms[form]);
    await page.close();
    if (given === undefined) await context.close();
    return times;
  }
}

// These run in the page. Each gives the milliseconds to load the module, to initialise it, to read keys
// that were stored, and to seal for the first time.

async function startHushring({ entry, wasm, keys }) {
  const begun = performance.now();
  const { Device, PrekeyBundle, init } = await import(entry);
  const loaded = performance.now();
  await (wasm === undefined ? init() : init(fetch(wasm)));
  const ready = performance.now();
  const laptop = Device.import(Uint8Array.from(keys.device));
  const bundle = PrekeyBundle.verify(Uint8Array.from(keys.bundle), Uint8Array.from(keys.account));
  const read = performance.now();
  laptop.seal(bundle, { type: "message", body: "Are you there?" });
  const sealed = performance.now();
  return { load: loaded - begun, init: ready - loaded, keys: read - ready, seal: sealed - read };
}

async function startSodium() {
  const begun = performance.now();
  const { default: sodium } = await import("/libsodium.js");
  const loaded = performance.now();
  await sodium.ready;
  return { load: loaded - begun, init: performance.now() - loaded };
}
