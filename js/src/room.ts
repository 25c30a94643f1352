import { suiteOf } from "./check.js";
import { type SealableContent, toBinding } from "./content.js";
import * as glue from "./glue.js";
import { call, callWith } from "./runtime.js";
import type { Suite } from "./suite.js";

/** The bytes of room for content in an envelope: 2,588 (`x25519`) or 1,500 (`xwing`). */
export function capacity(suite: Suite): number {
  return call(() => glue.capacity(suiteOf(suite)));
}

/**
 * The bytes that content needs, compressed: it can be sealed where `capacity` is as much. Throws as
 * `Device.seal` does for content.
 */
export function measure<Type extends string = never>(content: SealableContent<Type>): number {
  return callWith(
    () => toBinding(content),
    (members) => glue.measure(members),
  );
}
