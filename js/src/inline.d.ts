/** The wasm as text, which `decode` reads. The module is written by scripts/assemble.mjs. */
export const inline: {
  /** decode.wat as a module. */
  readonly decoder: readonly number[];
  /** Three of 128 bytes: what a character stands for by its code, alone and as the second of a pair. */
  readonly tables: readonly number[];
  /** How many bytes there are. */
  readonly length: number;
  /** FNV-1a over the bytes, from 0, as a signed number. */
  readonly hash: number;
  readonly text: string;
};
