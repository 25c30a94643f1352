import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import * as slim from "hushring/slim";
import { rejectsCode, throwsCode } from "./helpers.mjs";

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const wasm = await readFile(createRequire(import.meta.url).resolve("hushring/hushring.wasm"));

test("anything but the hushring wasm is refused, and the next attempt may succeed", async () => {
  for (const nothing of [
    undefined,
    null,
    7,
    "hushring.wasm",
    {},
    [],
    () => wasm,
    new URL("file:///hushring.wasm"),
    new SharedArrayBuffer(8),
    { [Symbol.toStringTag]: "WebAssembly.Module" },
    { [Symbol.toStringTag]: "ArrayBuffer" },
    { ok: true, arrayBuffer: async () => "wasm" },
    { ok: "yes", status: Symbol("200"), arrayBuffer: async () => wasm },
    Promise.resolve(7),
    revoked({}),
    revoked(() => {}),
  ]) {
    await rejectsCode("invalid_argument", slim.init(nothing));
  }
  await rejectsCode("invalid_argument", slim.init(new Response("not found", { status: 404 })));
  const failure = new TypeError("offline");
  await assert.rejects(slim.init(Promise.reject(failure)), (error) => error === failure);
  await assert.rejects(
    slim.init({
      // biome-ignore lint/suspicious/noThenProperty: what init is given may be a thenable.
      get then() {
        throw failure;
      },
    }),
    (error) => error === failure,
  );
  throwsCode("not_initialized", () => slim.capacity("xwing"));

  await slim.init(Promise.resolve(new Response(wasm)));
  assert.equal(slim.capacity("xwing"), 1_500);
});

test("a later argument is ignored, even a promise that fails", async () => {
  await slim.init(Promise.reject(new Error("ignored")));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(slim.Account.generate().publicKey.length, 32);
});

test("both entries are one module: one init serves both, with the same classes", async () => {
  const hushring = await import("hushring");
  assert.equal(hushring.Account, slim.Account);
  assert.notEqual(hushring.init, slim.init);
  assert.equal(hushring.Account.generate().publicKey.length, 32);
});

for (const [kind, source] of [
  ["bytes", wasm],
  ["an ArrayBuffer", wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength)],
  ["a module", new WebAssembly.Module(wasm)],
]) {
  test(`init takes ${kind}, in a worker`, async () => {
    const code = `
      import { parentPort, workerData } from "node:worker_threads";
      const { init, capacity } = await import(workerData.entry);
      await init(workerData.source);
      parentPort.postMessage(capacity("x25519"));
    `;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      workerData: { entry: import.meta.resolve("hushring/slim"), source },
    });
    const answer = await new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    assert.equal(answer, 2_588);
    await worker.terminate();
  });
}
