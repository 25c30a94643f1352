// envelope.md, "Envelope" to "Opening".

import { createHash, randomBytes } from "node:crypto";
import { prekeyId } from "./bundles.mjs";
import { DAY, earlier, hex, later, u64 } from "./bytes.mjs";
import * as contents from "./content.mjs";
import { open as decrypt, encapsulate, suites } from "./hpke.mjs";
import { Certificate, verify } from "./keys.mjs";
import { Refusal, require } from "./refusal.mjs";

export const LENGTH = 2_880;
export const LABEL = "hushring/1 envelope";

/** Returns the envelope tag (I2). */
export function tag(envelope) {
  return createHash("sha256").update(envelope).digest("hex").slice(0, 8);
}

/** Returns HPKE's `info` (H2). */
function info(account, device) {
  return Buffer.concat([Buffer.from(`${LABEL}\0`), account, device]);
}

/** Checks E17 to E33, without state. A refusal names the check in `stoppedAt`. */
export async function open(envelope, device, prekeys, trusted, now) {
  const own = device.certificate;
  let suite, prekey, frame, n, certificate, isTrusted, sentAt, encoded, content;
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
      isTrusted = trusted.some((key) => certificate.account.equals(key));
      const isOwn = certificate.account.equals(own.account);
      require(isTrusted || isOwn, "untrusted", { account: hex(certificate.account) });
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
  for (const [name, check] of Object.entries(checks)) await named(name, check);
  await named("trust", () => {
    const isSelf = certificate.device.equals(own.device); // N14
    const isAllowed = isTrusted || isSelf || contents.isHeardUntrusted(content); // N10
    require(isAllowed, "untrusted", { account: hex(certificate.account) });
  });
  return { certificate, messageId: part(144, 160), sentAt, content };
}

/** Names in a refusal the check that refuses. */
async function named(stoppedAt, check) {
  try {
    await check();
  } catch (error) {
    if (error instanceof Refusal) error.details = { ...error.details, stoppedAt };
    throw error;
  }
}

/**
 * Seals (E6 to E16). `stream`, if given, replaces the output of this compressor, and `random` the
 * random bytes.
 */
export async function seal(device, targets, content, now, { messageId, stream, random } = {}) {
  device.certificate.checkTimes(now); // E6
  for (const target of targets) target.checkExpiry(now);
  contents.check(content); // E7
  const written = contents.encode(content);
  const compressed = stream ?? contents.deflate(written);
  const needed = compressed.length;
  const available = Math.min(...targets.map(({ suite }) => suite.room));
  require(needed <= available, "too_large", { needed, available }); // E8
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

/** Returns a frame up to its signature. */
export function frameHead(certificate, messageId, sentAt, stream) {
  const n = Buffer.alloc(2);
  n.writeUInt16BE(stream.length);
  return Buffer.concat([certificate.data, messageId, u64(sentAt), n, stream]);
}

/**
 * Makes one envelope (E10, E11, E13 to E15). `frame` returns the frame without padding. It takes
 * the fields that the signature covers in front of the frame.
 */
export async function encrypt({ suite, certificate: { account, device }, key }, frame, random) {
  const header = Buffer.concat([Buffer.of(1, suite.byte), prekeyId(key)]);
  const context = await encapsulate(suite, key, info(account, device), random);
  const { encapsulated } = context;
  const padded = Buffer.alloc(suite.room + 234);
  Buffer.from(frame(Buffer.concat([account, device, header, encapsulated, key]))).copy(padded);
  return Buffer.concat([header, encapsulated, await context.seal(padded, header)]);
}

/** Returns a source of random bytes: those given, or fresh ones. */
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
