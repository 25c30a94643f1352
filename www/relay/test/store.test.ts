import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, it } from "node:test";
import type { PostOutcome, Store, StoreOptions } from "../src/store/store.js";
import { forEachStore, newPostgres, onPostgres, openStore, type Place } from "./support/stores.js";

const day = 86_400_000;
const envelope = () => randomBytes(2_880);

/** A store with some mailboxes, closed after the test. */
async function storeWith(place: Place, options: Partial<StoreOptions> = {}, mailboxes = 3) {
  const store = await openStore(place, options);
  const made: Buffer[] = [];
  for (let count = 0; count < mailboxes; count += 1) {
    const id: Buffer = randomBytes(16);
    await store.createMailbox(id, randomBytes(32));
    made.push(id);
  }
  const ids = made as [Buffer, Buffer, Buffer, ...Buffer[]];
  return { store, ids, [Symbol.asyncDispose]: () => store.close() };
}

async function postOne(store: Store, poster: Buffer, mailbox: Buffer, bytes = envelope()) {
  return store.post({ poster, envelopes: [{ mailbox, envelope: bytes }] });
}

async function takeAll(store: Store, mailbox: Buffer): Promise<Buffer[]> {
  const all: Buffer[] = [];
  for (let after = 0; ; ) {
    const page = await store.ask({ mailbox, confirm: [], after });
    assert.ok(page !== undefined);
    if (page.envelopes.length === 0) return all;
    all.push(...page.envelopes.map((one) => one.envelope));
    after = page.next;
  }
}

function isPosted(outcome: PostOutcome): void {
  assert.equal(outcome.is, "posted");
}

