import { type ErrorDetails, HushringError } from "../error.js";
import type { ContentItem, ContentMap } from "../glue.js";
import { type ErrorCode, maxDepth } from "../vocabulary.js";
import { describe } from "./describe.js";
import { count, maxLength, requireCallId } from "./require.js";
import {
  copyOf,
  isBytes,
  isDate,
  isObject,
  isPlainObject,
  isWellFormed,
  lengthOf,
  lengthOfArray,
  timeOf,
} from "./slots.js";

/**
 * @internal Copies content into the binding's form, in which objects are maps and a `ring` is a
 * number. Reads every property once. The binding checks the members; this checks what only
 * JavaScript can get wrong. Throws `bad_content` and `too_deep` with `member`, `too_long`,
 * `bad_call_id`.
 */
export function copyContent(content: unknown): ContentMap {
  return new Walk().content(content);
}

/**
 * The count is a lower bound, with a byte for each UTF-16 unit. A callId counts 20 more than it
 * takes.
 */
const maxSize = maxLength + 20;

class Walk {
  readonly #path: (string | number)[] = [];
  readonly #containers: object[] = [];
  #size = 0;
  /** The `ring` of the content, in milliseconds, if it is a Date. */
  #ring: number | undefined;

  content(value: unknown): ContentMap {
    const map = this.#map(value);
    const type = map.get("type");
    const callId = map.get("callId");
    if (typeof type === "string" && type.startsWith("call.") && callId !== undefined) {
      requireCallId(callId);
    }
    this.#path.push("ring");
    if (type !== "call.answer" && type !== "call.end") {
      if (this.#ring !== undefined) throw this.#unfit("a Date");
    } else if (map.has("ring")) {
      if (this.#ring === undefined) throw this.#bad("must be a Date");
      if (!(this.#ring >= 0)) throw this.#bad("must be a valid Date from 1970 on");
    }
    return map;
  }

  #map(value: unknown): ContentMap {
    if (!isPlainObject(value)) {
      const what = describe(value);
      throw this.#path.length > 0
        ? this.#unfit(what)
        : this.#bad(`must be a plain object, not ${what}`);
    }
    return this.#within(value, () => {
      if (Object.getOwnPropertySymbols(value).length > 0) {
        throw this.#bad("has a symbol as the name of a member");
      }
      const map: ContentMap = new Map();
      for (const name of Object.keys(value)) {
        this.#path.push(name);
        const member = value[name];
        if (this.#path.length === 1 && name === "ring" && isDate(member)) {
          this.#ring = timeOf(member);
          map.set(name, this.#ring);
        } else if (member !== undefined) {
          map.set(this.#text(name), this.#value(member));
        }
        this.#path.pop();
      }
      return map;
    });
  }

  #array(value: readonly unknown[]): ContentItem[] {
    return this.#within(value, () => {
      const array: ContentItem[] = [];
      const length = lengthOfArray(value);
      if (length === undefined) throw this.#bad("has a length that is not a whole number");
      this.#expect(length);
      for (let index = 0; index < length; index += 1) {
        this.#path.push(index);
        array.push(this.#value(value[index]));
        this.#path.pop();
      }
      return array;
    });
  }

  #value(value: unknown): ContentItem {
    switch (typeof value) {
      case "boolean":
      case "number":
        this.#grow(1);
        return value;
      case "string":
        return this.#text(value);
      case "object":
        if (value === null) {
          this.#grow(1);
          return null;
        }
        if (!isObject(value)) throw this.#unfit(describe(value));
        if (Array.isArray(value)) return this.#array(value);
        if (isBytes(value)) return this.#bytes(value);
        return this.#map(value);
      default:
        throw this.#unfit(describe(value));
    }
  }

  #bytes(value: Uint8Array): Uint8Array {
    this.#grow(1 + lengthOf(value));
    const copy = copyOf(value);
    if (copy === undefined) throw this.#bad("is a view of a detached buffer");
    return copy;
  }

  #text(value: string): string {
    this.#grow(1 + value.length);
    if (!isWellFormed(value)) throw this.#bad("holds a lone surrogate");
    return value;
  }

  #within<T>(container: object, body: () => T): T {
    if (this.#containers.includes(container)) throw this.#bad("contains itself");
    if (this.#containers.length === maxDepth) {
      throw this.#error("too_deep", `is nested in more than ${maxDepth} containers`);
    }
    this.#grow(1);
    this.#containers.push(container);
    const result = body();
    this.#containers.pop();
    return result;
  }

  #grow(size: number): void {
    this.#expect(size);
    this.#size += size;
  }

  /** Refuses content that is known to become too long, before it is read. */
  #expect(size: number): void {
    if (this.#size + size > maxSize) {
      throw new HushringError("too_long", `content has more than ${count(maxLength)} bytes`);
    }
  }

  #unfit(what: string): HushringError {
    return this.#bad(`is ${what}, which content cannot hold`);
  }

  #bad(what: string): HushringError {
    return this.#error("bad_content", what);
  }

  #error(code: ErrorCode, what: string): HushringError {
    const member = this.#path.reduce<string>(
      (path, step) =>
        typeof step === "number" ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`,
      "",
    );
    const details: ErrorDetails = member === "" ? {} : { member };
    return new HushringError(
      code,
      `content${member === "" ? "" : ` member \`${member}\``} ${what}`,
      details,
    );
  }
}
