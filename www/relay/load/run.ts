// Posts and drains real envelopes on the loopback, for both stores, and prints figures. It is bounded
// in time and count, and stops by itself. Options: --seconds (of a phase, 8), --waiting (100,000),
// --store (sqlite or postgresql; both).

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { newDatabase, startPostgres } from "../test/support/postgres.js";
import { RelayProcess } from "../test/support/processes.js";
import { act, Client } from "../test/support/relays.js";
import type { Place } from "../test/support/stores.js";
import { LoadClient } from "./client.js";
import { Envelopes, writeEnvelopes } from "./envelopes.js";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "8" },
    waiting: { type: "string", default: "100000" },
    store: { type: "string" },
  },
});
const seconds = Math.min(60, Number(values.seconds));
const waiting = Math.min(200_000, Number(values.waiting));
const posters = [1, 10, 100];

/** Posts in a phase, at most. */
const mostPosts = 15_000;
const latencies = 300;

const open = {
  LIMIT_MAILBOX: "1000000",
  LIMIT_POSTS_PER_MINUTE: "100000000",
  LIMIT_POSTS_PER_DAY: "100000000",
  LIMIT_ASKS_PER_MINUTE: "100000000",
  LIMIT_REQUESTS_PER_MINUTE: "100000000",
  LIMIT_DEVICES_PER_HOUR: "100000000",
  LIMIT_OPEN_PER_MINUTE: "100000000",
  LOG_LEVEL: "warn",
};

const folder = mkdtempSync(join(tmpdir(), "hushring-load-"));
const file = join(folder, "envelopes");
const cluster =
  values.store === "sqlite" ? "not asked for" : await startPostgres({ durable: true });
