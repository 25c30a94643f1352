// Random contents (envelope.md, "Content types"), as an API takes them.

import { randomBytes, randomInt } from "node:crypto";

const REASONS = [
  "failed",
  "remoteEnded",
  "unanswered",
  "answeredElsewhere",
  "declinedElsewhere",
  "declined",
  "busy",
  "cancelled",
];

const OF_CALLEE = ["declined", "busy", "answeredElsewhere", "declinedElsewhere"];

/** Every type of the table, and types that version 1 does not know. */
export const types = {
  "call.invite": () => ({
    ...call(),
    hasVideo: yes(),
    ...maybe("handle", () => ({
      type: pick(["generic", "phoneNumber", "emailAddress"]),
      value: text(255),
      ...others(),
    })),
    ...maybe("callerName", () => text(256)),
    ...maybe("lifetime", () => randomInt(1, 91)),
    ...maybe("offer", sdp),
    ...maybe("groupId", () => text(128)),
    ...maybe("data", something),
  }),
  "call.answer": () => ({
    ...call(),
    ring: moment(),
    ...maybe("answer", sdp),
    ...maybe("data", something),
  }),
  "call.candidates": () => ({ ...call(), candidates: list(4, candidate) }),
  "call.negotiate": () => ({
    ...call(),
    description: {
      type: pick(["offer", "answer", "pranswer", "rollback"]),
      sdp: sdp(),
      ...others(),
    },
  }),
  "call.end": () => {
    const reason = pick(REASONS);
    // M5: an end names a ring, or says which device was taken, or neither.
    if (reason === "answeredElsewhere" && yes()) return { ...call(), reason, device: bytes(32) };
    const ofRing = OF_CALLEE.includes(reason) || yes();
    return { ...call(), reason, ...(ofRing ? { caller: bytes(32), ring: moment() } : {}) };
  },
  message: () => ({ ...maybe("body", () => text(600)), ...maybe("data", something) }),
  cover: () => ({}),
  "call.hold": () => (yes() ? call() : {}),
  "app.poll": () => ({ question: text(40), choices: list(4, () => text(20)) }),
  "": () => ({}),
};

export function content(type) {
  return { type, ...types[type](), ...others() };
}

const CHARACTERS = [
  "a",
  "Z",
  " ",
  "\n",
  "\u007f",
  "é",
  "e\u0301",
  "ß",
  "ж",
  "漢",
  "\ufeff",
  "\u202e",
  "\u2028",
  "🙂",
  "👩‍🚀",
  "\u{10ffff}",
];

/** At most so many bytes of UTF-8. */
export function text(most) {
  let result = "";
  const length = randomInt(most + 1);
  for (;;) {
    const next = result + pick(CHARACTERS);
    if (Buffer.byteLength(next) > length) return result;
    result = next;
  }
}

function call() {
  return { callId: callId() };
}

/** Any callId (M9). Some are nearly in the form of a version 8 UUID. */
export function callId() {
  const [version, variant] = pick([
    [4, 2],
    [8, 0],
    [8, 1],
    [8, 3],
    [pick([0, 7, 9, 15]), 2],
  ]);
  return inForm(version, variant);
}

/** A version 8 UUID, which is never a callId. */
export function callKitUuid() {
  return inForm(8, 2);
}

function inForm(version, variant) {
  const found = randomBytes(16);
  found[6] = (version << 4) | (found[6] & 0x0f);
  found[8] = (variant << 6) | (found[8] & 0x3f);
  return found.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The sent_at of an invitation. */
function moment() {
  return new Date(pick([0, 1, Date.now(), 4_000_000_000_000, 8_640_000_000_000_000]));
}

function sdp() {
  const lines = ["v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=mid:0"];
  const own = list(
    6,
    () => `a=${pick(["candidate", "ice-pwd", "fingerprint"])}:${randomBytes(12).toString("hex")}`,
  );
  return [...lines.slice(0, randomInt(lines.length + 1)), ...own, ""].join("\r\n");
}

function candidate() {
  return {
    candidate: `candidate:${randomInt(1e9)} 1 udp 2122260223 192.0.2.${randomInt(256)} 54321 typ host`,
    ...maybe("sdpMid", () => text(8)),
    ...maybe("sdpMLineIndex", () => pick([0, 1, 23, 24, 255, 256, 65_535])),
    ...maybe("usernameFragment", () => text(8)),
    ...others(),
  };
}

/** What M4 keeps as it is. */
function others() {
  return randomInt(4) === 0 ? { [`x-${text(12)}`]: value(3) } : {};
}

function something() {
  for (;;) {
    const found = value(4);
    if (found !== null) return found;
  }
}

const NUMBERS = [
  ...[23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER],
  ...[0.5, 1e-9, 1.1, 5e-324, 2 ** 52 - 0.5],
];

/** Of every sort that the encoding knows, with at most so many containers in each other. */
function value(depth) {
  const kind = randomInt(depth > 0 ? 7 : 5);
  if (kind === 0) return null;
  if (kind === 1) return yes();
  if (kind === 2) return randomInt(3) === 0 ? 0 : pick([1, -1]) * pick(NUMBERS);
  if (kind === 3) return text(pick([8, 30, 300]));
  if (kind === 4) return bytes(pick([0, 1, 16, 23, 24, 260]));
  if (kind === 5) return list(5, () => value(depth - 1));
  // A map whose only entry is called `bytes` is what the vectors write byte strings as.
  const names = ["a", "b", "aa", "B", "é", "10", "9", "length", "toString", "__proto__"];
  return Object.fromEntries(list(5, () => [pick(names), value(depth - 1)]));
}

function bytes(length) {
  return new Uint8Array(randomBytes(length));
}

function maybe(name, make) {
  return yes() ? { [name]: make() } : {};
}

function list(most, make) {
  return Array.from({ length: randomInt(most + 1) }, make);
}

function pick(from) {
  return from[randomInt(from.length)];
}

function yes() {
  return randomInt(2) === 0;
}
