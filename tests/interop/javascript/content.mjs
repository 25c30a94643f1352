// envelope.md, "Content encoding", "Compression" and "Content types". A map is a Map, because its
// keys are any text.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { encode as encodeCbor, Tokenizer, Type } from "cborg";
import { Refusal, require } from "./refusal.mjs";

const MAX_LENGTH = 65_536;
const MAX_DEPTH = 16;
const MAX_ITEMS = 4_096;

export const dictionary = readFileSync(
  process.env.HUSHRING_DICTIONARY ?? new URL("../../../src/dictionary.bin", import.meta.url),
);
const digest = createHash("sha256").update(dictionary).digest("hex");
if (digest !== "66af06cbd9b690dcf58528ef82f2083a7a10be8f7fbc698c3755458829945ffd") {
  throw new Error("this is not the dictionary of version 1");
}

// envelope.md, "Compression".

export function deflate(data) {
  return deflateRawSync(data, { dictionary, level: 9 });
}

export function inflate(stream) {
  let inflated;
  try {
    inflated = inflateRawSync(stream, { dictionary, maxOutputLength: MAX_LENGTH, info: true });
  } catch (error) {
    throw new Refusal(error.code === "ERR_BUFFER_TOO_LARGE" ? "too_long" : "bad_compression"); // D4
  }
  require(inflated.engine.bytesWritten === stream.length, "bad_compression"); // D2
  return inflated.buffer;
}

// envelope.md, "Content encoding". cborg reads the tokens; this file decides which are allowed.

export function decode(data) {
  require(data.length > 0 && data[0] >> 5 === 5, "bad_cbor"); // C1
  const reader = new Reader(data);
  const value = reader.item(0);
  require(reader.at === data.length, "bad_cbor"); // C1
  require(Buffer.from(encodeCbor(value, { float64: true })).equals(data), "bad_cbor"); // C14
  return value;
}

class Reader {
  at = 0;
  items = 0;

  constructor(data) {
    this.data = data;
    this.tokens = new Tokenizer(data, { strict: true, allowIndefinite: false, allowBigInt: true });
    this.decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  }

  /** Reads an item inside `depth` containers. */
  item(depth) {
    const initial = this.data[this.at];
    if (initial >> 5 === 4 || initial >> 5 === 5) require(depth < MAX_DEPTH, "too_deep"); // C10
    const token = this.token();
    switch (token.type) {
      case Type.uint:
      case Type.negint:
        require(Number.isSafeInteger(token.value), "bad_cbor"); // C8
        return token.value;
      case Type.bytes:
        return token.value;
      case Type.string:
        return this.text(token);
      case Type.array:
        this.count(token.value, 1);
        return Array.from({ length: token.value }, () => this.item(depth + 1));
      case Type.map:
        return this.map(token.value, depth);
      case Type.true:
      case Type.false:
      case Type.null:
        return token.value;
      case Type.float:
        require(initial === 0xfb, "bad_cbor"); // C2
        require(Number.isFinite(token.value) && !Number.isInteger(token.value), "bad_cbor"); // C9
        return token.value;
      default:
        throw new Refusal("bad_cbor"); // C2
    }
  }

  map(count, depth) {
    this.count(count, 2);
    const map = new Map();
    let before;
    for (let entry = 0; entry < count; entry += 1) {
      const from = this.at;
      require(this.data[from] >> 5 === 3, "bad_cbor"); // C5
      const key = this.text(this.token());
      const encoded = this.data.subarray(from, this.at);
      require(before === undefined || Buffer.compare(before, encoded) < 0, "bad_cbor"); // C6
      before = encoded;
      map.set(key, this.item(depth + 1));
    }
    return map;
  }

  /** cborg checks C3, C4, and C11 of strings. */
  token() {
    try {
      const token = this.tokens.next();
      this.at = this.tokens.pos();
      return token;
    } catch {
      throw new Refusal("bad_cbor");
    }
  }

  /** Checks C7 on the bytes: cborg repairs malformed text, and drops U+FEFF from the front. */
  text(token) {
    const length = token.encodedLength - headLength(this.data[this.at - token.encodedLength]);
    let text;
    try {
      text = this.decoder.decode(this.data.subarray(this.at - length, this.at));
    } catch {
      throw new Refusal("bad_cbor");
    }
    require(!text.includes("\0"), "bad_cbor");
    return text;
  }

  count(count, size) {
    require(count <= Math.floor((this.data.length - this.at) / size), "bad_cbor"); // C11
    this.items += count;
    require(this.items <= MAX_ITEMS, "too_many"); // C12
  }
}

function headLength(initial) {
  const info = initial & 31;
  return info < 24 ? 1 : 1 + 2 ** (info - 24);
}

/** Encodes a content. */
export function encode(content) {
  const counted = { items: 0 };
  for (const [name, value] of content) {
    require(isWritable(name), "bad_content", { member: name });
    checkValue(value, name, 1, counted);
  }
  count(content.size, counted);
  const data = Buffer.from(encodeCbor(withoutMinusZero(content), { float64: true }));
  require(data.length <= MAX_LENGTH, "too_long"); // C13
  return data;
}

function checkValue(value, member, depth, counted) {
  const bad = (holds) => require(holds, "bad_content", { member });
  if (typeof value === "number") {
    bad(Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)));
  } else if (typeof value === "string") {
    bad(isWritable(value));
  } else if (Array.isArray(value) || value instanceof Map) {
    require(depth < MAX_DEPTH, "too_deep");
    const isMap = value instanceof Map;
    count(isMap ? value.size : value.length, counted);
    for (const name of isMap ? value.keys() : []) bad(isWritable(name));
    for (const inner of value.values()) checkValue(inner, member, depth + 1, counted);
  }
}

