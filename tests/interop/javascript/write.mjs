// Writes fresh vectors, in the form of vectors/README.md. The expected results follow from the
// specification.

import { randomBytes, randomInt } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, deflateRawSync } from "node:zlib";
import { callId, callKitUuid, content as randomContent, types } from "../contents.mjs";
import { Bundle, prekeyId, publish, readPrekey } from "./bundles.mjs";
import { hex } from "./bytes.mjs";
import * as contents from "./content.mjs";
import { encrypt, frameHead, LABEL, tag } from "./envelope.mjs";
import { suites } from "./hpke.mjs";
import * as keys from "./keys.mjs";
import { lists, memories } from "./lists.mjs";
import { contentToJson, number } from "./play.mjs";

const DAY = 86_400;

export async function writeAll(folder) {
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (const make of [signed, lists, memories, identified, opened, refused, misnamed]) {
    for await (const [kind, rules, comment, members] of make()) {
      const name = `${String(count).padStart(3, "0")}-${kind}`;
      const vector = { name, comment, rules: rules.split(" "), kind, ...members };
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(vector, null, 2));
      count += 1;
    }
  }
  console.log(`${count} vectors written`);
}

/** Makes an account with a device and a prekey of each suite, at a time in seconds. */
async function somebody(now = randomInt(1e9, 4e9)) {
  const account = new keys.SigningKey(randomBytes(32));
  const key = new keys.SigningKey(randomBytes(32));
  const [begins, ends] = [now - randomInt(100 * DAY), now + randomInt(1, 200 * DAY)].map(BigInt);
  const certificate = keys.Certificate.issue(account, key.public, begins, ends);
  const device = new keys.Device(key, certificate);
  const expiry = Buffer.alloc(8);
  expiry.writeBigUInt64BE(BigInt(now + randomInt(1, 90 * DAY)));
  const exports = [1, 2].map((suite) => Buffer.concat([Buffer.of(suite), randomBytes(32), expiry]));
  const prekeys = await Promise.all(exports.map(readPrekey));
  const published = publish(device, prekeys, BigInt(now) * 1000n);
  const bundles = published.map((data) => new Bundle(data, account.public));
  return { account, device, exports, prekeys, published, bundles, now };
}

async function* signed() {
  for (let round = 0; round < 10; round += 1) {
    const { account, device, exports, prekeys, published, bundles, now } = await somebody();
    const { certificate } = device;
    const key = hex(account.public);
    yield [
      "publicKey",
      "K6",
      "A key.",
      { publicKey: key, expect: { fingerprint: keys.fingerprint(account.public) } },
    ];
    yield [
      "device",
      "T1",
      "A device.",
      {
        export: hex(device.export()),
        expect: { publicKey: hex(device.key.public), account: key },
      },
    ];
    for (const [place, prekey] of prekeys.entries()) {
      yield [
        "prekey",
        "K7",
        "A prekey.",
        {
          export: hex(exports[place]),
          expect: {
            suite: prekey.suite.name,
            id: hex(prekey.id),
            expiresAt: number(prekey.expiresAt),
          },
        },
      ];
    }
    yield [
      "certificate",
      "T1 T4",
      "Sound.",
      {
        certificate: hex(certificate.data),
        expect: {
          account: key,
          device: hex(certificate.device),
          notBefore: number(certificate.notBefore),
          expiresAt: number(certificate.expiresAt),
        },
      },
    ];
    yield [
      "certificate",
      "T4",
      "One bit flipped.",
      {
        certificate: hex(flipped(certificate.data, randomInt(144))),
        expect: { error: "bad_certificate" },
      },
    ];
    for (const [place, bundle] of bundles.entries()) {
      const given = { bundle: hex(published[place]), account: key };
      yield [
        "bundle",
        "B10",
        "Sound.",
        {
          ...given,
          now: now * 1000,
          expect: {
            device: hex(certificate.device),
            suite: bundle.suite.name,
            offers: ["x25519", "xwing"],
            prekeyId: hex(prekeyId(bundle.key)),
            issuedAt: now,
            expiresAt: number(bundle.expiresAt),
          },
        },
      ];
      const error =
        bundle.expiresAt < certificate.expiresAt ? "bundle_expired" : "certificate_expired";
      yield [
        "bundle",
        "B11 B13",
        "Expired.",
        {
          ...given,
          now: Number(bundle.expiresAt) * 1000,
          expect: { error },
        },
      ];
    }
    for (const of of [undefined, certificate.device]) {
      const statement = hex(keys.revoke(account, of, BigInt(now), BigInt(now) * 1000n));
      const named = of === undefined ? {} : { device: hex(of) };
      yield [
        "revocation",
        "R4",
        "Sound.",
        { revocation: statement, account: key, now: now * 1000, expect: { floor: now, ...named } },
      ];
    }
  }
}

