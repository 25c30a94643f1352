// What a phone needs where much has come: node --no-warnings costs.mjs [package] [package before]
//
// Each figure is measured in a process of its own, and the packages take turns. With a second package,
// such as one that was built from an earlier commit, both stand side by side. By default the package
// is ../pkg. Prints Markdown, for README.md. Linux alone, because it reads /proc.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stateOf } from "./state.mjs";

// ROUNDS has more or fewer of them, and ONLY those whose name contains it.
const { ROUNDS: rounds = 3, ONLY: only = "" } = process.env;
const file = fileURLToPath(import.meta.url);
/** The package hides it. */
let wasmMemory;
const inDays = (days) => new Date(Date.now() + days * 86_400_000);
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));

const measurements = {
  "backlog of one contact, 640 messages": backlog(640),
  "backlog of one contact, 1,280 messages": backlog(1_280),
  "backlog of one contact, 2,560 messages": backlog(2_560),
  "page of 64 that are cover": page(() => ({ type: "cover" })),
  "page of 64 heavy messages of a contact": page(heavyContent),
  "page of 64 heavy messages, journal full of such": fullPage(),
  "memory of a wake, 9,000 envelopes": wakeOf9000({ measured: memoryOf }),
  "of it, without V8's optimising compiler": wakeOf9000({
    measured: memoryOf,
    flags: ["--liftoff-only"],
  }),
  "of it, still in use afterwards": wakeOf9000({ measured: growthOf }),
  "load, journal full of heavy contents": fullJournal(({ load }) => load),
  "list all pending, journal full of heavy contents": fullJournal(({ list }) => list),
  "memory to list them, one at a time": listing(),
  "load, receive and save, nothing pending": session({ heavy: 0 }),
  "load, receive and save, 63 heavy events pending": session({ heavy: 63 }),
  "state of 500 contacts with their ids": contacts(({ bytes }) => bytes),
  "memory to save it": contacts(({ memory }) => memory),
  "contacts to be added, after 16,382 statements of throwaway accounts": throwaways(16_382),
  "verifyAll of two bundles, 1,500 entries of lastPublished": verifying(),
  "receive, light, of a contact": receiving({ isContact: true, isHeavy: false }),
  "receive, heavy, of a contact": receiving({ isContact: true, isHeavy: true }),
  "receive, light, of a stranger": receiving({ isContact: false, isHeavy: false }),
  "receive, heavy, of a stranger": receiving({ isContact: false, isHeavy: true }),
};

if (process.argv[2] === "measure") {
  const [name, path, step, folder] = process.argv.slice(3);
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...parameters) => {
    const instance = await instantiate(...parameters);
    wasmMemory = instance.exports.memory;
    return instance;
  };
  const hushring = await import(pathToFileURL(join(path, "esm/index.js")).href);
  await hushring.init();
  const result = await measurements[name][step]({ hushring, path, folder });
  console.log(JSON.stringify(result ?? null));
} else {
  compare(process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["../pkg"]);
}

function compare(given) {
  const packages = given.map((path) => resolve(path));
  console.log(`\n## Costs\n\nOn ${cpus()[0].model}, Node ${process.versions.node}: medians of ${rounds}
processes each (lowest–highest).\n`);
  const heads = ["", "this package", ...(packages.length > 1 ? ["before", "ratio"] : [])];
  row(...heads);
  row(...heads.map(() => "---"));
  for (const name of Object.keys(measurements).filter((it) => it.match(only))) {
    const results = packages.map((path) => ({ path, figures: [] }));
    const folders = results.map(({ path }) => {
      const folder = mkdtempSync(join(tmpdir(), "hushring-costs-"));
      run(name, path, "prepare", folder);
      return folder;
    });
    for (let round = 0; round < rounds; round += 1) {
      results.forEach(({ path, figures }, index) => {
        figures.push(run(name, path, "measure", folders[index]));
      });
    }
    for (const folder of folders) rmSync(folder, { recursive: true });
    const [ours, before] = results.map(({ figures }) => figures.map(({ figure }) => figure));
    const { unit } = results[0].figures[0];
    const isCost = unit !== "of 10" && median(ours) > 0;
    const ratio = before !== undefined && isCost ? (median(before) / median(ours)).toFixed(2) : "";
    const cells = results.map(({ figures }) =>
      shown(
        figures.map(({ figure }) => figure),
        unit,
      ),
    );
    row(...[name, ...cells, ratio].slice(0, heads.length));
  }
}

