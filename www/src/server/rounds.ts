import type { Seen } from "./seen.js";

/**
 * What the desk knows of the envelopes that it has sent, by their tags. The game uses "call" and
 * "message", and leaves every other kind out.
 */
export type Truth = ReadonlyMap<string, string>;

/** Two envelopes, one of which is a call. Nothing in it says which: that is asked after the guess. */
export type Pair = readonly [Seen, Seen];

/**
 * Draws a pair that was not used yet, or returns undefined if there is none. Both have the same
 * header, because its prekey id would tell mailboxes apart. Which one stands first is drawn too.
 */
export function drawPair(
  envelopes: readonly Seen[],
  truth: Truth,
  used: ReadonlySet<string>,
  random: () => number,
): Pair | undefined {
  const fresh = envelopes.filter(({ tag }) => !used.has(tag));
  const calls = shuffle(
    fresh.filter(({ tag }) => truth.get(tag) === "call"),
    random,
  );
  const messages = shuffle(
    fresh.filter(({ tag }) => truth.get(tag) === "message"),
    random,
  );
  for (const call of calls) {
    const header = headerOf(call);
    const message = messages.find((other) => headerOf(other) === header);
    if (message !== undefined) return random() < 0.5 ? [call, message] : [message, call];
  }
  return undefined;
}

/** How many pairs are left: of each header, the smaller of both counts. */
export function pairsLeft(envelopes: readonly Seen[], truth: Truth, used: ReadonlySet<string>) {
  const counts = new Map<string, { call: number; message: number }>();
  for (const seen of envelopes) {
    const kind = used.has(seen.tag) ? undefined : truth.get(seen.tag);
    if (kind !== "call" && kind !== "message") continue;
    const header = headerOf(seen);
    const count = counts.get(header) ?? { call: 0, message: 0 };
    count[kind] += 1;
    counts.set(header, count);
  }
  return [...counts.values()].reduce((sum, { call, message }) => sum + Math.min(call, message), 0);
}

/** A number from 0 to 1 that nobody can foresee, as a game needs it. */
export const systemRandom = () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32;

/** The 10 bytes in clear: version, suite, prekey id. */
export const headerLength = 10;

const headerOf = ({ envelope }: Seen) => envelope.subarray(0, headerLength).join();

/** Fisher and Yates. */
function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as Item, shuffled[i] as Item];
  }
  return shuffled;
}
