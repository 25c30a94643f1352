// Writes fresh vectors of lists of bundles, as a server may hand them out together with revocation
// statements (B15, B25 to B27), and of what a reader stores of them (B28 to B32).

import { randomBytes, randomInt } from "node:crypto";
import { publish, readPrekey } from "./bundles.mjs";
import { hex, u64 } from "./bytes.mjs";
import * as keys from "./keys.mjs";
import { LastPublished, sha256 } from "./memory.mjs";
import { kinds } from "./play.mjs";
import { Refusal } from "./refusal.mjs";

const DAY = 86_400;

export async function* lists() {
  for (let round = 0; round < 40; round += 1) {
    const server = await newServer();
    yield vector(server, someOf(server.published.flat()), someStatements(server), "A list.");
  }
  for (let round = 0; round < 8; round += 1) {
    const server = await newServer();
    const comment = "With statements of many devices.";
    yield vector(server, someOf(server.published.flat()), manyStatements(server), comment);
  }
  const server = await newServer();
  const [last, ...others] = server.published.flat();
  const read = [...times(8, () => pick(others)), ...times(504, () => Buffer.of(1))];
  const list = [...shuffled(read), last, ...others];
  yield vector(server, list, someStatements(server), "Some bundles are behind the 512th.");
}

function vector(server, list, revocations, comment) {
  const { account, now, published } = server;
  const given = { account: hex(account.public), now: now * 1000 };
  // What the reader has stored is what it accepted of another list.
  const before = { ...given, bundles: someOf(published.flat()).map(hex) };
  const { lastPublished } = kinds.bundles(before);
  const members = { ...given, bundles: list.map(hex), revocations: revocations.map(hex) };
  if (randomInt(2) === 0) members.lastPublished = withFloor(lastPublished, now);
  return ["bundles", "B15 B25 B26 B27", comment, { ...members, expect: kinds.bundles(members) }];
}

/** Sometimes a full room, or a floor at one of the moments of the server's publications. */
function withFloor(lastPublished, now) {
  if (randomInt(8) === 0) {
    const [devices, count] = [hex(randomBytes(28)), randomInt(2_044, 2_049)];
    const fill = { devices, first: randomInt(9), count, issuedAt: now - 1_000 };
    const entries = lastPublished.entries.slice(0, 2_048 - count);
    return { ...lastPublished, entries, fill };
  }
  return randomInt(2) === 0 ? lastPublished : { ...lastPublished, floor: now - randomInt(4) };
}

/** What two accounts last published, as bytes in which perhaps something is wrong. */
export function* memories() {
  for (let round = 0; round < 60; round += 1) {
    const [own, other] = times(2, () => randomKey());
    const entries = times(randomInt(4), () => {
      const offers = pick([1, 2, 3, 255]);
      const hashes = [1, 2]
        .filter((suite) => offers & suite)
        .map((suite) => [suite, hex(randomBytes(32))]);
      const some = offers > 2 ? pick([hashes, hashes.slice(1), hashes.slice(0, 1)]) : hashes;
      const issuedAt = randomBytes(8).readBigUInt64BE();
      return [hex(randomBytes(32)), { issuedAt, offers, hashes: new Map(some) }];
    });
    const known = new LastPublished(pick([0n, BigInt(randomInt(4e9))]), new Map(entries));
    const account = pick([own, own, own, other]);
    const sound = known.pack(account);
    const changed = Buffer.from(sound.subarray(0, -32));
    changed[pick([0, randomInt(1, 41), randomInt(changed.length)])] ^= 1 << randomInt(8);
    const cut = sound.subarray(0, randomInt(41, sound.length - 31));
    const sealed = (fields) => Buffer.concat([fields, sha256(fields)]);
    const twice = sound.subarray(41, 41 + (sound.length - 73) / Math.max(entries.length, 1));
    const packed = pick([
      sound,
      sound,
      sealed(changed),
      sealed(changed),
      sealed(cut),
      sealed(Buffer.concat([sound.subarray(0, -32), twice])),
      Buffer.concat([changed, sound.subarray(-32)]),
      sound.subarray(0, randomInt(sound.length)),
    ]);
    const members = { account: hex(own), packed: hex(packed) };
    yield ["lastPublished", "B28 B29 B30 B31 B32", "What is stored.", judged(members)];
  }
}

