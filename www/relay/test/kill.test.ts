// Relays that are killed between any two requests, and in the middle of them.

import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RelayProcess } from "./support/processes.js";
import { Client } from "./support/relays.js";
import { forEachStore, newPostgres, onPostgres, type Place } from "./support/stores.js";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 8);

/** The two halves of a test, which end when it does, whatever becomes of it. */
class Run {
  isOver = false;
  isDone = false;

  [Symbol.dispose](): void {
    this.isOver = true;
    this.isDone = true;
  }
}

/** Posts acts, one after the other, through relays that come and go, until the run is over. */
async function keepPosting(
  client: Client,
  to: Client,
  urlNow: () => string,
  run: Run,
): Promise<{ posted: string[]; again: number }> {
  const posted: string[] = [];
  let again = 0;
  while (!run.isOver) {
    const envelopes = Array.from({ length: randomInt(1, 6) }, () => randomBytes(2_880));
    const act = envelopes.map((envelope) => ({ to: to.mailbox, envelope }));
    // The same act again until there is an answer, as an app does.
    for (let tries = 0; !run.isDone; tries += 1) {
      const answer = await client
        .at(urlNow())
        .post(act)
        .catch(() => undefined);
      if (answer?.status === 201) break;
      if (answer?.status === 409) {
        assert.equal(answer.json.all, true);
        assert.ok(tries > 0, "nothing is there before it was posted");
        again += 1;
        break;
      }
      assert.ok(answer === undefined || answer.status >= 500, `${answer?.status}`);
      await sleep(20);
    }
    posted.push(...envelopes.map((envelope) => envelope.toString("hex")));
  }
  return { posted, again };
}

/** Takes pages and confirms them, through relays that come and go. */
async function keepTaking(
  client: Client,
  urlNow: () => string,
  run: Run,
): Promise<Map<string, number>> {
  const taken = new Map<string, number>();
  let [after, confirm, failed]: [number, number[], number] = [0, [], 0];
  for (let last = false; ; ) {
    const answer = await client
      .at(urlNow())
      .page({ after, confirm })
      .catch(() => undefined);
    if (answer?.status !== 200) {
      // The answer is lost, and with it perhaps that the page was confirmed: from the beginning.
      [after, confirm] = [0, []];
      failed += 1;
      assert.ok(failed < 3_000, "the relay does not come back");
      await sleep(20);
      continue;
    }
    failed = 0;
    const { envelopes, next } = answer.json;
    for (const { envelope } of envelopes) {
      const key = Buffer.from(envelope, "base64").toString("hex");
      taken.set(key, (taken.get(key) ?? 0) + 1);
    }
    confirm = envelopes.map(({ id }: { id: number }) => id);
    after = next;
    if (envelopes.length > 0) continue;
    if (last) return taken;
    last = run.isDone;
    [after, confirm] = [0, []];
    await sleep(20);
  }
}

function loseNothing(
  results: readonly { posted: string[] }[],
  taken: ReadonlyMap<string, number>,
): void {
  const posted = results.flatMap((result) => result.posted);
  assert.ok(posted.length > 10);
  const missing = posted.filter((key) => !taken.has(key));
  assert.deepEqual([missing.length, taken.size], [0, posted.length]);
}

