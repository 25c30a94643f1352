import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as hushring from "hushring";
import {
  apnsRequest,
  auditApnsRequests,
  envelopeTag,
  HushringError,
  isEnvelope,
  readHeader,
} from "hushring/relay";
import { callId, day, peer, rejectsCode, throwsCode } from "./helpers.mjs";

const deviceToken = "0a".repeat(32);
const topic = "org.example.app";
const now = new Date("2026-03-01T10:20:30.456Z");
const options = { deviceToken, topic, now };

/** The endings are those that APNs asks for where the push is of another type. */
const otherTopics = [
  "*",
  "org.example.*",
  ...[
    ".voip",
    ".VoIP",
    ".voip-ptt",
    ".push-to-talk",
    ".complication",
    ".location-query",
    ".pushkit.fileprovider",
    ".push-type.liveactivity",
    ".push-type.widgets",
    ".push-type.controls",
    ".Push-Type.x",
  ].map((ending) => topic + ending),
];

const random = () => crypto.getRandomValues(new Uint8Array(2_880));
const make = (changes = {}) => apnsRequest(random(), { ...options, ...changes });

test("the relay needs no wasm and no init", () => {
  throwsCode("not_initialized", () => hushring.capacity("xwing"));
  assert.equal(HushringError, hushring.HushringError);
  make();
});

test("an envelope is told by its length alone", () => {
  assert.equal(isEnvelope(random()), true);
  assert.equal(isEnvelope(Buffer.from(random())), true);
  assert.equal(isEnvelope(new Uint8Array(2_880)), true);
  class Pretending extends Uint8Array {
    get byteLength() {
      return this.length === 2_880 ? 5 : 2_880;
    }
  }
  assert.equal(isEnvelope(new Pretending(2_880)), true);
  for (const other of [
    new Pretending(5),
    new Uint8Array(2_879),
    new Uint8Array(2_881),
    new Uint16Array(1_440),
    "x".repeat(2_880),
    null,
  ]) {
    assert.equal(isEnvelope(other), false);
  }
});

test("readHeader", () => {
  const envelope = new Uint8Array(2_880);
  envelope.set([1, 1, 0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff, 9]);
  assert.deepEqual(readHeader(envelope), {
    version: 1,
    suite: "x25519",
    prekeyId: "00010203fcfdfeff",
  });
  envelope[1] = 2;
  assert.equal(readHeader(envelope).suite, "xwing");
  envelope[1] = 3;
  assert.deepEqual(readHeader(envelope), { version: 1, suite: 3, prekeyId: "00010203fcfdfeff" });
  envelope.set([2, 1]);
  assert.deepEqual(readHeader(envelope), { version: 2, suite: 1, prekeyId: "00010203fcfdfeff" });
  throwsCode("bad_length", () => readHeader(envelope.subarray(1)));
  throwsCode("invalid_argument", () => readHeader("envelope"));
});

test("envelopeTag is the first 4 bytes of SHA-256", async () => {
  const envelope = random();
  assert.equal(
    await envelopeTag(envelope),
    createHash("sha256").update(envelope).digest("hex").slice(0, 8),
  );
  await rejectsCode("bad_length", envelopeTag(new Uint8Array(3)));
});

test("the push, byte by byte", () => {
  const envelope = new Uint8Array(2_880).fill(0xff);
  const request = apnsRequest(envelope, { deviceToken: "ABcd", topic, now });
  assert.deepEqual(Object.keys(request), ["path", "headers", "body"]);
  assert.equal(request.path, "/3/device/abcd");
  assert.deepEqual(Object.entries(request.headers), [
    ["apns-push-type", "alert"],
    ["apns-priority", "10"],
    ["apns-expiration", String(Date.UTC(2026, 2, 2 + 29) / 1_000)],
    ["apns-topic", topic],
  ]);
  assert.equal(Buffer.byteLength(request.body), 3_936);
  assert.equal(
    request.body,
    `{"aps":{"alert":{"loc-key":"NEW_ACTIVITY"},"mutable-content":1,"sound":"default"},"hushring":"${"/".repeat(3_840)}"}`,
  );
  const envelope_ = random();
  const { hushring: text } = JSON.parse(apnsRequest(envelope_, options).body);
  assert.equal(text, Buffer.from(envelope_).toString("base64"));
});

