import type { Bytes } from "./bytes.js";
import { HushringError } from "./error.js";
import { hex } from "./hex.js";
import { requirePlatform, unsupported } from "./platform.js";
import {
  base64,
  bodyOf,
  expirationOf,
  headersOf,
  isLocKey,
  isToken,
  isTopic,
  lowerCase,
  pathPrefix,
} from "./push.js";
import { type Names, readOptions } from "./untrusted/options.js";
import { requireBytes, requireNow, requireShortText, requireText } from "./untrusted/require.js";
import { isBytes, lengthOf } from "./untrusted/slots.js";
import { envelopeLength, type Suite, suites } from "./vocabulary.js";

export { auditApnsRequests } from "./audit.js";
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
  /**
   * The app's bundle identifier: without `*`, and without the ending of another type of push, such
   * as `.voip`.
   */
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
  const version = copy[0] as number;
  const suite = copy[1] as number;
  const name = version === 1 ? suiteNames.find((known) => suites[known] === suite) : undefined;
  return { version, suite: name ?? suite, prekeyId: hex(copy.subarray(2, 10)) };
}

/**
 * Returns the only part of an envelope to log: the first 4 bytes of SHA-256 over its 2,880, as 8
 * hex digits, the same for relay, sender and phone. Rejects with `bad_length`, and with
 * `unsupported_platform` without `crypto.subtle`.
 */
export async function envelopeTag(envelope: Uint8Array): Promise<string> {
  const copy = envelopeBytes(envelope);
  requirePlatform("crypto");
  const { subtle } = globalThis.crypto;
  if (subtle === undefined) throw unsupported("this page has no crypto.subtle: that needs HTTPS");
  try {
    return hex(new Uint8Array(await subtle.digest("SHA-256", copy), 0, 4));
  } catch (error) {
    throw unsupported("crypto.subtle has no SHA-256", error);
  }
}

/**
 * Makes the push that carries an envelope (spec/relay.md): the same for every kind of content. It
 * expires 29 days after the next UTC midnight, so that all pushes of a day say the same; exactly at
 * midnight a new day has begun. Throws `bad_device_token`, `bad_topic`, `bad_loc_key`,
 * `invalid_date`, `bad_length`.
 */
export function apnsRequest(envelope: Uint8Array, options: ApnsOptions): ApnsRequest {
  const given = readOptions(options, optionNames);
  const token = lowerCase(requireShortText(given.deviceToken, "deviceToken"));
  if (!isToken(token)) {
    throw new HushringError("bad_device_token", "deviceToken must be an even number of hex digits");
  }
  const topic = requireShortText(given.topic, "topic");
  if (!isTopic(topic)) {
    throw new HushringError(
      "bad_topic",
      "topic must be the app's bundle identifier: printable ASCII without spaces and *, and " +
        "without what APNs appends for other types of push, such as .voip",
    );
  }
  const { locKey = "NEW_ACTIVITY" } = given;
  const key = requireText(locKey, "locKey");
  if (!isLocKey(key)) {
    throw new HushringError(
      "bad_loc_key",
      "locKey must be text of 1 to 64 bytes, and not too long in JSON",
    );
  }
  const expires = expirationOf(requireNow(given.now));
  return {
    path: pathPrefix + token,
    headers: headersOf(topic, expires),
    body: bodyOf(key, base64(envelopeBytes(envelope))),
  };
}

const optionNames: Names<ApnsOptions> = {
  deviceToken: true,
  locKey: true,
  now: true,
  topic: true,
};

const suiteNames = Object.keys(suites) as Suite[];

function envelopeBytes(envelope: unknown): Bytes {
  const copy = requireBytes(envelope, "envelope");
  if (copy.length !== envelopeLength) {
    throw new HushringError("bad_length", "an envelope is 2,880 bytes long");
  }
  return copy;
}
