import { decode } from "./decode.js";
import { inline } from "./inline.js";
import { initialise, notStarted, wrong } from "./load.js";

export * from "./api.js";

/**
 * Loads the wasm that this module contains, without any request. Await it first: everything else
 * throws `not_initialized` until then. Later calls share its result; after a failure it may be
 * called again. Rejects with `unsupported_platform` if the platform lacks something, which the
 * message names: a page with a Content Security Policy needs `'wasm-unsafe-eval'` in its
 * `script-src`. Rejects with `wrong_wasm` if the text that holds the wasm was changed on its way.
 * After a trap it rejects with `trapped`.
 */
export function init(): Promise<void> {
  return initialise(bytes);
}

async function bytes(): Promise<Uint8Array> {
  let found: Uint8Array | undefined;
  try {
    found = decode(inline);
  } catch (error) {
    throw await notStarted(error);
  }
  if (found === undefined) throw wrong("a text that was changed on its way");
  return found;
}
