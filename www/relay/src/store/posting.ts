// Posting many acts in one transaction. Each is all or nothing, and they are looked at in order, as
// if each had a transaction of its own.

import { createHash } from "node:crypto";
import { type RawBuilder, sql, type Transaction } from "kysely";
import { dayOf } from "../limits.js";
import type { Post, PostOutcome, PushTarget, Stored, StoreOptions } from "./store.js";
import type { Tables, Types } from "./tables.js";

/** How long a push belongs to the process that took it, in milliseconds. */
export const claim = 60_000;

/** Rows in one statement, so that the databases' limits for parameters are far. */
const rowsPerStatement = 256;

/** What is remembered of an envelope. It names no mailbox: an envelope is for one device only. */
export function digestOf(envelope: Buffer): Buffer {
  return createHash("sha256").update(envelope).digest();
}

/** The target in the three columns of a mailbox. */
export function targetOf(row: {
  readonly push_kind: string | null;
  readonly push_to: string | null;
}): PushTarget | null {
  if (row.push_kind === null || row.push_to === null) return null;
  return { kind: row.push_kind as PushTarget["kind"], to: row.push_to };
}

interface Row {
  readonly id: Buffer;
  next_place: number;
  waiting: number;
  posted_day: number;
  posted: number;
  readonly target: PushTarget | null;
  changed: boolean;
}

interface Placed extends Stored {
  readonly place: number;
}

interface Envelope {
  readonly key: string;
  readonly mailbox: Buffer;
  readonly envelope: Buffer;
  readonly digest: Buffer;
  readonly digestKey: string;
}

/** Stores acts, and returns what became of each. */
export async function postAll(
  trx: Transaction<Tables>,
  posts: readonly Post[],
  types: Types,
  options: StoreOptions,
): Promise<PostOutcome[]> {
  const now = options.now();
  const today = dayOf(now);
  const acts = posts.map(({ poster, envelopes }) => ({
    poster: poster.toString("hex"),
    envelopes: envelopes.map(({ mailbox, envelope }): Envelope => {
      const digest = digestOf(envelope);
      const digestKey = digest.toString("hex");
      return { key: mailbox.toString("hex"), mailbox, envelope, digest, digestKey };
    }),
  }));

  const rows = await lockMailboxes(trx, posts, types);
  // After the lock: whoever has stored the same bytes for the same device held it too.
  const known = await knownDigests(
    trx,
    acts.flatMap(({ envelopes }) => envelopes.map(({ digest }) => digest)),
  );

  const placed: Placed[] = [];
  const outcomes = acts.map(({ poster, envelopes }): PostOutcome => {
    const from = rows.get(poster);
    if (from === undefined) return { is: "unauthenticated" };

    const unknown = distinct(envelopes.filter(({ key }) => !rows.has(key)));
    if (unknown.length > 0) return { is: "unknown_mailbox", mailboxes: unknown };

    const again = envelopes.filter(({ digestKey }) => known.has(digestKey)).length;
    if (again > 0) return { is: "already_posted", all: again === envelopes.length };

    const full = distinct(envelopes.filter(({ key }) => isFull(rows, envelopes, key, options)));
    if (full.length > 0) return { is: "mailbox_full", mailboxes: full };

    const posted = from.posted_day === today ? from.posted : 0;
    if (posted + envelopes.length > options.postsPerDay) return { is: "over_quota" };
    from.posted_day = today;
    from.posted = posted + envelopes.length;
    from.changed = true;

    const stored = envelopes.map(({ key, mailbox, envelope, digest, digestKey }): Placed => {
      const to = rows.get(key) as Row;
      const place = to.next_place;
      to.next_place += 1;
      to.waiting += 1;
      to.changed = true;
      known.add(digestKey);
      return { mailbox, envelope, digest, target: to.target, place };
    });
    placed.push(...stored);
    return { is: "posted", stored };
  });

  await writeMailboxes(
    trx,
    [...rows.values()].filter(({ changed }) => changed),
    types,
  );
  for (const some of chunks(placed)) {
    await trx
      .insertInto("envelope")
      .values(
        some.map(({ mailbox, place, envelope }) => ({ mailbox, place, envelope, day: today })),
      )
      .execute();
    await trx
      .insertInto("posted")
      .values(some.map(({ digest }) => ({ digest, day: today })))
      .execute();
    const due = some.filter(({ target }) => target !== null);
    if (due.length === 0) continue;
    const claimed = { attempts: 0, claimed_until: now + claim };
    await trx
      .insertInto("push_due")
      .values(due.map(({ digest, mailbox, place }) => ({ digest, mailbox, place, ...claimed })))
      .execute();
  }
  return outcomes;
}

