// The wasm as the text of a module: it stays whole through tools and charsets, or is refused.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { rejectsCode } from "./helpers.mjs";

const require = createRequire(import.meta.url);
const installed = dirname(require.resolve("hushring/package.json"));
const esbuild = createRequire(join(process.env.HUSHRING_COMPILERS, "package.json"))("esbuild");
const wasm = readFileSync(join(installed, "hushring.wasm"));

/** Bundles an entry into a classic script, as of a page, whose exports are `hushring`. */
async function script(entry, options = {}) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: entry, resolveDir: import.meta.dirname },
    bundle: true,
    format: "iife",
    globalName: "hushring",
    legalComments: "none",
    platform: "browser",
    write: false,
    ...options,
  });
  return outputFiles[0].text;
}

/** Runs a script where there is the language, and what `init` needs. */
function run(code) {
  const context = vm.createContext({ TextDecoder, TextEncoder });
  vm.runInContext(code, context);
  return vm.runInContext("hushring", context);
}

const everything = 'export * from "hushring"';
const minified = await script(everything, { minify: true });

test("the text is printable ASCII, and no tool has a reason to escape any of it", async () => {
  for (const form of ["esm", "cjs"]) {
    const code = readFileSync(join(installed, form, "inline.js"), "latin1");
    assert.match(code, /^[ -~]+\n$/);
    const { inline } = require(join(installed, "cjs/inline.js"));
    assert.match(inline.text, /^[^"'`\\$<]+$/);
    assert.ok(code.includes(inline.text));
    assert.ok(minified.includes(inline.text));
    assert.equal(inline.length, wasm.length);
  }
});

test("it loads from a bundle, minified, in every format, charset and target", async () => {
  for (const options of [
    { minify: true },
    { minify: true, charset: "utf8" },
    { minify: true, target: "es2020" },
    { minify: false },
  ]) {
    const hushring = run(await script(everything, options));
    await hushring.init();
    assert.equal(hushring.capacity("xwing"), 1_500);
  }
});

test("it loads from a page in any charset that contains ASCII", async () => {
  for (const charset of ["windows-1252", "shift_jis", "gbk", "koi8-r", "utf-8"]) {
    const hushring = run(new TextDecoder(charset).decode(Buffer.from(minified)));
    await hushring.init();
    assert.equal(hushring.capacity("x25519"), 2_588);
  }
});

test("a text that was changed is refused", async () => {
  const { inline } = require(join(installed, "cjs/inline.js"));
  const { text } = inline;
  const at = Math.floor(text.length / 2);
  const other = text[at] === "a" ? "b" : "a";
  for (const changed of [
    "",
    text.slice(1),
    text.slice(0, -1),
    `${text} `,
    text.slice(0, at),
    text.slice(0, at) + other + text.slice(at + 1),
    `${text.slice(0, at)}\u00e4${text.slice(at + 1)}`,
    `${text.slice(0, at)}\ufffd${text.slice(at + 1)}`,
    text.toLowerCase(),
  ]) {
    const hushring = run(minified.replace(text, () => changed));
    const failure = await hushring.init().catch((error) => error);
    assert.equal(failure.code, "wrong_wasm");
    assert.match(failure.message, /found a text that was changed on its way$/);
  }
});

test("the module in it is the one beside it", async () => {
  const { compile } = WebAssembly;
  const seen = [];
  WebAssembly.compile = (bytes) => {
    seen.push(Buffer.from(bytes));
    return Promise.reject(new Error("not today"));
  };
  try {
    const { init } = await import(pathToFileURL(join(installed, "esm/index.js")).href);
    await rejectsCode("unsupported_platform", init());
  } finally {
    WebAssembly.compile = compile;
  }
  assert.ok(seen[0].equals(wasm));
});

test("a bundle has what it uses: no wasm for a relay, and no text of it with slim", async () => {
  const relay = await script('export * from "hushring/relay"', { minify: true });
  assert.ok(relay.length < 20_000, `${relay.length}`);
  assert.doesNotMatch(relay, /WebAssembly/);
  const few = await script('export { isEnvelope } from "hushring/relay"', { minify: true });
  assert.ok(few.length < relay.length / 2, `${few.length}`);
  const slim = await script('export * from "hushring/slim"', { minify: true });
  assert.ok(slim.length < minified.length - wasm.length, `${slim.length}`);
});
