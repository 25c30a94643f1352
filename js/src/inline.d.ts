/** The wasm as text, which `decode` reads. The module is written by scripts/assemble.mjs. */
export const inline: {
  /** The characters of `text`. The last two are the first of a pair. */
  readonly alphabet: string;
  /** All bytes: first those that stand as one character, in the alphabet's order, then the others. */
  readonly order: readonly number[];
  /** How many bytes there are. */
  readonly length: number;
  /** FNV-1a over the bytes, from 0, as a signed number. */
  readonly hash: number;
  readonly text: string;
};
