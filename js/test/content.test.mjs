import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import { callId, roundTrip, throwsCode } from "./helpers.mjs";
import { alice, bob, id, seal } from "./people.mjs";

const received = (content) => roundTrip(alice, bob, content).content;
const caller = () => bob.account.publicKey;
const ring = new Date(1_790_000_000_123);

test("every known type goes through", () => {
  const contents = [
    { type: "call.invite", callId: id, hasVideo: false },
    { type: "call.answer", callId: id, ring, answer: "v=0", data: 1 },
    {
      type: "call.candidates",
      callId: id,
      candidates: [
        { candidate: "candidate:1", sdpMid: "0", sdpMLineIndex: 65_535, usernameFragment: "abcd" },
        { candidate: "" },
      ],
    },
    { type: "call.negotiate", callId: id, description: { type: "pranswer", sdp: "v=0" } },
    { type: "call.end", callId: id, reason: "cancelled" },
    { type: "call.negotiate", callId: id, description: { type: "rollback" } },
    { type: "call.end", callId: id, reason: "busy", caller: caller(), ring },
    { type: "call.end", callId: id, reason: "answeredElsewhere", device: alice.device.publicKey },
    { type: "message" },
    { type: "message", body: "Grüße 👋", data: { a: [null, {}] } },
    { type: "app.poll", options: ["a", "b"], callId: 7 },
    { type: "call.hold", callId: id, held: true },
    { type: "call.hold" },
  ];
  for (const content of contents) assert.deepEqual(received(content), content);
  assert.equal(roundTrip(alice, bob, { type: "cover", "x-extra": 1 }).reason, "cover");
});

test("members that nobody knows are kept, at every level", () => {
  const content = {
    type: "call.invite",
    callId: id,
    hasVideo: true,
    handle: { type: "generic", value: "a", "x-extra": [1] },
    "x-extra": { "": { ü: -0.5 } },
  };
  assert.deepEqual(received(content), content);
});

test("undefined members are left out, and null prototypes are as good", () => {
  const content = Object.assign(Object.create(null), {
    type: "message",
    body: undefined,
    data: { a: undefined },
  });
  assert.deepEqual(received(content), { type: "message", data: {} });
});

test("callIds: either case goes in, lower case comes out, anything else is refused", () => {
  assert.equal(received({ type: "call.answer", callId: callId.toUpperCase(), ring }).callId, id);
  const wrong = [
    "",
    "x",
    id.replaceAll("-", ""),
    `{${id}}`,
    `${id}0`,
    ` ${id}`,
    `${id}\n`,
    id.replace("3", "g"),
    7,
    null,
    new Uint8Array(16),
    { id },
  ];
  for (const value of wrong) {
    for (const type of ["call.invite", "call.answer", "call.unknown"]) {
      throwsCode("bad_call_id", () => seal({ type, callId: value, hasVideo: true }));
    }
  }
  throwsCode("bad_call_id", () => hushring.callKitUUID(caller(), "x"));
  const error = throwsCode("bad_content", () => seal({ type: "call.answer" }));
  assert.equal(error.member, "callId");
});

test("the UUID that CallKit uses is not taken for a callId", () => {
  const callUUID = hushring.callKitUUID(caller(), id);
  for (const type of ["call.invite", "call.end", "call.hold"]) {
    const content = { type, callId: callUUID.toUpperCase(), hasVideo: true, reason: "cancelled" };
    const error = throwsCode("bad_call_id", () => seal(content));
    assert.match(error.message, /CallKit UUID.*use event\.content\.callId/);
    throwsCode("bad_call_id", () => hushring.measure(content));
  }
  throwsCode("bad_call_id", () => hushring.callKitUUID(caller(), callUUID));
  assert.equal(seal({ type: "app.x", callId: callUUID }).length, 2_880);
});

