// envelope.md, "Notation" and "Time". Times are BigInts, because any of the 64 bits may be set.

export const MINUTE = 60_000n;
export const DAY = 86_400_000n;
export const DAY_IN_SECONDS = 86_400n;
const LARGEST = 2n ** 64n - 1n;
const TOLERANCE = 10n * MINUTE;

export const inMs = (seconds) => least(seconds * 1000n, LARGEST);
export const inSeconds = (ms) => ms / 1000n;
export const later = (ms) => least(ms + TOLERANCE, LARGEST);
export const earlier = (ms, by = TOLERANCE) => (ms > by ? ms - by : 0n);

export function least(a, b) {
  return a < b ? a : b;
}

export function most(a, b) {
  return a > b ? a : b;
}

export function u64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

export function hex(bytes) {
  return Buffer.from(bytes).toString("hex");
}

export function unhex(digits) {
  return Buffer.from(digits, "hex");
}

/** Copies a view into a buffer of its own, which some libraries require. */
export function arrayBuffer(bytes) {
  return new Uint8Array(bytes).buffer;
}

/** Reads a little-endian number. */
export function little(bytes) {
  return BigInt(`0x${hex(Buffer.from(bytes).reverse())}`);
}

export function power(base, exponent, modulus) {
  let result = 1n;
  for (base %= modulus; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
