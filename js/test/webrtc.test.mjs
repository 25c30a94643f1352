// The browser's objects, nulls and class instances go in; plain members come out.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import { callId, throwsCode } from "./helpers.mjs";

const { fromDescription, fromIceCandidate, fromIceCandidates } = hushring;

before(hushring.init);

/** As a browser has it: members are getters of the class. */
class BrowserCandidate {
  #init;
  constructor(init) {
    this.#init = { __proto__: null, ...init };
  }
  get candidate() {
    return this.#init.candidate;
  }
  get sdpMid() {
    return this.#init.sdpMid ?? null;
  }
  get sdpMLineIndex() {
    return this.#init.sdpMLineIndex ?? null;
  }
  get usernameFragment() {
    return this.#init.usernameFragment ?? null;
  }
  get foundation() {
    return "1";
  }
  toJSON() {
    return { ...this.#init };
  }
}

/** As react-native-webrtc has them. */
class NativeCandidate {
  constructor({ candidate = "", sdpMLineIndex = null, sdpMid = null }) {
    this.candidate = candidate;
    this.sdpMLineIndex = sdpMLineIndex;
    this.sdpMid = sdpMid;
  }
}

class NativeDescription {
  constructor({ type, sdp }) {
    this._type = type ?? null;
    this._sdp = sdp ?? "";
  }
  get sdp() {
    return this._sdp;
  }
  get type() {
    return this._type;
  }
}

const line = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host";

test("candidates of every kind are copied, and can be sealed", () => {
  const full = { candidate: line, sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "abcd" };
  const cases = [
    [new BrowserCandidate(full), full],
    [new BrowserCandidate({ candidate: line }), { candidate: line }],
    [new NativeCandidate({ candidate: line, sdpMid: "1" }), { candidate: line, sdpMid: "1" }],
    [full, full],
    [
      { ...full, sdpMid: null, more: 1 },
      { ...full, sdpMid: undefined },
    ],
    [Object.assign(Object.create(null), full), full],
  ];
  for (const [given, expected] of cases) {
    const copy = fromIceCandidate(given);
    assert.deepEqual(copy, JSON.parse(JSON.stringify(expected)));
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  }
  const all = cases.map(([given]) => given);
  const candidates = fromIceCandidates([...all, null, undefined, new NativeCandidate({})]);
  assert.equal(candidates.length, cases.length);
  assert.ok(hushring.measure({ type: "call.candidates", callId, candidates }) > 0);
  assert.deepEqual(fromIceCandidates(new Set([null])), []);
});

test("descriptions of every kind are copied, and can be sealed", () => {
  const offer = { type: "offer", sdp: "v=0\r\n" };
  for (const given of [offer, new NativeDescription(offer), Object.create(offer)]) {
    assert.deepEqual(fromDescription(given), offer);
  }
  for (const sdp of ["", null, undefined, "v=0"]) {
    const rollback = fromDescription({ type: "rollback", sdp });
    assert.deepEqual(rollback, { type: "rollback" });
    assert.ok(hushring.measure({ type: "call.negotiate", callId, description: rollback }) > 0);
  }
});

test("what is none is refused, and says what it is", () => {
  const bad = [
    [() => fromIceCandidate(null), "candidate must be an RTCIceCandidate or the like, not null"],
    [() => fromIceCandidate(line), /not a string$/],
    [() => fromIceCandidate({}), "candidate.candidate is missing"],
    [
      () => fromIceCandidate({ candidate: line, sdpMid: 0 }),
      "candidate.sdpMid must be a string, not a number",
    ],
    [
      () => fromIceCandidates([null, { candidate: line, sdpMLineIndex: "0" }]),
      "candidates[1].sdpMLineIndex must be a number, not a string",
    ],
    [
      () => fromDescription(null),
      "description must be a description, as after setLocalDescription(), not null",
    ],
    [() => fromDescription({ sdp: "v=0" }), /^invalid_argument: description\.type must be one of/],
    [() => fromDescription({ type: "offer" }), "description.sdp is missing"],
    [() => fromDescription({ type: "answer", sdp: null }), "description.sdp is missing"],
  ];
  for (const [call, text] of bad) {
    const { message } = throwsCode("invalid_argument", call);
    if (typeof text === "string") assert.equal(message, `invalid_argument: ${text}`);
    else assert.match(message, text);
  }
});

test("a polluted Object.prototype adds nothing", () => {
  const native = new BrowserCandidate({ candidate: line });
  Object.defineProperty(Object.prototype, "sdpMid", { value: "9", configurable: true });
  Object.defineProperty(Object.prototype, "sdpMLineIndex", { value: 9, configurable: true });
  try {
    assert.deepEqual(Object.keys(fromIceCandidate({ candidate: line })), ["candidate"]);
    assert.deepEqual(Object.keys(fromIceCandidate(native)), ["candidate"]);
  } finally {
    delete Object.prototype.sdpMLineIndex;
    delete Object.prototype.sdpMid;
  }
});
