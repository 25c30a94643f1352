// What a server sees: node generate.mjs '<a job as JSON>', started by run.py.
//
// Seals contents of every kind with the installed package and makes their pushes, and writes below
// job.out, for each half (train, test):
//
//   seen.ndjson        a line for each envelope, in the order posted: the time, the envelope, the
//                      push's path, headers and body, and the push's place in the order pushed
//   published.json     the prekey ids of each device token, in the order published
//   truth.ndjson       kind and length of each, which no feature is made of
//
// The halves have accounts, devices, prekeys and days of their own. What is drawn here comes from
// job.seed, so that two runs differ in what the package draws alone. Kinds are drawn last, whatever
// the time, the recipient and the sender: what a sequence gives away is no property of an envelope.

import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { leaks } from "./leaks.mjs";

const job = JSON.parse(process.argv[2]);
const { installed, out, seed, leak: leakName, envelopes: count, kinds } = job;

const load = (entry) => import(pathToFileURL(join(installed, "esm", entry)).href);
const { Account, Device, Prekey, PrekeyBundle, capacity, init, measure } = await load("index.js");
const { apnsRequest } = await load("relay.js");
await init();

const second = 1_000;
const day = 86_400 * second;
const start = Date.UTC(2026, 2, 2);
const batch = 8; // envelopes that wait together at the relay
const suites = ["x25519", "xwing"];
const room = Math.min(...suites.map(capacity)); // the recipient's suite does not shape the content (DEP10)
const random = generator(seed);
const leak = leaks(random)[leakName];
if (leak === undefined) throw new Error(`no leak is called ${leakName}`);

const root = new URL("../../", import.meta.url);
const corpus = new URL("dictionary/corpus/held-back/", root);
const files = readdirSync(corpus);
const corpusFiles = (pattern) =>
  files
    .filter((file) => pattern.test(file))
    .map((file) => readFileSync(new URL(file, corpus), "utf8"));
