import type { Bytes } from "./bytes.js";

/** @internal */
export function hex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @internal Returns the bytes of an even number of hex digits. */
export function unhex(value: string): Bytes {
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
