import { mustBe } from "./require.js";
import { isObject, isObjectPrototype } from "./slots.js";

/**
 * @internal Reads text of a platform's object, which may be a getter of its class. Nothing that
 * stands on an `Object.prototype` counts, and null is as good as nothing. Throws `invalid_argument`.
 */
export function readText(value: object, name: string, path: string): string | undefined {
  const member = readMember(value, name);
  if (member === undefined || typeof member === "string") return member;
  throw mustBe(`${path}.${name}`, "a string", member);
}

/** @internal The same for a number. */
export function readNumber(value: object, name: string, path: string): number | undefined {
  const member = readMember(value, name);
  if (member === undefined || typeof member === "number") return member;
  throw mustBe(`${path}.${name}`, "a number", member);
}

function readMember(value: object, name: string): unknown {
  let owner: unknown = value;
  // A proxy may be its own prototype.
  for (let depth = 0; depth < 64 && isObject(owner) && !isObjectPrototype(owner); depth += 1) {
    if (Object.hasOwn(owner, name)) return Reflect.get(value, name) ?? undefined;
    owner = Object.getPrototypeOf(owner);
  }
  return undefined;
}
