import type { Bytes } from "./bytes.js";
import { HushringError } from "./error.js";
import { hex } from "./hex.js";
import { type Names, readOptions } from "./untrusted/options.js";
import { requireArray, requireBytes, requireNow, requireText } from "./untrusted/require.js";
import { isBytes, isPlainObject, isWellFormed, lengthOf } from "./untrusted/slots.js";
import { envelopeLength, type Suite, suites } from "./vocabulary.js";

export type { Bytes } from "./bytes.js";
export { type ErrorDetails, type ErrorJson, HushringError } from "./error.js";
export type { ErrorCode, Suite } from "./vocabulary.js";

/** The cleartext of an envelope: its first 10 bytes. */
export interface Header {
  /** 1 in this version of the format. */
  readonly version: number;
  /**
   * The suite's name. If this build does not know the version or the suite, the number in the
   * envelope.
   */
  readonly suite: Suite | number;
  /** 16 hex digits. In another version, the bytes that are the id in version 1. */
  readonly prekeyId: string;
}

/** Options of {@link apnsRequest}. */
export interface ApnsOptions {
  /** The device token in hex. Upper case is made lower case. */
  readonly deviceToken: string;
  /** The app's bundle identifier. */
  readonly topic: string;
  /**
   * A key of the app's localised texts, at most 64 bytes: shown if the phone cannot open the
   * envelope.
   */
  readonly locKey?: string | undefined;
  /** By default the system's clock. */
  readonly now?: Date | undefined;
}

/** A request to APNs. Send it as `POST` over HTTP/2, with the provider's authorisation added. */
export interface ApnsRequest {
  /** `/3/device/` and the token. */
  readonly path: string;
  readonly headers: ApnsHeaders;
  /** JSON text, at most 4,096 bytes of UTF-8. Send it as it is. */
  readonly body: string;
}

/** All headers of an {@link ApnsRequest}, in this order. */
export type ApnsHeaders = {
  readonly "apns-push-type": "alert";
  readonly "apns-priority": "10";
  /** Seconds since 1970. */
  readonly "apns-expiration": string;
  readonly "apns-topic": string;
};

/**
 * Returns whether these bytes may be an envelope: a `Uint8Array` of 2,880 bytes. Looks at nothing
 * else, so that a later version of the format passes an older relay.
 */
export function isEnvelope(envelope: unknown): boolean {
  return isBytes(envelope) && lengthOf(envelope) === envelopeLength;
}

/**
 * Reads the cleartext of an envelope (spec/envelope.md, Envelope). Throws `bad_length` if it is not
 * 2,880 bytes long.
 */
export function readHeader(envelope: Uint8Array): Header {
  const copy = envelopeBytes(envelope);
  const [version = 0, suite = 0] = copy;
  const name = version === 1 ? suiteNames.find((known) => suites[known] === suite) : undefined;
  return { version, suite: name ?? suite, prekeyId: hex(copy.subarray(2, 10)) };
}

/**
 * Returns the only part of an envelope to log: the first 4 bytes of SHA-256 over its 2,880, as 8
 * hex digits, the same for relay, sender and phone. Needs `crypto.subtle`. Rejects with `bad_length`.
 */
export async function envelopeTag(envelope: Uint8Array): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest("SHA-256", envelopeBytes(envelope));
  return hex(new Uint8Array(digest, 0, 4));
}

/**
 * Makes the push that carries an envelope (spec/relay.md): the same for every kind of content. It
 * expires 29 days after the next UTC midnight, so that all pushes of a day say the same; exactly at
 * midnight a new day has begun. Throws `bad_length`, `bad_device_token`,
 * `bad_topic`, `bad_loc_key`, `invalid_date`.
 */
export function apnsRequest(envelope: Uint8Array, options: ApnsOptions): ApnsRequest {
  const given = readOptions(options, optionNames);
  const { deviceToken, locKey = "NEW_ACTIVITY", now } = given;
  const token = requireText(deviceToken, "deviceToken").toLowerCase();
  if (!tokenPattern.test(token)) {
    throw new HushringError("bad_device_token", "deviceToken must be an even number of hex digits");
  }
  const topic = requireText(given.topic, "topic");
  if (!topicPattern.test(topic)) {
    throw new HushringError("bad_topic", "topic must be printable ASCII without spaces");
  }
  const key = requireText(locKey, "locKey");
  if (!isLocKey(key)) {
    throw new HushringError(
      "bad_loc_key",
      "locKey must be text of 1 to 64 bytes, and not too long in JSON",
    );
  }
  return {
    path: pathPrefix + token,
    headers: headers(topic, expiration(requireNow(now))),
    body: body(key, base64(envelopeBytes(envelope))),
  };
}

/**
 * Checks that pushes, before they are sent or in a log, say nothing except who gets which envelope.
 * Pass the requests of one app, in the order in which they are sent, of no more than two days, and
 * without the provider's authorisation. Throws `bad_push` if one departs from what
 * {@link apnsRequest} makes in any byte, header, or order, or if they differ in anything except
 * token and envelope. Only the expiration may change, once, to that of the next day.
 */
export function auditApnsRequests(requests: readonly ApnsRequest[]): void {
  const parts = requireArray(requests, "requests").map(auditApnsRequest);
  parts.forEach((part, index) => {
    const first = parts[0] ?? part;
    const previous = parts[index - 1] ?? part;
    if (part.topic !== first.topic) {
      throw badPush(index, "its topic differs from that of request 0");
    }
    if (part.locKey !== first.locKey) {
      throw badPush(index, "its loc-key differs from that of request 0");
    }
    if (part.expires < previous.expires) {
      throw badPush(index, `its expiration is before that of request ${index - 1}`);
    }
    if (part.expires > first.expires + day) {
      throw badPush(index, "its expiration is more than a day after that of request 0");
    }
  });
}

