import { count, invalid, maxItems, mustBe, requireArray } from "./require.js";
import { isObject } from "./slots.js";

/** @internal Goes through an array or another iterable. Throws as the two functions for them do. */
export function itemsOf(value: unknown, name: string): Iterable<unknown> {
  return isObject(value) && Array.isArray(value) ? requireArray(value, name) : iterate(value, name);
}

/**
 * Goes through an iterable that is not bytes. Throws `invalid_argument` if it is not one, if its
 * iterator is not one, or if it has no end; what its own code throws is passed on as it is.
 */
function* iterate(value: unknown, name: string): Generator<unknown, void> {
  const isIterable = isObject(value) && !ArrayBuffer.isView(value);
  const begin = isIterable ? Reflect.get(value, Symbol.iterator) : undefined;
  if (typeof begin !== "function") throw mustBe(name, "an array or another iterable", value);
  const iterator = iteratorOf(value, begin, name);
  const next = isObject(iterator) ? Reflect.get(iterator, "next") : undefined;
  if (typeof next !== "function") throw mustBe(`the iterator of ${name}`, "an iterator", iterator);
  let isDone = false;
  try {
    for (let length = 0; length <= maxItems; length += 1) {
      isDone = true; // Nothing is left to close if its own code throws.
      const step: unknown = Reflect.apply(next, iterator, []);
      if (!isObject(step)) throw mustBe(`what the iterator of ${name} returns`, "an object", step);
      if (Reflect.get(step, "done")) return;
      const item: unknown = Reflect.get(step, "value");
      isDone = false;
      yield item;
    }
    throw invalid(`${name} has more than ${count(maxItems)} items`);
  } finally {
    if (!isDone) close(iterator as object);
  }
}

/** The platform's own functions, such as a Set's, refuse proxies: not the caller's error. */
function iteratorOf(value: unknown, begin: CallableFunction, name: string): unknown {
  try {
    return Reflect.apply(begin, value, []);
  } catch (error) {
    const text: string = Function.prototype.toString.call(begin);
    const isOfPlatform = error instanceof TypeError && text.endsWith("{ [native code] }");
    throw isOfPlatform ? mustBe(name, "an array or another iterable", value) : error;
  }
}

function close(iterator: object): void {
  const end: unknown = Reflect.get(iterator, "return");
  if (typeof end === "function") Reflect.apply(end, iterator, []);
}
