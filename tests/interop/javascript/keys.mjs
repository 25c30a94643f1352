// envelope.md, "Signatures" to "Revocation", and "Derived identifiers".

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify as verifyRaw,
} from "node:crypto";
import { DAY_IN_SECONDS, earlier, hex, inMs, later, little, most, power, u64 } from "./bytes.mjs";
import { Refusal, require } from "./refusal.mjs";

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = (P - ((121665n * power(121666n, P - 2n, P)) % P)) % P;
// The canonical encodings of the points of small order, and the two with x = 0 and the sign set.
const SMALL_ORDER = new Set([
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]);

/** Checks K6. */
export function checkKey(key) {
  require(key.length === 32, "bad_key");
  const y = little(key) & (2n ** 255n - 1n);
  const square = (y * y - 1n) * (((D * y) % P) * y + 1n);
  const reduced = ((square % P) + P) % P;
  require(reduced === 0n || power(reduced, (P - 1n) / 2n, P) === 1n, "bad_key");
  require(y < P && !SMALL_ORDER.has(hex(key)), "weak_key");
}

export function bytesToSign(label, fields) {
  return Buffer.concat([Buffer.from(`${label}\0`), createHash("sha512").update(fields).digest()]);
}

/**
 * Checks S3 to S6. OpenSSL compares the encoding of [S]B − [k]A with R, without the cofactor (S6).
 */
export function verify(key, label, fields, signature, code) {
  checkKey(key); // S3
  require(little(signature.subarray(32)) < L, code); // S4
  require(!SMALL_ORDER.has(hex(signature.subarray(0, 32))), code); // S5
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
  const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
  require(verifyRaw(null, bytesToSign(label, fields), publicKey, signature), code);
}

/** The private key of an account or a device. */
export class SigningKey {
  constructor(seed) {
    require(seed.length === 32, "bad_length");
    this.seed = Buffer.from(seed);
    const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    this.key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    const spki = createPublicKey(this.key).export({ format: "der", type: "spki" });
    this.public = spki.subarray(-32);
  }

  sign(label, fields) {
    const signature = sign(null, bytesToSign(label, fields), this.key);
    verify(this.public, label, fields, signature, "bad_signature"); // S2
    return signature;
  }
}

export function fingerprint(account) {
  const digits = hashed("hushring/1 fingerprint", account).toString("hex");
  return digits.match(/.{4}/g).join(" ");
}

/** Returns the CallKit UUID (I1). */
export function callkitUuid(caller, callId) {
  const h = hashed("hushring/1 callkit", caller, callId);
  h[6] = (h[6] & 0x0f) | 0x80;
  h[8] = (h[8] & 0x3f) | 0x80;
  return h;
}

function hashed(label, ...parts) {
  const hash = createHash("sha256").update(`${label}\0`);
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, 16);
}

/** envelope.md, "Certificates". */
export class Certificate {
  /** Checks T1 to T4, of the 144 bytes that a longer structure holds. */
  constructor(data) {
    this.data = Buffer.from(data);
    this.account = this.data.subarray(0, 32);
    this.device = this.data.subarray(32, 64);
    this.notBefore = this.data.readBigUInt64BE(64);
    this.expiresAt = this.data.readBigUInt64BE(72);
    const code = "bad_certificate";
    try {
      checkKey(this.account);
      checkKey(this.device);
    } catch {
      throw new Refusal(code);
    }
    require(!this.account.equals(this.device), code);
    const lifetime = this.expiresAt - this.notBefore;
    require(0n < lifetime && lifetime <= 366n * DAY_IN_SECONDS, code);
    const [fields, signature] = [this.data.subarray(0, 80), this.data.subarray(80)];
    verify(this.account, "hushring/1 certificate", fields, signature, code);
  }

  /** Reads a certificate that comes by itself: its length is checked before T1. */
  static readAlone(bytes) {
    require(bytes.length === 144, "bad_length");
    return new Certificate(bytes);
  }

  static issue(account, device, notBefore, expiresAt) {
    const fields = Buffer.concat([account.public, device, u64(notBefore), u64(expiresAt)]);
    const signature = account.sign("hushring/1 certificate", fields);
    return new Certificate(Buffer.concat([fields, signature]));
  }