test("the time of a ring is a Date, where the format has an integer", () => {
  const answer = { type: "call.answer", callId: id };
  const end = { type: "call.end", callId: id, reason: "declined", caller: caller() };
  for (const content of [answer, end]) {
    assert.deepEqual(received({ ...content, ring }).ring, ring);
    for (const wrong of [
      ring.getTime(),
      new Date(Number.NaN),
      new Date(-1),
      null,
      "2026-01-01",
      {},
    ]) {
      const error = throwsCode("bad_content", () => seal({ ...content, ring: wrong }));
      assert.equal(error.member, "ring");
    }
    assert.equal(throwsCode("bad_content", () => seal(content)).member, "ring");
  }
  for (const other of [
    { type: "message", ring },
    { type: "call.negotiate", callId: id, description: { type: "rollback" }, ring },
    { type: "message", data: { ring } },
  ]) {
    const error = throwsCode("bad_content", () => seal(other));
    assert.match(error.message, /is a Date, which content cannot hold$/);
  }
  // Elsewhere the name is free.
  const hold = { type: "message", ring: 7, data: { ring: "a" } };
  assert.deepEqual(received(hold), hold);
});

test("a refusal names the limit and what was found", () => {
  const invite = { type: "call.invite", callId: id, hasVideo: true };
  const texts = [
    [{ ...invite, callerName: "\u0e01".repeat(86) }, /`callerName` has 258 bytes of at most 256$/],
    [{ ...invite, groupId: "a".repeat(129) }, /`groupId` has 129 bytes of at most 128$/],
    [{ ...invite, lifetime: 91 }, /`lifetime` must be an integer from 1 to 90$/],
    [{ ...invite, offer: null }, /`offer` is null: leave it out$/],
    [{ ...invite, hasVideo: 1 }, /`hasVideo` must be true or false$/],
    [{ type: "call.invite", callId: id }, /`hasVideo` is missing$/],
    [
      { ...invite, handle: { type: "email", value: "a" } },
      /`handle\.type` must be one of generic, /,
    ],
    [{ type: "call.end", callId: id, reason: "bored" }, /`reason` must be one of failed, /],
    [
      { type: "call.end", callId: id, reason: "cancelled", device: new Uint8Array(32) },
      /`device` does not belong here$/,
    ],
    [{ type: "message", body: "a\0" }, /`body` contains U\+0000$/],
    [{ type: "message", data: 2 ** 53 }, /`data` is a number that content cannot hold/],
    [{ type: "message", data: [new Map()] }, /`data\[0\]` is a Map, which content cannot hold$/],
    [{ type: "message", data: alice.account }, /`data` is an Account, which content cannot hold$/],
  ];
  for (const [content, pattern] of texts) {
    assert.match(throwsCode("bad_content", () => seal(content)).message, pattern);
  }
  assert.match(
    throwsCode("bad_content", () => seal(new Map())).message,
    /^bad_content: content must be a plain object, not a Map$/,
  );
});

