// The tables, the same in both stores. There is no column for who posted an envelope to whom, and
// none for when: a day is enough for what the relay does with it.

import type { Generated, Migration, MigrationProvider } from "kysely";
import { sql } from "kysely";

export interface Tables {
  mailbox: MailboxTable;
  envelope: EnvelopeTable;
  posted: PostedTable;
  push_due: PushDueTable;
  bundle: BundleTable;
  statement: StatementTable;
  link: LinkTable;
  setting: SettingTable;
}

interface MailboxTable {
  id: Buffer;
  /** SHA-256 of the token. */
  token: Buffer;
  /** The device key that has published here first. */
  device: Buffer | null;
  /** The place of the next envelope. Whoever posts locks this row: places become visible in order. */
  next_place: number;
  waiting: number;
  /** The quota: how many envelopes this device has posted on `posted_day`. */
  posted_day: number;
  posted: number;
  asked_day: number;
  push_kind: string | null;
  push_to: string | null;
  push_since: number | null;
}

interface EnvelopeTable {
  n: Generated<number>;
  mailbox: Buffer;
  place: number;
  envelope: Buffer;
  day: number;
}

/** What was posted in the last 30 days, by a hash that names no mailbox. */
interface PostedTable {
  digest: Buffer;
  day: number;
}

interface PushDueTable {
  digest: Buffer;
  mailbox: Buffer;
  place: number;
  attempts: number;
  /** Until then a living process works on it. */
  claimed_until: number;
}

interface BundleTable {
  account: Buffer;
  device: Buffer;
  suite: number;
  mailbox: Buffer;
  bytes: Buffer;
  issued_at: number;
  expires_at: number;
}

interface StatementTable {
  account: Buffer;
  device: Buffer;
  floor: number;
  bytes: Buffer;
}

interface LinkTable {
  rendezvous: Buffer;
  part: string;
  bytes: Buffer;
  until: number;
}

interface SettingTable {
  name: string;
  value: string;
}

/** The two databases differ in the names of two types, and in how to keep a table in key order. */
export interface Types {
  readonly bytes: "blob" | "bytea";
  readonly serial: "integer primary key" | "bigserial primary key";
  /** Rows of `posted` in the order of their hashes, where the database can. */
  readonly byKey: "without rowid" | "";
}

export function migrations({ bytes, serial, byKey }: Types): MigrationProvider {
  const first: Migration = {
    async up(db) {
      const statements = [
        `create table mailbox (
          id ${bytes} primary key, token ${bytes} not null unique, device ${bytes} unique,
          next_place bigint not null, waiting bigint not null,
          posted_day bigint not null, posted bigint not null, asked_day bigint not null,
          push_kind text, push_to text, push_since bigint)`,
        `create table envelope (
          n ${serial}, mailbox ${bytes} not null, place bigint not null,
          envelope ${bytes} not null, day bigint not null)`,
        "create unique index envelope_place on envelope (mailbox, place)",
        "create index envelope_day on envelope (day)",
        `create table posted (digest ${bytes} primary key, day bigint not null) ${byKey}`,
        "create index posted_day on posted (day)",
        `create table push_due (
          digest ${bytes} primary key, mailbox ${bytes} not null, place bigint not null,
          attempts bigint not null, claimed_until bigint not null) ${byKey}`,
        "create index push_due_mailbox on push_due (mailbox)",
        `create table bundle (
          account ${bytes} not null, device ${bytes} not null, suite bigint not null,
          mailbox ${bytes} not null, bytes ${bytes} not null,
          issued_at bigint not null, expires_at bigint not null,
          primary key (account, device, suite))`,
        "create index bundle_mailbox on bundle (mailbox)",
        `create table statement (
          account ${bytes} not null, device ${bytes} not null, floor bigint not null,
          bytes ${bytes} not null, primary key (account, device))`,
        `create table link (
          rendezvous ${bytes} not null, part text not null, bytes ${bytes} not null,
          until bigint not null, primary key (rendezvous, part))`,
        "create table setting (name text primary key, value text not null)",
      ];
      for (const statement of statements) await sql.raw(statement).execute(db);
    },
  };
  return { getMigrations: async () => ({ "0001-first": first }) };
}
