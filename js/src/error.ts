import type { Bytes } from "./bytes.js";
import { hex } from "./hex.js";
import { readCarried } from "./untrusted/carried.js";
import { describe } from "./untrusted/describe.js";
import { isBytes, isObject } from "./untrusted/slots.js";
import type { ErrorCode } from "./vocabulary.js";

/** The details that a {@link HushringError} may have beside its code. */
export interface ErrorDetails {
  /** `too_large`: the bytes that the content needs. */
  readonly needed?: number | undefined;
  /** `too_large`: the bytes that there are. */
  readonly available?: number | undefined;
  /** `bad_content`, `too_deep`: the path of the member, for example `candidates[1].sdpMid`. */
  readonly member?: string | undefined;
  /** `untrusted`: the sender's account key, 32 bytes. */
  readonly account?: Bytes | undefined;
  /** `clock`, `too_old`: how long ago the envelope was sent, in milliseconds. Negative: ahead. */
  readonly age?: number | undefined;
}

/** What {@link HushringError.toJSON} returns: plain data, also for JSON. */
export interface ErrorJson extends Omit<ErrorDetails, "account"> {
  readonly name: "HushringError";
  readonly code: ErrorCode;
  readonly message: string;
  /** 64 hex digits. */
  readonly account?: string | undefined;
}

/**
 * Thrown by every function of this package, for every failure. Tell errors apart by `code`, and ask
 * {@link HushringError.is} instead of `instanceof`, because an application may load this package
 * twice, as an ES module and as CommonJS. The message begins with the code. Where the platform's own
 * error says more, it is the `cause`.
 *
 * The only other errors are those of the application's own code, passed on as they are: what a
 * getter or an iterator of an argument throws, a proxy (its trap, or the engine, if it breaks the
 * rules of proxies), a signer, a clock, or a promise or response that `init` is given.
 *
 * Between threads and processes an error loses its class, its code and its details. Pass on what
 * {@link HushringError.toJSON} returns, and make it an error again with {@link HushringError.from}.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor defines the details.
export class HushringError extends Error {
  /** Says what went wrong. See {@link ErrorCode}. */
  readonly code: ErrorCode;

  /**
   * Creates an error, for tests and for code that wraps this package. The code is put before the
   * message, unless it is there. Throws `invalid_argument`.
   */
  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails = {},
    options: { readonly cause?: unknown } = {},
  ) {
    super(textOf(code, message));
    this.code = code;
    if (!isObject(details)) throw mustBe("details", "an object", details);
    if (!isObject(options)) throw mustBe("options", "an object", options);
    for (const name of detailNames) {
      const value = Object.hasOwn(details, name) ? details[name] : undefined;
      if (value !== undefined) define(this, name, value, true);
    }
    // Not enumerable, as the platform's.
    if (Object.hasOwn(options, "cause")) define(this, "cause", options.cause, false);
  }

  /** Returns whether `value` is a HushringError, of whichever copy of this package. */
  static is(value: unknown): value is HushringError {
    return isObject(value) && brand in value;
  }

  /**
   * Makes an error of what has come of one: of what {@link HushringError.toJSON} returned, from
   * `postMessage` or JSON; of an `Error`, or its text, after a structured clone or through
   * Electron's IPC, which keep only the message. Then the code is found in the message, and the
   * details are lost. Returns a HushringError as it is, and nothing if `value` is something else.
   */
  static from(value: unknown): HushringError | undefined {
    if (HushringError.is(value)) return value;
    const carried = readCarried(value);
    return carried && new HushringError(carried.code, carried.message, carried.details);
  }

  /** Returns the error as plain data, for JSON, `postMessage` and {@link HushringError.from}. */
  toJSON(): ErrorJson {
    if (!HushringError.is(this)) throw mustBe("this", "a HushringError", this);
    const { code, message, needed, available, member, age } = this;
    const account = isBytes(this.account) ? hex(this.account) : undefined;
    const json = { name: "HushringError", code, message, needed, available, member, account, age };
    const members = Object.entries(json).filter(([, value]) => value !== undefined);
    return Object.fromEntries(members) as unknown as ErrorJson;
  }
}

export interface HushringError extends ErrorDetails {}

const detailNames = ["needed", "available", "member", "account", "age"] as const;

function textOf(code: unknown, message: unknown): string {
  if (typeof code !== "string") throw mustBe("code", "a string", code);
  if (typeof message !== "string") throw mustBe("message", "a string", message);
  return message.startsWith(`${code}: `) ? message : `${code}: ${message}`;
}

/** As `untrusted/require.ts` has it, which needs this file. */
function mustBe(name: string, what: string, value: unknown): HushringError {
  return new HushringError("invalid_argument", `${name} must be ${what}, not ${describe(value)}`);
}

function define(error: HushringError, name: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, name, { value, enumerable, configurable: true, writable: true });
}

const brand = Symbol.for("hushring.error");

Object.defineProperty(HushringError, "name", { value: "HushringError", configurable: true });
Object.defineProperty(HushringError.prototype, brand, { value: true });
Object.defineProperty(HushringError.prototype, "name", {
  value: "HushringError",
  configurable: true,
  writable: true,
});