function judged(members) {
  try {
    return { ...members, expect: kinds.lastPublished(members) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...members, expect: { error: error.code } };
  }
}

/** An account with three devices, and what they published at one of a few moments. */
async function newServer() {
  const now = randomInt(1e9, 4e9);
  const account = new keys.SigningKey(randomBytes(32));
  const devices = times(3, () => {
    const key = new keys.SigningKey(randomBytes(32));
    const [begins, ends] = [now - randomInt(1, 4) * DAY, now + 100 * DAY].map(BigInt);
    return new keys.Device(key, keys.Certificate.issue(account, key.public, begins, ends));
  });
  const published = [];
  for (const device of [...devices, pick(devices), pick(devices)]) {
    const until = u64(BigInt(now + randomInt(80 * DAY)));
    const suites = pick([[1], [2], [1, 2]]);
    const prekeys = suites.map((suite) =>
      Buffer.concat([Buffer.of(suite), randomBytes(32), until]),
    );
    const moment = BigInt(now - randomInt(3)) * 1000n;
    published.push(publish(device, await Promise.all(prekeys.map(readPrekey)), moment, undefined));
  }
  return { account, devices, published, now };
}

/** Statements of one account, with few floors, so that some are equal. Some are not sound. */
function someStatements({ account, devices, now }) {
  const named = [undefined, ...devices.map(({ key }) => key.public), randomKey()];
  const floors = times(3, () => now - pick([0, 1, 2, 3, 400]) * DAY + randomInt(-1, 2));
  const sound = times(pick([0, 1, 2, 6]), () => {
    return keys.revoke(account, pick(named), BigInt(pick(floors)), BigInt(now) * 1000n);
  });
  const unsound = times(pick([0, 0, 1, 4]), () => spoilt(account, pick(named), now));
  return shuffled([...sound, ...unsound, ...someOf(sound)]);
}

/** Statements of more devices than are kept, and perhaps more than are read. */
function manyStatements({ account, devices, now }) {
  const named = times(randomInt(62, 90), randomKey);
  const floors = times(3, () => now - randomInt(1, DAY));
  const state = (device, floor = pick(floors)) =>
    keys.revoke(account, device, BigInt(floor), BigInt(now) * 1000n);
  const all = [...named.map((device) => state(device)), ...times(20, () => state(pick(named)))];
  // The server's own devices have the lowest floors: they are not given back, but they count.
  const lowest = Math.min(...floors) - randomInt(2);
  for (const { key } of someOf(devices)) all.push(state(key.public, lowest));
  if (randomInt(2) === 0) all.push(state(undefined, pick([lowest - 1, lowest, ...floors])));
  const more = times(pick([0, 260 - all.length]), () =>
    pick([pick(all), spoilt(account, pick(named), now)]),
  );
  return shuffled([...all, ...more]);
}

/** Returns a statement in which something is wrong. */
function spoilt(account, device, now) {
  const other = new keys.SigningKey(randomBytes(32));
  const [at, ahead] = [BigInt(now), BigInt(now + randomInt(601, DAY))];
  const sound = keys.revoke(account, device, at, at * 1000n);
  const flipped = Buffer.from(sound);
  flipped[randomInt(flipped.length)] ^= 1 << randomInt(8);
  return pick([
    Buffer.of(),
    sound.subarray(1),
    Buffer.concat([sound, Buffer.of(0)]),
    Buffer.concat([Buffer.of(2), sound.subarray(1)]),
    keys.revoke(other, device, at, at * 1000n),
    keys.revoke(account, device, ahead, ahead * 1000n),
    flipped,
    flipped,
  ]);
}

function randomKey() {
  return new keys.SigningKey(randomBytes(32)).public;
}

function times(count, make) {
  return Array.from({ length: count }, () => make());
}

function pick(list) {
  return list[randomInt(list.length)];
}

/** Returns some of a list, in any order. */
function someOf(list) {
  return shuffled(list).slice(0, randomInt(list.length + 1));
}

function shuffled(list) {
  const places = list.map((item) => ({ item, at: randomInt(2 ** 32) }));
  return places.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