test("known members of the wrong type or value are refused, by path", () => {
  const invite = { type: "call.invite", callId: id, hasVideo: true };
  const end = { type: "call.end", callId: id };
  const candidates = (...list) => ({ type: "call.candidates", callId: id, candidates: list });
  const cases = [
    ["hasVideo", { type: "call.invite", callId: id }],
    ["hasVideo", { ...invite, hasVideo: 1 }],
    ["hasVideo", { ...invite, hasVideo: null }],
    ["lifetime", { ...invite, lifetime: 0 }],
    ["lifetime", { ...invite, lifetime: 91 }],
    ["lifetime", { ...invite, lifetime: 1.5 }],
    ["lifetime", { ...invite, lifetime: "60" }],
    ["callerName", { ...invite, callerName: "a".repeat(257) }],
    ["callerName", { ...invite, callerName: null }],
    ["groupId", { ...invite, groupId: "a".repeat(129) }],
    ["offer", { ...invite, offer: { type: "offer", sdp: "v=0" } }],
    ["data", { ...invite, data: null }],
    ["handle", { ...invite, handle: "alice" }],
    ["handle.type", { ...invite, handle: { type: "email", value: "a" } }],
    ["handle.value", { ...invite, handle: { type: "generic" } }],
    ["handle.value", { ...invite, handle: { type: "generic", value: "a".repeat(256) } }],
    ["answer", { type: "call.answer", callId: id, ring, answer: 7 }],
    ["candidates", { type: "call.candidates", callId: id }],
    ["candidates", { type: "call.candidates", callId: id, candidates: {} }],
    ["candidates[0]", candidates("x")],
    ["candidates[0].candidate", candidates({})],
    ["candidates[1].sdpMid", candidates({ candidate: "" }, { candidate: "", sdpMid: null })],
    ["candidates[0].sdpMLineIndex", candidates({ candidate: "", sdpMLineIndex: 65_536 })],
    ["candidates[0].sdpMLineIndex", candidates({ candidate: "", sdpMLineIndex: -1 })],
    ["description", { type: "call.negotiate", callId: id }],
    [
      "description.type",
      { type: "call.negotiate", callId: id, description: { type: "x", sdp: "" } },
    ],
    ["description.sdp", { type: "call.negotiate", callId: id, description: { type: "offer" } }],
    ["reason", end],
    ["reason", { ...end, reason: "bored" }],
    ["caller", { ...end, reason: "answeredElsewhere" }],
    ["caller", { ...end, reason: "busy", caller: new Uint8Array(31), ring }],
    ["caller", { ...end, reason: "busy", caller: "x", ring }],
    ["caller", { ...end, reason: "cancelled", ring }],
    ["ring", { ...end, reason: "cancelled", caller: caller() }],
    ["device", { ...end, reason: "cancelled", device: caller() }],
    ["device", { ...end, reason: "busy", caller: caller(), ring, device: caller() }],
    ["body", { type: "message", body: 7 }],
    ["body", { type: "message", body: "a\0b" }],
    ["type", {}],
    ["type", { type: 7 }],
  ];
  for (const [member, content] of cases) {
    const error = throwsCode("bad_content", () => seal(content));
    assert.equal(error.member, member, JSON.stringify(content));
  }
});

test("what JavaScript has and content has not is refused, by path", () => {
  class Thing {
    name = "x";
  }
  const sparse = [1, 2];
  sparse.length = 3;
  const loop = {};
  loop.again = [loop];
  const wrong = [
    ["", 1n],
    ["", () => {}],
    ["", Symbol("x")],
    ["", new Date()],
    ["", new Map()],
    ["", new Set()],
    ["", new Thing()],
    ["", /x/],
    ["", new Uint16Array(2)],
    ["", new DataView(new ArrayBuffer(2))],
    ["", new ArrayBuffer(2)],
    ["", Object.create({})],
    ["", new String("x")],
    ["", Number.NaN],
    ["", Number.POSITIVE_INFINITY],
    ["", 2 ** 53],
    ["", -(2 ** 53)],
    ["", 1e300],
    ["", "\ud800"],
    ["", "a\udc00b"],
    ["[2]", sparse],
    ["[1]", [1, undefined]],
    ["[0][0]", [[1n]]],
    [".again[0]", loop],
    [".a[0].b", { a: [{ b: new Date() }] }],
  ];
  for (const [path, value] of wrong) {
    const error = throwsCode("bad_content", () => seal({ type: "message", data: value }));
    assert.equal(error.member, `data${path}`);
  }
  throwsCode("bad_content", () => seal({ type: "message", data: { "\udc00": 1 } }));
  throwsCode("bad_content", () => seal({ type: "message", data: { "\0": 1 } }));
  throwsCode("bad_content", () => seal({ type: "message", [Symbol("x")]: 1 }));
  for (const content of [
    undefined,
    null,
    7,
    "message",
    [],
    new Map([["type", "cover"]]),
    new Thing(),
    () => {},
  ]) {
    throwsCode("bad_content", () => seal(content));
  }
});

test("numbers: the safe integers, and what is not integral", () => {
  const data = [
    0,
    1,
    -1,
    23,
    24,
    255,
    256,
    65_536,
    2 ** 32,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
    0.1,
    -1.5,
    5e-324,
    4503599627370495.5,
  ];
  assert.deepEqual(received({ type: "message", data }).data, data);
  assert.equal(received({ type: "message", data: -0 }).data, 0);
});