/** Says whether a text keeps C7. */
function isWritable(text) {
  return text.isWellFormed() && !text.includes("\0");
}

function count(items, counted) {
  counted.items += items;
  require(counted.items <= MAX_ITEMS, "too_many");
}

function withoutMinusZero(value) {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutMinusZero);
  if (!(value instanceof Map)) return value;
  return new Map(Array.from(value, ([name, member]) => [name, withoutMinusZero(member)]));
}

// envelope.md, "Content types". Members stand in the order in which they are read. A ? marks an
// optional member.

const isText = (value) => typeof value === "string" && value.isWellFormed();
const isShort = (most) => (value) => isText(value) && Buffer.byteLength(value) <= most;
const isBytes = (length) => (value) => value instanceof Uint8Array && value.length === length;
const isBool = (value) => typeof value === "boolean";
const isBetween = (least, most) => (value) =>
  Number.isInteger(value) && least <= value && value <= most;
const isOneOf = (names) => (value) => isText(value) && names.split(" ").includes(value);
const isSomething = (value) => value !== null;

/** Checks M9: a version 8 UUID is a CallKit UUID in the callId's place. */
const isCallId = (value) => isBytes(16)(value) && (value[6] >> 4 !== 8 || value[8] >> 6 !== 2);

const call = { callId: isCallId };
const handle = {
  type: isOneOf("generic phoneNumber emailAddress"),
  value: isShort(255),
};
const candidate = {
  candidate: isText,
  "sdpMid?": isText,
  "sdpMLineIndex?": isBetween(0, 65_535),
  "usernameFragment?": isText,
};
const description = {
  type: isOneOf("offer answer pranswer rollback"),
  "sdp?": isText,
  needs: ({ type }) => (type === "rollback" ? {} : { sdp: true }),
};
const ring = isBetween(0, Number.MAX_SAFE_INTEGER);
const reasons =
  "failed remoteEnded unanswered answeredElsewhere declinedElsewhere declined busy cancelled";
const types = {
  "call.invite": {
    ...call,
    "handle?": mapOf(handle),
    "callerName?": isShort(256),
    hasVideo: isBool,
    "lifetime?": isBetween(1, 90),
    "offer?": isText,
    "groupId?": isShort(128),
    "data?": isSomething,
  },
  "call.answer": { ...call, ring, "answer?": isText, "data?": isSomething },
  "call.candidates": { ...call, candidates: listOf(candidate) },
  "call.negotiate": { ...call, description: mapOf(description) },
  "call.end": {
    ...call,
    reason: isOneOf(reasons),
    "caller?": isBytes(32),
    "ring?": ring,
    "device?": isBytes(32),
    needs: endNeeds,
  },
  message: { "body?": isText, "data?": isSomething },
  cover: {},
};

/** Checks M1 to M9. Names the first member that is missing or wrong. */
export function check(content) {
  const type = content.get("type");
  require(isText(type), "bad_content", { member: "type" }); // M1
  if (!Object.hasOwn(types, type)) {
    // UTF-16 units compare as bytes do.
    if (type.startsWith("call.")) checkMembers(content, { "callId?": isCallId }, ""); // M6
    return;
  }
  checkMembers(content, types[type], "");
}

/** M5. An end names a ring, or says which device was taken, or neither. */
function endNeeds({ reason, caller, ring, device }) {
  const isTaken = reason === "answeredElsewhere" && device !== undefined;
  const isCallee = "declined busy answeredElsewhere declinedElsewhere".split(" ").includes(reason);
  const namesRing = caller !== undefined || ring !== undefined;
  const pair = namesRing || (isCallee && !isTaken) ? true : undefined;
  return { caller: pair, ring: pair, device: isTaken && !namesRing ? undefined : false };
}

/** Says whether the own account may say this while it is not trusted (inbox.md, N10). */
export function isHeardUntrusted(content) {
  const reasons = ["answeredElsewhere", "declinedElsewhere"];
  const type = content.get("type");
  return type === "cover" || (type === "call.end" && reasons.includes(content.get("reason")));
}

/**
 * Checks the members of a map in their order. `needs` says which of the optional ones must be there
 * (true) or must not (false); it looks only at members that come before, and at which are there.
 */
function checkMembers(map, { needs = () => ({}), ...members }, path) {
  for (const [name, holds] of Object.entries(members)) {
    const short = name.replace("?", "");
    const member = path + short;
    const bad = (isGood) => require(isGood, "bad_content", { member });
    const needed = short === name ? true : needs(Object.fromEntries(map))[short];
    if (!map.has(short)) {
      bad(needed !== true); // M3, M5
    } else {
      bad(needed !== false); // M5
      bad(holds(map.get(short), member)); // M2
    }
  }
}

function mapOf(members) {
  return (value, path) => {
    if (!(value instanceof Map)) return false;
    checkMembers(value, members, `${path}.`);
    return true;
  };
}

function listOf(members) {
  return (value, path) => {
    if (!Array.isArray(value)) return false;
    value.forEach((item, place) => {
      const member = `${path}[${place}]`;
      require(mapOf(members)(item, member), "bad_content", { member });
    });
    return true;
  };
}

/** Reads a callId that is given to an API (M9). */
export function callIdOf(text) {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
  require(isText(text) && form.test(text), "bad_call_id");
  const callId = new Uint8Array(Buffer.from(text.replaceAll("-", ""), "hex"));
  require(isCallId(callId), "bad_call_id");
  return callId;
}

export function uuid(bytes) {
  const digits = Buffer.from(bytes).toString("hex");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