function run(name, path, step, folder) {
  const { flags = [] } = measurements[name];
  const args = [
    "--no-warnings",
    "--expose-gc",
    ...flags,
    file,
    "measure",
    name,
    path,
    step,
    folder,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name}, ${step} in ${path}\n${stderr}`);
  return JSON.parse(stdout);
}

/** Alice, Bob, and the phone that receives, as files; so that nothing is sealed while it is measured. */
function people({ Account, Device, Prekey, PrekeyBundle, Inbox }, senders = 1) {
  const [bob, ...accounts] = times(senders + 1, () => Account.generate());
  const enroll = (account) => Device.enroll(account, { expiresAt: inDays(300) });
  const phone = enroll(bob);
  const prekey = Prekey.generate("x25519", { expiresAt: inDays(60) });
  const [published] = phone.publish([prekey]);
  const bundle = PrekeyBundle.verify(published, bob.publicKey);
  const inbox = new Inbox(phone);
  inbox.addPrekey(prekey);
  for (const { publicKey } of accounts) inbox.trust(publicKey);
  return { bob, accounts, devices: accounts.map(enroll), phone, prekey, bundle, inbox };
}

function keep(folder, { phone, prekey }, files) {
  const all = { phone: phone.export(), prekey: prekey.export(), ...files };
  for (const [name, bytes] of Object.entries(all)) writeFileSync(join(folder, name), bytes);
}

function start({ Device, Prekey }, folder) {
  const read = (name) => readFileSync(join(folder, name));
  return { phone: Device.import(read("phone")), prekey: Prekey.import(read("prekey")), read };
}

function load({ Inbox }, { phone, prekey, read }) {
  const inbox = Inbox.load(phone, read("state"));
  inbox.addPrekey(prekey);
  return inbox;
}

/** Fills its envelope, and has 65,536 bytes, or nearly, once it is inflated. */
function heavyContent({ measure, capacity }) {
  const noise = crypto.getRandomValues(new Uint8Array(2_500));
  const items = times(2_000, () => ({ name: "value" }));
  const content = (length) => {
    const rest = new Uint8Array(65_000 - 2_000 * 12 - length);
    return { type: "message", data: { items, noise: noise.subarray(0, length), rest } };
  };
  let length = 2_500;
  for (let over = 1; over > 0; length -= Math.max(over, 0)) {
    over = measure(content(length)) - capacity("x25519");
  }
  return content(length);
}

/** The loop of the package's own guide, over a mailbox in a file. */
function wakeOf({ hushring, path, folder }) {
  const guide = readFileSync(join(path, "docs/guide.md"), "utf8");
  const end = "// Returns whether the event is done with";
  const loop = guide.slice(guide.indexOf("async function wake("), guide.indexOf(end));
  const person = start(hushring, folder);
  const inbox = load(hushring, person);
  const mailbox = openSync(join(folder, "mailbox"));
  const count = fstatSync(mailbox).size / 2_880;
  let first = 0;
  // Envelopes as an answer brings them: bytes of their own.
  const envelopes = (from, until) => {
    return times(until - from, (index) => {
      const envelope = new Uint8Array(2_880);
      readSync(mailbox, envelope, 0, 2_880, (from + index) * 2_880);
      return envelope;
    });
  };
  let time = 0;
  const app = {
    inbox,
    HushringError: hushring.HushringError,
    clock: { isSynchronized: () => true, now: () => new Date() },
    performance: { now: () => time },
    setTimeout: (resume, left) => {
      time += left;
      setImmediate(resume);
    },
    store: async () => {},
    act: async () => true,
    confirmPage: async (ids) => {
      first += ids.length;
    },
    fetchPage: async ({ after = -1, confirm }) => {
      first += confirm.length;
      const from = Math.max(first, after + 1);
      const until = Math.min(count, from + 64);
      const ids = times(until - from, (index) => from + index);
      return { envelopes: envelopes(from, until), ids, next: until - 1, waiting: count - from };
    },
    fetchMailbox: async () => ({ envelopes: envelopes(0, count), now: new Date() }),
    confirm: async () => {
      first = count;
    },
  };
  const names = Object.keys(app);
  const make = new Function(...names, `let atWork = Promise.resolve();\n${loop}\nreturn wake;`);
  return {
    wake: make(...names.map((name) => app[name])),
    check: () => {
      if (first !== count) throw new Error(`${count - first} are left`);
    },
  };
}

async function timeOfWake(context) {
  const { wake, check } = wakeOf(context);
  const figure = await timed(wake);
  check();
  return { figure, unit: "ms" };
}

/** What one page takes: the interval of the grid lies above the worst (DEP2). */
function page(contentFor) {
  return backlog(64, contentFor);
}

function backlog(count, contentFor = () => ({ type: "message", body: "Are you there?" })) {
  return {
    prepare({ hushring, folder }) {
      const all = people(hushring);
      const content = contentFor(hushring);
      const seal = (number) => {
        const now = new Date(Date.now() - 1_000 * (count - number));
        return all.devices[0].seal(all.bundle, content, { now });
      };
      keep(folder, all, { mailbox: Buffer.concat(times(count, seal)), state: all.inbox.save() });
    },
    measure: timeOfWake,
  };
}

/** Cover, and 200 messages, by 75 contacts: there is room for all of it at once. */
function wakeOf9000({ measured, flags }) {
  return {
    flags,
    prepare({ hushring, folder }) {
      const all = people(hushring, 75);
      const seal = (number) => {
        const content =
          number % 45 === 0 ? { type: "message", body: `${number}` } : { type: "cover" };
        return all.devices[number % 75].seal(all.bundle, content);
      };
      keep(folder, all, { mailbox: Buffer.concat(times(9_000, seal)), state: all.inbox.save() });
    },
    async measure(context) {
      const { wake, check } = wakeOf(context);
      const figure = await measured(wake);
      check();
      return { figure, unit: "MB" };
    },
  };
}

/** As many heavy events of eight contacts as the package's inbox takes. */
function fill(all, hushring) {
  const content = heavyContent(hushring);
  const receives = (envelope) => {
    try {
      all.inbox.receive(envelope);
      return true;
    } catch (error) {
      if (error.code !== "inbox_full") throw error;
      return false;
    }
  };
  for (const device of all.devices) {
    while (receives(device.seal(all.bundle, content)));
  }
}

/** What loading and listing a full journal needs. */
function fullJournal(which) {
  return {
    prepare({ hushring, folder }) {
      const all = people(hushring, 8);
      fill(all, hushring);
      keep(folder, all, { state: all.inbox.save() });
    },
    async measure({ hushring, folder }) {
      const person = start(hushring, folder);
      let inbox;
      const loading = await timed(() => {
        inbox = load(hushring, person);
      });
      const listing = await timed(() => list(inbox));
      return { figure: which({ load: loading, list: listing }), unit: "ms" };
    },
  };
}

function list(inbox) {
  for (const event of inbox.pending()) if (event.content.data.items.length !== 2_000) throw event;
}

function listing() {
  return {
    prepare: fullJournal().prepare,
    async measure({ hushring, folder }) {
      const inbox = load(hushring, start(hushring, folder));
      return { figure: await memoryOf(() => list(inbox)), unit: "MB" };
    },
  };
}

/** The worst page (DEP2): its envelopes are of a ninth contact, and all that is pending comes first. */
function fullPage() {
  return {
    prepare({ hushring, folder }) {
      const all = people(hushring, 9);
      const sender = all.devices.pop();
      fill(all, hushring);
      const content = heavyContent(hushring);
      const mailbox = Buffer.concat(times(64, () => sender.seal(all.bundle, content)));
      keep(folder, all, { mailbox, state: all.inbox.save() });
    },
    measure: timeOfWake,
  };
}

/** Statements of accounts that nobody knows, and then whoever wants to be a contact. */
function throwaways(count) {
  return {
    prepare({ hushring, folder }) {
      const all = people(hushring, 1);
      const statements = times(count, () => {
        const account = hushring.Account.generate();
        const statement = account.revoke(new Date());
        account.free();
        return statement;
      });
      keep(folder, all, { state: all.inbox.save(), statements: Buffer.concat(statements) });
    },
    async measure({ hushring, folder }) {
      const person = start(hushring, folder);
      const inbox = load(hushring, person);
      const statements = person.read("statements");
      const length = statements.length / count;
      for (let each = 0; each < count; each += 1) {
        inbox.revoke(statements.subarray(each * length, (each + 1) * length));
      }
      let added = 0;
      for (let contact = 0; contact < 10; contact += 1) {
        try {
          inbox.trust(hushring.Account.generate().publicKey);
          added += 1;
        } catch (error) {
          if (error.code !== "inbox_full") throw error;
        }
      }
      return { figure: added, unit: "of 10" };
    },
  };
}

function session({ heavy }) {
  return {
    prepare({ hushring, folder }) {
      const all = people(hushring);
      const content = heavyContent(hushring);
      for (let each = 0; each < heavy; each += 1) {
        all.inbox.receive(all.devices[0].seal(all.bundle, content));
      }
      const envelope = all.devices[0].seal(all.bundle, { type: "message", body: "Are you there?" });
      keep(folder, all, { state: all.inbox.save(), envelope });
    },
    async measure({ hushring, folder }) {
      const person = start(hushring, folder);
      const envelope = person.read("envelope");
      const once = () => {
        const inbox = load(hushring, person);
        inbox.receive(envelope);
        inbox.save();
        inbox.free();
      };
      return { figure: await often(once), unit: "ms" };
    },
  };
}

/** All the ids that the package keeps of 500 contacts. */
function contacts(which) {
  return {
    prepare({ hushring, folder }) {
      const all = people(hushring);
      const hasRevision = "revision" in hushring.Inbox.prototype;
      const ids = hasRevision ? 65 : 512;
      const options = { phone: all.phone, contacts: all.accounts, accounts: 500, ids, hasRevision };
      keep(folder, all, { state: stateOf(options) });
    },
    async measure({ hushring, folder }) {
      const inbox = load(hushring, start(hushring, folder));
      let bytes;
      const memory = await memoryOf(() => {
        bytes = inbox.save().length / 1e6;
      });
      return { figure: which({ bytes, memory }), unit: "MB" };
    },
  };
}

function verifying() {
  return {
    prepare: () => {},
    async measure({ hushring }) {
      const { Account, Device, PendingDevice, Prekey, PrekeyBundle } = hushring;
      const account = Account.generate();
      const phone = Device.enroll(account, { expiresAt: inDays(300) });
      const prekeys = ["x25519", "xwing"].map((suite) =>
        Prekey.generate(suite, { expiresAt: inDays(60) }),
      );
      const published = phone.publish(prekeys);
      const own = PrekeyBundle.verifyAll(published, account.publicKey).lastPublished;
      const devices = times(1_500, () => PendingDevice.generate().publicKey);
      const lastPublished = ArrayBuffer.isView(own)
        ? packed(own, devices)
        : devices.map((device) => ({ ...own[0], device }));
      const options = { lastPublished };
      const once = () => {
        const { bundles } = PrekeyBundle.verifyAll(published, account.publicKey, options);
        if (bundles.length !== 2) throw new Error(`${bundles.length} bundles`);
        for (const bundle of bundles) bundle.free();
      };
      return { figure: await often(once), unit: "ms" };
    },
  };
}

/** The entry of one device, for each of these (spec/envelope.md, "Packed"). */
function packed(own, devices) {
  const entries = devices
    .toSorted(Buffer.compare)
    .map((device) => Buffer.concat([device, own.subarray(41 + 32, -32)]));
  const fields = Buffer.concat([own.subarray(0, 41), ...entries]);
  return Buffer.concat([fields, createHash("sha256").update(fields).digest()]);
}

function receiving({ isContact, isHeavy }) {
  return {
    prepare: () => {},
    async measure({ hushring }) {
      const all = people(hushring);
      if (!isContact) all.inbox.untrust(all.accounts[0].publicKey);
      const content = isHeavy ? heavyContent(hushring) : { type: "message", body: "Hello" };
      const envelopes = times(240, () => all.devices[0].seal(all.bundle, content));
      const once = () => {
        try {
          all.inbox.acknowledge(all.inbox.receive(envelopes.pop()));
        } catch (error) {
          if (error.code !== "untrusted" || isContact) throw error;
        }
      };
      return { figure: await often(once, 200, 40), unit: "ms" };
    },
  };
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

/** The median of many. */
async function often(once, count = 40, warmUp = 10) {
  for (let each = 0; each < warmUp; each += 1) once();
  const all = [];
  for (let each = 0; each < count; each += 1) all.push(await timed(once));
  return median(all);
}

/** The peak of the process's memory meanwhile, above what it had before, in MB. */
async function memoryOf(work) {
  globalThis.gc();
  writeFileSync("/proc/self/clear_refs", "5");
  const rest = status("VmRSS");
  await work();
  return status("VmHWM") - rest;
}

/** What is in use after it, and was not before: of JavaScript, in buffers, and in the wasm. In MB. */
async function growthOf(work) {
  const inUse = () => {
    globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return (heapUsed + arrayBuffers + wasmMemory.buffer.byteLength) / 1e6;
  };
  const before = inUse();
  await work();
  // Buffers are freed a little later than what held them.
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 100));
  return inUse() - before;
}

function status(name) {
  const [, kilobytes] = new RegExp(`${name}:\\s*(\\d+)`).exec(
    readFileSync("/proc/self/status", "utf8"),
  );
  return (kilobytes * 1_024) / 1e6;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function shown(figures, unit) {
  const digits = (value) => {
    if (Number.isInteger(value)) return `${value}`;
    return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
  };
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  return `${digits(median(figures))} ${unit} (${digits(low)}–${digits(high)})`;
}

function row(...cells) {
  console.log(`| ${cells.join(" | ")} |`);
}