/** CallKit UUIDs of callIds in either case, and what is not a callId. */
async function* identified() {
  for (let round = 0; round < 10; round += 1) {
    const account = new keys.SigningKey(randomBytes(32)).public;
    const id = callId();
    const uuid = contents.uuid(keys.callkitUuid(account, contents.callIdOf(id)));
    for (const given of [id, id.toUpperCase()]) {
      const members = { account: hex(account), callId: given, expect: { uuid } };
      yield ["callKit", "I1 M9", "Any callId.", members];
    }
    const members = { account: hex(account), callId: uuid, expect: { error: "bad_call_id" } };
    yield ["callKit", "M9", "The CallKit UUID as callId.", members];
  }
}

/** Some of the choices that a writer has (D6). */
const compressors = [
  contents.deflate,
  contents.deflate,
  (data) => deflateRawSync(data, { level: 1 }),
  (data) => deflateRawSync(data, { strategy: constants.Z_FIXED }),
  (data) => deflateRawSync(data, { dictionary: contents.dictionary, strategy: constants.Z_RLE }),
  stored,
];

function stored(data) {
  const length = Buffer.alloc(4);
  length.writeUInt16LE(data.length);
  length.writeUInt16LE(data.length ^ 0xffff, 2);
  return Buffer.concat([Buffer.of(1), length, data]);
}

/** Makes a message from somebody to somebody. */
async function sent(byte, make) {
  const suite = suites[byte];
  const receiver = await somebody();
  const sender = await somebody(receiver.now);
  const bundle = receiver.bundles.find((each) => each.suite === suite);
  const sentAt = BigInt(receiver.now) * 1000n + BigInt(randomInt(1000));
  for (;;) {
    const content = make();
    const encoded = contents.encode(content);
    const stream = compressors[randomInt(compressors.length)](encoded);
    if (stream.length > suite.room) continue;
    return {
      suite,
      receiver,
      sender,
      bundle,
      content,
      encoded,
      stream,
      sentAt,
      id: randomBytes(16),
    };
  }
}

function signedFrame({ sender, id, sentAt, stream }, to) {
  const head = frameHead(sender.device.certificate, id, sentAt, stream);
  return Buffer.concat([head, sender.device.key.sign(LABEL, Buffer.concat([to, head]))]);
}

function seal(message, frame = (to) => signedFrame(message, to)) {
  return encrypt(message.bundle, frame, randomBytes(message.suite.random));
}

function open(message, rules, comment, envelope, expect, given) {
  const { certificate } = message.sender.device;
  const members = {
    device: hex(message.receiver.device.export()),
    prekeys: message.receiver.exports.map(hex),
    trusted: [hex(message.sender.account.public)],
    now: Number(message.sentAt) + randomInt(1e6),
    envelope: envelope.toString("base64"),
    ...given,
    expect: expect ?? {
      envelopeTag: tag(envelope),
      account: hex(certificate.account),
      device: hex(certificate.device),
      messageId: hex(message.id),
      sentAt: Number(message.sentAt),
      content: contentToJson(message.content),
    },
  };
  return ["open", rules, comment, members];
}

async function* opened() {
  for (const suite of [1, 2]) {
    for (const type of Object.keys(types)) {
      for (let round = 0; round < 12; round += 1) {
        const message = await sent(suite, () => asMap(randomContent(type), type));
        yield open(message, "M2 M3 M4", `A random ${type || "nameless"}.`, await seal(message));
      }
    }
    const message = await sent(suite, () => new Map([["type", "message"]]));
    // The rest of the content has 22 bytes, and the head of the block 5.
    message.content.set("body", "x".repeat(message.suite.room - 5 - 22));
    message.stream = stored(contents.encode(message.content));
    yield open(message, "F1", "No padding.", await seal(message));
  }
}

async function* refused() {
  for (const suite of [1, 2]) {
    for (const [rules, error, stoppedAt, frame, given] of spoilt(suites[suite].room)) {
      const message = await sent(suite, () => asMap(randomContent("message"), "message"));
      const more = given?.(message);
      const envelope = await seal(message, frame && ((to) => frame(message, to)));
      const expect = { error, stoppedAt };
      if (error === "bad_content") expect.member = "type";
      yield open(message, rules, "One thing is wrong.", envelope, expect, more);
    }
  }
}

/** M9: readers refuse a CallKit UUID in the callId's place, in every type that has a callId. */
async function* misnamed() {
  for (const type of Object.keys(types).filter((each) => each.startsWith("call."))) {
    for (const suite of [1, 2]) {
      const wrong = Buffer.from(callKitUuid().replaceAll("-", ""), "hex");
      const message = await sent(suite, () =>
        asMap(randomContent(type), type).set("callId", wrong),
      );
      const expect = { error: "bad_content", member: "callId", stoppedAt: "members" };
      yield open(message, "M9", "A CallKit UUID as callId.", await seal(message), expect);
    }
  }
}