test("a push expires 29 days after the next midnight; at midnight a new day has begun", () => {
  const expiration = (time) =>
    Number(make({ now: new Date(time) }).headers["apns-expiration"]) * 1_000;
  const midnight = Date.UTC(2026, 2, 1);
  assert.equal(expiration(midnight - 1), midnight + 29 * day);
  assert.equal(expiration(midnight), midnight + 30 * day);
  assert.equal(expiration(midnight + 1), midnight + 30 * day);
  assert.equal(expiration(midnight + day - 1), midnight + 30 * day);
  assert.equal(expiration(0), 30 * day);
  const left =
    Number(apnsRequest(random(), { deviceToken, topic }).headers["apns-expiration"]) * 1_000 -
    Date.now();
  assert.ok(left > 29 * day - 1_000 && left <= 30 * day);
});

test("the body stays within 4,096 bytes with every loc-key that is allowed", () => {
  for (const locKey of [
    "x",
    '"'.repeat(64),
    "\\".repeat(64),
    "/".repeat(64),
    "é".repeat(32),
    "👋".repeat(16),
    "a b",
    "\u2028".repeat(21),
    "a\nb",
    "\u007f".repeat(64),
    "\n".repeat(64),
    "\u0001".repeat(28),
  ]) {
    const request = make({ locKey });
    assert.ok(Buffer.byteLength(request.body) <= 4_096);
    assert.equal(JSON.parse(request.body).aps.alert["loc-key"], locKey);
    auditApnsRequests([request, make({ locKey })]);
  }
  for (const locKey of [
    "",
    "x".repeat(65),
    "é".repeat(33),
    "\u0001".repeat(29),
    "\u0001".repeat(64),
    "\ud800",
  ]) {
    throwsCode("bad_loc_key", () => make({ locKey }));
  }
});

test("what cannot be pushed is refused", () => {
  for (const token of ["", "0", "0g", "00/../", " 00", "00\n"]) {
    throwsCode("bad_device_token", () => make({ deviceToken: token }));
  }
  for (const wrong of ["", "a b", "a\n", "ä", ...otherTopics]) {
    throwsCode("bad_topic", () => make({ topic: wrong }));
  }
  for (const good of [
    "voip",
    "a.voip.b",
    "a.myvoip",
    "a.push-type",
    "a.pushkit.",
    "a.pushkit.b.c",
  ]) {
    auditApnsRequests([make({ topic: good })]);
  }
  const long = "a".repeat(20_000_000);
  throwsCode("invalid_argument", () => make({ deviceToken: long }));
  throwsCode("invalid_argument", () => make({ topic: long }));
  throwsCode("bad_loc_key", () => make({ locKey: long }));
  auditApnsRequests([make({ deviceToken: "a".repeat(65_536) })]);
  for (const time of [0, Number.NaN, new Date(Number.NaN), "x"]) {
    throwsCode("invalid_date", () => make({ now: time }));
  }
  throwsCode("bad_length", () => apnsRequest(new Uint8Array(2_879), options));
  throwsCode("invalid_argument", () => apnsRequest("x", options));
  throwsCode("invalid_argument", () => apnsRequest(random()));
  throwsCode("invalid_argument", () => make({ deviceToken: undefined }));
  throwsCode("invalid_argument", () => make({ locKey: null }));
});

test("the audit passes what may differ", () => {
  auditApnsRequests([]);
  auditApnsRequests([
    make(),
    make(),
    make({ deviceToken: "ff" }),
    make({ now: new Date(now.getTime() + day) }),
    make({ now: new Date(now.getTime() + day) }),
  ]);
  auditApnsRequests([make({ topic: "org.example.other", locKey: "OTHER" })]);
  auditApnsRequests(structuredClone([make(), make()]));
});

