// Plays vectors (vectors/README.md).

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Bundle, choose, prekeyId, publish, readPrekey, verifyAll } from "./bundles.mjs";
import { hex, inMs, unhex } from "./bytes.mjs";
import * as contents from "./content.mjs";
import * as envelopes from "./envelope.mjs";
import { suites } from "./hpke.mjs";
import * as keys from "./keys.mjs";
import * as linking from "./linking.mjs";
import { LastPublished } from "./memory.mjs";
import * as pushes from "./push.mjs";
import { Refusal } from "./refusal.mjs";

export async function playAll(folders) {
  let passed = 0;
  let failed = 0;
  for (const path of folders.flatMap(vectorsBelow)) {
    const difference = await play(JSON.parse(readFileSync(path, "utf8")));
    if (difference === undefined) passed += 1;
    else {
      failed += 1;
      console.log(`${path}: ${difference}`.slice(0, 600));
    }
  }
  console.log(`# pass ${passed}\n# fail ${failed}`);
  return failed === 0 && passed > 0;
}

function vectorsBelow(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "scenes" ? [] : vectorsBelow(path);
    return entry.name.endsWith(".json") ? [path] : [];
  });
}

/** Of a result, what a vector need not have. Then it is not compared. */
const optional = ["revocations", "rejectedRevocations", "expired"];

/** Returns the difference from the expected result, or undefined. */
async function play(vector) {
  if (!Object.hasOwn(kinds, vector.kind)) return `unknown kind ${vector.kind}`;
  let found;
  try {
    found = await kinds[vector.kind](vector);
  } catch (error) {
    // A reader that stops has failed.
    if (!(error instanceof Refusal)) return `stopped by ${error.stack}`;
    // A vector names those details of an error that are compared.
    const named = { error: error.code, ...error.details };
    const wanted = new Set(["error", ...Object.keys(vector.expect)]);
    found = Object.fromEntries(Array.from(wanted, (name) => [name, named[name] ?? null]));
  }
  for (const name of optional) if (!Object.hasOwn(vector.expect, name)) delete found[name];
  const [got, expected] = [found, filled(vector.expect)].map(canonical);
  return got === expected ? undefined : `expected ${expected}, found ${got}`;
}

/** Returns what is expected, with the entries of a `fill` among the others. */
function filled(expect) {
  if (expect.lastPublished !== undefined) {
    return { ...expect, lastPublished: filled(expect.lastPublished) };
  }
  return expect.entries === undefined ? expect : lastPublishedToJson(lastPublishedOf(expect));
}

