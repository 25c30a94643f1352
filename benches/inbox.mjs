// Does a full inbox cost more than an empty one? node --no-warnings inbox.mjs [accounts]
//
// Two inboxes receive the same envelopes in turn: one of 10 accounts with 512 message ids each, and one
// of 10,000 with as many each, in which calls, placed calls and journal are full as well. Prints
// Markdown, for README.md. The message ids are written into the saved state here, by the format of
// src/inbox/state.rs: to receive five million messages would take an hour.

import { createHash, randomBytes } from "node:crypto";
import {
  Account,
  Device,
  Inbox,
  init,
  Prekey,
  PrekeyBundle,
} from "../target/demo/node_modules/hushring/esm/index.js";

const [many = 10_000] = process.argv.slice(2).map(Number);
const seenByEach = 512;
const rounds = 400;
const warmUpRounds = 100; // not counted

await init();
const inDays = (days) => new Date(Date.now() + days * 86_400_000);
const alice = Account.generate();
const laptop = Device.enroll(alice, { expiresAt: inDays(365) });
const bob = Account.generate();
const phone = Device.enroll(bob, { expiresAt: inDays(365) });
const prekey = Prekey.generate("x25519", { expiresAt: inDays(90) });
const [published] = phone.publish([prekey]);
const bundle = PrekeyBundle.verify(published, bob.publicKey);

const inboxes = [10, many].map((accounts) => {
  const state = fullState(accounts);
  const load = timed(() => Inbox.load(phone, state));
  const inbox = load.result;
  inbox.addPrekey(prekey);
  const save = timed(() => inbox.save());
  return { accounts, inbox, bytes: state.length, load: load.ms, save: save.ms, times: [] };
});

fill(inboxes[1].inbox);

for (let round = 0; round < rounds + warmUpRounds; round += 1) {
  const envelope = laptop.seal(bundle, { type: "message", body: "Are you there?" });
  const order = round % 2 === 0 ? inboxes : inboxes.toReversed();
  for (const { inbox, times } of order) {
    const { result: event, ms } = timed(() => inbox.receive(envelope));
    if (event.action !== "notify") throw new Error(event.action);
    inbox.acknowledge(event);
    if (round >= warmUpRounds) times.push(ms);
  }
}

const [few, full] = inboxes.map(({ times }) => median(times));
console.log(`\n## A full inbox\n`);
console.log("| accounts, 512 ids each | saved state | load | save | receive |");
console.log("|---|---|---|---|---|");
for (const { accounts, bytes, load, save, times } of inboxes) {
  const columns = [
    accounts.toLocaleString("en"),
    `${(bytes / 1e6).toFixed(1)} MB`,
    `${load.toFixed(1)} ms`,
    `${save.toFixed(1)} ms`,
    `${(median(times) * 1000).toFixed(0)} µs`,
  ];
  console.log(`| ${columns.join(" | ")} |`);
}
console.log(
  "\nThe larger one has 1,023 events in its journal, 64 calls of the sender and 64 placed ones.",
);
console.log(`Receiving with it takes ${(full / few).toFixed(3)} times as long.`);

/** Leaves room for one more event. */
function fill(inbox) {
  for (let call = 0; call < 64; call += 1) {
    inbox.placeCall(crypto.randomUUID(), [alice.publicKey]);
    inbox.receive(laptop.seal(bundle, callEnd()));
  }
  let waiting = 0;
  for (let friend = 0; friend < 8; friend += 1) {
    const account = Account.generate();
    const device = Device.enroll(account, { expiresAt: inDays(365) });
    inbox.trust(account.publicKey);
    for (; waiting < Math.min(1023, (friend + 1) * 128); waiting += 1) {
      inbox.receive(device.seal(bundle, { type: "message", body: "Are you there?" }));
    }
  }
  if ([...inbox.pending()].length !== 1023) throw new Error("the journal is not full");
}

function callEnd() {
  return { type: "call.end", callId: crypto.randomUUID(), reason: "cancelled" };
}

/** The state of an inbox that has received 512 messages from each of so many accounts. */
function fullState(accounts) {
  const keys = Array.from({ length: accounts - 1 }, () => randomBytes(32));
  keys.push(Buffer.from(alice.publicKey), Buffer.from(bob.publicKey));
  keys.sort(Buffer.compare);
  // Its first publication is still to come.
  const parts = [Buffer.of(1), bob.publicKey, phone.publicKey, Buffer.of(0), u16(keys.length)];
  for (const key of keys) {
    const isOwn = key.equals(Buffer.from(bob.publicKey));
    const trusted = isOwn ? Buffer.of(0) : Buffer.of(1, 0, 0); // without handle and name
    const seen = seenBy(isOwn ? 0 : seenByEach);
    parts.push(key, trusted, Buffer.of(0, 0), u16(0)); // not blocked, nor revoked, nor a device of it
    parts.push(Buffer.of(0)); // without a replay floor
    parts.push(u16(seen.length / 24), seen);
    parts.push(u16(0)); // no calls
  }
  // No early ends, calls placed or joined, kept signals, events, and nothing held.
  parts.push(...Array(6).fill(u16(0)));
  const bytes = Buffer.concat(parts);
  return Buffer.concat([bytes, createHash("sha256").update(bytes).digest()]);
}

/** So many message ids, of yesterday: sent_at and id each. */
function seenBy(count) {
  const seen = randomBytes(count * 24);
  const yesterday = BigInt(Date.now() - 86_400_000);
  for (let id = 0; id < count; id += 1) seen.writeBigUInt64BE(yesterday + BigInt(id), id * 24);
  return seen;
}

function u16(value) {
  return Buffer.of(value >> 8, value & 0xff);
}

function timed(body) {
  const begun = performance.now();
  const result = body();
  return { result, ms: performance.now() - begun };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
