import type { NowOption } from "./account.js";
import type { Bytes } from "./bytes.js";
import { bytesOf, currentMillisOf, invalid, optionsOf } from "./check.js";
import * as glue from "./glue.js";
import { call } from "./runtime.js";

/**
 * A secret for one link, 32 random bytes (spec/envelope.md, Linking): either side shows it, as a QR
 * code for example, and the other reads it, so that the server between them cannot swap keys. Use
 * it once. Throws `no_randomness`.
 */
export function generateLinkSecret(): Bytes {
  return call(() => glue.generateLinkSecret());
}

/** Options of `activate`. */
export interface ActivateOptions extends NowOption {
  /**
   * The request (137 bytes) that the grant answers, if another object made it, before a restart for
   * example.
   */
  readonly request?: Uint8Array | undefined;
}

/** @internal */
export function activateOptions(value: ActivateOptions | undefined): {
  request: Bytes | undefined;
  now: number;
} {
  const { request, now } = optionsOf(value);
  return {
    request: request === undefined ? undefined : bytesOf(request, "request"),
    now: currentMillisOf(now),
  };
}

/** @internal The request that a grant is to be checked against. */
export function requestOf(given: Bytes | undefined, remembered: Bytes | undefined): Bytes {
  if (given !== undefined) return given;
  if (remembered === undefined) {
    throw invalid("no request was made by this object: pass it as options.request");
  }
  return remembered;
}
