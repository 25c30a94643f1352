// Runs the relay's tests, with a PostgreSQL of their own if there is one. The word `quick` leaves out
// the files that take long.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startPostgres } from "./support/postgres.js";

/** Relays that are killed, again and again. */
const long = ["kill.test.js"];

const folder = fileURLToPath(new URL(".", import.meta.url));
const quick = process.argv.includes("quick");
const named = process.argv.slice(2).filter((word) => word !== "quick");
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".test.js"))
  .filter((name) => named.length === 0 || named.some((word) => name.includes(word)))
  .filter((name) => !(quick && long.includes(name)))
  .map((name) => join(folder, name));

const cluster = await startPostgres();
const env: NodeJS.ProcessEnv = { ...process.env };
delete env["TEST_DATABASE_URL"];
if (typeof cluster === "string") env["TEST_WITHOUT_POSTGRESQL"] = cluster;
else env["TEST_DATABASE_URL"] = cluster.url;

const { status } = spawnSync(
  process.execPath,
  ["--enable-source-maps", "--test", "--test-reporter=spec", ...files],
  { stdio: "inherit", env },
);
if (typeof cluster === "string") console.log(`the tests with PostgreSQL were skipped: ${cluster}`);
else await cluster.stop();
process.exitCode = status ?? 1;