test("sixteen containers, and a seventeenth", () => {
  const nested = (depth) =>
    depth === 0 ? 1 : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };
  const content = { type: "message", data: nested(15) };
  assert.deepEqual(received(content), content);
  const error = throwsCode("too_deep", () => seal({ type: "message", data: nested(16) }));
  assert.equal(error.member, "data[0].a[0].a[0].a[0].a[0].a[0].a[0].a[0]");
  throwsCode("too_deep", () => hushring.measure({ type: "app.x", data: nested(100_000 - 99_000) }));
  const data = (length) => ({ type: "message", data: new Array(length).fill(null) });
  assert.deepEqual(received(data(4_094)), data(4_094));
  throwsCode("too_many", () => seal(data(4_095)));
});

test("what is shared many times over is too long, and does not hang", () => {
  let data = ["x"];
  for (let depth = 0; depth < 12; depth += 1) data = Array(10).fill(data);
  throwsCode("too_long", () => seal({ type: "message", data }));
  const twice = { a: 1 };
  assert.deepEqual(received({ type: "message", data: [twice, twice] }).data, [twice, twice]);
});

test("__proto__ is a member like any other, and pollutes nothing", () => {
  const content = JSON.parse(
    '{"type":"message","__proto__":{"polluted":1},"data":{"__proto__":null,"constructor":{"prototype":{"polluted":2}}}}',
  );
  const result = received(content);
  assert.equal(Object.getPrototypeOf(result), Object.prototype);
  assert.equal(Object.getPrototypeOf(result.data), Object.prototype);
  assert.deepEqual(Object.getOwnPropertyDescriptor(result, "__proto__"), {
    value: { polluted: 1 },
    configurable: true,
    enumerable: true,
    writable: true,
  });
  assert.equal(Object.getOwnPropertyDescriptor(result.data, "__proto__").value, null);
  assert.equal(JSON.stringify(result.data.constructor), '{"prototype":{"polluted":2}}');
  assert.equal({}.polluted, undefined);
});

test("a polluted Object.prototype changes nothing", () => {
  const enumerable = false;
  Object.defineProperty(Object.prototype, "hasVideo", {
    value: true,
    configurable: true,
    enumerable,
  });
  Object.defineProperty(Object.prototype, "body", {
    set: () => assert.fail("set"),
    configurable: true,
    enumerable,
  });
  try {
    throwsCode("bad_content", () => seal({ type: "call.invite", callId: id }));
    const envelope = JSON.parse('{"type":"message","body":"x"}');
    assert.equal(Object.getOwnPropertyDescriptor(received(envelope), "body").value, "x");
  } finally {
    delete Object.prototype.hasVideo;
    delete Object.prototype.body;
  }
});

test("U+FEFF, and normal forms, come back as they went", () => {
  const body = "\ufeff\ufeffa\u0301 \u00e1\ufffd";
  const content = { type: "message", body, data: { "\ufeffkey": 1, "\u00e1": 2, "a\u0301": 3 } };
  const result = received(content);
  assert.equal(result.body, body);
  assert.deepEqual(Object.entries(result.data).sort(), Object.entries(content.data).sort());
});

test("properties are read once", () => {
  let reads = 0;
  const content = {
    type: "message",
    get body() {
      reads += 1;
      return reads === 1 ? "first" : 7;
    },
  };
  assert.equal(received(content).body, "first");
  assert.equal(reads, 1);
  const failure = new Error("no");
  const throwing = {
    type: "message",
    get body() {
      throw failure;
    },
  };
  assert.throws(
    () => seal(throwing),
    (error) => error === failure,
  );
});

test("bytes of a detached buffer are refused, by path", () => {
  for (const length of [0, 5]) {
    const bytes = new Uint8Array(length);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    const error = throwsCode("bad_content", () => seal({ type: "message", data: [bytes] }));
    assert.equal(error.member, "data[0]");
  }
});

test("Buffers go in as bytes, and plain copies come out", () => {
  const pool = Buffer.from("xhelloy").subarray(1, 6);
  const { data } = received({ type: "message", data: [pool, new Uint8Array(0)] });
  assert.deepEqual(data, [new TextEncoder().encode("hello"), new Uint8Array(0)]);
  assert.equal(data[0].buffer.byteLength, 5);
});