const optionNames: Names<ApnsOptions> = {
  deviceToken: true,
  locKey: true,
  now: true,
  topic: true,
};

const suiteNames = Object.keys(suites) as Suite[];

const day = 86_400;

const pathPrefix = "/3/device/";
const tokenPattern = /^([0-9a-f]{2})+$/;
const topicPattern = /^[!-~]+$/;
const base64Pattern = /^[A-Za-z0-9+/]{3840}$/;
const base64Length = 3_840;
const maxBody = 4_096;

function envelopeBytes(envelope: unknown): Bytes {
  const copy = requireBytes(envelope, "envelope");
  if (copy.length !== envelopeLength) {
    throw new HushringError("bad_length", "an envelope is 2,880 bytes long");
  }
  return copy;
}

/** JSON writes control characters in up to six bytes, so that APNs' limit may be exceeded. */
function isLocKey(locKey: string): boolean {
  if (locKey === "" || !isWellFormed(locKey) || utf8Length(locKey) > 64) return false;
  return utf8Length(body(locKey, "")) + base64Length <= maxBody;
}

function utf8Length(value: string): number {
  return new TextEncoder().encode(value).length;
}

function expiration(now: number): string {
  const today = Math.floor(now / 1_000 / day);
  return String((today + 1 + 29) * day);
}

function headers(topic: string, expires: string): ApnsHeaders {
  return {
    "apns-push-type": "alert",
    "apns-priority": "10",
    "apns-expiration": expires,
    "apns-topic": topic,
  };
}

/** `JSON.stringify` keeps the order of members and never escapes `/`. */
function body(locKey: string, envelope: string): string {
  return JSON.stringify({
    aps: { alert: { "loc-key": locKey }, "mutable-content": 1, sound: "default" },
    hushring: envelope,
  });
}

function base64(envelope: Bytes): string {
  return btoa(String.fromCharCode(...envelope));
}

interface AuditedParts {
  readonly topic: string;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly locKey: string;
}

/** Takes a request apart, makes it again from its parts, and compares. */
function auditApnsRequest(request: unknown, index: number): AuditedParts {
  const {
    path,
    headers: given,
    body: json,
  } = members(request, ["path", "headers", "body"], index, "the request");

  if (
    typeof path !== "string" ||
    !path.startsWith(pathPrefix) ||
    !tokenPattern.test(path.slice(pathPrefix.length))
  ) {
    throw badPush(index, "its path is not /3/device/ and a token in lowercase hex");
  }

  const template = headers("", "");
  const names = Object.keys(template) as (keyof ApnsHeaders)[];
  const {
    "apns-topic": topic,
    "apns-expiration": expires,
    ...constant
  } = members(given, names, index, "headers");
  if (typeof topic !== "string" || !topicPattern.test(topic)) {
    throw badPush(index, "its topic is not printable ASCII");
  }
  if (
    typeof expires !== "string" ||
    !/^[1-9][0-9]{0,14}$/.test(expires) ||
    Number(expires) % day !== 0
  ) {
    throw badPush(index, "its expiration is not a midnight");
  }
  for (const [name, value] of Object.entries(constant)) {
    if (value !== template[name as keyof ApnsHeaders]) {
      throw badPush(index, `its header ${name} is not the constant`);
    }
  }

  const { locKey, envelope } = readBody(json);
  if (typeof locKey !== "string" || !isLocKey(locKey)) {
    throw badPush(index, "its body has no good loc-key");
  }
  if (typeof envelope !== "string" || !base64Pattern.test(envelope)) {
    throw badPush(index, "its body has no envelope of 2,880 bytes in base64");
  }
  if (json !== body(locKey, envelope)) {
    throw badPush(index, "its body is not the template's, byte by byte");
  }

  return { topic, expires: Number(expires), locKey };
}

/**
 * The values of a plain object that has exactly these members, in this order, all of them
 * enumerable, so that whoever sends them finds what was audited. An accessor counts as undefined.
 */
function members<Name extends string>(
  value: unknown,
  names: readonly Name[],
  index: number,
  what: string,
): Record<Name, unknown> {
  const keys = isPlainObject(value) ? Reflect.ownKeys(value) : [];
  const values = {} as Record<Name, unknown>;
  const matches = (name: Name, place: number): boolean => {
    const property = Object.getOwnPropertyDescriptor(value, name);
    values[name] = property?.value;
    return keys[place] === name && property?.enumerable === true;
  };
  if (keys.length !== names.length || !names.every(matches)) {
    throw badPush(
      index,
      `${what} must have exactly the members ${names.join(", ")}, in this order`,
    );
  }
  return values;
}

function readBody(json: unknown): { locKey: unknown; envelope: unknown } {
  try {
    const { aps, hushring } = JSON.parse(json as string) as {
      aps: { alert: { "loc-key": unknown } };
      hushring: unknown;
    };
    return { locKey: aps.alert["loc-key"], envelope: hushring };
  } catch {
    return { locKey: undefined, envelope: undefined };
  }
}

function badPush(index: number, what: string): HushringError {
  return new HushringError("bad_push", `request ${index}: ${what}`);
}