/** Yields the rules, the code, the check, and a frame or a change of the message or inputs. */
function* spoilt(room) {
  const says = (stream) => (message, to) => signedFrame({ ...message, stream }, to);
  const encoded = (digits) => says(stored(Buffer.from(digits, "hex")));
  for (const n of [0, room + 1]) {
    yield [
      "F1",
      "bad_content_length",
      "contentLength",
      (message, to) => {
        const frame = signedFrame(message, to);
        frame.writeUInt16BE(n, 168);
        return frame;
      },
    ];
  }
  yield [
    "F2",
    "bad_padding",
    "padding",
    (message, to) =>
      Buffer.concat([signedFrame({ ...message, stream: Buffer.of(3, 0) }, to), Buffer.of(0, 1)]),
  ];
  yield [
    "F3",
    "bad_certificate",
    "certificate",
    (message, to) => flipped(signedFrame(message, to), randomInt(144)),
  ];
  yield [
    "F4",
    "bad_signature",
    "signature",
    (message, to) => flipped(signedFrame(message, to), randomInt(144, 168)),
  ];
  yield [
    "F4",
    "bad_signature",
    "signature",
    (message, to) => flipped(signedFrame(message, to), 170 + message.stream.length + randomInt(64)),
  ];
  for (const at of [0, 32, 64, 74]) {
    yield [
      "F4",
      "bad_signature",
      "signature",
      (message, to) => signedFrame(message, flipped(to, at)),
    ];
  }
  yield ["D1", "bad_compression", "inflation", says(Buffer.of(7))];
  yield ["D1", "bad_compression", "inflation", says(Buffer.of(1, 1, 0, 0, 0, 0xa0))];
  yield [
    "D2",
    "bad_compression",
    "inflation",
    says(Buffer.concat([stored(Buffer.of(0xa0)), Buffer.of(0)])),
  ];
  yield ["D4", "too_long", "inflation", says(contents.deflate(Buffer.alloc(65_537)))];
  yield ["C1", "bad_cbor", "cbor", encoded("a0a0")];
  yield ["C2", "bad_cbor", "cbor", encoded("a16161f7")];
  yield ["C3", "bad_cbor", "cbor", encoded("bfff")];
  yield ["C4", "bad_cbor", "cbor", encoded("a161611801")];
  yield ["C5", "bad_cbor", "cbor", encoded("a10101")];
  yield ["C6", "bad_cbor", "cbor", encoded("a2616201616101")];
  yield ["C7", "bad_cbor", "cbor", encoded("a161616100")];
  yield ["C8", "bad_cbor", "cbor", encoded("a161611b0020000000000000")];
  yield ["C9", "bad_cbor", "cbor", encoded("a16161fb8000000000000000")];
  yield ["C10", "too_deep", "cbor", encoded(`a16161${"81".repeat(16)}`)];
  yield ["C11", "bad_cbor", "cbor", encoded("a1616182f6")];
  yield ["M1", "bad_content", "members", encoded("a1616101")];
  yield ["E26", "untrusted", "trust", undefined, () => ({ trusted: [] })];
  yield ["E28", "clock", "sentAt", undefined, ({ sentAt }) => ({ now: Number(sentAt) - 600_001 })];
  yield [
    "E28",
    "too_old",
    "sentAt",
    undefined,
    ({ sentAt }) => ({ now: Number(sentAt) + 2_592_000_001 }),
  ];
  yield [
    "T6",
    "certificate_expired",
    "certificateTimes",
    undefined,
    (message) => {
      message.sentAt = message.sender.device.certificate.expiresAt * 1000n;
      return {};
    },
  ];
  yield [
    "T6",
    "certificate_not_yet_valid",
    "certificateTimes",
    undefined,
    (message) => {
      message.sentAt = message.sender.device.certificate.notBefore * 1000n - 600_001n;
      return {};
    },
  ];
}

/** Converts a content from the form of an API to the form that is encoded. */
function asMap(content, type) {
  const map = toMap(content);
  if (type.startsWith("call.") && map.has("callId")) {
    map.set("callId", contents.callIdOf(map.get("callId")));
  }
  return map;
}

function toMap(value) {
  if (Array.isArray(value)) return value.map(toMap);
  if (value instanceof Date) return value.getTime();
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return new Map(Object.entries(value).map(([name, member]) => [name, toMap(member)]));
}

function flipped(bytes, at) {
  const copy = Buffer.from(bytes);
  copy[at] ^= 1 << randomInt(8);
  return copy;
}
