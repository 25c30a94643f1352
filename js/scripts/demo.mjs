// Shows the main job with the installed package: node js/scripts/demo.mjs <where it is>
//
// It seals a call with a real browser's offer and a short message in each suite, shows what the
// server sees of both, and receives them. Then it shows how the callee's inbox treats envelopes
// that come repeated, out of order, or forged.

import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const installed = resolve(process.argv[2] ?? ".", "node_modules/hushring/esm");
const load = (entry) => import(pathToFileURL(join(installed, entry)).href);
const hushring = await load("index.js");
const { Account, Device, HushringError, Inbox, Prekey, PrekeyBundle } = hushring;
const { capacity, fingerprint, init, measure } = hushring;
const { apnsRequest, auditApnsRequests, readHeader } = await load("relay.js");

await init();

const day = 24 * 60 * 60 * 1000;
const inDays = (days) => new Date(Date.now() + days * day);
const offer = await readFile(
  join(root, "dictionary/corpus/held-back/chromium-av-data-turn-offer-gathered-1.sdp"),
  "utf8",
);

title("Two people");
const alice = Account.generate();
const laptop = Device.enroll(alice, { expiresAt: inDays(360) });
const bob = Account.generate();
const phone = Device.enroll(bob, { expiresAt: inDays(360) });
say("Alice, on her laptop", alice.fingerprint);
say("Bob, on his phone", bob.fingerprint);

title("Bob's phone publishes a prekey of each suite; Alice verifies them against Bob's key");
const prekeys = ["x25519", "xwing"].map((suite) =>
  Prekey.generate(suite, { expiresAt: inDays(80) }),
);
const published = phone.publish(prekeys);
const { bundles } = PrekeyBundle.verifyAll(published, bob.publicKey);
for (const bundle of bundles) {
  say(bundle.suite, `${bundle.toBytes().length} bytes, room for ${capacity(bundle.suite)}`);
}

const call = {
  type: "call.invite",
  callId: crypto.randomUUID(),
  handle: { type: "phoneNumber", value: "+12025550123" },
  callerName: "The Bank",
  hasVideo: true,
  offer,
};
const message = { type: "message", body: "Are you there?" };

title("What Alice says");
say("a call", `an audio and video offer of ${offer.length} bytes, ${measure(call)} compressed`);
say("a message", `"${message.body}", ${measure(message)} compressed`);

const requests = [];
for (const bundle of bundles) {
  const sealed = [
    ["the call", laptop.seal(bundle, call)],
    ["the message", laptop.seal(bundle, message)],
  ];

  title(`What the server sees, suite ${bundle.suite}`);
  for (const [name, envelope] of sealed) {
    const { version, suite, prekeyId } = readHeader(envelope);
    const request = apnsRequest(envelope, {
      deviceToken: "a1".repeat(32),
      topic: "com.example.app",
    });
    requests.push(request);
    say(name, `${envelope.length} bytes: version ${version}, ${suite}, prekey ${prekeyId}`);
    say("", `push of ${request.body.length} bytes, ${pushHeaders(request)}`);
  }
  pictures(sealed.map(([, envelope]) => envelope));

  title(`What Bob's phone reads, suite ${bundle.suite}`);
  for (const [name, envelope] of sealed) {
    const { sender, sentAt, content } = newInbox().receive(envelope);
    say(name, `from ${sender.displayName}, sent ${sentAt.toISOString()}`);
    say("", summary(content));
    if (JSON.stringify(content) !== JSON.stringify(sorted(name === "the call" ? call : message))) {
      throw new Error("what was read is not what was written");
    }
  }
}

auditApnsRequests(requests);
title("The audit of all four pushes finds no difference but the envelope");

const inbox = newInbox();
const carol = Account.generate();
const tablet = Device.enroll(carol, { expiresAt: inDays(360) });
const seal = (content, from = laptop) => from.seal(bundles.at(-1), content);

title("A call rings: what CallKit is told is what Bob has pinned, not what the caller claims");
const ringing = seal(call);
const { callKit, claimed } = receive("the call", ringing);
say("", `CallKit   ${callKit.callerName}, ${callKit.handleType} ${callKit.handle}`);
say(
  "",
  `          call ${callKit.callUUID}, rings ${seconds(callKit.expiresAt - Date.now())} more`,
);
say("", `the claim "${claimed.callerName}", for the app alone`);

