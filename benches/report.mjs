// Writes results/README.md and its plots from results/results.json: node report.mjs

import { readFileSync, writeFileSync } from "node:fs";
import { aimsOf } from "./aims.mjs";
import { quantile, ratios } from "./measure.mjs";
import { plotsOf } from "./plots.mjs";

const folder = new URL("results/", import.meta.url);
const results = JSON.parse(readFileSync(new URL("results.json", folder), "utf8"));
const engines = {
  "Node 20": results.node20,
  "Node 24": results.node24,
  Chromium: results.chromium,
};

/** Who else there is, and what each does not do of what hushring does. */
const others = {
  "libsodium.js, bare":
    "the cryptography alone, over a frame that is ready: no encoding, no DEFLATE, no certificate " +
    "with a lifetime, no look-up of the sender, no hedged random bytes. In `x25519` no HPKE and no " +
    "signature over the encapsulated key (`crypto_box_seal`), in `xwing` X-Wing without HPKE, and " +
    "XChaCha20-Poly1305",
  "libsodium.js": "as bare, with JSON and node:zlib around it, without a dictionary",
  "hpke-js, bare":
    "HPKE and WebCrypto's Ed25519 alone, asynchronously, over a frame that is ready; weak keys and " +
    "signatures are judged as WebCrypto does. The rest is missing as in libsodium.js",
  "hpke-js": "as bare, with JSON and node:zlib around it, without a dictionary",
  "panva's hpke, bare":
    "HPKE on the primitives of Node 24.7 and later, which are native code, and node:crypto's " +
    "Ed25519. No page has it: browsers have neither ML-KEM nor ChaCha20-Poly1305. The rest is " +
    "missing as in hpke-js",
  "panva's hpke": "as bare, with JSON and node:zlib around it, without a dictionary",
  floor:
    "the bare primitives of hushring in a WebAssembly of its own, each as often and over as many " +
    "bytes: nothing encoded, compressed, parsed, checked, wiped or looked up",
  native: "the crate as native code, in a process that takes turns: nothing is missing",
  "native floor": "the bare primitives as native code",
};

const lines = [];
const print = (...parts) => lines.push(...parts);

print(
  "# Results",
  "",
  "Written by `make bench`; see [how it measures](../README.md). Times are medians of rounds, in",
  "brackets the quartiles. A ratio is taken within a round.",
  "",
  `Commit \`${results.commit}\`, ${results.node20.processor}; ${results.node20.engine},`,
  `${results.node24.engine}, ${results.chromium.engine}; ${results.node20.rounds} rounds.`,
  "",
);
printAims();
printPeers();
printLayers();
printMany();
printWork();
printStart();
printMemory();
printSizes();
printRoom();
print(demoted(results.inbox), demoted(results.costs));
printNative();

writeFileSync(
  new URL("README.md", folder),
  `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`,
);
for (const [name, svg] of Object.entries(plotsOf(results))) {
  writeFileSync(new URL(name, folder), svg);
}

function printAims() {
  print("## Aims", "");
  print("A figure in **bold** misses its aim. The aims are those of a quiet machine.", "");
  const names = Object.keys(engines);
  table(["", "aim", ...names]);
  for (const { what, aim, reached } of aimsOf(results)) {
    const cells = names.map((engine) => {
      const found = reached[engine];
      if (found === undefined) return "";
      return found.isMet ? found.text : `**${found.text}**`;
    });
    row(what, aim, ...cells);
  }
  print("");
}

function printPeers() {
  print("## Beside what one would use instead", "");
  print("Above 1, hushring is faster; below 1, slower.", "");
  for (const [engine, { peers }] of Object.entries(engines)) {
    const names = Object.keys(others).filter(
      (name) => isPeer(name) && peers.some(({ runs }) => runs.some((run) => run.name === name)),
    );
    print(`### ${engine}`, "", `![Times by hushring's](${plotName(engine)})`, "");
    table(["", "hushring", ...names]);
    for (const { name, runs } of peers) {
      const [ours] = runs;
      const cells = names.map((it) => {
        const theirs = runs.find((run) => run.name === it);
        return theirs === undefined
          ? "does not fit"
          : `${milliseconds(theirs)}, **${ratio(theirs, ours)}**`;
      });
      row(name, milliseconds(ours), ...cells);
    }
    print("");
  }
  table(["", "what it does, and does not"]);
  for (const [name, lacks] of Object.entries(others)) row(name, lacks);
  print("");
}

function printLayers() {
  print("## Beside its own primitives, and native code", "", "![](layers.svg)", "");
  print("Hushring's time by the other's: the lower, the better.", "");
  for (const [engine, { peers }] of Object.entries(engines)) {
    const names = ["floor", "native", "native floor"].filter((name) =>
      peers[0].runs.some((run) => run.name === name),
    );
    print(`### ${engine}`, "");
    table(["", "hushring", ...names]);
    for (const { name, runs } of peers) {
      const [ours] = runs;
      const cells = names.map((it) => {
        const other = runs.find((run) => run.name === it);
        return `${milliseconds(other)}, **${ratio(ours, other)}**`;
      });
      row(name, milliseconds(ours), ...cells);
    }
    print("");
  }
}

function printMany() {
  print("## `sealMany`", "", "![](seal-many.svg)", "");
  print("Time for one device, and by that of `seal`.", "");
  table(["", "devices", "Node 20", "Chromium", "native"]);
  for (const { suite } of results.node20.many) {
    for (const count of ["1", "10", "100", "1000"]) {
      const cell = (many, name, base) => {
        const { runs } = many.find((job) => job.suite === suite);
        const [run, one] = [name, base].map((it) => runs.find((found) => found.name === it));
        return `${milliseconds(run)}, **${ratio(run, one)}**`;
      };
      row(
        suite,
        count === "1" ? "`seal`" : Number(count).toLocaleString("en"),
        cell(results.node20.many, count, "1"),
        cell(results.chromium.many, count, "1"),
        cell(results.node20.many, `native ${count}`, "native 1"),
      );
    }
  }
  print("");
}

