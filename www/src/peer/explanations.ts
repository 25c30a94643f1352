// Why something did not ring, for its owner: what `Inbox.explain` says of each envelope.

import type { Explanation } from "hushring";
import type { ExplainedEnvelope } from "./records.js";

/** How many are kept. */
const most = 60;

/** Puts the newest first. What rings needs no explanation; and each is explained once. */
export function explained(
  before: readonly ExplainedEnvelope[] = [],
  seen: readonly Explanation[],
  at: Date,
): ExplainedEnvelope[] {
  const known = new Set(before.map(({ tag }) => tag));
  const added = seen.flatMap(({ envelopeTag: tag, action, reason, code, checks, text }) => {
    if (tag === undefined || action === "ring" || known.has(tag)) return [];
    // A pushed envelope comes again with its page.
    if (reason === "duplicate") return [];
    return [{ tag, at, action, reason, code, checks, text }];
  });
  return [...added.reverse(), ...before].slice(0, most);
}
