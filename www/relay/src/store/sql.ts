// What both stores do in the same words. A subclass says how a change becomes durable (`change`),
// and how posts share a transaction (`post`).

import { type Kysely, sql, type Transaction } from "kysely";
import {
  dayOf,
  idleDays,
  keptDays,
  linkLifetime,
  maxBundles,
  maxStatements,
  pageLength,
  second,
  statementDays,
} from "../limits.js";
import { chunks, claim, targetOf } from "./posting.js";
import type {
  Account,
  Ask,
  DuePush,
  LinkPart,
  Page,
  Post,
  PostOutcome,
  Publication,
  PublishOutcome,
  PushTarget,
  Statement,
  Store,
  StoreOptions,
} from "./store.js";
import type { Tables, Types } from "./tables.js";

export type Change<T> = (trx: Transaction<Tables>) => Promise<T>;

export abstract class SqlStore implements Store {
  abstract readonly kind: "sqlite" | "postgresql";
  protected abstract readonly types: Types;
  protected readonly db: Kysely<Tables>;
  protected readonly options: StoreOptions;

  constructor(db: Kysely<Tables>, options: StoreOptions) {
    this.db = db;
    this.options = options;
  }

  /** Runs a change in a transaction, and resolves once it is durable. It may run twice. */
  protected abstract change<T>(body: Change<T>): Promise<T>;
  abstract post(post: Post): Promise<PostOutcome>;
  abstract broadcast(message: string): Promise<void>;
  abstract onBroadcast(listener: (message: string) => void): void;
  abstract close(): Promise<void>;

  async createMailbox(mailbox: Buffer, token: Buffer): Promise<void> {
    const row = {
      id: mailbox,
      token,
      next_place: 1,
      waiting: 0,
      posted_day: 0,
      posted: 0,
      asked_day: this.today(),
    };
    await this.change((trx) => trx.insertInto("mailbox").values(row).execute());
  }

  async deleteMailbox(mailbox: Buffer): Promise<void> {
    await this.change((trx) => deleteMailboxes(trx, [mailbox]));
    this.onDelete();
  }

  /** After mailboxes were deleted. */
  protected onDelete(): void {}

  async mailboxOf(token: Buffer): Promise<Buffer | undefined> {
    const row = await this.db
      .selectFrom("mailbox")
      .select("id")
      .where("token", "=", token)
      .executeTakeFirst();
    return row?.id;
  }

  ask({ mailbox, confirm, after }: Ask): Promise<Page | undefined> {
    // Only what changes something needs a transaction that is durable.
    if (confirm.length === 0) {
      return after === undefined
        ? Promise.resolve(undefined)
        : this.db.transaction().execute((trx) => this.page(trx, mailbox, after));
    }
    return this.change(async (trx) => {
      await this.lock(trx, mailbox);
      const deleted = await trx
        .deleteFrom("envelope")
        .where("mailbox", "=", mailbox)
        .where("place", "in", confirm)
        .executeTakeFirst();
      const confirmed = Number(deleted.numDeletedRows);
      await trx
        .updateTable("mailbox")
        .set((eb) => ({ waiting: eb("waiting", "-", confirmed), asked_day: this.today() }))
        .where("id", "=", mailbox)
        .execute();
      return after === undefined ? undefined : this.page(trx, mailbox, after);
    });
  }

  async setPush(mailbox: Buffer, target: PushTarget): Promise<void> {
    const columns = {
      push_kind: target.kind,
      push_to: target.to,
      push_since: this.options.now(),
    };
    await this.change((trx) =>
      trx.updateTable("mailbox").set(columns).where("id", "=", mailbox).execute(),
    );
  }

  async pushOf(mailbox: Buffer): Promise<PushTarget | undefined> {
    const row = await this.db
      .selectFrom("mailbox")
      .select(["push_kind", "push_to"])
      .where("id", "=", mailbox)
      .executeTakeFirst();
    return row === undefined ? undefined : (targetOf(row) ?? undefined);
  }

