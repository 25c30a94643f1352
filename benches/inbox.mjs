// Does a full inbox cost more than an empty one? node --no-warnings inbox.mjs
//
// Two inboxes receive the same envelopes in turn: one of 10 accounts with 8 message ids each, and one
// at the bounds of 4,096 accounts and 32,768 ids, in which calls of the sender, placed calls and journal
// are full as well. Prints Markdown, for README.md.

import {
  Account,
  Device,
  Inbox,
  init,
  Prekey,
  PrekeyBundle,
} from "../target/demo/node_modules/hushring/esm/index.js";
import { stateOf } from "./state.mjs";

const ids = 8; // of each account
const rounds = 400;
const warmUpRounds = 100; // not counted

await init();
const inDays = (days) => new Date(Date.now() + days * 86_400_000);
const alice = Account.generate();
const laptop = Device.enroll(alice, { expiresAt: inDays(365) });
const friends = Array.from({ length: 4 }, () => Account.generate());
const bob = Account.generate();
const phone = Device.enroll(bob, { expiresAt: inDays(365) });
const prekey = Prekey.generate("x25519", { expiresAt: inDays(90) });
const [published] = phone.publish([prekey]);
const bundle = PrekeyBundle.verify(published, bob.publicKey);

const inboxes = [10, 4_095].map((accounts) => {
  const state = stateOf({ phone, contacts: [alice, ...friends], accounts, ids });
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
console.log("| accounts, 8 ids each | saved state | load | save | receive |");
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
  "\nThe larger one has 255 events in its journal, 64 calls of the sender and 64 placed ones.",
);
console.log(`Receiving with it takes ${(full / few).toFixed(3)} times as long.`);

/** Leaves room for one more event. */
function fill(inbox) {
  for (let call = 0; call < 64; call += 1) {
    inbox.placeCall(crypto.randomUUID(), [alice.publicKey]);
    inbox.receive(laptop.seal(bundle, callEnd()));
  }
  const devices = friends.map((account) => Device.enroll(account, { expiresAt: inDays(365) }));
  for (let waiting = 0; waiting < 255; waiting += 1) {
    inbox.receive(devices[waiting >> 6].seal(bundle, { type: "message", body: "Are you there?" }));
  }
  if ([...inbox.pending()].length !== 255) throw new Error("the journal is not full");
}

function callEnd() {
  return { type: "call.end", callId: crypto.randomUUID(), reason: "cancelled" };
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
