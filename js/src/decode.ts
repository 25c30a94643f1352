import type { Bytes } from "./bytes.js";
import type { inline } from "./inline.js";

/** What decode.wat exports. */
interface Decoder {
  readonly memory: WebAssembly.Memory;
  readonly decode: (next: number, end: number) => readonly [end: number, hash: number];
}

/**
 * @internal Reads the bytes that scripts/inline.mjs has written as text. Returns nothing if that was
 * changed since. Throws what the platform throws where it does not start a module.
 */
export function decode({ decoder, tables, length, hash, text }: typeof inline): Bytes | undefined {
  const module = new WebAssembly.Module(Uint8Array.from(decoder));
  const exports: unknown = new WebAssembly.Instance(module).exports;
  const { memory, decode } = exports as Decoder;
  const begin = tables.length;
  memory.grow(Math.ceil((begin + text.length) / 65_536));
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(tables);
  const { written } = new TextEncoder().encodeInto(text, bytes.subarray(begin));
  const [end, found] = decode(begin, begin + written);
  return end - begin === length && found === hash ? bytes.slice(begin, end) : undefined;
}
