// The audit of spec/relay.md, section 3. It reads each value once, by what the engine says, and
// calls no method that could be replaced in the process: see push.ts.

import { HushringError } from "./error.js";
import {
  bodyOf,
  day,
  headersOf,
  isEnvelopeText,
  isExpiration,
  isLocKey,
  isToken,
  isTopic,
  partsOf,
  tokenOf,
} from "./push.js";
import type { ApnsHeaders, ApnsRequest } from "./relay.js";
import { arrayOf, requireArray } from "./untrusted/require.js";
import { isPlainObject } from "./untrusted/slots.js";

/**
 * Checks that pushes, before they are sent or in a log, say nothing except who gets which envelope,
 * and returns them: **send what it returns**, not what it was given. The copies are frozen, and
 * hold the very text that was checked, so that an object that gives something else to whoever reads
 * it next gains nothing.
 *
 * Pass the requests of one app, in the order in which they are sent, of no more than two days, and
 * without the provider's authorisation; at most 1,048,576. Audit a request that is sent again,
 * because APNs did not take it, once: no envelope may stand in two.
 *
 * Throws `bad_push` if one departs from what {@link apnsRequest} makes in any byte, header, or
 * order, if an envelope is there twice, or if they differ in anything except token and envelope.
 * Only the expiration may change, once, to that of the next day.
 */
export function auditApnsRequests(requests: readonly ApnsRequest[]): ApnsRequest[] {
  const given = requireArray(requests, "requests");
  const audited = arrayOf<ApnsRequest>(given.length);
  /** The index of each body: with one loc-key, two are the same if the envelopes are. */
  const indices = { __proto__: null } as unknown as Record<string, number>;
  let first: Push | undefined;
  let previous: Push | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const push = readPush(given[index], index);
    first ??= push;
    previous ??= push;
    if (push.topic !== first.topic) {
      throw badPush(index, "its topic differs from that of request 0");
    }
    if (push.locKey !== first.locKey) {
      throw badPush(index, "its loc-key differs from that of request 0");
    }
    if (push.expires < previous.expires) {
      throw badPush(index, `its expiration is before that of request ${index - 1}`);
    }
    if (push.expires > first.expires + day) {
      throw badPush(index, "its expiration is more than a day after that of request 0");
    }
    const { request } = push;
    const same = indices[request.body];
    if (same !== undefined) throw badPush(index, `its envelope is that of request ${same}`);
    indices[request.body] = index;
    audited[index] = request;
    previous = push;
  }
  return audited as ApnsRequest[];
}

interface Push {
  /** The copy. */
  readonly request: ApnsRequest;
  readonly topic: string;
  /** Seconds since 1970. */
  readonly expires: number;
  readonly locKey: string;
}

const { freeze, getOwnPropertyDescriptor, hasOwn } = Object;
const { ownKeys } = Reflect;

/** Takes a request apart, makes it again from its parts, and compares. */
function readPush(given: unknown, index: number): Push {
  checkNames(given, ["path", "headers", "body"], index, "the request");
  const path = ownValue(given, "path");
  const headers = ownValue(given, "headers");
  const body = ownValue(given, "body");

  const token = typeof path === "string" ? tokenOf(path) : undefined;
  if (token === undefined || !isToken(token)) {
    throw badPush(index, "its path is not /3/device/ and a token in lowercase hex");
  }

  checkNames(headers, headerNames, index, "headers");
  const topic = ownValue(headers, "apns-topic");
  const expires = ownValue(headers, "apns-expiration");
  if (typeof topic !== "string" || !isTopic(topic)) {
    throw badPush(index, "its topic is not that of an app, in printable ASCII");
  }
  if (typeof expires !== "string" || !isExpiration(expires)) {
    throw badPush(index, "its expiration is not a midnight");
  }
  const again = headersOf(topic, expires);
  if (ownValue(headers, "apns-push-type") !== again["apns-push-type"]) {
    throw badPush(index, "its header apns-push-type is not the constant");
  }
  if (ownValue(headers, "apns-priority") !== again["apns-priority"]) {
    throw badPush(index, "its header apns-priority is not the constant");
  }

  const parts = typeof body === "string" ? partsOf(body) : undefined;
  if (typeof body !== "string" || parts === undefined || !isLocKey(parts.locKey)) {
    throw badPush(index, "its body has no good loc-key, or not the length of the template");
  }
  const { locKey, envelope } = parts;
  if (!isEnvelopeText(envelope)) {
    throw badPush(index, "its body has no envelope of 2,880 bytes in base64");
  }
  if (body !== bodyOf(locKey, envelope)) {
    throw badPush(index, "its body is not the template's, byte by byte");
  }

  const request = freeze({ path: path as string, headers: freeze(again), body });
  return { request, topic, expires: +expires, locKey };
}

const headerNames: readonly (keyof ApnsHeaders)[] = [
  "apns-push-type",
  "apns-priority",
  "apns-expiration",
  "apns-topic",
];

/**
 * Checks that a plain object has exactly these members, in this order. All of them must be values
 * that can be enumerated: then whoever logs or copies it finds what was audited.
 */
function checkNames(
  value: unknown,
  names: readonly string[],
  index: number,
  what: string,
): asserts value is object {
  const keys = isPlainObject(value) ? ownKeys(value) : [];
  let isGood = keys.length === names.length;
  for (let place = 0; isGood && place < names.length; place += 1) {
    isGood = keys[place] === names[place];
  }
  if (!isGood) {
    const list = names.join(", ");
    throw badPush(index, `${what} must have exactly the members ${list}, in this order`);
  }
}

/** Reads a member, once. Nothing if it is an accessor or cannot be enumerated. */
function ownValue(value: object, name: string): unknown {
  const property = getOwnPropertyDescriptor(value, name);
  if (property === undefined || !property.enumerable) return undefined;
  return hasOwn(property, "value") ? property.value : undefined;
}

function badPush(index: number, what: string): HushringError {
  return new HushringError("bad_push", `request ${index}: ${what}`);
}
