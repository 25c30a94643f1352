import type { Bytes } from "../bytes.js";
import { HushringError } from "../error.js";
import { unhex } from "../hex.js";
import { maxContentLength, type Suite, suites } from "../vocabulary.js";
import { copyOf, isBytes, isObject, lengthOf, timeOf } from "./slots.js";

/** @internal Nothing that this package reads is longer, in bytes, except an inbox's state. */
export const maxLength: number = maxContentLength;

/** @internal */
export function invalid(message: string): HushringError {
  return new HushringError("invalid_argument", message);
}

/**
 * @internal Copies a Uint8Array, also one of another realm or a Node `Buffer`. Throws
 * `invalid_argument`, and `bad_length` before it copies more than `max` bytes.
 */
export function requireBytes(value: unknown, name: string, max: number = maxLength): Bytes {
  if (!isBytes(value)) throw invalid(`${name} must be a Uint8Array`);
  if (lengthOf(value) > max) {
    throw new HushringError(
      "bad_length",
      `${name} is longer than ${max.toLocaleString("en")} bytes`,
    );
  }
  const copy = copyOf(value);
  if (copy === undefined) throw invalid(`${name} is a view of a detached buffer`);
  return copy;
}

/** @internal The same for bytes that may be left out. */
export function requireOptionalBytes(value: unknown, name: string): Bytes | undefined {
  return value === undefined ? undefined : requireBytes(value, name);
}

/** @internal Returns the milliseconds since 1970 of a valid Date. Throws `invalid_date`. */
export function requireMillis(value: unknown, name: string): number {
  const time = timeOf(value);
  // Written so that NaN, the time of an Invalid Date, is refused too.
  if (!(time >= 0)) {
    throw new HushringError("invalid_date", `${name} must be a valid Date, not before 1970`);
  }
  return time;
}

/** @internal The same for a Date that may be left out. */
export function requireOptionalMillis(value: unknown, name: string): number | undefined {
  return value === undefined ? undefined : requireMillis(value, name);
}

/** @internal Returns the moment that the caller gave as `now`, else the system's. */
export function requireNow(now: unknown): number {
  return now === undefined ? Date.now() : requireMillis(now, "now");
}

/** @internal Reads an array once. Throws `invalid_argument`. */
export function requireArray(value: unknown, name: string): readonly unknown[] {
  if (!isObject(value) || !Array.isArray(value)) throw invalid(`${name} must be an array`);
  return Array.from<unknown>(value);
}

/** @internal Throws `invalid_argument`. */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== "string") throw invalid(`${name} must be a string`);
  return value;
}

/** @internal Throws `invalid_argument`, `unsupported_suite`. */
export function requireSuite(value: unknown): Suite {
  const name = requireText(value, "suite");
  if (!isSuite(name)) {
    const known = Object.keys(suites).join(", ");
    throw new HushringError("unsupported_suite", `suite must be one of ${known}`);
  }
  return name;
}

/** @internal Returns a callId, not yet known to be a UUID. Throws `bad_call_id`. */
export function requireCallId(value: unknown): string {
  if (typeof value !== "string" || value.length !== 36) {
    throw new HushringError("bad_call_id", "callId must be a UUID string");
  }
  return value;
}

/** @internal Returns the 16 bytes of a messageId. Throws `invalid_argument`. */
export function requireMessageId(value: unknown): Bytes {
  if (typeof value !== "string" || !/^[0-9a-f]{32}$/.test(value)) {
    throw invalid("messageId must be 32 lowercase hex digits");
  }
  return unhex(value);
}

function isSuite(name: string): name is Suite {
  return Object.hasOwn(suites, name);
}
