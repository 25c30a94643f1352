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
    this.offersByte = data[145];
    this.hash = createHash("sha256").update(data).digest("hex");
  }

  /** Checks B11 to B13. */
  check(now, floors) {
    this.certificate.checkFloors(floors);
    this.certificate.checkTimes(now);
    require(inMs(this.issuedAt) <= later(now), "bundle_not_yet_valid");
    this.checkExpiry(now);
  }

  checkExpiry(now) {
    require(now < inMs(this.expiresAt), "bundle_expired");
  }
}

/**
 * Applies B25, B15 and B27. `stored` is what the account last published. Returns the accepted
 * bundles and the codes of the others, each with its index in the list, and what is then stored.
 */
export function verifyAll(list, account, now, floors, stored) {
  const rejected = [];
  const refuse = (index, code) => rejected.push({ index, error: code });
  const sound = [];
  for (const [index, data] of list.entries()) {
    try {
      require(index < 512, "too_many");
      const bundle = new Bundle(data, account);
      bundle.check(now, floors);
      stored.check(bundle);
      sound.push({ index, bundle });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(index, error.code);
    }
  }
  const bundles = sound.map(({ bundle }) => bundle);
  const staying = new Set();
  for (const device of new Set(bundles.map((bundle) => bundle.device))) {
    const current = newest(bundles, device);
    if (agree(current)) for (const bundle of current) staying.add(bundle);
  }
  const accepted = sound.filter(({ bundle }) => staying.has(bundle));
  for (const { index, bundle } of sound) {
    if (!staying.has(bundle)) refuse(index, "stale_bundle");
  }
  rejected.sort((a, b) => a.index - b.index);
  const lastPublished = stored.after(accepted.map(({ bundle }) => bundle));
  return { accepted, rejected, lastPublished };
}

/** Returns a device's bundles with its newest issued_at. */
function newest(bundles, device) {
  const own = bundles.filter((bundle) => bundle.device === device);
  const last = own.map(({ issuedAt }) => issuedAt).reduce(most);
  return own.filter(({ issuedAt }) => issuedAt === last);
}

/** Says whether bundles of one moment can be of one publication. */
function agree(bundles) {
  return bundles.every((one) =>
    bundles.every(
      (other) =>
        one.offersByte === other.offersByte &&
        (one.suite !== other.suite || one.hash === other.hash),
    ),
  );
}

/**
 * Applies B16 to B18. Returns the indexes of the targets, the downgraded devices, and for each device
 * whose bundles have all expired the index of the strongest.
 */
export function choose(accepted, now) {
  const targets = [];
  const downgraded = [];
  const expired = [];
  for (const device of new Set(accepted.map(({ bundle }) => bundle.device))) {
    const own = accepted.filter(({ bundle }) => bundle.device === device);
    const bundles = own.map(({ bundle }) => bundle);
    const current = own.filter(({ bundle }) => newest(bundles, device).includes(bundle));
    const strongest = (some) =>
      some.reduce((a, b) => (b.bundle.suite.byte > a.bundle.suite.byte ? b : a));
    const usable = current.filter(({ bundle }) => now < inMs(bundle.expiresAt));
    if (usable.length === 0) {
      expired.push(strongest(current).index);
      continue;
    }
    const target = strongest(usable);
    targets.push(target.index);
    const offers = current.flatMap(({ bundle }) => bundle.offers);
    const offered = offers.reduce((a, b) => (b.byte > a.byte ? b : a));
    const available = target.bundle.suite;
    if (offered.byte > available.byte) {
      downgraded.push({ device, offered: offered.name, available: available.name });
    }
  }
  return { targets, downgraded, expired };
}

/**
 * Checks B20, T9 and B21 in the order of "Publishing", then signs. `last` is the issued_at of the
 * device's last publication, if there was one.
 */
export function publish(device, prekeys, now, last) {
  require(prekeys.length > 0, "no_prekeys"); // B20
  device.certificate.checkTimes(now); // T9
  const offers = new Set(prekeys.map(({ suite }) => suite.byte));
  require(offers.size === prekeys.length, "duplicate_suite"); // B20
  const issuedAt = last === undefined ? inSeconds(now) : most(inSeconds(now), last + 1n);
  require(inMs(issuedAt) <= later(now), "clock"); // B20
  const unsigned = prekeys.map(({ suite, key, expiresAt }) => {
    // B21.
    require(now < inMs(expiresAt), "prekey_expired");
    const until = least(expiresAt, device.certificate.expiresAt);
    require(0n < until - issuedAt && until - issuedAt <= MOST, "bad_lifetime");
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