forEachStore("a store", ({ place }) => {
  it("finds a mailbox by the hash of its token, and not by another", async () => {
    const store = await openStore(await place());
    const [mailbox, token] = [randomBytes(16), randomBytes(32)];
    await store.createMailbox(mailbox, token);
    assert.deepEqual(await store.mailboxOf(token), mailbox);
    assert.equal(await store.mailboxOf(randomBytes(32)), undefined);
    // The bytes of a small Buffer lie in a pool that others share.
    assert.deepEqual(await store.mailboxOf(Buffer.from(token.toString("hex"), "hex")), mailbox);
    await store.close();
  });

  it("hands out pages of 64 in the order posted, until they are confirmed", async () => {
    await using at = await storeWith(await place());
    const {
      store,
      ids: [poster, mailbox],
    } = at;
    const posted = Array.from({ length: 150 }, envelope);
    for (const bytes of posted) isPosted(await postOne(store, poster, mailbox, bytes));

    const first = await store.ask({ mailbox, confirm: [], after: 0 });
    assert.equal(first?.waiting, 150);
    assert.deepEqual(
      first?.envelopes.map((one) => one.envelope),
      posted.slice(0, 64),
    );
    const ids = first?.envelopes.map(({ id }) => id) ?? [];
    assert.deepEqual(
      [...ids].sort((a, b) => a - b),
      ids,
    );
    assert.equal(first?.next, ids.at(-1));

    const second = await store.ask({ mailbox, confirm: ids, after: first?.next ?? 0 });
    assert.equal(second?.waiting, 86);
    assert.deepEqual(
      second?.envelopes.map((one) => one.envelope),
      posted.slice(64, 128),
    );

    // What was not confirmed comes again from the beginning; what was does not.
    const again = await store.ask({ mailbox, confirm: [], after: 0 });
    assert.deepEqual(again?.envelopes, second?.envelopes);
    assert.equal(again?.waiting, 86);

    assert.equal(
      await store.ask({ mailbox, confirm: again?.envelopes.map(({ id }) => id) ?? [] }),
      undefined,
    );
    assert.deepEqual(await takeAll(store, mailbox), posted.slice(128));

    const behind = await store.ask({ mailbox, confirm: [], after: 1_000 });
    assert.deepEqual(behind, { envelopes: [], next: 1_000, waiting: 0 });
  });

  it("confirms what is in the mailbox of the device that asks, and nothing else", async () => {
    await using at = await storeWith(await place());
    const {
      store,
      ids: [poster, mailbox],
    } = at;
    isPosted(await postOne(store, poster, mailbox));
    await store.ask({ mailbox: poster, confirm: [1], after: 0 });
    await store.ask({ mailbox, confirm: [2, 3, 1_000_000] });
    assert.equal((await takeAll(store, mailbox)).length, 1);
    await store.ask({ mailbox, confirm: [1] });
    await store.ask({ mailbox, confirm: [1] });
    assert.equal((await takeAll(store, mailbox)).length, 0);
  });

  it("stores all of an act or nothing", async () => {
    await using at = await storeWith(await place());
    const {
      store,
      ids: [poster, one, two],
    } = at;
    const unknown = randomBytes(16);
    const to = (...mailboxes: Buffer[]) =>
      mailboxes.map((mailbox) => ({ mailbox, envelope: envelope() }));
    assert.deepEqual(await store.post({ poster, envelopes: to(one, unknown, two) }), {
      is: "unknown_mailbox",
      mailboxes: [unknown],
    });
    assert.equal((await takeAll(store, one)).length, 0);

    const envelopes = to(one, two);
    isPosted(await store.post({ poster, envelopes }));
    assert.deepEqual(await store.post({ poster, envelopes }), { is: "already_posted", all: true });
    assert.deepEqual(await store.post({ poster, envelopes: [...envelopes, ...to(one)] }), {
      is: "already_posted",
      all: false,
    });
    assert.equal((await takeAll(store, one)).length, 1);
    // A poster whose mailbox is gone meanwhile.
    assert.deepEqual(await store.post({ poster: unknown, envelopes: to(one) }), {
      is: "unauthenticated",
    });
  });

  it("remembers for 30 days what was posted, also after it was confirmed", async () => {
    let now = Date.UTC(2026, 0, 1, 13);
    await using at = await storeWith(await place(), { now: () => now });
    const {
      store,
      ids: [poster, mailbox],
    } = at;
    const bytes = envelope();
    isPosted(await postOne(store, poster, mailbox, bytes));
    await store.ask({ mailbox, confirm: [1] });
    now += 29 * day;
    await store.sweep();
    assert.equal((await postOne(store, poster, mailbox, bytes)).is, "already_posted");
    now += 2 * day;
    await store.sweep();
    isPosted(await postOne(store, poster, mailbox, bytes));
  });

  it("keeps an envelope 29 days, and at most 30", async () => {
    let now = Date.UTC(2026, 0, 1, 23, 59);
    await using at = await storeWith(await place(), { now: () => now, mailboxLimit: 2 });
    const {
      store,
      ids: [poster, mailbox],
    } = at;
    isPosted(await postOne(store, poster, mailbox));
    now += 5 * day;
    isPosted(await postOne(store, poster, mailbox));
    now += 24 * day;
    await store.sweep();
    assert.equal((await takeAll(store, mailbox)).length, 2);
    now += day;
    await store.sweep();
    assert.equal((await takeAll(store, mailbox)).length, 1);
    isPosted(await postOne(store, poster, mailbox)); // there is room again
    assert.equal((await postOne(store, poster, mailbox)).is, "mailbox_full");
  });

  it("bounds a mailbox, and says which one is full", async () => {
    await using at = await storeWith(await place(), { mailboxLimit: 5 });
    const {
      store,
      ids: [poster, one, two],
    } = at;
    const to = (...mailboxes: Buffer[]) =>
      mailboxes.map((mailbox) => ({ mailbox, envelope: envelope() }));
    isPosted(await store.post({ poster, envelopes: to(one, one, one, one) }));
    assert.deepEqual(await store.post({ poster, envelopes: to(one, two, one) }), {
      is: "mailbox_full",
      mailboxes: [one],
    });
    assert.equal((await takeAll(store, two)).length, 0);
    isPosted(await store.post({ poster, envelopes: to(one, two) }));
    await store.ask({ mailbox: one, confirm: [1] });
    isPosted(await store.post({ poster, envelopes: to(one) }));
  });

  it("counts a quota for each poster and day", async () => {
    let now = Date.UTC(2026, 0, 1, 12);
    await using at = await storeWith(await place(), { now: () => now, postsPerDay: 3 });
    const {
      store,
      ids: [poster, mailbox],
    } = at;
    const two = () => [1, 2].map(() => ({ mailbox, envelope: envelope() }));
    isPosted(await store.post({ poster, envelopes: two() }));
    assert.equal((await store.post({ poster, envelopes: two() })).is, "over_quota");
    isPosted(await store.post({ poster: mailbox, envelopes: two() }));
    isPosted(await postOne(store, poster, mailbox));
    assert.equal((await postOne(store, poster, mailbox)).is, "over_quota");
    now += day;
    isPosted(await postOne(store, poster, mailbox));
  });

  it("keeps what was answered when it is opened again", async () => {
    const where = await place();
    const posted = Array.from({ length: 5 }, envelope);
    let mailbox: Buffer = Buffer.alloc(0);
    {
      await using at = await storeWith(where);
      const [poster, to] = at.ids;
      mailbox = to;
      for (const bytes of posted) isPosted(await postOne(at.store, poster, to, bytes));
    }
    const store = await openStore(where);
    assert.deepEqual(await takeAll(store, mailbox), posted);
    await store.close();
  });

  it("shares a transaction among many posts, each with an outcome of its own", async () => {
    await using at = await storeWith(await place(), { mailboxLimit: 150 });
    const {
      store,
      ids: [poster, mailbox],
    } = at;
    const twice = envelope();
    const outcomes = await Promise.all([
      ...Array.from({ length: 149 }, () => postOne(store, poster, mailbox)),
      postOne(store, poster, mailbox, twice),
      postOne(store, poster, mailbox, twice),
      postOne(store, poster, randomBytes(16)),
      postOne(store, poster, mailbox),
    ]);
    const is = outcomes.map((outcome) => outcome.is);
    assert.deepEqual(is.slice(0, 150), Array(150).fill("posted"));
    assert.deepEqual(is.slice(150), ["already_posted", "unknown_mailbox", "mailbox_full"]);
    assert.equal((await takeAll(store, mailbox)).length, 150);
  });

  it("never shows a place before a smaller one", async () => {
    await using at = await storeWith(await place(), {}, 9);
    await noPlaceIsSkipped([at.store], at.ids);
  });

  it("says which pushes are due until they are done with", async () => {
    let now = Date.now();
    await using at = await storeWith(await place(), { now: () => now });
    const {
      store,
      ids: [poster, one, two],
    } = at;
    const target = { kind: "stream", to: "ab".repeat(32) } as const;
    await store.setPush(one, target);
    assert.deepEqual(await store.pushOf(one), target);
    assert.equal(await store.pushOf(two), undefined);
    const bytes = envelope();
    const outcome = await store.post({
      poster,
      envelopes: [
        { mailbox: one, envelope: bytes },
        { mailbox: two, envelope: envelope() },
      ],
    });
    assert.ok(outcome.is === "posted");
    assert.deepEqual(
      outcome.stored.map((stored) => stored.target),
      [target, null],
    );

    // The process that stored it works on it, and then it is anybody's.
    assert.deepEqual(await store.claimPushes(10), []);
    now += 61_000;
    const [due, ...others] = await store.claimPushes(10);
    assert.deepEqual(others, []);
    assert.deepEqual(due?.envelope, bytes);
    assert.deepEqual(due?.target, target);
    assert.deepEqual(await store.claimPushes(10), []);

    await store.postponePush(due?.digest as Buffer, 5_000, 7);
    now += 5_001;
    assert.equal((await store.claimPushes(10))[0]?.attempts, 7);
    await store.pushed([due?.digest as Buffer]);
    now += 61_000;
    assert.deepEqual(await store.claimPushes(10), []);
  });

  it("has no push due for what was confirmed, or for a mailbox that is gone", async () => {
    let now = Date.now();
    await using at = await storeWith(await place(), { now: () => now });
    const {
      store,
      ids: [poster, one, two],
    } = at;
    for (const mailbox of [one, two]) {
      await store.setPush(mailbox, { kind: "stream", to: "ab".repeat(32) });
      isPosted(await postOne(store, poster, mailbox));
    }
    await store.ask({ mailbox: one, confirm: [1] });
    await store.deleteMailbox(two);
    now += 61_000;
    assert.deepEqual(await store.claimPushes(10), []);
    assert.equal((await postOne(store, poster, two)).is, "unknown_mailbox");
  });

  it("forgets a dead target, unless it was set again since", async () => {
    let now = 1_000_000;
    await using at = await storeWith(await place(), { now: () => now });
    const {
      store,
      ids: [mailbox],
    } = at;
    const target = { kind: "apns", to: "ab".repeat(32) } as const;
    await store.setPush(mailbox, target);
    await store.forgetPush(mailbox, target, 999_999);
    assert.deepEqual(await store.pushOf(mailbox), target);
    await store.forgetPush(mailbox, { ...target, to: "cd".repeat(32) }, now);
    assert.deepEqual(await store.pushOf(mailbox), target);
    now += 1;
    await store.forgetPush(mailbox, target, now);
    assert.equal(await store.pushOf(mailbox), undefined);
  });

  it("keeps a link's message for ten minutes, and the first one", async () => {
    let now = Date.now();
    await using at = await storeWith(await place(), { now: () => now });
    const { store } = at;
    const rendezvous = randomBytes(16);
    assert.equal(await store.link(rendezvous, "request"), undefined);
    assert.equal(await store.putLink(rendezvous, "request", Buffer.from("a")), true);
    assert.equal(await store.putLink(rendezvous, "request", Buffer.from("a")), true);
    assert.equal(await store.putLink(rendezvous, "request", Buffer.from("b")), false);
    assert.equal(await store.putLink(rendezvous, "grant", Buffer.from("b")), true);
    assert.deepEqual(await store.link(rendezvous, "request"), Buffer.from("a"));
    now += 600_001;
    assert.equal(await store.link(rendezvous, "request"), undefined);
    assert.equal(await store.putLink(rendezvous, "request", Buffer.from("b")), true);
  });

  it("keeps a setting as it was first made", async () => {
    const where = await place();
    const store = await openStore(where);
    assert.equal(await store.setting("name", () => "first"), "first");
    assert.equal(await store.setting("name", () => "second"), "first");
    await store.close();
    const again = await openStore(where);
    assert.equal(await again.setting("name", () => "third"), "first");
    await again.close();
  });

  it("removes a mailbox that nobody has asked for in 120 days", async () => {
    let now = Date.UTC(2026, 0, 1);
    await using at = await storeWith(await place(), { now: () => now });
    const {
      store,
      ids: [poster, idle],
    } = at;
    now += 119 * day;
    isPosted(await postOne(store, poster, poster));
    await store.ask({ mailbox: poster, confirm: [1] });
    now += day;
    await store.sweep();
    assert.equal((await postOne(store, poster, idle)).is, "unknown_mailbox");
    isPosted(await postOne(store, poster, poster));
  });
});

