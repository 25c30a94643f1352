import { initialise } from "./runtime.js";
import { invalid } from "./untrusted/require.js";

export * from "./api.js";

/** The members of a fetch `Response` that `init` uses. */
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

/** The wasm: the bytes of `hushring/hushring.wasm`, a compiled module, or a `Response`. */
export type WasmSource = ArrayBuffer | ArrayBufferView | WasmModule | WasmResponse;

/**
 * Loads the wasm, which the package exports as `hushring/hushring.wasm`, of the same version. Await
 * it first: everything else throws `not_initialized` until then. Later calls share its result and
 * ignore their argument; after a failure it may be called again. Rejects with `invalid_argument` if
 * it is given something else, or as `WebAssembly.compile` does. A page with a Content Security
 * Policy needs `'wasm-unsafe-eval'` in its `script-src`.
 */
export function init(wasm: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  if (wasm === undefined) return Promise.reject(invalid("init of hushring/slim needs the wasm"));
  // A promise that is ignored, because another call already loads, must not count as unhandled when
  // it fails.
  Promise.resolve(wasm).catch(() => {});
  return initialise(() => wasm);
}
