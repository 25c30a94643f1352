import type { Bytes } from "./bytes.js";
import { HushringError } from "./error.js";
import type { Suite } from "./suite.js";

/** @internal Nothing that this package reads is longer, in bytes, but an inbox's state. */
export const maxLength = 65_536;

/**
 * @internal Copies a Uint8Array, also one of another realm or a Node `Buffer`. What is longer
 * than `max` is not even copied.
 */
export function bytesOf(value: unknown, name: string, max: number = maxLength): Bytes {
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

/** @internal A copy, unless the buffer is detached. */
export function copyOf(value: Uint8Array): Bytes | undefined {
  const copy = new Uint8Array(lengthOf(value));
  try {
    copy.set(value);
  } catch {
    return undefined;
  }
  return copy;
}

/** @internal The length by the internal slot, which a subclass cannot override. */
export function lengthOf(value: Uint8Array): number {
  return typedArrayLength.call(value);
}

/**
 * @internal Whether `value` is a Uint8Array, of whichever realm. Asks the internal slot, which
 * cannot be faked.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return typedArrayName.call(value) === "Uint8Array";
}

/** @internal The Date of milliseconds since 1970: the last one there is, if they are beyond it. */
export function dateOf(millis: number): Date {
  return new Date(Math.min(millis, maxMillis));
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

/**
 * @internal The own members of an options object; none if it was left out. What it would inherit is no
 * option: whoever can write to `Object.prototype` must not choose message ids or pin names.
 */
export function optionsOf<T extends object>(value: T | undefined): Partial<T> {
  const options = Object.create(null) as Partial<T>;
  if (value === undefined) return options;
  if (!isObject(value)) throw invalid("options must be an object");
  return Object.assign(options, value);
}

/** @internal Reads an array once. */
export function arrayOf(value: unknown, name: string): readonly unknown[] {
  if (!isObject(value) || !Array.isArray(value)) throw invalid(`${name} must be an array`);
  return Array.from<unknown>(value);
}

/** @internal Whether `value` is an object that can be looked at: no revoked proxy. */
export function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  try {
    Array.isArray(value);
  } catch {
    return false;
  }
  return true;
}

/** @internal Whether `value` is an object as literals and `JSON.parse` make them. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
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

/** The last moment that a Date can hold. */
const maxMillis = 8.64e15;

const dateTime = Date.prototype.getTime;

const typedArrayName = typedArrayGetter<string | undefined>(Symbol.toStringTag);
const typedArrayLength = typedArrayGetter<number>("length");

function typedArrayGetter<T>(name: PropertyKey): (this: unknown) => T {
  const prototype: unknown = Object.getPrototypeOf(Uint8Array.prototype);
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => T;
}