function printWork() {
  print(
    "## What hushring does alone",
    "",
    "`receive` is one of 32 envelopes in an inbox that was just loaded: a call rings, a message, a",
    "cover that is dropped, a forgery with a contact's certificate and a wrong signature, and an",
    "envelope with a wrong bit. `open` loads the inbox as well; 70 senders are more than it knows the",
    "certificates of. `drain` takes 1,000 messages of 20 contacts by pages of 64, and saves twice a",
    "page. `verify` checks two bundles of each of ten devices, whose certificates it knows or not.",
    "",
  );
  table(["", "Node 20", "Chromium", "native", "Node 20 by native"]);
  for (const { name, runs } of results.node20.work) {
    const [ours, native] = runs;
    const page = results.chromium.work.find((job) => job.name === name).runs[0];
    row(name, milliseconds(ours), milliseconds(page), milliseconds(native), ratio(ours, native));
  }
  print("");
}

function printStart() {
  print(
    "## Starting",
    "",
    "![](start.svg)",
    "",
    "`load` gives the module's code, from the disk or the loopback interface; `keys` reads a stored",
    "device and verifies a bundle; the first seal runs code that the engine has not optimised yet. Cold:",
    "a new process, or a page of a browser without any cache. Warm: one more copy in the same process,",
    "or a page that was loaded three times before.",
    "",
  );
  table(["", "", "", "load", "`init()`", "keys", "first seal"]);
  const all = { "Node 20": results.start, Chromium: results.chromium.start };
  for (const [engine, starts] of Object.entries(all)) {
    for (const key of new Set(starts.map(({ form, cache }) => `${form}|${cache}`))) {
      const [form, cache] = key.split("|");
      const some = starts.filter((it) => it.form === form && it.cache === cache);
      const cells = ["load", "init", "keys", "seal"].map((step) => {
        const values = some.map((it) => it[step]).filter((value) => value !== undefined);
        return values.length === 0 ? "" : milliseconds({ medians: values });
      });
      row(engine, form, cache, ...cells);
    }
  }
  print("");
}

function printMemory() {
  print(
    "## Memory",
    "",
    "In MiB. In Node, the process above what it had before, and the WebAssembly's memory, which never",
    "shrinks: the largest of three processes. In Chromium, the WebAssembly's memory, one after the",
    "other in one page. Of the module at rest, most is compiled code.",
    "",
  );
  table(["Node 20", "process, peak", "process, at rest", "WebAssembly"]);
  for (const [name, found] of Object.entries(results.memory)) {
    const most = (key) => {
      const values = found.map((it) => it[key]).filter((value) => value !== undefined);
      return values.length === 0 ? "" : mebibytes(Math.max(...values));
    };
    const title = name === "rest" ? "`init()`" : name;
    row(title, most("peak"), most("rest"), most("wasm"));
  }
  print("");
  table(["Chromium", "WebAssembly"]);
  for (const [name, bytes] of Object.entries(results.chromium.memory)) {
    row(name === "rest" ? "`init()`" : name, mebibytes(bytes));
  }
  print("");
}

function printSizes() {
  const { bundled, shipped, esbuild } = results.sizes;
  print("## Size", "", "![](size.svg)", "");
  print(`In bytes; bundled by esbuild ${esbuild}, the last two as shipped.`, "");
  table(["", "minified", "gzip -9", "brotli 11"]);
  for (const [name, { raw, gzip, brotli }] of Object.entries({ ...bundled, ...shipped })) {
    row(name, ...[raw, gzip, brotli].map((bytes) => bytes.toLocaleString("en")));
  }
  print("");
}

function printRoom() {
  const { room } = results.node20;
  const [{ suites }] = room;
  print(
    "## Room",
    "",
    `Bytes of a content, compressed, and how many of the ${suites[0].of} offers of the held-back corpus`,
    "fit as a call.",
    "",
  );
  table(["", "message", "call", ...suites.map(({ suite }) => `offers that fit ${suite}`)]);
  for (const { name, message, call, suites } of room) {
    row(name, message, call, ...suites.map(({ fit, room }) => `${fit} (room ${room})`));
  }
  print("");
}

function printNative() {
  print(
    "## Native code by criterion",
    "",
    "`cargo bench --package hushring-benches`; the median and",
  );
  print("its interval of confidence of 95 %.", "");
  table(["", "median", "interval"]);
  for (const { name, ms, from, to } of results.native) {
    row(name, time(ms), `${time(from)}–${time(to)}`);
  }
}

function isPeer(name) {
  return !["floor", "native", "native floor"].includes(name);
}

function plotName(engine) {
  return `peers-${engine.toLowerCase().replace(" ", "-")}.svg`;
}

function milliseconds({ medians }) {
  return `${time(quantile(medians, 0.5))}`;
}

function time(ms) {
  const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  return ms < 1 ? `${digits(ms * 1_000)} µs` : `${digits(ms)} ms`;
}

function mebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}

function ratio(above, below) {
  const { median, low, high } = ratios(above, below);
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** A part that another script has printed. */
function demoted(markdown) {
  return `\n${markdown.trim()}\n`;
}

function table(titles) {
  row(...titles);
  row(...titles.map(() => "---"));
}

function row(...cells) {
  print(`| ${cells.join(" | ")} |`);
}
