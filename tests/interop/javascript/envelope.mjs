// Sections 10 to 13: sealing and opening.

import { createHash, randomBytes } from "node:crypto";
import { prekeyId } from "./bundles.mjs";
import { DAY, earlier, later, u64 } from "./bytes.mjs";
import * as contents from "./content.mjs";
import { open as decrypt, encapsulate, suites } from "./hpke.mjs";
import { Certificate, verify } from "./keys.mjs";
import { Refusal, require } from "./refusal.mjs";

export const LENGTH = 2_880;
export const LABEL = "hushring/1 envelope";

/** I2. */
export function tag(envelope) {
  return createHash("sha256").update(envelope).digest("hex").slice(0, 8);
}

/** H2. */
function info(account, device) {
  return Buffer.concat([Buffer.from(`${LABEL}\0`), account, device]);
}

/** E17 to E33, without state. A refusal says as `stoppedAt` which check it was. */
export async function open(envelope, device, prekeys, trusted, now) {
  const own = device.certificate;
  let suite, prekey, frame, n, certificate, sentAt, encoded, content;
  const part = (from, to) => frame.subarray(from, to);
  const checks = {
    length: () => require(envelope.length === LENGTH, "bad_length"),
    version: () => require(envelope[0] === 1, "unsupported_version"),
    suite() {
      suite = suites[envelope[1]];
      require(suite !== undefined, "unsupported_suite");
    },
    prekey() {
      const id = envelope.subarray(2, 10);
      prekey = prekeys.find((each) => each.suite === suite && each.id.equals(id));
      require(prekey !== undefined, "unknown_prekey");
    },
    async decryption() {
      const [header, rest] = [envelope.subarray(0, 10), envelope.subarray(10)];
      const encapsulated = rest.subarray(0, suite.encapsulated);
      const sealed = rest.subarray(suite.encapsulated);
      const who = info(own.account, own.device);
      frame = await decrypt(suite, prekey.key.pair, encapsulated, who, header, sealed);
    },
    contentLength() {
      n = frame.readUInt16BE(168);
      require(1 <= n && n <= suite.room, "bad_content_length");
    },
    padding: () => require(part(234 + n).every((byte) => byte === 0), "bad_padding"),
    certificate() {
      certificate = new Certificate(part(0, 144));
    },
    signature() {
      const clear = envelope.subarray(0, 10 + suite.encapsulated);
      const fields = [own.account, own.device, clear, prekey.key.public, part(0, 170 + n)];
      const signature = part(170 + n, 234 + n);
      verify(certificate.device, LABEL, Buffer.concat(fields), signature, "bad_signature");
    },
    trust() {
      require(trusted.some((key) => certificate.account.equals(key)), "untrusted");
    },
    sentAt() {
      sentAt = frame.readBigUInt64BE(160);
      require(sentAt <= later(now), "clock");
      require(sentAt >= earlier(now, 30n * DAY), "too_old");
    },
    certificateTimes: () => certificate.checkTimes(sentAt),
    inflation() {
      encoded = contents.inflate(part(170, 170 + n));
    },
    cbor() {
      content = contents.decode(encoded);
    },
    members: () => contents.check(content),
  };
  for (const [stoppedAt, check] of Object.entries(checks)) {
    try {
      await check();
    } catch (error) {
      if (error instanceof Refusal) error.details = { ...error.details, stoppedAt };
      throw error;
    }
  }
  return { certificate, messageId: part(144, 160), sentAt, content };
}

/** E6 to E16. `stream` stands in for what this compressor makes, `random` for random bytes. */
export async function seal(device, targets, content, now, { messageId, stream, random } = {}) {
  device.certificate.checkTimes(now); // E6
  for (const target of targets) target.checkExpiry(now);
  contents.check(content); // E7
  const written = contents.encode(content);
  const compressed = stream ?? contents.deflate(written);
  for (const { suite } of targets) {
    require(compressed.length <= suite.room, "too_large", { available: suite.room }); // E8
  }
  const take = taker(random);
  const id = messageId ?? take(16);
  const head = frameHead(device.certificate, id, now, compressed);
  const envelopes = [];
  for (const target of targets) {
    const frame = (to) => Buffer.concat([head, device.key.sign(LABEL, Buffer.concat([to, head]))]);
    envelopes.push(await encrypt(target, frame, take(target.suite.random)));
  }
  return envelopes;
}

/** A frame up to its signature. */
export function frameHead(certificate, messageId, sentAt, stream) {
  const n = Buffer.alloc(2);
  n.writeUInt16BE(stream.length);
  return Buffer.concat([certificate.data, messageId, u64(sentAt), n, stream]);
}

/**
 * E10, E11, E13 to E15. `frame` makes a frame, without its padding, for what a signature covers in front of
 * it.
 */
export async function encrypt({ suite, certificate: { account, device }, key }, frame, random) {
  const header = Buffer.concat([Buffer.of(1, suite.byte), prekeyId(key)]);
  const context = await encapsulate(suite, key, info(account, device), random);
  const { encapsulated } = context;
  const padded = Buffer.alloc(suite.room + 234);
  Buffer.from(frame(Buffer.concat([account, device, header, encapsulated, key]))).copy(padded);
  return Buffer.concat([header, encapsulated, await context.seal(padded, header)]);
}

/** Takes random bytes: those that are given, or fresh ones. */
function taker(given) {
  let at = 0;
  return (count) => {
    if (given === undefined) return randomBytes(count);
    const taken = given.subarray(at, at + count);
    if (taken.length < count) throw new Error("more random bytes than are given");
    at += count;
    return taken;
  };
}
