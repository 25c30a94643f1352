import { wasm } from "./inline.js";
import { initialise } from "./runtime.js";

export * from "./api.js";

/**
 * Loads the wasm that this module carries within itself, without any request. To be awaited before
 * all else, which throws `not_initialized` until then. Calls after the first share its result;
 * after a failure it may be called again. Rejects as `WebAssembly.compile` does: a page with a
 * Content Security Policy needs `'wasm-unsafe-eval'` in its `script-src`.
 */
export function init(): Promise<void> {
  return initialise(inflate);
}

async function inflate(): Promise<ArrayBuffer> {
  const compressed = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}