  async forgetPush(mailbox: Buffer, target: PushTarget, deadSince: number): Promise<void> {
    await this.change((trx) =>
      trx
        .updateTable("mailbox")
        .set({ push_kind: null, push_to: null, push_since: null })
        .where("id", "=", mailbox)
        .where("push_kind", "=", target.kind)
        .where("push_to", "=", target.to)
        .where("push_since", "<=", deadSince)
        .execute(),
    );
  }

  claimPushes(limit: number): Promise<DuePush[]> {
    const now = this.options.now();
    return this.change(async (trx) => {
      const query = trx
        .selectFrom("push_due")
        .select(["digest", "mailbox", "place", "attempts"])
        .where("claimed_until", "<=", now)
        .orderBy("claimed_until")
        .limit(limit);
      const rows = await (this.types.bytes === "bytea"
        ? query.forUpdate().skipLocked()
        : query
      ).execute();
      const due: DuePush[] = [];
      const gone: Buffer[] = [];
      for (const { digest, mailbox, place, attempts } of rows) {
        const found = await trx
          .selectFrom("envelope")
          .innerJoin("mailbox", "mailbox.id", "envelope.mailbox")
          .select(["envelope", "push_kind", "push_to"])
          .where("envelope.mailbox", "=", mailbox)
          .where("place", "=", place)
          .executeTakeFirst();
        const target = found === undefined ? null : targetOf(found);
        if (found === undefined || target === null) gone.push(digest);
        else due.push({ mailbox, envelope: found.envelope, digest, target, attempts });
      }
      if (gone.length > 0) {
        await trx.deleteFrom("push_due").where("digest", "in", gone).execute();
      }
      if (due.length > 0) {
        await trx
          .updateTable("push_due")
          .set({ claimed_until: now + claim })
          .where(
            "digest",
            "in",
            due.map(({ digest }) => digest),
          )
          .execute();
      }
      return due;
    });
  }

  async pushed(digests: readonly Buffer[]): Promise<void> {
    await this.change(async (trx) => {
      for (const some of chunks(digests)) {
        await trx.deleteFrom("push_due").where("digest", "in", some).execute();
      }
    });
  }

  async postponePush(digest: Buffer, delay: number, attempts: number): Promise<void> {
    const claimed_until = Math.round(this.options.now() + delay);
    await this.change((trx) =>
      trx
        .updateTable("push_due")
        .set({ claimed_until, attempts })
        .where("digest", "=", digest)
        .execute(),
    );
  }

  publish(
    mailbox: Buffer,
    { account, device, issuedAt, bundles }: Publication,
    statements: readonly Statement[],
  ): Promise<PublishOutcome> {
    return this.change(async (trx): Promise<PublishOutcome> => {
      await this.lock(trx, mailbox);
      const holders = await trx
        .selectFrom("mailbox")
        .select(["id", "device"])
        .where((eb) => eb.or([eb("id", "=", mailbox), eb("device", "=", device)]))
        .execute();
      const own = holders.find(({ id }) => id.equals(mailbox));
      const isFree = own !== undefined && (own.device === null || own.device.equals(device));
      if (!isFree || holders.length > 1) return "claimed";

      const published = await trx
        .selectFrom("bundle")
        .select(["device", "suite", "bytes", "issued_at"])
        .where("account", "=", account)
        .execute();
      const before = published.filter((bundle) => bundle.device.equals(device));
      const last = Math.max(0, ...before.map(({ issued_at }) => issued_at));
      if (issuedAt < last) return "stale";
      const contradicts = ({ suite, bytes }: { suite: number; bytes: Buffer }) =>
        bundles.some((bundle) => bundle.suite === suite && !bundle.bytes.equals(bytes));
      if (issuedAt === last && before.some(contradicts)) return "stale";
      const others = published.length - before.length;
      if (others + 2 > maxBundles) return "too_many_devices";

      await trx
        .updateTable("mailbox")
        .set({ device, asked_day: this.today() })
        .where("id", "=", mailbox)
        .execute();
      if (issuedAt > last) {
        await trx
          .deleteFrom("bundle")
          .where("account", "=", account)
          .where("device", "=", device)
          .execute();
      }
      const rows = bundles.map(({ suite, bytes, expiresAt }) => ({
        account,
        device,
        suite,
        mailbox,
        bytes,
        issued_at: issuedAt,
        expires_at: expiresAt,
      }));
      await trx
        .insertInto("bundle")
        .values(rows)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      for (const statement of statements) await keepStatement(trx, statement);
      return "published";
    });
  }

