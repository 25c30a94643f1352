import type { Bytes } from "../bytes.js";

/**
 * @internal Returns whether `value` is a Uint8Array, of whichever realm. Asks the internal slot,
 * which cannot be faked.
 */
export function isBytes(value: unknown): value is Uint8Array {
  return typedArrayName.call(value) === "Uint8Array";
}

/** @internal Returns the length by the internal slot, which a subclass cannot override. */
export function lengthOf(value: Uint8Array): number {
  return typedArrayLength.call(value);
}

/** @internal Copies bytes. Returns nothing if their buffer is detached. */
export function copyOf(value: Uint8Array): Bytes | undefined {
  const copy = new Uint8Array(lengthOf(value));
  try {
    copy.set(value);
  } catch {
    return undefined;
  }
  return copy;
}

/** @internal Returns the time of a Date by the internal slot: NaN if there is none. */
export function timeOf(value: unknown): number {
  try {
    return dateTime.call(value as Date);
  } catch {
    return Number.NaN;
  }
}

/** @internal Returns whether `value` is a Date, valid or not. */
export function isDate(value: unknown): value is Date {
  try {
    dateTime.call(value as Date);
    return true;
  } catch {
    return false;
  }
}

/** @internal Returns whether `value` is an object that can be looked at: not a revoked proxy. */
export function isObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  try {
    Array.isArray(value);
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
  if (!isObject(value) || Array.isArray(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || isObjectPrototype(prototype);
}

/** @internal Returns whether `value` is the `Object.prototype` of whichever realm. */
export function isObjectPrototype(value: object): boolean {
  if (value === Object.prototype) return true;
  // No class's prototype has this method of its own.
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, "hasOwnProperty");
}

/** @internal Returns whether a string holds no lone surrogate, and so can be written as UTF-8. */
export function isWellFormed(value: string): boolean {
  return !/\p{Surrogate}/u.test(value);
}

const dateTime = Date.prototype.getTime;

const typedArrayName = typedArrayGetter<string | undefined>(Symbol.toStringTag);
const typedArrayLength = typedArrayGetter<number>("length");

function typedArrayGetter<T>(name: PropertyKey): (this: unknown) => T {
  const prototype: unknown = Object.getPrototypeOf(Uint8Array.prototype);
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => T;
}
