import type { Bytes } from "./bytes.js";
import * as glue from "./glue.js";
import { call } from "./runtime.js";

/**
 * Generates a secret for one link, 32 random bytes (spec/envelope.md, Linking). One device shows
 * it, for example as a QR code, and the other reads it, so that the server between them cannot swap
 * keys. Use it once. Throws `no_randomness`.
 */
export function generateLinkSecret(): Bytes {
  return call(() => glue.generateLinkSecret());
}