forEachStore("a relay that is killed", ({ place }) => {
  it("loses nothing that it has answered, and stores nothing twice", {
    timeout: 300_000,
  }, async () => {
    const where = await place();
    let relay = await RelayProcess.start(where);
    const clients = await Promise.all([1, 2, 3, 4].map(() => Client.create(relay.url)));
    const [to, ...posters] = clients as [Client, ...Client[]];
    using run = new Run();
    const url = () => relay.url;
    const posting = posters.map((poster) => keepPosting(poster, to, url, run));
    const taking = keepTaking(to, url, run);
    for (let round = 0; round < rounds; round += 1) {
      await sleep(randomInt(50, 600));
      assert.equal(await relay.end("SIGKILL"), null);
      relay = await RelayProcess.start(where);
    }
    await sleep(200);
    run.isOver = true;
    const results = await Promise.all(posting);
    run.isDone = true;
    loseNothing(results, await taking);
    assert.equal((await to.at(relay.url).page()).json.waiting, 0);
    assert.equal(await relay.end("SIGTERM"), 0);
  });

  it("sends the pushes that it had not sent", { timeout: 120_000 }, async () => {
    const where = await place();
    let relay = await RelayProcess.start(where);
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    (await b.listen()).close();
    const envelopes = Array.from({ length: 200 }, () => randomBytes(2_880));
    await a.post(envelopes.map((envelope) => ({ to: b.mailbox, envelope })));
    await relay.end("SIGKILL");
    // The claim of a process that is gone runs out after a minute; SQLite's is free at once.
    relay = await RelayProcess.start(where);
    const stream = await b.at(relay.url).listen();
    const waited = where.databaseUrl === undefined ? 20_000 : 90_000;
    const sent = await stream.count(1, waited);
    assert.ok(sent.length >= 1);
    stream.close();
    assert.equal((await b.at(relay.url).drain()).length, 200);
    assert.equal(await relay.end("SIGTERM"), 0);
  });
});

onPostgres("several relays on one PostgreSQL", () => {
  it("lose nothing while they are killed in turn", { timeout: 300_000 }, async () => {
    const where: Place = await newPostgres();
    const relays = await Promise.all([1, 2, 3].map(() => RelayProcess.start(where)));
    const any = () => (relays[randomInt(relays.length)] as RelayProcess).url;
    const clients = await Promise.all([1, 2, 3, 4, 5].map(() => Client.create(any())));
    const [to, ...posters] = clients as [Client, ...Client[]];
    using run = new Run();
    const posting = posters.map((poster) => keepPosting(poster, to, any, run));
    const taking = keepTaking(to, any, run);
    for (let round = 0; round < rounds; round += 1) {
      await sleep(randomInt(50, 500));
      const index = round % relays.length;
      await relays[index]?.end("SIGKILL");
      relays[index] = await RelayProcess.start(where);
    }
    run.isOver = true;
    const results = await Promise.all(posting);
    run.isDone = true;
    loseNothing(results, await taking);
    for (const relay of relays) assert.equal(await relay.end("SIGTERM"), 0);
  });
});

describe("a relay that is asked to stop", () => {
  it("ends its streams and what it is doing, and then itself", async () => {
    const relay = await RelayProcess.start({ data: ":memory:", databaseUrl: undefined });
    const client = await Client.create(relay.url);
    const stream = await client.listen();
    const begun = performance.now();
    const posting = Array.from({ length: 20 }, () =>
      client.post([{ to: client.mailbox, envelope: randomBytes(2_880) }]).catch(() => undefined),
    );
    assert.equal(await relay.end("SIGTERM"), 0);
    await stream.ended;
    assert.ok(performance.now() - begun < 5_000);
    for (const answer of await Promise.all(posting)) {
      assert.ok(answer === undefined || [201, 503].includes(answer.status));
    }
  });
});

describe("a relay whose log nobody reads", () => {
  it("goes on, and stops when it is asked to", { timeout: 120_000 }, async () => {
    const limits = { LIMIT_REQUESTS_PER_MINUTE: "1000000", LOG_LEVEL: "info" };
    const relay = await RelayProcess.start({ data: ":memory:", databaseUrl: undefined }, limits);
    relay.ignoreLog();
    // Some 130 bytes each, where a pipe takes some hundred thousand.
    for (let round = 0; round < 60; round += 1) {
      const asked = Array.from({ length: 100 }, () => fetch(`${relay.url}/health`));
      for (const answer of await Promise.all(asked)) {
        assert.equal(answer.status, 200);
        await answer.arrayBuffer();
      }
    }
    const begun = performance.now();
    assert.equal(await relay.end("SIGTERM"), 0);
    assert.ok(performance.now() - begun < 10_000);
  });
});
