// The store in one file. Every answer comes after an fsync: write-ahead log, synchronous=FULL.

import { Kysely, Migrator, SqliteDialect } from "kysely";
import { GroupCommit } from "./group.js";
import { Libsql } from "./libsql.js";
import { postAll } from "./posting.js";
import { type Change, SqlStore } from "./sql.js";
import type { Post, PostOutcome, StoreOptions } from "./store.js";
import { migrations, type Tables, type Types } from "./tables.js";

const types: Types = {
  bytes: "blob",
  serial: "integer primary key",
  byKey: "without rowid",
};

const mostTokens = 10_000;

// A page of 16 KiB takes five envelopes, and one of the usual 4 KiB one. `secure_delete` overwrites
// what was confirmed. `locking_mode` keeps a second relay from the file, and ends with the process.
const pragmas = `
  pragma page_size = 16384;
  pragma locking_mode = exclusive;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma secure_delete = fast;
  pragma wal_autocheckpoint = 1000;
  pragma cache_size = -16000;
`;

export class SqliteStore extends SqlStore {
  readonly kind = "sqlite";
  readonly #database: Libsql;
  protected readonly types = types;
  readonly #group: GroupCommit;
  readonly #tokens = new Map<string, Buffer>();
  readonly #listeners: ((message: string) => void)[] = [];

  static async open(file: string, options: StoreOptions): Promise<SqliteStore> {
    const database = openFile(file);
    const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
    const migrator = new Migrator({ db, provider: migrations(types) });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
    // No other process works on this file: what the one before had taken is free.
    await db.updateTable("push_due").set({ claimed_until: 0 }).execute();
    return new SqliteStore(database, db, options);
  }

  private constructor(database: Libsql, db: Kysely<Tables>, options: StoreOptions) {
    super(db, options);
    this.#database = database;
    this.#group = new GroupCommit(db, (trx, posts) => postAll(trx, posts, types, options));
  }

  /** Nobody else changes this file, so that what was found once can be kept. */
  override async mailboxOf(token: Buffer): Promise<Buffer | undefined> {
    const key = token.toString("base64");
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const mailbox = await super.mailboxOf(token);
    if (mailbox === undefined) return mailbox;
    if (this.#tokens.size >= mostTokens) this.#tokens.clear();
    this.#tokens.set(key, mailbox);
    return mailbox;
  }

  protected override onDelete(): void {
    this.#tokens.clear();
  }

  protected change<T>(body: Change<T>): Promise<T> {
    return this.#group.change(body);
  }

  post(post: Post): Promise<PostOutcome> {
    return this.#group.post(post);
  }

  async broadcast(message: string): Promise<void> {
    for (const listener of this.#listeners) listener(message);
  }

  onBroadcast(listener: (message: string) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    await this.#group.idle();
    // Everything into the one file, and the lock off it: libsql keeps the file open until its
    // statements are collected.
    this.#database.exec("pragma journal_mode = delete; pragma locking_mode = normal");
    await this.db.selectFrom("setting").selectAll().execute();
    await this.db.destroy();
  }
}

function openFile(file: string): Libsql {
  const database = new Libsql(file);
  try {
    database.exec(pragmas);
    return database;
  } catch (error) {
    // libsql throws objects that are not errors.
    const code = String((error as { code?: unknown }).code ?? error);
    database.close();
    const why = code === "SQLITE_BUSY" ? "another process has it" : code;
    throw new Error(`the file of the store cannot be opened: ${why}`);
  }
}