  revoke(statement: Statement): Promise<boolean> {
    return this.change(async (trx) => {
      const known = await trx
        .selectFrom("bundle")
        .select("device")
        .where("account", "=", statement.account)
        .limit(1)
        .executeTakeFirst();
      if (known === undefined) return false;
      await keepStatement(trx, statement);
      return true;
    });
  }

  async removeBundles(account: Buffer, devices: readonly Buffer[]): Promise<void> {
    if (devices.length === 0) return;
    await this.change((trx) =>
      trx
        .deleteFrom("bundle")
        .where("account", "=", account)
        .where("device", "in", devices)
        .execute(),
    );
  }

  async account(account: Buffer): Promise<Account> {
    const bundles = await this.db
      .selectFrom("bundle")
      .select(["mailbox", "device", "bytes"])
      .where("account", "=", account)
      .orderBy("device")
      .orderBy("suite")
      .limit(maxBundles)
      .execute();
    const devices = new Map<string, { mailbox: Buffer; device: Buffer; bundles: Buffer[] }>();
    for (const { mailbox, device, bytes } of bundles) {
      const key = device.toString("hex");
      const entry = devices.get(key) ?? { mailbox, device, bundles: [] };
      entry.bundles.push(bytes);
      devices.set(key, entry);
    }
    const statements = await this.db
      .selectFrom("statement")
      .select("bytes")
      .where("account", "=", account)
      .orderBy("floor", "desc")
      .limit(maxStatements)
      .execute();
    return { devices: [...devices.values()], statements: statements.map(({ bytes }) => bytes) };
  }

  putLink(rendezvous: Buffer, part: LinkPart, bytes: Buffer): Promise<boolean> {
    const now = this.options.now();
    return this.change(async (trx) => {
      await trx.deleteFrom("link").where("until", "<=", now).execute();
      await trx
        .insertInto("link")
        .values({ rendezvous, part, bytes, until: now + linkLifetime })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const there = await trx
        .selectFrom("link")
        .select("bytes")
        .where("rendezvous", "=", rendezvous)
        .where("part", "=", part)
        .executeTakeFirst();
      return there?.bytes.equals(bytes) ?? false;
    });
  }

  async link(rendezvous: Buffer, part: LinkPart): Promise<Buffer | undefined> {
    const row = await this.db
      .selectFrom("link")
      .select("bytes")
      .where("rendezvous", "=", rendezvous)
      .where("part", "=", part)
      .where("until", ">", this.options.now())
      .executeTakeFirst();
    return row?.bytes;
  }

  setting(name: string, make: () => string): Promise<string> {
    return this.change(async (trx) => {
      await trx
        .insertInto("setting")
        .values({ name, value: make() })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const row = await trx
        .selectFrom("setting")
        .select("value")
        .where("name", "=", name)
        .executeTakeFirstOrThrow();
      return row.value;
    });
  }

