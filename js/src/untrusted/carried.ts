import type { ErrorDetails } from "../error.js";
import { unhex } from "../hex.js";
import { type ErrorCode, errorCodes } from "../vocabulary.js";
import { isObject, isPlainObject } from "./slots.js";

/** @internal What is left of an error that came from another thread or process. */
export interface Carried {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

/**
 * @internal Reads an error's plain data, or else the text of an error or of a message about one.
 * Returns nothing if that is not an error of this package.
 */
export function readCarried(value: unknown): Carried | undefined {
  if (typeof value === "string") return readText(value);
  if (!isObject(value)) return undefined;
  const message = own(value, "message");
  if (typeof message !== "string") return undefined;
  const code = own(value, "code");
  const isData = isPlainObject(value) && own(value, "name") === "HushringError" && isCode(code);
  return isData ? { code, message, details: readDetails(value) } : readText(message);
}

/** Electron writes "Error invoking remote method 'x': HushringError: code: …". */
function readText(text: string): Carried | undefined {
  const [, code, message] =
    /\bHushringError: ([a-z_]{1,40}): (.*)$/s.exec(text) ??
    /^([a-z_]{1,40}): (.*)$/s.exec(text) ??
    [];
  if (!isCode(code)) return undefined;
  return { code, message: message as string, details: {} };
}

function readDetails(value: object): ErrorDetails {
  const number = (name: keyof ErrorDetails): number | undefined => {
    const detail = own(value, name);
    return typeof detail === "number" ? detail : undefined;
  };
  const member = own(value, "member");
  const account = own(value, "account");
  const isKey = typeof account === "string" && /^[0-9a-f]{64}$/.test(account);
  return {
    needed: number("needed"),
    available: number("available"),
    member: typeof member === "string" ? member : undefined,
    account: isKey ? unhex(account) : undefined,
    age: number("age"),
  };
}

function own(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function isCode(code: unknown): code is ErrorCode {
  return errorCodes.some((known) => known === code);
}