onPostgres("two stores on one PostgreSQL", () => {
  let where: Place | undefined;
  const stores: Store[] = [];
  const open = async () => {
    where ??= await newPostgres();
    const store = await openStore(where);
    stores.push(store);
    return store;
  };
  after(async () => {
    for (const store of stores) await store.close();
  });

  it("begin on an empty database at the same time", async () => {
    assert.equal((await Promise.all([open(), open(), open()])).length, 3);
  });

  it("never show a place before a smaller one", async () => {
    const two = [await open(), await open()];
    const ids: Buffer[] = [];
    for (let count = 0; count < 9; count += 1) {
      const id = randomBytes(16);
      await two[0]?.createMailbox(id, randomBytes(32));
      ids.push(id);
    }
    await noPlaceIsSkipped(two, ids);
  });

  it("store the same envelope once", async () => {
    const two = [await open(), await open()] as const;
    const id = randomBytes(16);
    await two[0].createMailbox(id, randomBytes(32));
    for (let round = 0; round < 30; round += 1) {
      const bytes = envelope();
      const outcomes = await Promise.all(two.map((store) => postOne(store, id, id, bytes)));
      assert.deepEqual(outcomes.map(({ is }) => is).sort(), ["already_posted", "posted"]);
    }
    assert.equal((await takeAll(two[0], id)).length, 30);
  });

  it("claim a push once", async () => {
    where = await newPostgres();
    const now = Date.now();
    const two = [await openStore(where), await openStore(where, { now: () => now + 120_000 })];
    const third = await openStore(where, { now: () => now + 120_000 });
    stores.push(...two, third);
    const [id, to] = [randomBytes(16), "ab".repeat(32)];
    await two[0]?.createMailbox(id, randomBytes(32));
    await two[0]?.setPush(id, { kind: "stream", to });
    for (let count = 0; count < 40; count += 1) isPosted(await postOne(two[0] as Store, id, id));
    const claims = await Promise.all(
      [two[1] as Store, third].flatMap((store) => [1, 2, 3, 4].map(() => store.claimPushes(10))),
    );
    const digests = claims.flat().map(({ digest }) => digest.toString("hex"));
    assert.equal(new Set(digests).size, digests.length);
    assert.equal(digests.length, 40);
  });

  it("hear each other, also after the connection broke", async () => {
    const two = [await open(), await open()] as const;
    const heard: string[] = [];
    two[1].onBroadcast((message) => heard.push(message));
    const says = async (message: string) => {
      for (let tries = 0; tries < 100 && !heard.includes(message); tries += 1) {
        await two[0].broadcast(message).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.ok(heard.includes(message));
    };
    await says("first");
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: where?.databaseUrl as string });
    await client.connect();
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'",
    );
    await client.end();
    await says("second");
    const long = "x".repeat(7_900);
    await says(long);
  });
});

/** Posts from many sides while a reader goes from page to page: it must meet every envelope. */
async function noPlaceIsSkipped(stores: readonly Store[], ids: readonly Buffer[]): Promise<void> {
  const [mailbox, ...posters] = ids as [Buffer, ...Buffer[]];
  const posted: string[] = [];
  let left = posters.length;
  const posting = posters.map(async (poster, index) => {
    for (let count = 0; count < 40; count += 1) {
      const bytes = envelope();
      const store = stores[index % stores.length] as Store;
      isPosted(await postOne(store, poster, mailbox, bytes));
      posted.push(bytes.toString("hex"));
    }
    left -= 1;
  });
  const met: string[] = [];
  let [after, reads] = [0, 0];
  for (let isLast = false; ; ) {
    const page = await (stores[reads % stores.length] as Store).ask({
      mailbox,
      confirm: [],
      after,
    });
    reads += 1;
    for (const one of page?.envelopes ?? []) met.push(one.envelope.toString("hex"));
    after = page?.next ?? after;
    if (isLast && page?.envelopes.length === 0) break;
    isLast = left === 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(posting);
  assert.deepEqual([...met].sort(), [...posted].sort());
  assert.equal(new Set(met).size, posters.length * 40);
}
