import type { Sighting } from "./seen.js";

/**
 * Two mailboxes between which something looks like a call: an envelope after a pause, one back
 * within seconds, and then silence (threat-model.md, section 6). It needs times, posters and
 * mailboxes, and no byte of an envelope.
 */
export interface Suspicion {
  readonly from: string;
  readonly to: string;
  readonly start: number;
  /** When the reply came. */
  readonly reply: number;
}

/** The figures of the rule. A real observer would fit them to its users. */
export const rule = { pause: 15_000, reply: 30_000, silence: 10_000 } as const;

/**
 * Finds them in what is sorted by time. What is younger than the silence that the rule asks for
 * is not judged yet.
 */
export function suspicions(sightings: readonly Sighting[], now: number): readonly Suspicion[] {
  return [...conversations(sightings).values()].flatMap((acts) => {
    const found: Suspicion[] = [];
    for (const [i, first] of acts.entries()) {
      const before = acts[i - 1]?.time ?? Number.NEGATIVE_INFINITY;
      const reply = acts[i + 1];
      const after = acts[i + 2]?.time ?? now;
      if (
        reply !== undefined &&
        reply.from === first.to &&
        first.time - before >= rule.pause &&
        reply.time - first.time <= rule.reply &&
        after - reply.time >= rule.silence
      ) {
        const { from, to, time: start } = first;
        found.push({ from, to, start, reply: reply.time });
      }
    }
    return found;
  });
}

interface Act {
  readonly from: string;
  readonly to: string;
  readonly time: number;
}

/** The acts between each two mailboxes. One that goes nowhere else, or comes from nobody, is none. */
function conversations(sightings: readonly Sighting[]): ReadonlyMap<string, readonly Act[]> {
  const found = new Map<string, Act[]>();
  for (const { poster, mailbox, time } of sightings) {
    if (poster === null || poster === mailbox) continue;
    const key = [poster, mailbox].sort().join();
    const acts = found.get(key) ?? [];
    acts.push({ from: poster, to: mailbox, time });
    found.set(key, acts);
  }
  return found;
}
