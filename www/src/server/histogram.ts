import { headerLength } from "./rounds.js";
import type { Seen } from "./seen.js";

/** How often each byte value occurs, and what random bytes give. */
export interface Histogram {
  readonly envelopes: number;
  /** 256 counts, of everything behind the header in clear. */
  readonly counts: readonly number[];
  readonly total: number;
  /** What each value has on average, if all are as likely. */
  readonly expected: number;
  /** Between these lie all 256 counts of random bytes, in 95 of 100 cases. */
  readonly low: number;
  readonly high: number;
  /** Pearson's sum of squares, and between what it lies in 95 of 100 cases for random bytes. */
  readonly chiSquare: number;
  readonly chiLow: number;
  readonly chiHigh: number;
  /** Each length that occurs, and how often. */
  readonly lengths: ReadonlyMap<number, number>;
}

export function histogram(seen: readonly Pick<Seen, "envelope">[]): Histogram {
  const counts = new Array<number>(256).fill(0);
  const lengths = new Map<number, number>();
  let total = 0;
  for (const { envelope } of seen) {
    lengths.set(envelope.length, (lengths.get(envelope.length) ?? 0) + 1);
    for (const byte of envelope.subarray(headerLength)) {
      counts[byte] = (counts[byte] ?? 0) + 1;
      total += 1;
    }
  }
  const expected = total / 256;
  const margin = simultaneous * Math.sqrt(expected * (1 - 1 / 256));
  const squares = counts.reduce((sum, count) => sum + (count - expected) ** 2, 0);
  return {
    envelopes: seen.length,
    counts,
    total,
    expected,
    low: Math.max(0, expected - margin),
    high: expected + margin,
    chiSquare: total === 0 ? 0 : squares / expected,
    chiLow: chiQuantile(-1.96),
    chiHigh: chiQuantile(1.96),
    lengths,
  };
}

/**
 * Standard deviations that hold all 256 counts in 95 of 100 cases: each alone then has to lie within
 * in 0.95 ^ (1/256) of the cases.
 */
const simultaneous = 3.72;

/** Wilson and Hilferty's quantile of chi-square with 255 degrees of freedom, off by less than 0.1. */
function chiQuantile(z: number): number {
  const degrees = 255;
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + z * Math.sqrt(spread)) ** 3;
}
