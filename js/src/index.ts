import { wasm } from "./inline.js";
import { initialise } from "./runtime.js";

export * from "./api.js";

/**
 * Loads the wasm that this module contains, without any request. Await it first: everything else
 * throws `not_initialized` until then. Later calls share its result; after a failure it may be
 * called again. Rejects as `WebAssembly.compile` does: a page with a Content Security Policy needs
 * `'wasm-unsafe-eval'` in its `script-src`.
 */
export function init(): Promise<void> {
  return initialise(inflate);
}

async function inflate(): Promise<ArrayBuffer> {
  const compressed = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}
