import type { Bytes } from "./bytes.js";
import { hex } from "./hex.js";
import { readCarried } from "./untrusted/carried.js";
import { isObject } from "./untrusted/slots.js";
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
 * Thrown by every function of this package. Tell errors apart by `code`, and ask
 * {@link HushringError.is} instead of `instanceof`, because an application may load this package
 * twice, as an ES module and as CommonJS. The message begins with the code. An error that the
 * application's own code throws, in a getter of an argument or in a signer, is passed on as it is.
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
   * message, unless it is there.
   */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message.startsWith(`${code}: `) ? message : `${code}: ${message}`);
    this.code = code;
    for (const name of detailNames) {
      if (!Object.hasOwn(details, name) || details[name] === undefined) continue;
      Object.defineProperty(this, name, {
        value: details[name],
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
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
    const { code, message, needed, available, member, age } = this;
    const account = this.account && hex(this.account);
    const json = { name: "HushringError", code, message, needed, available, member, account, age };
    const members = Object.entries(json).filter(([, value]) => value !== undefined);
    return Object.fromEntries(members) as unknown as ErrorJson;
  }
}

export interface HushringError extends ErrorDetails {}

const detailNames = ["needed", "available", "member", "account", "age"] as const;

const brand = Symbol.for("hushring.error");

Object.defineProperty(HushringError.prototype, brand, { value: true });
Object.defineProperty(HushringError.prototype, "name", {
  value: "HushringError",
  configurable: true,
  writable: true,
});
