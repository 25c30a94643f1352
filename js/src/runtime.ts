import type { Bytes } from "./bytes.js";
import { invalid } from "./check.js";
import { type ErrorCode, HushringError } from "./error.js";
import { finishInit, imports } from "./glue.js";

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
 * caller's, which accessors, iterators and proxies hide: what that code frees is freed before
 * `body` asks for its handle, and what it throws is passed on as it is.
 */
export function callWith<A, T>(read: () => A, body: (read: A) => T): T {
  checkReady();
  const values = read();
  return call(() => body(values));
}

/**
 * @internal Calls into the wasm: not before init, and with the binding's errors made into
 * HushringErrors.
 */
export function call<T>(body: () => T): T {
  checkReady();
  try {
    return body();
  } catch (error) {
    throw translate(error);
  }
}

/**
 * @internal What the binding throws and lists; anything else, a trap for example, is passed on
 * unchanged.
 */
export function translate(error: unknown): unknown {
  if (!isBindingError(error)) return error;
  return new HushringError(error.code, error.message, error);
}

interface BindingError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly needed?: number;
  readonly available?: number;
  readonly member?: string;
  readonly account?: Bytes;
  readonly age?: number;
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
      throw invalid(`the response that should hold the wasm has status ${source.status}`);
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

function isBindingError(value: unknown): value is BindingError {
  if (typeof value !== "object" || value === null || value instanceof Error) return false;
  const { code, message } = value as Partial<BindingError>;
  return typeof code === "string" && typeof message === "string";
}

function tag(value: unknown): string {
  return Object.prototype.toString.call(value);
}
