import { HushringError } from "./error.js";
import { type Failure, finishInit, imports } from "./glue.js";
import { invalid } from "./untrusted/require.js";

/**
 * @internal Loads the wasm once. Concurrent calls share one attempt; a failed one may be repeated.
 */
export function initialise(source: () => unknown): Promise<void> {
  running ??= load(source).catch((error: unknown) => {
    running = undefined;
    throw error;
  });
  return running;
}

/**
 * @internal Reads arguments, then calls into the wasm with them. Only `read` may run code of the
 * caller's, which getters, iterators and proxies hide: what that code frees is freed before `body`
 * asks for its handle, and what it throws is passed on as it is.
 */
export function callWith<A, T>(read: () => A, body: (read: A) => T): T {
  checkReady();
  const values = read();
  return call(() => body(values));
}

/**
 * @internal Calls into the wasm. Throws `not_initialized` before init, and makes a HushringError of
 * the binding's failures.
 */
export function call<T>(body: () => T): T {
  checkReady();
  try {
    return body();
  } catch (error) {
    throw isFailure(error) ? errorOf(error) : error;
  }
}

/** @internal */
export function errorOf(failure: Failure): HushringError {
  return new HushringError(failure.code, failure.message, failure);
}

let ready = false;
let running: Promise<void> | undefined;

function checkReady(): void {
  if (!ready) throw new HushringError("not_initialized", "call and await init() first");
}

async function load(source: () => unknown): Promise<void> {
  const module = await compile(await source());
  const instance = await WebAssembly.instantiate(module, imports());
  finishInit(instance, module);
  ready = true;
}

async function compile(source: unknown): Promise<WebAssembly.Module> {
  let module: WebAssembly.Module;
  if (ArrayBuffer.isView(source) || isArrayBuffer(source)) {
    module = await WebAssembly.compile(source as BufferSource);
  } else if (isResponse(source)) {
    if (!source.ok) {
      throw invalid(`the response with the wasm has status ${source.status}`);
    }
    module = await WebAssembly.compile(await source.arrayBuffer());
  } else if (isModule(source)) {
    module = source;
  } else {
    throw invalid("init needs the wasm: bytes, a WebAssembly.Module or a Response");
  }
  // A module that imports nothing would link as well, and fail at the first call.
  if (!WebAssembly.Module.exports(module).some(({ name }) => name === "__wbindgen_start")) {
    throw invalid("this is not the wasm of hushring");
  }
  return module;
}

function isModule(value: unknown): value is WebAssembly.Module {
  return tag(value) === "[object WebAssembly.Module]";
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return tag(value) === "[object ArrayBuffer]";
}

function isResponse(value: unknown): value is Response {
  return typeof (value as Partial<Response> | null | undefined)?.arrayBuffer === "function";
}

/** The binding throws plain objects. Anything else, a trap for example, is passed on unchanged. */
function isFailure(value: unknown): value is Failure {
  if (typeof value !== "object" || value === null || value instanceof Error) return false;
  const { code, message } = value as Partial<Failure>;
  return typeof code === "string" && typeof message === "string";
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value);
}
