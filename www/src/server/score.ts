/** What chance gives to a visitor who guesses, exactly: the binomial distribution with p = 1/2. */

export interface Band {
  /** The fewest and the most hits that a coin has, except in at most 1 of 40 games each. */
  readonly low: number;
  readonly high: number;
  /** How likely a coin lands within, these included: at least 0.95. */
  readonly coverage: number;
}

/** The probability of exactly `hits` in `rounds`, for each number of hits. */
export function chances(rounds: number): readonly number[] {
  let row = [1];
  for (let round = 0; round < rounds; round += 1) {
    // Pascal's triangle, halved in each row: exact to the last bits, and nothing overflows.
    row = Array.from({ length: row.length + 1 }, (_, i) => ((row[i - 1] ?? 0) + (row[i] ?? 0)) / 2);
  }
  return row;
}

/** The central band of 95 %. For fewer than six rounds it holds every score. */
export function band(rounds: number): Band {
  const each = chances(rounds);
  let low = 0;
  let tail = each[0] ?? 0;
  while (tail <= 0.025) {
    low += 1;
    tail += each[low] ?? 0;
  }
  const high = rounds - low;
  return { low, high, coverage: sum(each.slice(low, high + 1)) };
}

/** How often a coin has at least as many hits. */
export const atLeast = (hits: number, rounds: number): number => sum(chances(rounds).slice(hits));

/** What a score says, in the words of the page. */
export function verdict(hits: number, rounds: number): string {
  if (rounds === 0) return "No guess yet.";
  const { low, high } = band(rounds);
  if (low === 0) return `${scoreOf(hits, rounds)}. Six guesses are needed to tell anything.`;
  const chance = `A coin has ${low} to ${high} of ${rounds} in 19 of 20 games.`;
  if (hits >= low && hits <= high)
    return `${scoreOf(hits, rounds)}: no better than a coin. ${chance}`;
  const side = hits > high ? "more than a coin has" : "fewer than a coin has";
  return `${scoreOf(hits, rounds)}: ${side}. ${chance} Go on: if it stays so, that is a finding.`;
}

const scoreOf = (hits: number, rounds: number) => `${hits} of ${rounds} right`;

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