const offers = corpusFiles(/-offer-.*\.sdp$/);
const answers = corpusFiles(/-answer-.*\.sdp$/);
const candidates = corpusFiles(/-candidates-.*\.json$/).map((text) => JSON.parse(text));
const prose = ["README.md", "CONTRIBUTING.md", "spec/threat-model.md", "spec/sharing.md"]
  .map((file) => readFileSync(new URL(file, root), "utf8").replace(/[\s|#`*]+/g, " "))
  .join(" ");
const names = [
  "Alice",
  "Bob",
  "Zoë Müller",
  "Dr. Ngozi Okonjo-Iweala",
  "山田太郎",
  "Мария",
  "👩‍🚀",
];
const smallTalk = (
  "ok yes no haha thanks 👍 😂 ❤️ see you later where are you? I'm on my way. komme gleich, bin im Bus " +
  "на связи ちょっと待って mañana te llamo à tout de suite 7:30 https://example.org/m?id=48151623"
).split(" ");

/** Keys that are named in contents. */
const accounts = Array.from({ length: 8 }, () => Account.generate().publicKey);
const time = () => new Date(start + below(28 * day));

const contents = {
  call: () => ({
    content: {
      type: "call.invite",
      callId: uuid(),
      hasVideo: random() < 0.5,
      callerName: pick(names),
      ...(random() < 0.5 && {
        handle: { type: "phoneNumber", value: `+1202555${1_000 + below(9_000)}` },
      }),
      ...(random() < 0.9 && { offer: pick(offers) }),
    },
  }),
  answer: () => ({
    content: { type: "call.answer", callId: uuid(), ring: time(), answer: pick(answers) },
  }),
  candidates: () => ({
    content: { type: "call.candidates", callId: uuid(), candidates: pick(candidates) },
  }),
  end: () => ({
    content: {
      type: "call.end",
      callId: uuid(),
      ...pick([
        { reason: pick(["cancelled", "unanswered", "remoteEnded", "failed"]) },
        {
          reason: pick(["declined", "remoteEnded", "answeredElsewhere", "declinedElsewhere"]),
          caller: pick(accounts),
          ring: time(),
        },
        { reason: "answeredElsewhere", device: pick(accounts) },
      ]),
    },
  }),
  cover: () => ({ content: { type: "cover" } }),
  message: () => {
    const wanted = random() < 0.5 ? Math.ceil(2_000 ** random()) : 1 + below(2_000);
    return pick([proseOf, proseOf, talkOf, talkOf, repetitionOf, dataOf, jsonOf])(wanted);
  },
};

for (const [index, half] of ["train", "test"].entries()) {
  const directory = join(out, half);
  mkdirSync(directory, { recursive: true });
  generate(directory, start + index * 14 * day);
}

function generate(directory, begin) {
  const enrolled = { now: new Date(begin - 8 * day), expiresAt: new Date(begin + 80 * day) };
  const enroll = () => {
    const account = Account.generate();
    return { account, device: Device.enroll(account, enrolled) };
  };
  const senders = Array.from({ length: 20 }, enroll);
  const recipients = Array.from({ length: 120 }, () => {
    const { account, device } = enroll();
    const bundles = [8, 1].flatMap((ago) => {
      const now = new Date(begin - ago * day);
      const made = suites.map((suite) =>
        Prekey.generate(suite, { now, expiresAt: new Date(begin + 60 * day) }),
      );
      return device
        .publish(made, { now })
        .map((bundle) => PrekeyBundle.verify(bundle, account.publicKey, { now }));
    });
    const deviceToken = Buffer.from(Array.from({ length: 32 }, () => below(256))).toString("hex");
    return { bundles, deviceToken };
  });
  writeFileSync(
    join(directory, "published.json"),
    JSON.stringify(
      Object.fromEntries(recipients.map((it) => [it.deviceToken, it.bundles.map(({ id }) => id)])),
    ),
  );

  const plan = schedule(begin, senders, recipients);
  const seen = openSync(join(directory, "seen.ndjson"), "w");
  const truth = openSync(join(directory, "truth.ndjson"), "w");
  for (let from = 0; from < plan.length; from += batch) {
    const lines = plan.slice(from, from + batch);
    const order = leak.order?.(lines.map(({ kind }) => kind)) ?? lines.map((_, place) => place);
    const place = new Map(order.map((which, at) => [which, from + at]));
    const records = lines.map((line, which) => record(line, place.get(which)));
    writeSync(seen, records.map(({ visible }) => `${JSON.stringify(visible)}\n`).join(""));
    writeSync(truth, records.map(({ hidden }) => `${JSON.stringify(hidden)}\n`).join(""));
  }
  closeSync(seen);
  closeSync(truth);
}

function record({ time, sender, recipient, kind }, pushed) {
  const { content, length } = fitting(kind);
  const now = new Date(time);
  const suite = pick(suites);
  const bundles = recipient.bundles.filter((bundle) => bundle.suite === suite);
  const bundle = leak.choose?.(bundles, kind) ?? pick(bundles); // senders fetch at different times
  const sealed = sender.device.seal(bundle, content, { now });
  const envelope =
    leak.envelope?.(sealed, { kind, suite, spare: capacity(suite) - measure(content) }) ?? sealed;
  const { deviceToken } = recipient;
  const request = apnsRequest(envelope.subarray(0, 2_880), {
    deviceToken,
    topic: "org.example.app",
    now,
  });
  const base64 = Buffer.from(envelope).toString("base64");
  if (envelope.length !== 2_880) {
    request.body = request.body.replace(/"hushring":".*"/, `"hushring":"${base64}"`);
  }
  const { path, headers, body } = leak.push?.(request, { kind, time }) ?? request;
  return {
    visible: { time, envelope: base64, path, headers: Object.entries(headers), body, pushed },
    hidden: { kind, length },
  };
}

/** Conversations of a few envelopes each, by day more than by night, in the order of time. */
function schedule(begin, senders, recipients) {
  const plan = [];
  while (plan.length < count) {
    const hour = 7 + 16 * ((random() + random() + random()) / 3);
    let time = begin + below(14) * day + Math.floor(hour * 3_600 * second);
    const sender = pick(senders);
    const recipient = pick(recipients);
    const script = leak.script?.();
    const length = script?.length ?? 1 + below(6);
    for (let index = 0; index < length; index += 1) {
      const { kind = weighted(kinds), gap = 1 + 120 * random() ** 3 } = script?.[index] ?? {};
      if (index > 0) time += Math.floor(gap * second);
      plan.push({ time, sender, recipient, kind });
    }
  }
  return plan.slice(0, count).sort((a, b) => a.time - b.time);
}

/** A content of this kind that fits both suites, and how long a message is, in characters or bytes. */
function fitting(kind) {
  for (;;) {
    const made = contents[kind]();
    if (measure(made.content) <= room) return made;
  }
}

function textOf(text, wanted) {
  const characters = Array.from(text).slice(0, wanted);
  return { content: { type: "message", body: characters.join("") }, length: characters.length };
}

function proseOf(wanted) {
  const from = below(prose.length - 2_000);
  return textOf(prose.slice(from, from + wanted), wanted);
}

function talkOf(wanted) {
  let text = pick(smallTalk);
  while (text.length < 2 * wanted) text += ` ${pick(smallTalk)}`;
  return textOf(text, wanted);
}

function repetitionOf(wanted) {
  return textOf(pick(["a", "ha", "😂", "!?"]).repeat(wanted), wanted);
}

/** Bytes that nothing compresses. */
function dataOf(wanted) {
  const length = Math.min(wanted, 1_400);
  return {
    content: { type: "message", data: Uint8Array.from({ length }, () => below(256)) },
    length,
  };
}

function jsonOf(wanted) {
  const points = Array.from({ length: Math.ceil(wanted / 24) }, () => ({
    lat: below(180),
    lon: below(360),
  }));
  return { content: { type: "message", data: { points } }, length: JSON.stringify(points).length };
}

function uuid() {
  const bytes = Array.from({ length: 16 }, () => below(256));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function pick(list) {
  return list[below(list.length)];
}

function below(limit) {
  return Math.floor(random() * limit);
}

function weighted(weights) {
  let left = random() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return Object.keys(weights).find((kind) => {
    left -= weights[kind];
    return left < 0;
  });
}

/** splitmix32: not for secrets. */
function generator(state) {
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
