// A PostgreSQL of the tests' own: in a folder of its own, reached by a socket in there.

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

export interface Cluster {
  /** Of the database `postgres`. */
  readonly url: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * Starts one, or returns why there is none. Without `durable` it does without fsync: a relay that is
 * killed does not take the machine down with it.
 */
export async function startPostgres({ durable = false } = {}): Promise<Cluster | string> {
  const bin = binaries();
  if (bin === undefined) return "PostgreSQL is not installed";
  const owner = unprivileged();
  if (owner === undefined) return "PostgreSQL does not run as root, and there is no other user";
  const folder = mkdtempSync(join(tmpdir(), "hushring-postgresql-"));
  chmodSync(folder, 0o755);
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const data = join(folder, "data");
  const options = { ...owner, cwd: folder, env: { ...process.env, HOME: folder } };
  execFileSync(
    join(bin, "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...options, stdio: "ignore" },
  );
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${folder}`,
    "max_connections=200",
    ...(durable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]),
  ];
  const server = spawn(
    join(bin, "postgres"),
    ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
    { ...options, stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => server.on("exit", () => resolve()));
  const url = databaseUrl(folder, "postgres");
  const stop = async () => {
    server.kill("SIGINT"); // "fast": ends connections
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return { url, folder, stop };
    } catch (error) {
      if (tries > 200 || server.exitCode !== null) {
        await stop();
        throw error;
      }
      await sleep(50);
    }
  }
}

let databases = 0;

/** Makes a database that nobody has used. */
export async function newDatabase(url: string): Promise<string> {
  databases += 1;
  const name = `test_${process.pid}_${databases}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return databaseUrl(new URL(url).searchParams.get("host") ?? "", name);
}

function databaseUrl(folder: string, name: string): string {
  return `postgresql://postgres@localhost/${name}?host=${encodeURIComponent(folder)}`;
}

function binaries(): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  const folders = [...versions.map((version) => join(debian, version, "bin")), ...path];
  return folders.find((folder) => {
    return existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres"));
  });
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const user of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {}
  }
  return undefined;
}
