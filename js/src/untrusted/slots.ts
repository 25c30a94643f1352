import type { Bytes } from "../bytes.js";
import { wipeLater } from "./copies.js";

// The getters and functions are taken when this module loads, before anybody can replace them.

/**
 * @internal Returns whether `value` is a Uint8Array, of whichever realm. Asks the internal slot,
 * which cannot be faked.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return apply(typedArrayName, value, []) === "Uint8Array";
}

/** @internal Returns the length by the internal slot, which a subclass cannot override. */
export function lengthOf(value: Uint8Array): number {
  return apply(typedArrayLength, value, []);
}

/**
 * @internal Copies bytes, for the call that is running (`wiping`). Returns nothing if their buffer
 * is detached, or if there is no memory.
 */
export function copyOf(value: Uint8Array): Bytes | undefined {
  try {
    const copy = new Uint8Array(lengthOf(value));
    wipeLater(copy);
    apply(typedArraySet, copy, [value]);
    return copy;
  } catch {
    return undefined;
  }
}

/**
 * @internal Returns the length of an array. Nothing if it is a proxy that does not give a whole
 * number from 0 on.
 */
export function lengthOfArray(value: readonly unknown[]): number | undefined {
  const length: unknown = value.length;
  return typeof length === "number" && isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** @internal Returns the time of a Date by the internal slot: NaN if there is none. */
export function timeOf(value: unknown): number {
  try {
    return apply(dateTime, value, []);
  } catch {
    return Number.NaN;
  }
}

/** @internal Returns whether `value` is a Date, valid or not. */
export function isDate(value: unknown): value is Date {
  try {
    apply(dateTime, value, []);
    return true;
  } catch {
    return false;
  }
}

/** @internal Returns whether `value` is an object that can be looked at: not a revoked proxy. */
export function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  try {
    isArray(value);
  } catch {
    return false;
  }
  return true;
}

/**
 * @internal Returns whether `value` is an object as literals and `JSON.parse` make them, in
 * whichever realm: its prototype is null, or an `Object.prototype`.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || isArray(value)) return false;
  const prototype: object | null = getPrototypeOf(value);
  return prototype === null || isObjectPrototype(prototype);
}

/** @internal Returns whether `value` is the `Object.prototype` of whichever realm. */
export function isObjectPrototype(value: object): boolean {
  if (value === Object.prototype) return true;
  // No class's prototype has this method of its own.
  return getPrototypeOf(value) === null && hasOwn(value, "hasOwnProperty");
}

/** @internal Returns whether a string holds no lone surrogate, and so can be written as UTF-8. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

const { apply } = Reflect;
const { getPrototypeOf, hasOwn } = Object;
const { isArray } = Array;
const { isSafeInteger } = Number;

const dateTime = Date.prototype.getTime;

const typedArrayName = typedArrayGetter<string | undefined>(Symbol.toStringTag);
const typedArrayLength = typedArrayGetter<number>("length");
const typedArraySet = Uint8Array.prototype.set;

function typedArrayGetter<T>(name: PropertyKey): (this: unknown) => T {
  const prototype: unknown = getPrototypeOf(Uint8Array.prototype);
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => T;
}
