import type { Bytes } from "./bytes.js";
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

/**
 * Thrown by every function of this package. Tell errors apart by `code`, and ask
 * {@link HushringError.is} instead of `instanceof`, because an application may load this package
 * twice, as an ES module and as CommonJS. An error that the application's own code throws, in a
 * getter of an argument or in a signer, is passed on as it is.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor defines the details.
export class HushringError extends Error {
  /** Says what went wrong. See {@link ErrorCode}. */
  readonly code: ErrorCode;

  /** Creates an error, for tests and for code that wraps this package. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
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
    return typeof value === "object" && value !== null && brand in value;
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
