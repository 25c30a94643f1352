// envelope.md, "Prekeys and bundles", and the prekeys of "Keys".

import { createHash } from "node:crypto";
import { DAY_IN_SECONDS, inMs, inSeconds, later, least, most, u64 } from "./bytes.mjs";
import { checkPublicKey, keyPair, suites } from "./hpke.mjs";
import { Certificate, verify } from "./keys.mjs";
import { Refusal, require } from "./refusal.mjs";

const LABEL = "hushring/1 prekey";
const MOST = 90n * DAY_IN_SECONDS;

export function prekeyId(key) {
  return createHash("sha256").update(key).digest().subarray(0, 8);
}

export async function readPrekey(bytes) {
  require(bytes.length === 41, "bad_length");
  const suite = suites[bytes[0]];
  require(suite !== undefined, "unsupported_suite");
  const key = await keyPair(suite, bytes.subarray(1, 33));
  return { suite, key, id: prekeyId(key.public), expiresAt: bytes.readBigUInt64BE(33) };
}

export class Bundle {
  /** Checks B1 to B10, which need neither a clock nor state. */
  constructor(data, account) {
    require(data.length >= 147, "bad_length");
    require(data[0] === 1, "unsupported_version");
    this.suite = suites[data[146]];
    require(this.suite !== undefined, "unsupported_suite");
    require(data.length === 163 + this.suite.publicKey + 64, "bad_length");
    this.certificate = new Certificate(data.subarray(1, 145));
    require(this.certificate.account.equals(account), "wrong_account");
    this.offers = Object.values(suites).filter(({ byte }) => data[145] & byte);
    require(this.offers.includes(this.suite), "bad_offers");
    this.issuedAt = data.readBigUInt64BE(147);
    this.expiresAt = data.readBigUInt64BE(155);
    const lifetime = this.expiresAt - this.issuedAt;
    require(0n < lifetime && lifetime <= MOST, "bad_lifetime");
    require(this.expiresAt <= this.certificate.expiresAt, "bad_lifetime");
    this.key = data.subarray(163, -64);
    checkPublicKey(this.suite, this.key);
    const [fields, signature] = [data.subarray(0, -64), data.subarray(-64)];
    verify(this.certificate.device, LABEL, fields, signature, "bad_signature");
    this.device = this.certificate.device.toString("hex");
  }

  /** Checks B11 to B13. */
  check(now, floor) {
    this.certificate.checkFloor(floor);
    this.certificate.checkTimes(now);
    require(inMs(this.issuedAt) <= later(now), "bundle_not_yet_valid");
    this.checkExpiry(now);
  }

  checkExpiry(now) {
    require(now < inMs(this.expiresAt), "bundle_expired");
  }

  /** Checks B14. `newest` maps device keys to what they last published. */
  checkNewest(newest) {
    require(this.issuedAt >= (newest.get(this.device) ?? 0n), "stale_bundle");
  }
}

/**
 * Applies B15. Returns the accepted bundles and the codes of the others, each with its index in the
 * list, and what each device last published.
 */
export function verifyAll(list, account, now, floor, before) {
  const rejected = [];
  const refuse = (index, error) => {
    if (!(error instanceof Refusal)) throw error;
    rejected.push({ index, error: error.code });
    return false;
  };
  const accept = (index, body) => {
    try {
      return body();
    } catch (error) {
      return refuse(index, error);
    }
  };
  const latest = new Map(before);
  const sound = list.flatMap((data, index) => {
    const bundle = accept(index, () => {
      const read = new Bundle(data, account);
      read.check(now, floor);
      read.checkNewest(before);
      return read;
    });
    if (!bundle) return [];
    latest.set(bundle.device, most(latest.get(bundle.device) ?? 0n, bundle.issuedAt));
    return [{ index, bundle }];
  });
  const accepted = sound.filter(({ index, bundle }) =>
    accept(index, () => {
      bundle.checkNewest(latest);
      return true;
    }),
  );
  rejected.sort((a, b) => a.index - b.index);
  // New devices follow in the order of their first bundle among those finally accepted.
  const newest = new Map(before);
  for (const { bundle } of accepted) newest.set(bundle.device, latest.get(bundle.device));
  return { accepted, rejected, newest };
}

/** Applies B16 to B18. Returns the indexes of the targets, and the downgraded devices. */
export function choose(accepted) {
  const targets = [];
  const downgraded = [];
  for (const device of new Set(accepted.map(({ bundle }) => bundle.device))) {
    const own = accepted.filter(({ bundle }) => bundle.device === device);
    const last = own.map(({ bundle }) => bundle.issuedAt).reduce(most);
    const current = own.filter(({ bundle }) => bundle.issuedAt === last);
    const target = current.reduce((a, b) => (b.bundle.suite.byte > a.bundle.suite.byte ? b : a));
    targets.push(target.index);
    const offers = current.flatMap(({ bundle }) => bundle.offers);
    const offered = offers.reduce((a, b) => (b.byte > a.byte ? b : a));
    const available = target.bundle.suite;
    if (offered.byte > available.byte) {
      downgraded.push({ device, offered: offered.name, available: available.name });
    }
  }
  return { targets, downgraded };
}

/** Checks B20, T9 and B21 in the order of "Publishing", then signs. */
export function publish(device, prekeys, now) {
  require(prekeys.length > 0, "no_prekeys"); // B20
  device.certificate.checkTimes(now); // T9
  const offers = new Set(prekeys.map(({ suite }) => suite.byte));
  require(offers.size === prekeys.length, "duplicate_suite"); // B20
  const issuedAt = inSeconds(now);
  const unsigned = prekeys.map(({ suite, key, expiresAt }) => {
    // B21.
    require(now < inMs(expiresAt), "prekey_expired");
    const until = least(expiresAt, device.certificate.expiresAt);
    require(until - issuedAt <= MOST, "bad_lifetime");
    return Buffer.concat([
      Buffer.of(1),
      device.certificate.data,
      Buffer.of(
        [...offers].reduce((a, b) => a | b),
        suite.byte,
      ),
      u64(issuedAt),
      u64(until),
      key.public,
    ]);
  });
  return unsigned.map((data) => Buffer.concat([data, device.key.sign(LABEL, data)]));
}
