import { isBytes, isDate, isObject, isPlainObject, timeOf } from "./slots.js";

/**
 * @internal Names a class of this package, so that a message can say whose object it was given:
 * this copy's, or another's. A console shows the name as well, whatever a bundler calls the class.
 */
export function nameClass(kind: { readonly prototype: object }, name: string): void {
  Object.defineProperty(kind, "name", { value: name, configurable: true });
  Object.defineProperty(kind.prototype, className, { value: name });
  prototypes.add(kind.prototype);
}

/** @internal Says what a value is, for a message about what it should be. Never what it holds. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number") return describeNumber(value);
  if (typeof value !== "object") return withArticle(typeof value);
  if (!isObject(value)) return "a proxy that was revoked";
  if (isBytes(value)) return "a Uint8Array";
  if (isDate(value)) return describeDate(timeOf(value));
  if (Array.isArray(value)) return "an array";
  try {
    if (isPlainObject(value)) return "an object";
    const name = Reflect.get(value, className);
    if (typeof name === "string") return describeResource(value, name);
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (tag === "Promise") return "a Promise: await it";
    // What is one has been told above. A proxy, as Vue's and MobX's, can have the name.
    if (tag === "Uint8Array") return "a proxy of a Uint8Array";
    if (tag !== "Object" && /^[A-Za-z0-9]{1,30}$/.test(tag)) return withArticle(tag);
  } catch {
    // A proxy whose traps throw.
  }
  return "an instance of a class";
}

/** @internal */
export function withArticle(name: string): string {
  return `${/^[aeio]/i.test(name) ? "an" : "a"} ${name}`;
}

const className = Symbol.for("hushring.class");

/** The prototypes of this copy's classes. */
const prototypes = new WeakSet<object>();

function describeResource(value: object, name: string): string {
  const prototype: object | null = Object.getPrototypeOf(value);
  const isOwn = prototype !== null && prototypes.has(prototype);
  return isOwn ? withArticle(name) : `${withArticle(name)} of another copy of hushring`;
}

function describeNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return "an infinite number";
  if (value < 0) return "a negative number";
  return Number.isInteger(value) ? "a number" : "a fraction";
}

function describeDate(time: number): string {
  if (Number.isNaN(time)) return "an Invalid Date";
  return time < 0 ? "a Date before 1970" : "a Date";
}
