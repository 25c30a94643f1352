import { initialise } from "./load.js";
import { invalid } from "./untrusted/require.js";
import { isObject } from "./untrusted/slots.js";

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
 * Loads the wasm, which the package exports as `hushring/hushring.wasm`. Await it first: everything
 * else throws `not_initialized` until then. Later calls share its result and ignore their argument;
 * after a failure it may be called again.
 *
 * Rejects with `wrong_wasm` if it is not the wasm of this very version of the package: the message
 * names the one that is expected and the one that was found. Rejects with `invalid_argument` if it
 * is given something else, with `unsupported_platform` if the platform lacks something, which the
 * message names, and as the promise or the response does that it was given. A page with a Content
 * Security Policy needs `'wasm-unsafe-eval'` in its `script-src`. After a trap it rejects with
 * `trapped`.
 */
export function init(wasm: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  if (wasm === undefined) return Promise.reject(invalid("init of hushring/slim needs the wasm"));
  ignore(wasm);
  return initialise(() => wasm);
}

/**
 * A promise that is ignored, because another call already loads, must not count as unhandled when
 * it fails.
 */
async function ignore(wasm: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  try {
    await (isObject(wasm) ? wasm : undefined);
  } catch {}
}
