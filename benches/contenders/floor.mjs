// The floor: the bare primitives of hushring, in a module that is built with the same flags
// (floor/src/lib.rs).

import init, { Floor } from "../../target/floor/floor.js";

export async function load(wasm) {
  await init({ module_or_path: wasm });
}

/** As `bare` of frame.mjs, with so many bytes of content. */
export function bareFloor(suite, length) {
  const floor = Floor[suite]();
  const frame = crypto.getRandomValues(new Uint8Array(floor.frameLength()));
  const signed = 170 + length;
  return {
    content: frame.slice(0, signed),
    seal: () => floor.seal(frame, signed),
    open: (envelope) => floor.open(envelope, signed).subarray(0, signed),
  };
}
