import { wasm } from "./inline.js";
import { initialise } from "./load.js";
import { requirePlatform, unsupported } from "./platform.js";

export * from "./api.js";

/**
 * Loads the wasm that this module contains, without any request. Await it first: everything else
 * throws `not_initialized` until then. Later calls share its result; after a failure it may be
 * called again. Rejects with `unsupported_platform` if the platform lacks something, which the
 * message names: a page with a Content Security Policy needs `'wasm-unsafe-eval'` in its
 * `script-src`. After a trap it rejects with `trapped`.
 */
export function init(): Promise<void> {
  return initialise(inflate);
}

async function inflate(): Promise<ArrayBuffer> {
  requirePlatform("DecompressionStream", "Blob", "Response", "atob");
  try {
    const compressed = Uint8Array.from(atob(wasm), (character) => character.charCodeAt(0));
    const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return await new Response(stream).arrayBuffer();
  } catch (error) {
    throw unsupported("the platform's DecompressionStream did not inflate the WebAssembly", error);
  }
}