/** Cuts a list into pieces that fit into a statement. */
export function chunks<T>(list: readonly T[]): T[][] {
  const pieces: T[][] = [];
  for (let at = 0; at < list.length; at += rowsPerStatement) {
    pieces.push(list.slice(at, at + rowsPerStatement));
  }
  return pieces;
}

/** In the order of their ids, so that two processes never wait for each other. */
async function lockMailboxes(
  trx: Transaction<Tables>,
  posts: readonly Post[],
  types: Types,
): Promise<Map<string, Row>> {
  const ids = new Map<string, Buffer>();
  for (const { poster, envelopes } of posts) {
    ids.set(poster.toString("hex"), poster);
    for (const { mailbox } of envelopes) ids.set(mailbox.toString("hex"), mailbox);
  }
  const rows = new Map<string, Row>();
  const sorted = [...ids].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
  for (const some of chunks(sorted)) {
    const query = trx
      .selectFrom("mailbox")
      .select(["id", "next_place", "waiting", "posted_day", "posted", "push_kind", "push_to"])
      .where("id", "in", some)
      .orderBy("id");
    const found = await (types.bytes === "bytea" ? query.forNoKeyUpdate() : query).execute();
    for (const { push_kind, push_to, ...row } of found) {
      const target = targetOf({ push_kind, push_to });
      rows.set(row.id.toString("hex"), { ...row, target, changed: false });
    }
  }
  return rows;
}

async function knownDigests(
  trx: Transaction<Tables>,
  digests: readonly Buffer[],
): Promise<Set<string>> {
  const known = new Set<string>();
  for (const some of chunks(digests)) {
    const rows = await trx
      .selectFrom("posted")
      .select("digest")
      .where("digest", "in", some)
      .execute();
    for (const { digest } of rows) known.add(digest.toString("hex"));
  }
  return known;
}

function isFull(
  rows: ReadonlyMap<string, Row>,
  envelopes: readonly Envelope[],
  key: string,
  { mailboxLimit }: StoreOptions,
): boolean {
  const more = envelopes.filter((envelope) => envelope.key === key).length;
  return (rows.get(key)?.waiting ?? 0) + more > mailboxLimit;
}

function distinct(envelopes: readonly Envelope[]): Buffer[] {
  return [...new Map(envelopes.map(({ key, mailbox }) => [key, mailbox])).values()];
}

/** All in one statement, whose form both databases know. */
async function writeMailboxes(
  trx: Transaction<Tables>,
  rows: readonly Row[],
  types: Types,
): Promise<void> {
  const bytes = sql.raw(types.bytes);
  for (const some of chunks(rows)) {
    const values = some.map(
      (row): RawBuilder<unknown> =>
        sql`(cast(${row.id} as ${bytes}), cast(${row.next_place} as bigint),
          cast(${row.waiting} as bigint), cast(${row.posted_day} as bigint),
          cast(${row.posted} as bigint))`,
    );
    await sql`update mailbox set next_place = v.column2, waiting = v.column3,
      posted_day = v.column4, posted = v.column5
      from (values ${sql.join(values)}) as v where mailbox.id = v.column1`.execute(trx);
  }
}
