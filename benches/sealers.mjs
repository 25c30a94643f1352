// Who seals a message for `xwing`, for profile.mjs: hushring, and hpke-js bare.

import { bare } from "./contenders/frame.mjs";
import * as hpkeJs from "./contenders/hpke-js.mjs";
import { message, sealing } from "./work.mjs";

export async function sealersOf(hushring) {
  const library = await hpkeJs.setUp("xwing");
  return {
    hushring: sealing(hushring, "xwing", message),
    "hpke-js": bare(library, hushring.measure(message)).seal,
  };
}

/** Seals for so many milliseconds, and returns how often. */
export async function sealFor(seal, milliseconds) {
  const end = performance.now() + milliseconds;
  let count = 0;
  for (; performance.now() < end; count += 1) await seal();
  return count;
}
