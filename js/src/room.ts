import type { Content, SealableContent } from "./content.js";
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

/** The result of {@link fit}. */
export interface Fitted<Kind extends Content = Content> {
  /** The content, which fits. */
  readonly content: Kind;
  /** The candidates that were left out, as text, in the order in which they stood. */
  readonly dropped: string[];
}

/**
 * Leaves out ICE candidates until content fits an envelope of this suite: as few as needed, the
 * least useful first. Those are, in this order, those of TCP, duplicates of one base, link-local
 * ones, and IPv6 ones of a host. All others stay, and one of each media section. Candidates stand
 * in `call.candidates`, or as lines in an offer, an answer or another description. Returns a copy,
 * and says what it left out, to signal later or to log.
 *
 * Content is never split: if it does not fit without them, throws `too_large` with `needed` and
 * `available`. Throws also as `Device.seal` does for content, and `unsupported_suite`.
 */
export function fit<Kind extends Content>(content: Kind, suite: Suite): Fitted<Kind> {
  return callWith(
    () => copyContent(content),
    (map) => glue.fit(map, requireSuite(suite)) as Fitted<Kind>,
  );
}
