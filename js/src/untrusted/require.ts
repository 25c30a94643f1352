import type { Bytes } from "../bytes.js";
import { HushringError } from "../error.js";
import { unhex } from "../hex.js";
import { maxContentLength, type Suite, suites } from "../vocabulary.js";
import { describe } from "./describe.js";
import { copyOf, isBytes, isObject, lengthOf, lengthOfArray, timeOf } from "./slots.js";

/** @internal Nothing that this package reads is longer, in bytes, except an inbox's state and a lastPublished. */
export const maxLength: number = maxContentLength;

/** @internal No array that this package reads is longer, in items. */
export const maxItems: number = 1_048_576;

/** @internal */
export function invalid(message: string): HushringError {
  return new HushringError("invalid_argument", message);
}

/** @internal Returns an error that says what a value must be, and what it is. */
export function mustBe(name: string, what: string, value: unknown): HushringError {
  return invalid(`${name} must be ${what}, not ${describe(value)}`);
}

/** @internal Writes a number for people. */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/**
 * @internal Copies a Uint8Array, also one of another realm or a Node `Buffer`. Throws
 * `invalid_argument`, and `bad_length` before it copies more than `max` bytes.
 */
export function requireBytes(value: unknown, name: string, max: number = maxLength): Bytes {
  if (!isBytes(value)) throw mustBe(name, "a Uint8Array", value);
  if (lengthOf(value) > max) {
    throw new HushringError(
      "bad_length",
      `${name} has ${count(lengthOf(value))} bytes of at most ${count(max)}`,
    );
  }
  const copy = copyOf(value);
  if (copy === undefined) {
    throw invalid(`${name} is a view of a detached buffer, or there is no memory to copy it`);
  }
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
    throw new HushringError(
      "invalid_date",
      `${name} must be a valid Date from 1970 on, not ${describe(value)}`,
    );
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

/**
 * @internal Reads the own items of an array, each once, by their index: iterators can be replaced.
 * Throws `invalid_argument`, before it reads more than a million.
 */
export function requireArray(value: unknown, name: string): readonly unknown[] {
  if (!isObject(value) || !isArray(value)) throw mustBe(name, "an array", value);
  const length = lengthOfArray(value);
  if (length === undefined) throw invalid(`${name} must have a whole number as its length`);
  if (length > maxItems) {
    throw invalid(`${name} has ${count(length)} items of at most ${count(maxItems)}`);
  }
  const items = arrayOf<unknown>(length);
  for (let index = 0; index < length; index += 1) {
    if (hasOwn(value, index)) items[index] = value[index];
  }
  return items;
}

/**
 * @internal Returns an array of this length, whose items are its own: assigning to one runs no
 * setter of a prototype.
 */
export function arrayOf<T>(length: number): (T | undefined)[] {
  return apply(arrayFrom, Arrays, [{ __proto__: null, length }]);
}

/** @internal Reads an array of bytes. Throws as {@link requireBytes}. */
export function requireManyBytes(value: unknown, name: string): Bytes[] {
  return requireArray(value, name).map((bytes, index) => requireBytes(bytes, `${name}[${index}]`));
}

/** @internal Throws `invalid_argument`. */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== "string") throw mustBe(name, "a string", value);
  return value;
}

/** @internal The same for text whose length has no other bound. */
export function requireShortText(value: unknown, name: string): string {
  const text = requireText(value, name);
  if (text.length <= maxLength) return text;
  throw invalid(`${name} has ${count(text.length)} characters of at most ${count(maxLength)}`);
}

/** @internal Returns a function. Throws `invalid_argument`. */
export function requireFunction<Kind extends (...parameters: never[]) => unknown>(
  value: unknown,
  name: string,
): Kind {
  if (typeof value !== "function") throw mustBe(name, "a function", value);
  if (isRevoked(value)) throw invalid(`${name} must be a function, not a proxy that was revoked`);
  if (/^class\b/.test(apply(functionText, value, []))) {
    throw invalid(`${name} must be a function, not a class`);
  }
  return value as Kind;
}

/** @internal Returns a finite number that is not negative. Throws `invalid_argument`. */
export function requireNumber(value: unknown, name: string): number {
  if (typeof value !== "number") throw mustBe(name, "a number", value);
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw invalid(`${name} must be a finite number from 0 on`);
  }
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

/** @internal Returns a UUID, but not one of version 8, as CallKit's are. Throws `bad_call_id`. */
export function requireCallId(value: unknown): string {
  if (typeof value !== "string") throw badCallId(`must be a UUID, not ${describe(value)}`);
  if (!uuid.test(value)) throw badCallId("must be a UUID: 36 characters, with hyphens");
  if (callKitUuid.test(value)) {
    throw badCallId("is a CallKit UUID, as event.callUUID: use event.content.callId");
  }
  return value;
}

/** @internal Returns the 16 bytes of a messageId. Throws `invalid_argument`. */
export function requireMessageId(value: unknown): Bytes {
  if (typeof value !== "string" || !/^[0-9a-f]{32}$/.test(value)) {
    const found = typeof value === "string" ? "another string" : describe(value);
    throw invalid(`messageId must be 32 lowercase hex digits, not ${found}`);
  }
  return unhex(value);
}

function isRevoked(value: object): boolean {
  try {
    isArray(value);
    return false;
  } catch {
    return true;
  }
}

const { apply } = Reflect;
const functionText = Function.prototype.toString;
const Arrays = Array;
const { from: arrayFrom, isArray } = Array;
const { hasOwn } = Object;

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const callKitUuid = /^.{14}8.{4}[89ab]/i;

function badCallId(what: string): HushringError {
  return new HushringError("bad_call_id", `callId ${what}`);
}

/** @internal The same for a number that may be left out. */
export function requireOptionalNumber(value: unknown, name: string): number | undefined {
  return value === undefined ? undefined : requireNumber(value, name);
}

function isSuite(name: string): name is Suite {
  return Object.hasOwn(suites, name);
}