  /** Checks T6 at `time`, in ms. */
  checkTimes(time) {
    require(earlier(inMs(this.notBefore)) <= time, "certificate_not_yet_valid");
    require(time < inMs(this.expiresAt), "certificate_expired");
  }

  /** Checks T5. */
  checkFloors(floors) {
    require(this.notBefore >= floors.of(this.device), "revoked");
  }
}

export class Device {
  constructor(key, certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  static read(bytes) {
    require(bytes.length === 176, "bad_length");
    const key = new SigningKey(bytes.subarray(0, 32));
    const certificate = new Certificate(bytes.subarray(32));
    require(certificate.device.equals(key.public), "wrong_device");
    return new Device(key, certificate);
  }

  export() {
    return Buffer.concat([this.key.seed, this.certificate.data]);
  }
}

// envelope.md, "Revocation". A statement with a device revokes that device's key alone.

const ofAccount = { label: "hushring/1 revocation", length: 105 };
const ofDevice = { label: "hushring/1 device revocation", length: 137 };

/** Checks R1 to R5. Returns the floor, and the device if the statement names one. */
export function readRevocation(data, account, now) {
  const kind = [ofAccount, ofDevice].find(({ length }) => data.length === length);
  require(kind !== undefined, "bad_length");
  require(data[0] === 1, "unsupported_version");
  const key = data.subarray(1, 33);
  require(key.equals(account), "wrong_account");
  checkKey(key);
  const device = kind === ofDevice ? data.subarray(33, 65) : undefined;
  if (device !== undefined) checkKey(device);
  verify(key, kind.label, data.subarray(1, -64), data.subarray(-64), "bad_signature");
  const floor = data.readBigUInt64BE(data.length - 72);
  require(inMs(floor) <= later(now), "clock");
  return { device, floor, data };
}

/**
 * Reads the statements that a list of bundles is checked with (B26). Returns their floors, those
 * that count, in their order, and the codes of those that are not sound, each with its index.
 */
export function readRevocations(list, account, now) {
  const floors = new Floors();
  const sound = [];
  const rejected = [];
  for (const [index, data] of list.entries()) {
    try {
      require(index < 256, "too_many");
      sound.push({ index, ...readRevocation(data, account, now) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      rejected.push({ index, error: error.code });
    }
  }
  for (const statement of sound) floors.add(statement);
  const { count, withoutRoom } = thoseThatCount(sound);
  for (const { index } of withoutRoom) rejected.push({ index, error: "too_many" });
  rejected.sort((a, b) => a.index - b.index);
  return { floors, count, rejected };
}

function thoseThatCount(sound) {
  // Sorting is stable: of several of one floor, the first stays the first.
  const falling = sound.toSorted((a, b) => compare(b.floor, a.floor));
  const ofAccount = falling.find(({ device }) => device === undefined);
  const isSuperseded = ({ floor }) => ofAccount !== undefined && floor <= ofAccount.floor; // R6
  const ofDevices = new Map();
  for (const statement of falling) {
    const { device } = statement;
    if (device === undefined || isSuperseded(statement) || ofDevices.has(hex(device))) continue;
    ofDevices.set(hex(device), statement);
  }
  const byKey = (a, b) => Buffer.compare(a.device, b.device);
  const ranked = Array.from(ofDevices.values()).sort(
    (a, b) => compare(b.floor, a.floor) || byKey(a, b),
  );
  const kept = ranked.slice(0, 64).sort(byKey);
  const count = ofAccount === undefined ? kept : [ofAccount, ...kept];
  return { count, withoutRoom: ranked.slice(64) };
}

function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function revoke(account, device, floor, now) {
  if (device !== undefined) checkKey(device);
  require(inMs(floor) <= later(now), "clock");
  const { label } = device === undefined ? ofAccount : ofDevice;
  const fields = Buffer.concat([account.public, device ?? Buffer.of(), u64(floor)]);
  return Buffer.concat([Buffer.of(1), fields, account.sign(label, fields)]);
}

/** The revocation floors of one account and its devices (R6). */
export class Floors {
  #account = 0n;
  #devices = new Map();

  add({ device, floor }) {
    if (device === undefined) this.#account = most(this.#account, floor);
    else this.#devices.set(hex(device), most(this.of(device), floor));
  }

  of(device) {
    return most(this.#account, this.#devices.get(hex(device)) ?? 0n);
  }
}
