import { invalid } from "./check.js";
import { initialise } from "./runtime.js";

export * from "./api.js";

/** What is used of a fetch `Response`. */
export interface WasmResponse {
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A `WebAssembly.Module`, which has no properties. */
export interface WasmModule {
  readonly byteLength?: never;
  readonly arrayBuffer?: never;
}

/**
 * What `init` takes: the bytes of `hushring/hushring.wasm`, a compiled module, or a `Response` with
 * the bytes.
 */
export type WasmSource = ArrayBuffer | ArrayBufferView | WasmModule | WasmResponse;

/**
 * Loads the wasm, which the package exports as `hushring/hushring.wasm`, of the same version. To be
 * awaited before all else, which throws `not_initialized` until then. Calls after the first share
 * its result and ignore their argument; after a failure it may be called again. Rejects with
 * `invalid_argument` if it is given something else, or as `WebAssembly.compile` does. A page with a
 * Content Security Policy needs `'wasm-unsafe-eval'` in its `script-src`.
 */
export function init(wasm: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  if (wasm === undefined) return Promise.reject(invalid("init of hushring/slim needs the wasm"));
  // A promise that is ignored, since another call loads already, must not count as unhandled when
  // it fails.
  Promise.resolve(wasm).catch(() => {});
  return initialise(() => wasm);
}
