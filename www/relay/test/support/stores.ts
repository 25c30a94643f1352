// The same tests for both stores.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Config } from "../../src/config.js";
import { PostgresStore } from "../../src/store/postgresql.js";
import { SqliteStore } from "../../src/store/sqlite.js";
import type { Store, StoreOptions } from "../../src/store/store.js";
import { newDatabase } from "./postgres.js";

/** Where a relay keeps what it keeps. */
export type Place = Pick<Config, "data" | "databaseUrl">;

export interface Kind {
  readonly name: "sqlite" | "postgresql";
  /** A place where nothing is yet. */
  place(): Promise<Place>;
}

/** What `run.ts` has started. Without, these tests are skipped, and counted as such. */
export const postgres = process.env["TEST_DATABASE_URL"];
const withoutPostgres =
  postgres === undefined ? (process.env["TEST_WITHOUT_POSTGRESQL"] ?? "not started") : false;

export function forEachStore(title: string, body: (kind: Kind) => void): void {
  describe(`${title}, SQLite`, () => {
    const folder = mkdtempSync(join(tmpdir(), "hushring-relay-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    let files = 0;
    body({
      name: "sqlite",
      async place() {
        files += 1;
        return { data: join(folder, `${files}.sqlite`), databaseUrl: undefined };
      },
    });
  });
  onPostgres(`${title}, PostgreSQL`, () => body({ name: "postgresql", place: newPostgres }));
}

/** Node counts a test that is skipped, and not a suite: so that it is one. */
export function onPostgres(title: string, body: () => void): void {
  if (withoutPostgres === false) describe(title, body);
  else it(title, { skip: withoutPostgres });
}

export async function newPostgres(): Promise<Place> {
  return { data: "", databaseUrl: await newDatabase(postgres as string) };
}

/** Opens a store at a place, again if it is known. */
export function openStore(place: Place, options: Partial<StoreOptions> = {}): Promise<Store> {
  const all = { now: Date.now, mailboxLimit: 20_000, postsPerDay: 1_000_000, ...options };
  if (place.databaseUrl === undefined) return SqliteStore.open(place.data, all);
  const onError = () => {}; // a connection that breaks is what some tests are about
  return PostgresStore.open(place.databaseUrl, { ...all, pool: 8, onError });
}