function canonical(value) {
  return JSON.stringify(value, (_, member) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

export const kinds = {
  publicKey({ publicKey }) {
    keys.checkKey(unhex(publicKey));
    return { fingerprint: keys.fingerprint(unhex(publicKey)) };
  },

  account: ownKey,
  pendingDevice: ownKey,

  device({ export: bytes }) {
    const { key, certificate } = keys.Device.read(unhex(bytes));
    return { publicKey: hex(key.public), account: hex(certificate.account) };
  },

  async prekey({ export: bytes }) {
    const { suite, id, expiresAt } = await readPrekey(unhex(bytes));
    return { suite: suite.name, id: hex(id), expiresAt: number(expiresAt) };
  },

  callKit({ account, callId }) {
    keys.checkKey(unhex(account));
    const found = keys.callkitUuid(unhex(account), contents.callIdOf(callId));
    return { uuid: contents.uuid(found) };
  },

  certificate({ certificate }) {
    const found = keys.Certificate.readAlone(unhex(certificate));
    return {
      account: hex(found.account),
      device: hex(found.device),
      notBefore: number(found.notBefore),
      expiresAt: number(found.expiresAt),
    };
  },

  bundle(vector) {
    const bundle = new Bundle(unhex(vector.bundle), unhex(vector.account));
    bundle.check(BigInt(vector.now), floorsOf(vector));
    lastPublishedOf(vector.lastPublished).check(bundle);
    return {
      device: bundle.device,
      suite: bundle.suite.name,
      offers: bundle.offers.map(({ name }) => name),
      prekeyId: hex(prekeyId(bundle.key)),
      issuedAt: number(bundle.issuedAt),
      expiresAt: number(bundle.expiresAt),
    };
  },

  bundles(vector) {
    const list = vector.bundles.map(unhex);
    const account = unhex(vector.account);
    const now = BigInt(vector.now);
    const given = (vector.revocations ?? []).map(unhex);
    const { floors, count, rejected: unsound } = keys.readRevocations(given, account, now);
    const stored = lastPublishedOf(vector.lastPublished);
    const { accepted, rejected, lastPublished } = verifyAll(list, account, now, floors, stored);
    return {
      accepted: accepted.map(({ index }) => index),
      rejected,
      lastPublished: lastPublishedToJson(lastPublished),
      ...choose(accepted, BigInt(vector.chooseAt ?? vector.now)),
      revocations: count.map(({ data }) => hex(data)),
      rejectedRevocations: unsound,
    };
  },

  lastPublished({ account, packed, lastPublished }) {
    const given = lastPublished && lastPublishedOf(lastPublished).pack(unhex(account));
    const data = given ?? unhex(packed);
    const found = LastPublished.unpack(data, unhex(account));
    if (!found.pack(unhex(account)).equals(data)) throw new Error("packed otherwise");
    return lastPublishedToJson(found);
  },

  async publish({ device, prekeys, now, last }) {
    const own = await Promise.all(prekeys.map((bytes) => readPrekey(unhex(bytes))));
    const before = last === undefined ? undefined : BigInt(last);
    return { bundles: publish(keys.Device.read(unhex(device)), own, BigInt(now), before).map(hex) };
  },

  request({ device, secret, now }) {
    const key = new keys.SigningKey(unhex(device));
    return { request: hex(linking.request(key, unhex(secret), BigInt(now))) };
  },

  certify(vector) {
    const account = new keys.SigningKey(unhex(vector.account));
    const times = {};
    for (const name of ["now", "expiresAt", "notBefore", "floor"]) {
      if (vector[name] !== undefined) times[name] = BigInt(vector[name]);
    }
    const [request, secret] = [unhex(vector.request), unhex(vector.secret)];
    return { grant: hex(linking.certify(account, request, secret, times)) };
  },

  activate({ device, request, grant, secret, now }) {
    const bytes = unhex(device);
    const before = bytes.length === 32 ? undefined : keys.Device.read(bytes);
    const active = linking.activate(
      before?.key ?? new keys.SigningKey(bytes),
      before?.certificate,
      unhex(request),
      unhex(grant),
      unhex(secret),
      BigInt(now),
    );
    return { device: hex(active.export()) };
  },

  revocation({ revocation, account, now }) {
    const found = keys.readRevocation(unhex(revocation), unhex(account), BigInt(now));
    const device = found.device === undefined ? {} : { device: hex(found.device) };
    return { floor: number(found.floor), ...device };
  },

  revoke({ account, device, floor, now }) {
    const key = new keys.SigningKey(unhex(account));
    const of = device === undefined ? undefined : unhex(device);
    return { revocation: hex(keys.revoke(key, of, BigInt(floor), BigInt(now))) };
  },

  async open({ device, prekeys, trusted, now, envelope }) {
    const bytes = Buffer.from(envelope, "base64");
    const opened = await envelopes.open(
      bytes,
      keys.Device.read(unhex(device)),
      await Promise.all(prekeys.map((prekey) => readPrekey(unhex(prekey)))),
      trusted.map(unhex),
      BigInt(now),
    );
    return {
      envelopeTag: envelopes.tag(bytes),
      account: hex(opened.certificate.account),
      device: hex(opened.certificate.device),
      messageId: hex(opened.messageId),
      sentAt: number(opened.sentAt),
      content: contentToJson(opened.content),
    };
  },

  async seal(vector) {
    const { expect } = vector;
    const given = (digits) => (digits === undefined ? undefined : unhex(digits));
    const options = {
      messageId: given(vector.messageId),
      stream: given(expect.stream),
      random: unhex(vector.random ?? ""),
    };
    const targets = vector.to.map(
      ({ account, bundle }) => new Bundle(unhex(bundle), unhex(account)),
    );
    for (const target of targets) target.check(inMs(target.issuedAt), new keys.Floors());
    const content = contentOf(vector.content);
    const own = keys.Device.read(unhex(vector.device));
    const sealed = await envelopes.seal(own, targets, content, BigInt(vector.now), options);
    // Compressors differ, so the vector's stream need only inflate to this encoding.
    const isSame = contents.inflate(options.stream).equals(contents.encode(content));
    return {
      messageId: hex(options.messageId ?? options.random.subarray(0, 16)),
      stream: isSame ? expect.stream : null,
      envelopes: sealed.map((bytes) => bytes.toString("base64")),
    };
  },

  push: ({ envelope, now, ...options }) =>
    pushes.push(Buffer.from(envelope, "base64"), { ...options, now: BigInt(now) }),

  audit({ requests }) {
    pushes.audit(requests);
    return {};
  },
};

function ownKey({ export: bytes }) {
  return { publicKey: hex(new keys.SigningKey(unhex(bytes)).public) };
}

function floorsOf({ revocations = [], account, now }) {
  const floors = new keys.Floors();
  for (const statement of revocations) {
    floors.add(keys.readRevocation(unhex(statement), unhex(account), BigInt(now)));
  }
  return floors;
}

function lastPublishedOf({ floor = 0, entries = [], fill } = {}) {
  const byte = (name) => Object.values(suites).find((suite) => suite.name === name).byte;
  const all = entries.map(({ device, issuedAt, offers, bundles }) => {
    const hashes = new Map(bundles.map(({ suite, hash }) => [byte(suite), hash]));
    return [device, { issuedAt: BigInt(issuedAt), offers, hashes }];
  });
  for (let number = fill?.first; number < fill?.first + fill?.count; number += 1) {
    const device = fill.devices + number.toString(16).padStart(8, "0");
    const hashes = new Map([[1, "00".repeat(32)]]);
    all.push([device, { issuedAt: BigInt(fill.issuedAt + number), offers: 1, hashes }]);
  }
  return new LastPublished(BigInt(floor), new Map(all));
}

/** Writes what an account last published. A floor of 0 is left out. */
export function lastPublishedToJson(lastPublished) {
  const entries = lastPublished.inOrder().map(([device, { issuedAt, offers, hashes }]) => {
    const bundles = Array.from(hashes, ([byte, hash]) => ({ byte, hash }))
      .sort((a, b) => a.byte - b.byte)
      .map(({ byte, hash }) => ({ suite: suites[byte].name, hash }));
    return { device, issuedAt: number(issuedAt), offers, bundles };
  });
  const floor = lastPublished.floor === 0n ? {} : { floor: number(lastPublished.floor) };
  return { ...floor, entries };
}

/** Writes an integer above 2^53 − 1 as text. */
export function number(value) {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
}

const isCall = (type) => typeof type === "string" && type.startsWith("call.");

/** Writes a content. Its callId is a UUID; maps inside the content have none. */
export function contentToJson(content) {
  const json = toJson(content);
  if (isCall(content.get("type")) && content.has("callId")) {
    json.callId = contents.uuid(content.get("callId"));
  }
  return json;
}

function toJson(value) {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (Array.isArray(value)) return value.map(toJson);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries(Array.from(value, ([name, member]) => [name, toJson(member)]));
}

export function contentOf(json) {
  const content = mapFromJson(json);
  const callId = content.get("callId");
  if (isCall(content.get("type")) && typeof callId === "string") {
    content.set("callId", contents.callIdOf(callId));
  }
  return content;
}

function fromJson(json) {
  if (Array.isArray(json)) return json.map(fromJson);
  if (json === null || typeof json !== "object") return json;
  if (Object.keys(json).length === 1 && typeof json.bytes === "string") {
    return new Uint8Array(unhex(json.bytes));
  }
  return mapFromJson(json);
}

function mapFromJson(json) {
  return new Map(Object.entries(json).map(([name, member]) => [name, fromJson(member)]));
}
