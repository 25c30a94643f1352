// The push of spec/relay.md, section 2: apnsRequest makes it, and the audit makes it again. Text is
// looked at by index, compared, and put together with `+`. The few functions of the language that
// are needed are taken when this module loads, as in untrusted/slots.ts: whoever replaces one in the
// process later must not change what is sent, or what the audit sees.

import type { ApnsHeaders } from "./relay.js";
import { maxLength } from "./untrusted/require.js";

/** @internal In seconds. */
export const day = 86_400;

/** @internal Before the device token, in the path. */
export const pathPrefix = "/3/device/";

/** @internal The characters of an envelope in base64. */
export const base64Length = 3_840;

const maxBody = 4_096;
const maxLocKey = 64;

const bodyHead = '{"aps":{"alert":{"loc-key":';
const bodyMiddle = '},"mutable-content":1,"sound":"default"},"hushring":"';
const bodyEnd = '"}';

/** @internal */
export function headersOf(topic: string, expires: string): ApnsHeaders {
  return {
    "apns-push-type": "alert",
    "apns-priority": "10",
    "apns-expiration": expires,
    "apns-topic": topic,
  };
}

/** @internal `envelope` is in base64. */
export function bodyOf(locKey: string, envelope: string): string {
  return bodyHead + quoted(locKey) + bodyMiddle + envelope + bodyEnd;
}

/** @internal Returns the loc-key and the envelope of a body, if it may be one of {@link bodyOf}. */
export function partsOf(body: string): { locKey: string; envelope: string } | undefined {
  const end = body.length - bodyEnd.length;
  const begin = end - base64Length;
  const middle = begin - bodyMiddle.length;
  if (body.length > maxBody || middle < bodyHead.length) return undefined;
  const locKey = unquoted(part(body, bodyHead.length, middle));
  return locKey === undefined ? undefined : { locKey, envelope: part(body, begin, end) };
}

/** @internal Returns the moment at which a push of `now` (in milliseconds) expires, in seconds. */
export function expirationOf(now: number): string {
  const today = now - (now % (day * 1_000));
  return `${today / 1_000 + 30 * day}`;
}

/** @internal Returns the device token in a path, if there is one. */
export function tokenOf(path: string): string | undefined {
  if (path.length > pathPrefix.length + maxLength) return undefined;
  if (part(path, 0, pathPrefix.length) !== pathPrefix) return undefined;
  return part(path, pathPrefix.length, path.length);
}

/** @internal Returns whether text is a device token in lower case. */
export function isToken(text: string): boolean {
  if (text.length === 0 || text.length > maxLength || text.length % 2 !== 0) return false;
  return every(text, (character) => isDigit(character) || isBetween(character, "a", "f"));
}

/** @internal Returns whether text is a topic, and one that APNs uses for alerts. */
export function isTopic(text: string): boolean {
  if (text.length === 0 || text.length > maxLength) return false;
  const isPrintable = every(
    text,
    (character) => isBetween(character, "!", "~") && character !== "*",
  );
  return isPrintable && !isOfOtherType(lowerCase(text));
}

/**
 * @internal JSON writes control characters in up to six bytes, so that APNs' limit may be exceeded.
 */
export function isLocKey(text: string): boolean {
  if (text.length === 0 || text.length > maxLocKey) return false;
  const length = utf8Length(text);
  if (length === undefined || length > maxLocKey) return false;
  return (utf8Length(bodyOf(text, "")) ?? maxBody) + base64Length <= maxBody;
}

/** @internal Returns whether text is 2,880 bytes in base64, which has no `=` then. */
export function isEnvelopeText(text: string): boolean {
  return text.length === base64Length && every(text, isBase64);
}

/** @internal Returns whether text is a positive number of whole days, in seconds. */
export function isExpiration(text: string): boolean {
  if (text.length === 0 || text.length > 15 || text[0] === "0") return false;
  return every(text, isDigit) && +text % day === 0;
}

/** @internal */
export function lowerCase(text: string): string {
  return apply(toLowerCase, text, []);
}

/** @internal Writes bytes in base64. */
export function base64(bytes: Uint8Array): string {
  return toBase64(apply(fromCharCode, undefined, bytes));
}

const { apply } = Reflect;
const { parse, stringify } = JSON;
const { fromCharCode } = String;
const { toLowerCase } = String.prototype;
const toBase64 = globalThis.btoa;

/** Of text alone, which has no `toJSON`. */
function quoted(text: string): string {
  return stringify(text);
}

/** Reads what `quoted` writes, and more: whoever calls this writes the text again, and compares. */
function unquoted(json: string): string | undefined {
  try {
    const text: unknown = parse(json);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The suffixes of APNs for other types of push, and what precedes the last label of others. */
function isOfOtherType(topic: string): boolean {
  if (
    endsWith(topic, ".voip") ||
    endsWith(topic, ".voip-ptt") ||
    endsWith(topic, ".push-to-talk") ||
    endsWith(topic, ".complication") ||
    endsWith(topic, ".location-query")
  ) {
    return true;
  }
  let dot = topic.length - 1;
  while (dot >= 0 && topic[dot] !== ".") dot -= 1;
  if (dot < 0 || dot === topic.length - 1) return false;
  const before = part(topic, 0, dot);
  return endsWith(before, ".pushkit") || endsWith(before, ".push-type");
}

/** The length in UTF-8. Nothing if there is a lone surrogate. */
function utf8Length(text: string): number | undefined {
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text[index] as string;
    if (unit < "\u0080") length += 1;
    else if (unit < "\u0800") length += 2;
    else if (!isBetween(unit, "\ud800", "\udfff")) length += 3;
    else {
      index += 1;
      if (unit >= "\udc00" || !isBetween(text[index] ?? "", "\udc00", "\udfff")) return undefined;
      length += 4;
    }
  }
  return length;
}

function isBase64(character: string): boolean {
  return (
    isBetween(character, "a", "z") ||
    isBetween(character, "A", "Z") ||
    isDigit(character) ||
    character === "+" ||
    character === "/"
  );
}

function isDigit(character: string): boolean {
  return isBetween(character, "0", "9");
}

/** For single UTF-16 units. */
function isBetween(unit: string, first: string, last: string): boolean {
  return unit >= first && unit <= last;
}

function every(text: string, is: (character: string) => boolean): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (!is(text[index] as string)) return false;
  }
  return true;
}

function endsWith(text: string, end: string): boolean {
  const begin = text.length - end.length;
  return begin >= 0 && part(text, begin, text.length) === end;
}

function part(text: string, begin: number, end: number): string {
  let result = "";
  for (let index = begin; index < end; index += 1) result += text[index];
  return result;
}