test("the audit finds every departure", () => {
  const good = make();
  const { path, headers, body } = good;
  const { hushring: base64 } = JSON.parse(body);
  const rebuilt = (changes) => JSON.stringify({ ...JSON.parse(body), ...changes });
  const aps = (changes) => rebuilt({ aps: { ...JSON.parse(body).aps, ...changes } });
  const header = (changes) => ({ ...good, headers: { ...headers, ...changes } });
  const withBody = (changed) => ({ ...good, body: changed });
  const without = (name) => {
    const { [name]: _, ...rest } = headers;
    return { ...good, headers: rest };
  };
  const priority = (property) => {
    const properties = Object.getOwnPropertyDescriptors(headers);
    const changed = { ...properties, "apns-priority": { enumerable: true, ...property } };
    return { ...good, headers: Object.defineProperties({}, changed) };
  };
  const departures = {
    priority: header({ "apns-priority": "5" }),
    "priority as a number": header({ "apns-priority": 10 }),
    "push type": header({ "apns-push-type": "voip" }),
    "expiration off midnight": header({
      "apns-expiration": String(Number(headers["apns-expiration"]) + 1),
    }),
    "expiration at once": header({ "apns-expiration": "0" }),
    "expiration with a sign": header({ "apns-expiration": `+${headers["apns-expiration"]}` }),
    "expiration as a number": header({ "apns-expiration": Number(headers["apns-expiration"]) }),
    "collapse id": header({ "apns-collapse-id": "call" }),
    "apns id": header({ "apns-id": "x" }),
    "no priority": without("apns-priority"),
    "no expiration": without("apns-expiration"),
    topic: header({ "apns-topic": "" }),
    ...Object.fromEntries(otherTopics.map((wrong) => [wrong, header({ "apns-topic": wrong })])),
    "header name's case": {
      ...good,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.replace("apns-t", "Apns-T"), value]),
      ),
    },
    "headers' order": { ...good, headers: Object.fromEntries(Object.entries(headers).reverse()) },
    "a Map of headers": { ...good, headers: new Map(Object.entries(headers)) },
    "hidden header": {
      ...good,
      headers: Object.defineProperty({ ...headers }, "apns-id", { value: "x" }),
    },
    "symbol header": header({ [Symbol("x")]: "x" }),
    "extra member": { ...good, method: "POST" },
    "no body": { path, headers },
    "body as bytes": withBody(Buffer.from(body)),
    "body not JSON": withBody(`${body},`),
    "body null": withBody("null"),
    "leading space": withBody(` ${body}`),
    "inner space": withBody(body.replace(":1,", ": 1,")),
    "trailing newline": withBody(`${body}\n`),
    "escaped slash": withBody(body.replace(base64, base64.replace(/^./, "\\/"))),
    "escaped letter": withBody(body.replace("NEW", "\\u004eEW")),
    badge: withBody(aps({ badge: 1 })),
    category: withBody(aps({ category: "call" })),
    "thread id": withBody(aps({ "thread-id": "x" })),
    "interruption level": withBody(aps({ "interruption-level": "time-sensitive" })),
    sound: withBody(aps({ sound: "ring.caf" })),
    "content-available": withBody(aps({ "content-available": 1 })),
    "mutable-content true": withBody(aps({ "mutable-content": true })),
    "loc-args": withBody(aps({ alert: { "loc-key": "NEW_ACTIVITY", "loc-args": ["x"] } })),
    "alert as text": withBody(aps({ alert: "NEW_ACTIVITY" })),
    "top-level member": withBody(rebuilt({ kind: "call" })),
    "duplicate member": withBody(body.replace('"sound"', '"sound":"x","sound"')),
    "members' order": withBody(JSON.stringify({ hushring: base64, aps: JSON.parse(body).aps })),
    "shorter envelope": withBody(body.replace(base64, base64.slice(4))),
    "longer envelope": withBody(body.replace(base64, `${base64}AAAA`)),
    "padded envelope": withBody(body.replace(base64, `${base64.slice(0, -1)}=`)),
    "base64url envelope": withBody(body.replace(base64, `${base64.slice(0, -1)}_`)),
    "loc-key too long": withBody(body.replace("NEW_ACTIVITY", "x".repeat(65))),
    "path of another kind": { ...good, path: "/3/device/" },
    "path upper case": { ...good, path: `${path.slice(0, -1)}A` },
    "path with a query": { ...good, path: `${path}?x` },
    "a path of 20 MB": { ...good, path: path + "a".repeat(20_000_000) },
    "a body of 20 MB": withBody(body + " ".repeat(20_000_000)),
    "a revoked proxy": revoked({}),
    "revoked headers": { ...good, headers: revoked({}) },
    "names in one": {
      ...good,
      headers: {
        "apns-push-type,apns-priority": undefined,
        "apns-expiration": headers["apns-expiration"],
        "apns-topic": topic,
      },
    },
    "a header that cannot be enumerated": priority({ value: "10", enumerable: false }),
    "a header that is computed": priority({ get: () => "10" }),
    "a body that is computed": {
      path,
      headers,
      get body() {
        return body;
      },
    },
    "inherited header": {
      ...good,
      headers: Object.setPrototypeOf({ ...headers }, { "apns-id": "x" }),
    },
    nothing: null,
    text: "x",
  };
  for (const [name, request] of Object.entries(departures)) {
    for (const set of [[request], [make(), request], [request, make()]]) {
      const error = throwsCode("bad_push", () => auditApnsRequests(set));
      assert.match(error.message, new RegExp(`^bad_push: request ${set.indexOf(request)}: `), name);
    }
  }
  throwsCode("invalid_argument", () => auditApnsRequests(revoked([])));
  throwsCode("invalid_argument", () => auditApnsRequests(good));
  throwsCode("bad_push", () => auditApnsRequests(Array(1)));
});