try {
  const model = cpus()[0]?.model ?? "unknown";
  console.log(`${cpus().length} × ${model}, Node ${process.version}`);
  console.log(`load of the machine before: ${readFileSync("/proc/loadavg", "utf8").slice(0, 14)}`);
  const count = Math.max(waiting, mostPosts + 1_000);
  console.log(`${count} envelopes are sealed`);
  writeEnvelopes(file, count);
  if (values.store !== "postgresql") {
    await measure("SQLite", async (phase) => {
      const data = `${phase}.sqlite`;
      return {
        place: { data: join(folder, data), databaseUrl: undefined },
        size: () => sizeOfFiles(data),
      };
    });
  }
  if (typeof cluster === "string") console.log(`PostgreSQL: ${cluster}`);
  else {
    const { url } = cluster;
    await measure("PostgreSQL", async () => {
      const databaseUrl = await newDatabase(url);
      return { place: { data: "", databaseUrl }, size: () => sizeOfDatabase(databaseUrl) };
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  if (typeof cluster !== "string") await cluster.stop();
}

/** A store that is empty, for one phase: each posts the same envelopes. */
type NewStore = (phase: number) => Promise<{ place: Place; size: () => Promise<number> }>;

async function measure(name: string, newStore: NewStore): Promise<void> {
  console.log(`\n${name}`);
  let phase = 0;
  const withRelay = async (
    body: (relay: RelayProcess, size: () => Promise<number>) => Promise<void>,
  ) => {
    phase += 1;
    const { place, size } = await newStore(phase);
    const relay = await RelayProcess.start(place, open);
    try {
      await body(relay, size);
    } finally {
      await relay.end("SIGTERM");
    }
  };
  for (const count of posters) {
    // Devices are connected, so that every envelope has its push as well.
    await withRelay(async (relay) => {
      const { rate, cpu } = await throughput(relay, count);
      const load = `relay at ${cpu.toFixed(0)} % of a core`;
      console.log(`  ${count} posters: ${rate.toFixed(0)} envelopes a second, ${load}`);
    });
  }
  await withRelay(async (relay) => {
    const { median, p99 } = await latency(relay);
    console.log(`  from post to wake: median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`);
  });
  await withRelay(fillAndDrain);
}

/** Each poster posts one envelope after the other, to one of ten devices that are connected. */
async function throughput(relay: RelayProcess, count: number) {
  const envelopes = new Envelopes(file);
  const clients = await createMany(relay, count);
  const devices = await createMany(relay, 10);
  const streams = await Promise.all(devices.map((device) => device.listen()));
  const load = new LoadClient(relay.url, count);
  const begun = performance.now();
  const used = cpuOf(relay.pid);
  let posted = 0;
  await Promise.all(
    clients.map(async (client, index) => {
      while (posted < mostPosts && performance.now() - begun < seconds * 1_000) {
        posted += 1;
        const [envelope] = envelopes.take(1);
        const to = devices[(index + posted) % devices.length]?.mailbox as string;
        await load.post("/v1/envelopes", client.token, act([{ to, envelope: envelope as Buffer }]));
      }
    }),
  );
  const time = (performance.now() - begun) / 1_000;
  const cpu = ((cpuOf(relay.pid) - used) / time) * 100;
  // Every push has come before this ends: nothing is put off that would count later.
  const all = () => streams.reduce((sum, stream) => sum + stream.events.length, 0);
  for (let tries = 0; all() < posted && tries < 200; tries += 1) await sleep(50);
  // The relay ends a stream for which more waits than events.ts has room for.
  if (all() < posted) console.log(`  ${posted - all()} pushes were not read in time`);
  for (const stream of streams) stream.close();
  load.close();
  envelopes.close();
  return { rate: posted / time, cpu };
}

/** From the request to the event of the stream, one envelope at a time. */
async function latency(relay: RelayProcess) {
  const envelopes = new Envelopes(file);
  const [poster, device] = (await createMany(relay, 2)) as [Client, Client];
  const stream = await device.listen();
  const load = new LoadClient(relay.url, 1);
  const times: number[] = [];
  for (let count = 0; count < latencies; count += 1) {
    const [envelope] = envelopes.take(1) as [Buffer];
    const begun = performance.now();
    await load.post("/v1/envelopes", poster.token, act([{ to: device.mailbox, envelope }]));
    await stream.count(count + 1);
    times.push(performance.now() - begun);
    await sleep(5);
  }
  stream.close();
  load.close();
  envelopes.close();
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(times.length * part)] as number;
  return { median: at(0.5), p99: at(0.99) };
}

/** Devices that are off: their mailboxes fill, and are drained at last. */
async function fillAndDrain(relay: RelayProcess, size: () => Promise<number>): Promise<void> {
  const envelopes = new Envelopes(file);
  const devices = await createMany(relay, 10);
  const poster = devices[0] as Client;
  const load = new LoadClient(relay.url, 8);
  const empty = memoryOf(relay.pid);
  const before = await size();
  let [left, at] = [waiting, 0];
  const begun = performance.now();
  await Promise.all(
    [1, 2, 3, 4].map(async () => {
      while (left > 0) {
        const count = Math.min(50, left);
        left -= count;
        const to = devices[at++ % devices.length]?.mailbox as string;
        const some = envelopes.take(count).map((envelope) => ({ to, envelope }));
        await load.post("/v1/envelopes", poster.token, act(some));
      }
    }),
  );
  const filled = (performance.now() - begun) / 1_000;
  const full = memoryOf(relay.pid);
  console.log(
    `  acts of 50: ${(waiting / filled).toFixed(0)} envelopes a second;` +
      ` memory with ${waiting} waiting: ${full} MB, before: ${empty} MB`,
  );
  const grown = (await size()) - before;
  console.log(
    `  size on disk: ${(grown / 1e6).toFixed(0)} MB more,` +
      ` ${(grown / waiting).toFixed(0)} bytes an envelope`,
  );
  const draining = performance.now();
  const counts = await Promise.all(devices.map((device) => drain(load, device)));
  const drained = counts.reduce((sum, count) => sum + count, 0);
  if (drained !== waiting) throw new Error(`${drained} of ${waiting} came back`);
  const rate = drained / ((performance.now() - draining) / 1_000);
  console.log(`  drained and confirmed: ${rate.toFixed(0)} envelopes a second`);
  load.close();
  envelopes.close();
}

async function drain(load: LoadClient, device: Client): Promise<number> {
  let [after, confirm, count]: [number, number[], number] = [0, [], 0];
  for (;;) {
    const page = (await load.post("/v1/mailbox", device.token, { after, confirm })) as {
      envelopes: { id: number }[];
      next: number;
    };
    if (page.envelopes.length === 0) return count;
    confirm = page.envelopes.map(({ id }) => id);
    after = page.next;
    count += confirm.length;
  }
}

async function createMany(relay: RelayProcess, count: number): Promise<Client[]> {
  const clients: Client[] = [];
  for (let index = 0; index < count; index += 1) clients.push(await Client.create(relay.url));
  return clients;
}

/** Resident, in MB. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1_000);
}

/** Seconds that a process has used. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

async function sizeOfFiles(prefix: string): Promise<number> {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

async function sizeOfDatabase(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select pg_database_size(current_database()) as size");
  await client.end();
  return Number(rows[0].size);
}
