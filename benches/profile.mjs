// Where the time goes of what misses its aim: node --no-warnings profile.mjs. Prints Markdown.
//
// The parts of `init()`, in new processes and in pages without a cache; and by the profiler of Node and
// of Chromium, what runs while hushring and hpke-js seal for `xwing`.

import { execFileSync } from "node:child_process";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { html, startBrowser } from "./browser.mjs";
import { bundleOf, filesOf, libraries } from "./bundles.mjs";
import { entryOf, importHushring } from "./hushring.mjs";
import { quantile } from "./measure.mjs";
import { sealersOf, sealFor } from "./sealers.mjs";

const starts = 15;
const milliseconds = 2_000;

if (process.argv[2] === "start") {
  console.log(JSON.stringify(await partsOfInit(entryOf("."))));
} else {
  const [inlined] = await filesOf(libraries.hushring);
  const files = {
    "/": [html, "text/html"],
    "/hushring.js": [inlined, "text/javascript"],
    "/sealers.js": [await bundleOf("sealers.mjs", { minify: false }), "text/javascript"],
  };
  const { open, close } = await startBrowser(files);
  try {
    print("## Parts of `init()`\n");
    print("| | decode | compile | instantiate | rest | in all |");
    print("| --- | --- | --- | --- | --- | --- |");
    printParts(
      "Node 20",
      times(() => JSON.parse(run("start"))),
    );
    const parts = [];
    for (let turn = 0; turn < starts; turn += 1) {
      const { context, page } = await open();
      parts.push(await page.evaluate(partsOfInit, "/hushring.js"));
      await context.close();
    }
    printParts("Chromium", parts);
    print("\n## Sealing a message, `xwing`\n");
    print("| | | µs a seal | share |\n| --- | --- | --- | --- |");
    const hushring = await importHushring();
    await profiled("Node 20", inspector(), async (name) =>
      sealFor((await sealersOf(hushring))[name], milliseconds),
    );
    const { context, page } = await open();
    const cdp = await context.newCDPSession(page);
    await profiled("Chromium", cdp.send.bind(cdp), (name) =>
      page.evaluate(
        async ([name, time]) => {
          const hushring = await import("/hushring.js");
          const { sealersOf, sealFor } = await import("/sealers.js");
          await hushring.init();
          return sealFor((await sealersOf(hushring))[name], time);
        },
        [name, milliseconds],
      ),
    );
  } finally {
    await close();
  }
}

/** The milliseconds that loading takes until the module is compiled, and so on. Runs in a page, too. */
async function partsOfInit(entry) {
  const spent = {};
  for (const name of ["compile", "instantiate"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const begun = performance.now();
      const result = await original(...given);
      spent[name] = [begun, performance.now()];
      return result;
    };
  }
  const { init } = await import(entry);
  const begun = performance.now();
  await init();
  const all = performance.now() - begun;
  const [compiling, compiled] = spent.compile;
  const [starting, started] = spent.instantiate;
  return {
    decode: compiling - begun,
    compile: compiled - compiling,
    instantiate: started - starting,
    rest: all - (compiling - begun) - (compiled - compiling) - (started - starting),
    all,
  };
}

function printParts(engine, parts) {
  const median = (key) =>
    quantile(
      parts.map((part) => part[key]),
      0.5,
    ).toFixed(1);
  const keys = ["decode", "compile", "instantiate", "rest", "all"];
  print(`| ${engine} | ${keys.map((key) => `${median(key)} ms`).join(" | ")} |`);
}

async function profiled(engine, send, sealing) {
  await send("Profiler.enable");
  for (const name of ["hushring", "hpke-js"]) {
    await sealing(name); // warms up
    await send("Profiler.start");
    const count = await sealing(name);
    const { profile } = await send("Profiler.stop");
    for (const [kind, share] of sharesOf(profile)) {
      const each = (share * milliseconds * 1_000) / count;
      print(
        `| ${engine}, ${name} | ${kind} | ${each.toFixed(0)} | ${(100 * share).toFixed(0)} % |`,
      );
    }
  }
}

/** The share of time of each kind of work, the largest first. */
function sharesOf({ nodes, samples, timeDeltas }) {
  const kinds = new Map(nodes.map(({ id, callFrame }) => [id, kindOf(callFrame)]));
  const shares = new Map();
  const all = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  samples.forEach((id, at) => {
    const kind = kinds.get(id);
    shares.set(kind, (shares.get(kind) ?? 0) + timeDeltas[at] / all);
  });
  return [...shares].sort(([, one], [, other]) => other - one);
}

/** By the names that the functions of hpke-js have. */
function kindOf({ functionName, url }) {
  if (url.startsWith("wasm:")) return "WebAssembly";
  if (functionName === "(idle)") return "waiting, mostly for WebCrypto";
  if (functionName === "(garbage collector)") return "garbage collector";
  if (url === "" || url.startsWith("node:")) return "the platform, such as WebCrypto";
  if (/ladder|scalarMult|cswap|^mod$|pow|25519/i.test(functionName)) return "X25519 in JavaScript";
  if (/keccak|sha3|shake|rotl/i.test(functionName)) return "Keccak in JavaScript";
  return "the rest in JavaScript";
}

function inspector() {
  const session = new Session();
  session.connect();
  return (method) => session.post(method);
}

function run(...args) {
  const script = fileURLToPath(import.meta.url);
  return execFileSync(process.execPath, ["--no-warnings", script, ...args], { encoding: "utf8" });
}

function times(once) {
  return Array.from({ length: starts }, once);
}

function print(text) {
  console.log(text);
}
