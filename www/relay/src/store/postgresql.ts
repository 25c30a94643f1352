// The store in PostgreSQL, which several relays may share. They lock a mailbox's row while they add
// to it, so that places become visible in their order, and reach each other by LISTEN and NOTIFY.

import { Kysely, Migrator, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { second } from "../limits.js";
import { GroupCommit } from "./group.js";
import { postAll } from "./posting.js";
import { type Change, SqlStore } from "./sql.js";
import type { Post, PostOutcome, StoreOptions } from "./store.js";
import { migrations, type Tables, type Types } from "./tables.js";

const types: Types = { bytes: "bytea", serial: "bigserial primary key", byKey: "" };

const channel = "hushring_relay";

export interface PostgresOptions extends StoreOptions {
  readonly pool: number;
  readonly onError: (error: unknown) => void;
}

export class PostgresStore extends SqlStore {
  readonly kind = "postgresql";
  protected readonly types = types;
  readonly #url: string;
  readonly #onError: (error: unknown) => void;
  readonly #group: GroupCommit;
  readonly #listeners: ((message: string) => void)[] = [];
  #messages: string[] = [];
  #broadcasting: Promise<void> | undefined;
  #listening: pg.Client | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  static async open(url: string, options: PostgresOptions): Promise<PostgresStore> {
    const pool = new pg.Pool({
      connectionString: url,
      max: options.pool,
      connectionTimeoutMillis: 10 * second,
      statement_timeout: 60 * second,
      idle_in_transaction_session_timeout: 60 * second,
      types: { getTypeParser },
    });
    // The pool hears of a connection that breaks while nobody uses it, and opens another. One that is
    // in use tells its query, and says it besides: without a listener, the process would end.
    pool.on("error", options.onError);
    pool.on("connect", (client) => client.on("error", () => {}));
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
    const migrator = new Migrator({ db, provider: migrations(types) });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    const store = new PostgresStore(db, url, options);
    await store.#listen();
    return store;
  }

  private constructor(db: Kysely<Tables>, url: string, options: PostgresOptions) {
    super(db, options);
    this.#url = url;
    this.#onError = options.onError;
    this.#group = new GroupCommit(db, (trx, posts) => postAll(trx, posts, types, options));
  }

  /** PostgreSQL commits transactions that end together with one fsync by itself. */
  protected change<T>(body: Change<T>): Promise<T> {
    return this.db.transaction().execute(body);
  }

  /** Posts share a transaction, because a round trip for each of their rows would take longer. */
  post(post: Post): Promise<PostOutcome> {
    return this.#group.post(post);
  }

  /** What is said in one turn of the event loop goes in one transaction. */
  broadcast(message: string): Promise<void> {
    this.#messages.push(message);
    this.#broadcasting ??= new Promise((resolve, reject) => {
      setImmediate(() => this.#sayAll().then(resolve, reject));
    });
    return this.#broadcasting;
  }

  async #sayAll(): Promise<void> {
    const messages = this.#messages;
    this.#messages = [];
    this.#broadcasting = undefined;
    await this.db.transaction().execute(async (trx) => {
      // Nothing here outlives a crash anyway, so that nobody waits for the disk.
      await sql`set local synchronous_commit = off`.execute(trx);
      await sql`select pg_notify(${channel}, message)
        from unnest(cast(${messages} as text[])) as message`.execute(trx);
    });
  }

  onBroadcast(listener: (message: string) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#again);
    await this.#group.idle();
    await this.#broadcasting?.catch(() => {});
    await this.#listening?.end();
    await this.db.destroy();
  }

  /** Listens on a connection of its own, and on another one when it breaks. */
  async #listen(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, keepAlive: true });
    client.on("notification", ({ payload }) => {
      if (payload === undefined) return;
      for (const listener of this.#listeners) listener(payload);
    });
    client.on("error", (error) => {
      this.#onError(error);
      this.#listenAgain(client);
    });
    client.on("end", () => this.#listenAgain(client));
    this.#listening = client;
    await client.connect();
    await client.query(`listen ${channel}`);
  }

  #listenAgain(client: pg.Client): void {
    if (this.#closed || this.#listening !== client) return;
    this.#listening = undefined;
    this.#again = setTimeout(() => {
      this.#listen().catch((error) => {
        this.#onError(error);
        const failed = this.#listening;
        if (failed !== undefined) this.#listenAgain(failed);
      });
    }, second);
  }
}

/** Counts and times are below 2^53: numbers, not text. */
function getTypeParser(oid: number, format?: "text" | "binary"): (value: string) => unknown {
  if (oid === pg.types.builtins.INT8) return Number;
  return pg.types.getTypeParser(oid, format ?? "text");
}
