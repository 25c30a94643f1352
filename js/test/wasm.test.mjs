// `init` takes the wasm of this very version, and says of any other which one it is.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as slim from "hushring/slim";
import { rejectsCode, throwsCode } from "./helpers.mjs";

const { resolve } = createRequire(import.meta.url);
const wasm = await readFile(resolve("hushring/hushring.wasm"));
const { version } = JSON.parse(await readFile(resolve("hushring/package.json"), "utf8"));
const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(wasm), "hushring");
const build = Buffer.from(section).toString();
const bare = wasm.subarray(0, wasm.length - "hushring".length - build.length - 3);

const named = (text, module = bare) => {
  const content = Buffer.from(`\x08hushring${text}`);
  assert.ok(content.length < 16_384);
  const length = [(content.length & 127) | 128, content.length >> 7];
  return Buffer.concat([module, Buffer.of(0, ...length), content]);
};

test("the wasm names its version and its hash", () => {
  const hash = createHash("sha256").update(bare).digest("hex");
  assert.equal(build, `${version} ${hash.slice(0, 32)}`);
});

test("the wasm of another version, or of another build, is told from this one", async () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const older = `0.0.9 ${build.slice(version.length + 1)}`;
  const [last] = build.slice(-1);
  const rebuilt = build.slice(0, -1) + (last === "0" ? "1" : "0");
  const cases = [
    [named(older), `hushring ${older}`],
    [named(rebuilt), `hushring ${rebuilt}`],
    [named(""), "another module"],
    [named("ä\n"), "another module"],
    [named("x".repeat(101)), "another module"],
    [named(build, wasm), "another module"],
    [bare, "another module"],
    [empty, "another module"],
    [named(older, empty), `hushring ${older}`],
  ];
  for (const [bytes, found] of cases) {
    const module = new WebAssembly.Module(bytes);
    for (const source of [bytes, Uint8Array.from(bytes).buffer, module, new Response(bytes)]) {
      const error = await rejectsCode("wrong_wasm", slim.init(source));
      assert.equal(
        error.message,
        `wrong_wasm: expected the hushring.wasm of this version, hushring ${build}, found ${found}`,
      );
      assert.equal(Object.hasOwn(error, "cause"), false);
    }
  }
  throwsCode("not_initialized", () => slim.capacity("xwing"));
});

test("what is not a whole module is the wrong wasm as well, with the platform's error", async () => {
  const detached = Uint8Array.from(wasm);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  for (const bytes of [
    Uint8Array.of(1, 2, 3, 4),
    new Uint8Array(0),
    wasm.subarray(0, 1_000),
    Buffer.from("<!doctype html>"),
    detached,
  ]) {
    const error = await rejectsCode("wrong_wasm", slim.init(bytes));
    assert.match(error.message, /found bytes that are not a whole module$/);
    assert.ok(error.cause instanceof WebAssembly.CompileError);
  }
});

test("a download that breaks off rejects with the platform's own error, and may be repeated", async () => {
  const broken = new Error("the connection is gone");
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(wasm.subarray(0, 1_000));
      controller.error(broken);
    },
  });
  await assert.rejects(slim.init(new Response(body)), (error) => error === broken);
  await assert.rejects(slim.init(Promise.reject(broken)), (error) => error === broken);
  throwsCode("not_initialized", () => slim.capacity("xwing"));
});

test("this one is taken, also with sections of others behind it", async () => {
  const content = Buffer.from("\x05other");
  await slim.init(Buffer.concat([wasm, Buffer.of(0, content.length), content]));
  assert.equal(slim.capacity("xwing"), 1_500);
});