title("A relay may repeat, reorder and change");
receive("the call again", ringing);
const cancelled = { ...call, callId: crypto.randomUUID() };
const cancellation = { type: "call.end", callId: cancelled.callId, reason: "cancelled" };
receive("a cancellation", seal(cancellation), "the call that it is about has not come");
receive("and then its call", seal(cancelled), "it does not ring any more");
const forged = seal(message).map((byte, index) => (index === 2_000 ? byte ^ 1 : byte));
receive("one bit changed", forged);
say("why?", "inbox.explain(envelope), as far as it came:");
for (const { check, outcome } of inbox.explain(forged).checks) {
  if (outcome !== "notReached") say("", `  ${check.padEnd(12)}${outcome}`);
}

title("A stranger's message waits until Bob has compared fingerprints");
receive("Carol's message", seal({ type: "message", body: "It's me, Carol" }, tablet));
say("held", `${inbox.held().length}, of ${fingerprint(inbox.held()[0].sender.account)}`);
for (const event of inbox.trust(carol.publicKey, { displayName: "Carol" })) {
  say("Bob trusts Carol", `${event.action}: "${event.content.body}"`);
}

title("Nothing is lost in a crash: events wait until they are acknowledged");
const saved = inbox.save();
say("saved", `${saved.length} bytes`);
const restarted = Inbox.load(phone, saved);
for (const event of restarted.pending()) {
  restarted.acknowledge(event);
  say("after a restart", `${outcome(event)}, from ${event.sender.displayName}: acknowledged`);
}
say(
  "saved again",
  `${restarted.save().length} bytes: whom Bob trusts, and what came, so that nothing comes twice`,
);

console.log(`
Try next:
  make size                          what the package weighs
  js/scripts/demo.mjs                what you just saw, in 200 lines
  README.md                          the same in your own program
  spec/threat-model.md               what a server still learns
`);

/** Of Bob's phone; he trusts Alice. */
function newInbox() {
  const inbox = new Inbox(phone);
  for (const prekey of prekeys) inbox.addPrekey(prekey);
  inbox.trust(alice.publicKey, {
    handle: { type: "emailAddress", value: "alice@example.org" },
    displayName: "Alice",
  });
  return inbox;
}

/** Receives, and says what comes of it. */
function receive(what, envelope, because) {
  try {
    const event = inbox.receive(envelope);
    say(what, because === undefined ? outcome(event) : `${outcome(event)}: ${because}`);
    return event;
  } catch (error) {
    if (!HushringError.is(error)) throw error;
    say(what, `refused: ${error.code}`);
  }
}

function outcome({ action, reason }) {
  return reason === undefined ? action : `${action} (${reason})`;
}

function seconds(ms) {
  return `${Math.round(ms / 1000)} s`;
}

function title(text) {
  console.log(`\n${bold(text)}`);
}

function say(what, text) {
  console.log(`  ${what.padEnd(22)}${text}`);
}

function bold(text) {
  return process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text;
}

function pushHeaders({ headers }) {
  return `priority ${headers["apns-priority"]}, expires ${headers["apns-expiration"]}`;
}

/** Every envelope as 8 rows of 36 blocks, side by side: each block is one byte in ten. */
function pictures(envelopes) {
  console.log();
  for (let row = 0; row < 8; row += 1) {
    const line = envelopes.map((envelope) =>
      Array.from(
        { length: 36 },
        (_, column) => " ░▒▓█"[Math.floor((envelope[(row * 36 + column) * 10] * 5) / 256)],
      ).join(""),
    );
    console.log(`  ${line.join("    ")}`);
  }
  console.log(`  ${["the call".padEnd(36), "the message"].join("    ")}`);
}

function summary({ type, ...members }) {
  const shown = Object.entries(members).map(([name, value]) => {
    const claim = ["callerName", "handle"].includes(name) ? ", as Alice claims" : "";
    if (value.length > 40) return `${name} (${value.length} characters)`;
    return `${name} ${JSON.stringify(value.value ?? value)}${claim}`;
  });
  return `${type}: ${shown.join(", ")}`;
}

/** The order of deterministic CBOR: shorter names first. */
function sorted(object) {
  const order = ([a], [b]) => a.length - b.length || (a < b ? -1 : 1);
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    typeof value === "object" ? sorted(value) : value,
  ]);
  return Object.fromEntries(entries.sort(order));
}