test("the audit finds what tells one kind of push from another", () => {
  const dated = (days) => make({ now: new Date(now.getTime() + days * day) });
  const sets = {
    "request 1: its loc-key differs from that of request 0": [make(), make({ locKey: "CALL" })],
    "request 2: its loc-key differs from that of request 0": [
      make(),
      dated(1),
      make({ locKey: "CALL", now: new Date(now.getTime() + day) }),
    ],
    "request 1: its topic differs from that of request 0": [
      make(),
      make({ topic: `${topic}.other` }),
    ],
    "request 1: its expiration is before that of request 0": [dated(1), dated(0)],
    "request 2: its expiration is before that of request 1": [dated(0), dated(1), dated(0)],
    "request 1: its expiration is more than a day after that of request 0": [dated(0), dated(2)],
    "request 2: its expiration is more than a day after that of request 0": [
      dated(0),
      dated(1),
      dated(2),
    ],
  };
  const again = make();
  const repeated = {
    "request 1: its envelope is that of request 0": [again, again],
    "request 3: its envelope is that of request 1": [
      make(),
      again,
      dated(1),
      { ...again, headers: dated(1).headers, path: "/3/device/ff" },
    ],
  };
  for (const [message, set] of Object.entries({ ...sets, ...repeated })) {
    const error = throwsCode("bad_push", () => auditApnsRequests(set));
    assert.equal(error.message, `bad_push: ${message}`);
  }
});

test("the pushes of a call and of a message differ in the envelope alone", async () => {
  await hushring.init();
  const alice = peer();
  const [bundle] = peer().bundles;
  const contents = [
    { type: "call.invite", callId, hasVideo: true, lifetime: 30, offer: "v=0" },
    { type: "call.end", callId, reason: "cancelled" },
    { type: "message", body: "hello" },
    { type: "cover" },
  ];
  const requests = contents.map((content) =>
    apnsRequest(alice.device.seal(bundle, content), options),
  );
  auditApnsRequests(requests);
  const blank = (request) => ({
    ...request,
    body: request.body.replace(/"hushring":".{3840}"/, ""),
  });
  for (const request of requests) {
    assert.deepEqual(blank(request), blank(requests[0]));
    assert.equal(request.body.length, requests[0].body.length);
    assert.equal(
      JSON.parse(request.body).hushring.slice(0, 13),
      JSON.parse(requests[0].body).hushring.slice(0, 13),
    );
  }
  assert.equal(await envelopeTag(random()).then((tag) => tag.length), 8);
  const envelope = alice.device.seal(bundle, { type: "cover" });
  assert.equal(await envelopeTag(envelope), hushring.envelopeTag(envelope));
  assert.deepEqual(readHeader(envelope), { version: 1, suite: bundle.suite, prekeyId: bundle.id });
});

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
