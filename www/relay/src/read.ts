// Reads what requests bring. Anything that is not exactly the form of README.md is `bad_request`.

import { Refusal } from "./refusal.js";

export function readObject(body: unknown, names: readonly string[]): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal("bad_request", "the body must be a JSON object");
  }
  const other = Object.keys(body).some((name) => !names.includes(name));
  if (other) throw new Refusal("bad_request", `the members are ${names.join(", ")}`);
  return body as Record<string, unknown>;
}

/** Bytes in base64 of RFC 4648, section 4, in its one form. */
export function readBase64(value: unknown, name: string): Buffer {
  if (typeof value !== "string") throw new Refusal("bad_request", `${name} must be base64`);
  const bytes = Buffer.from(value, "base64");
  if (bytes.toString("base64") !== value) {
    throw new Refusal("bad_request", `${name} must be base64`);
  }
  return bytes;
}

export function readList(value: unknown, name: string, min: number, max: number): unknown[] {
  if (!Array.isArray(value) || value.length < min || value.length > max) {
    throw new Refusal("bad_request", `${name} must be a list of ${min} to ${max}`);
  }
  return value;
}

export function readPlace(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new Refusal("bad_request", `${name} must be an integer that is not negative`);
  }
  return value;
}

/** Bytes in lower-case hex, of a known length. */
export function readHex(value: unknown, name: string, length: number): Buffer {
  if (typeof value !== "string" || value.length !== 2 * length || !/^[0-9a-f]*$/.test(value)) {
    throw new Refusal("bad_request", `${name} must be ${2 * length} hex digits`);
  }
  return Buffer.from(value, "hex");
}

/** The body of a request that is octets. */
export function readBytes(body: unknown): Buffer {
  if (!Buffer.isBuffer(body)) {
    throw new Refusal("unsupported_media_type", "the body must be application/octet-stream");
  }
  return body;
}