  async sweep(): Promise<void> {
    const now = this.options.now();
    const today = dayOf(now);
    const seconds = Math.floor(now / second);
    await this.change(async (trx) => {
      const old = await trx
        .selectFrom("envelope")
        .select("mailbox")
        .distinct()
        .where("day", "<=", today - keptDays)
        .execute();
      for (const { mailbox } of old) {
        await this.lock(trx, mailbox);
        const deleted = await trx
          .deleteFrom("envelope")
          .where("mailbox", "=", mailbox)
          .where("day", "<=", today - keptDays)
          .executeTakeFirst();
        const count = Number(deleted.numDeletedRows);
        await trx
          .updateTable("mailbox")
          .set((eb) => ({ waiting: eb("waiting", "-", count) }))
          .where("id", "=", mailbox)
          .execute();
      }
    });
    await this.change((trx) =>
      trx
        .deleteFrom("posted")
        .where("day", "<=", today - keptDays)
        .execute(),
    );
    await this.change((trx) => trx.deleteFrom("link").where("until", "<=", now).execute());
    await this.change((trx) =>
      trx.deleteFrom("bundle").where("expires_at", "<=", seconds).execute(),
    );
    const forgotten = seconds - statementDays * 86_400;
    await this.change((trx) =>
      trx.deleteFrom("statement").where("floor", "<", forgotten).execute(),
    );
    const idle = await this.db
      .selectFrom("mailbox")
      .select("id")
      .where("asked_day", "<=", today - idleDays)
      .execute();
    const ids = idle.map(({ id }) => id);
    for (const some of chunks(ids)) await this.change((trx) => deleteMailboxes(trx, some));
    this.onDelete();
  }

  async check(): Promise<void> {
    await sql`select 1`.execute(this.db);
  }

  protected today(): number {
    return dayOf(this.options.now());
  }

  /** Whoever changes `waiting` or hands out places holds the mailbox's row. */
  private async lock(trx: Transaction<Tables>, mailbox: Buffer): Promise<void> {
    if (this.types.bytes !== "bytea") return; // SQLite has one writer
    await trx
      .selectFrom("mailbox")
      .select("id")
      .where("id", "=", mailbox)
      .forNoKeyUpdate()
      .execute();
  }

  private async page(trx: Transaction<Tables>, mailbox: Buffer, after: number): Promise<Page> {
    const rows = await trx
      .selectFrom("envelope")
      .select(["place", "envelope"])
      .where("mailbox", "=", mailbox)
      .where("place", ">", after)
      .orderBy("place")
      .limit(pageLength)
      .execute();
    let waiting = rows.length;
    if (rows.length === pageLength) {
      const counted = await trx
        .selectFrom("envelope")
        .select((eb) => eb.fn.countAll<number>().as("waiting"))
        .where("mailbox", "=", mailbox)
        .where("place", ">", after)
        .executeTakeFirstOrThrow();
      waiting = Number(counted.waiting);
    }
    return {
      envelopes: rows.map(({ place, envelope }) => ({ id: place, envelope })),
      next: rows.at(-1)?.place ?? after,
      waiting,
    };
  }
}

async function deleteMailboxes(trx: Transaction<Tables>, ids: readonly Buffer[]): Promise<void> {
  await trx.deleteFrom("push_due").where("mailbox", "in", ids).execute();
  await trx.deleteFrom("bundle").where("mailbox", "in", ids).execute();
  await trx.deleteFrom("mailbox").where("id", "in", ids).execute();
  await trx.deleteFrom("envelope").where("mailbox", "in", ids).execute();
}

/** Keeps the highest floor of an account, and of each of its devices (R6). */
async function keepStatement(trx: Transaction<Tables>, statement: Statement): Promise<void> {
  const { account, device, floor, bytes } = statement;
  await trx
    .insertInto("statement")
    .values({ account, device, floor, bytes })
    .onConflict((conflict) =>
      conflict
        .columns(["account", "device"])
        .doUpdateSet({ floor, bytes })
        .where("statement.floor", "<", floor),
    )
    .execute();
  const kept = await trx
    .selectFrom("statement")
    .select(["device", "floor"])
    .where("account", "=", account)
    .orderBy("floor", "desc")
    .execute();
  const over = kept.filter((row) => row.device.length > 0).slice(maxStatements - 1);
  for (const row of over) {
    await trx
      .deleteFrom("statement")
      .where("account", "=", account)
      .where("device", "=", row.device)
      .execute();
  }
}
