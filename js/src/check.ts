import type { Bytes } from "./bytes.js";
import { HushringError } from "./error.js";
import type { Suite } from "./suite.js";

/** @internal Copies a Uint8Array, also one of another realm or a Node `Buffer`. */
export function bytesOf(value: unknown, name: string): Bytes {
  if (!isBytes(value)) throw invalid(`${name} must be a Uint8Array`);
  try {
    return new Uint8Array(value);
  } catch {
    throw invalid(`${name} is a view of a detached buffer`);
  }
}

/**
 * @internal Whether `value` is a Uint8Array, of whichever realm. Asks the internal slot, which
 * cannot be faked.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return typedArrayName.call(value) === "Uint8Array";
}

/** @internal Milliseconds since 1970 of a valid Date. */
export function millisOf(value: unknown, name: string): number {
  let time: number;
  try {
    time = dateTime.call(value as Date);
  } catch {
    throw new HushringError("invalid_date", `${name} must be a Date`);
  }
  // Written so that NaN, the time of an Invalid Date, is refused too.
  if (!(time >= 0)) {
    throw new HushringError("invalid_date", `${name} must be a valid Date, not before 1970`);
  }
  return time;
}

/** @internal Like {@link millisOf}, for what may be left out. */
export function optionalMillisOf(value: unknown, name: string): number | undefined {
  return value === undefined ? undefined : millisOf(value, name);
}

/** @internal The moment that the caller gave as `now`, else the system's. */
export function currentMillisOf(now: unknown): number {
  return now === undefined ? Date.now() : millisOf(now, "now");
}

/** @internal An options object, with nothing in it if it was left out. */
export function optionsOf<T extends object>(value: T | undefined): Partial<T> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw invalid("options must be an object");
  return value;
}

/** @internal */
export function arrayOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(`${name} must be an array`);
  return Array.from(value);
}

/** @internal */
export function textOf(value: unknown, name: string): string {
  if (typeof value !== "string") throw invalid(`${name} must be a string`);
  return value;
}

/** @internal */
export function suiteOf(value: unknown): Suite {
  const name = textOf(value, "suite");
  if (name !== "x25519" && name !== "xwing") {
    throw new HushringError("unsupported_suite", 'suite must be "x25519" or "xwing"');
  }
  return name;
}

/** @internal Whether a string holds no lone surrogate, so that it can be written as UTF-8. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

/** @internal */
export function hex(value: Uint8Array): string {
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @internal The bytes of an even number of hex digits. */
export function unhex(value: string): Bytes {
  return Uint8Array.from(value.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @internal */
export function invalid(message: string): HushringError {
  return new HushringError("invalid_argument", message);
}

const dateTime = Date.prototype.getTime;

const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined;
