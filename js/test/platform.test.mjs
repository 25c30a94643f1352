// A platform that lacks something is told what, when the package is loaded, and importing it never
// fails. Each case has a context with globals of its own, which has the language and nothing else.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { rejectsCode } from "./helpers.mjs";

const installed = dirname(createRequire(import.meta.url).resolve("hushring/package.json"));
const wasm = readFileSync(join(installed, "hushring.wasm"));

const { performance, Response, TextDecoder, TextEncoder } = globalThis;
const needed = { TextDecoder, TextEncoder };
const page = { ...needed, crypto, performance };

/** Loads an entry of the CommonJS form into a context with these globals. */
function load(entry, globals, options = {}) {
  const context = vm.createContext({ ...globals }, options);
  const modules = new Map();
  const require = (path) => {
    const file = join(installed, "cjs", path);
    if (!modules.has(file)) {
      const module = { exports: {} };
      modules.set(file, module);
      const parameters = ["exports", "require", "module"];
      const code = readFileSync(file, "utf8");
      const body = vm.compileFunction(code, parameters, {
        parsingContext: context,
        filename: file,
      });
      const beside = (name) => require(join(dirname(path), name));
      body(module.exports, beside, module);
    }
    return modules.get(file).exports;
  };
  if (options.without !== undefined) vm.runInContext(`delete ${options.without}`, context);
  return require(entry);
}

function without(name) {
  return Object.fromEntries(Object.entries(page).filter(([each]) => each !== name));
}

test("with everything, both entries load", async () => {
  const hushring = load("index.js", page);
  await hushring.init();
  assert.equal(hushring.capacity("xwing"), 1_500);
  const slim = load("slim.js", page);
  await slim.init(wasm);
  assert.equal(slim.Account.generate().publicKey.length, 32);
});

for (const name of Object.keys(needed)) {
  test(`a platform without ${name}`, async () => {
    const error = await rejectsCode("unsupported_platform", load("index.js", without(name)).init());
    assert.equal(error.message, `unsupported_platform: this platform has no ${name}`);
    const slim = load("slim.js", without(name));
    const same = await rejectsCode("unsupported_platform", slim.init(wasm));
    assert.equal(same.message, error.message);
  });
}

test("a platform without WebAssembly, and one with nothing at all", async () => {
  const options = { without: "WebAssembly" };
  const module = new WebAssembly.Module(wasm);
  for (const source of [wasm, module, Promise.resolve(module)]) {
    const slim = load("slim.js", page, options);
    const error = await rejectsCode("unsupported_platform", slim.init(source));
    assert.equal(error.message, "unsupported_platform: this platform has no WebAssembly");
  }
  const bare = await rejectsCode("unsupported_platform", load("index.js", {}, options).init());
  assert.match(bare.message, /no WebAssembly, no TextDecoder, no TextEncoder$/);
});

test("where nothing may be compiled, the directive is named", async () => {
  const options = { codeGeneration: { wasm: false } };
  for (const init of [
    () => load("index.js", page, options).init(),
    () => load("slim.js", page, options).init(wasm),
    () => load("slim.js", page, options).init(new Response(wasm)),
    () => load("slim.js", page, options).init(wasm.subarray(0, 100)),
  ]) {
    const error = await rejectsCode("unsupported_platform", init());
    assert.match(error.message, /Content Security Policy .* 'wasm-unsafe-eval' in its script-src$/);
    assert.equal(error.cause.name, "CompileError");
  }
  // A module that was compiled elsewhere may be used.
  const slim = load("slim.js", page, options);
  await slim.init(new WebAssembly.Module(wasm));
  assert.equal(slim.capacity("xwing"), 1_500);
});

test("a platform whose WebAssembly lacks SIMD, cannot start, or fails otherwise", async () => {
  const { compile, instantiate, Module } = WebAssembly;
  const refuse = async (name) => {
    throw Object.assign(new Error("no"), { name });
  };
  const large = (name) => (bytes) => (bytes.length < 100 ? compile(bytes) : refuse(name));
  // An empty module is started without imports.
  const start = (module, imports) =>
    imports === undefined ? instantiate(module) : refuse("RangeError");
  const module = { Module, compile, instantiate };
  const cases = [
    [{ compile: large("CompileError"), validate: () => false }, "no SIMD in its WebAssembly"],
    [{ compile: large("RangeError"), validate: () => true }, "did not compile"],
    [{ instantiate: start }, "did not start the WebAssembly"],
    // As WebKit does where a Content Security Policy forbids it.
    [{ instantiate: () => refuse("CompileError") }, "'wasm-unsafe-eval' in its script-src"],
  ];
  for (const [members, text] of cases) {
    const slim = load("slim.js", { ...page, WebAssembly: { ...module, ...members } });
    const error = await rejectsCode("unsupported_platform", slim.init(wasm));
    assert.ok(error.message.includes(text), error.message);
    assert.equal(error.cause.message, "no");
  }
});

test("what only some calls need is told by them", async () => {
  const relay = load("relay.js", without("crypto"));
  const envelope = new Uint8Array(2_880);
  const error = await rejectsCode("unsupported_platform", relay.envelopeTag(envelope));
  assert.equal(error.message, "unsupported_platform: this platform has no crypto");
  const insecure = load("relay.js", { ...page, crypto: {} });
  const https = await rejectsCode("unsupported_platform", insecure.envelopeTag(envelope));
  assert.match(https.message, /crypto\.subtle: that needs HTTPS$/);
  const { ServerClock } = load("index.js", without("performance"));
  assert.throws(() => new ServerClock().now(), { code: "unsupported_platform" });
  assert.ok(new ServerClock({ monotonic: () => 0 }).now().getTime() > 0);

  const hushring = load("index.js", without("crypto"));
  await hushring.init();
  assert.throws(() => hushring.Account.generate(), { code: "no_randomness" });
});
