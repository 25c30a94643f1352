import type { SealableContent } from "./content.js";
import * as glue from "./glue.js";
import { call, callWith } from "./runtime.js";
import { requireSuite } from "./untrusted/require.js";
import { copyContent } from "./untrusted/walk.js";
import type { Suite } from "./vocabulary.js";

/** Returns how many bytes of content fit an envelope: 2,588 (`x25519`) or 1,500 (`xwing`). */
export function capacity(suite: Suite): number {
  return call(() => glue.capacity(requireSuite(suite)));
}

/**
 * Returns how many bytes content needs, compressed: it can be sealed where `capacity` is as much.
 * Throws as `Device.seal` does for content.
 */
export function measure<Own = never>(content: SealableContent<Own>): number {
  return callWith(
    () => copyContent(content),
    (map) => glue.measure(map),
  );
}
