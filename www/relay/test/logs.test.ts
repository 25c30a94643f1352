import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { envelopeTag } from "hushring/relay";
import { describeError } from "../src/logging.js";
import { newPerson, text } from "./support/people.js";
import { ask, Client, relayAt } from "./support/relays.js";
import { forEachStore } from "./support/stores.js";

forEachStore("the log", ({ place }) => {
  it("holds an envelope's tag at most, at any level", async () => {
    const lines: string[] = [];
    const log = { write: (line: string) => lines.push(line) };
    const relay = await relayAt(await place(), { logLevel: "trace", show: true }, { log });
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    const bob = newPerson();
    const stream = await b.listen();
    await b.ask("/v1/bundles", { method: "PUT", body: { bundles: bob.published.map(text) } });
    const account = Buffer.from(bob.account.publicKey).toString("hex");
    await ask(relay.url, `/v1/bundles/${account}`);
    const rendezvous = randomBytes(16).toString("hex");
    const link = randomBytes(137);
    await ask(relay.url, `/v1/links/${rendezvous}/request`, { method: "PUT", body: link });
    const envelope = randomBytes(2_880);
    const act = [{ to: b.mailbox, envelope }];
    assert.equal((await a.post(act)).status, 201);
    assert.equal((await a.post(act)).status, 409);
    const nobody = randomBytes(16).toString("hex");
    assert.equal((await a.post([{ to: nobody, envelope: randomBytes(2_880) }])).status, 404);
    await stream.count(1);
    await b.drain();
    const wrong = randomBytes(32).toString("base64url");
    await ask(relay.url, "/v1/mailbox?secret=yes", { token: wrong, body: { confirm: [] } });
    await ask(relay.url, `/nothing/${account}`);
    await a.ask("/v1/mailbox", { body: { confirm: [], after: "secret" } });
    stream.close();
    await sleep(200);
    // What a database says of a row that it refuses quotes the row.
    const error = await relay.store
      .createMailbox(Buffer.from(a.mailbox, "hex"), randomBytes(32))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    lines.push(JSON.stringify(describeError(error)));
    await relay.close();

    const all = lines.join("");
    for (const line of lines.slice(0, -1)) assert.doesNotThrow(() => JSON.parse(line));
    assert.ok(all.includes('"route":"/v1/envelopes"') && all.includes('"status":201'));
    assert.ok(all.includes(await envelopeTag(envelope)), "at this level, the tag is there");
    const hidden = {
      "a token": [a.token, b.token, wrong],
      "a mailbox": [a.mailbox, b.mailbox, nobody].flatMap((id) => [
        id,
        Buffer.from(id, "hex").toString("base64").slice(0, 20),
      ]),
      "an account": [account, account.slice(0, 16)],
      "a rendezvous": [rendezvous, link.toString("base64").slice(0, 16)],
      "an envelope": [envelope.toString("base64").slice(0, 24), envelope.toString("hex", 0, 12)],
      "a query": ["secret"],
      "who asked": ["remoteAddress", "user-agent", "x-forwarded-for", "authorization", "undici"],
    };
    for (const [what, texts] of Object.entries(hidden)) {
      for (const part of texts) assert.ok(!all.includes(part), `${what} is in the log`);
    }
    // The address that it listens at is the relay's own. No line has any other.
    const addresses = lines.filter((line) => /127\.0\.0\.1|::1/.test(line));
    assert.ok(addresses.every((line) => line.includes("Server listening at")));
    // A line of a request has a route, a status and a time.
    const answered = lines
      .slice(0, -1)
      .map((line) => JSON.parse(line))
      .filter((line) => line.route);
    assert.ok(answered.length > 10);
    for (const { level, time, reqId, msg, method, route, status, ms, ...rest } of answered) {
      assert.deepEqual(rest, {});
      assert.match(route, /^(?:none|\/[a-z0-9/:-]*)$/);
    }
  });

  it("has no line of an envelope below the level debug", async () => {
    const lines: string[] = [];
    const log = { write: (line: string) => lines.push(line) };
    const relay = await relayAt(await place(), { logLevel: "info" }, { log });
    const a = await Client.create(relay.url);
    const envelope = randomBytes(2_880);
    assert.equal((await a.post([{ to: a.mailbox, envelope }])).status, 201);
    await relay.close();
    assert.ok(!lines.join("").includes(await envelopeTag(envelope)));
  });
});

describe("an error in the log", () => {
  it("has no message", () => {
    const error = Object.assign(new TypeError("Key (id)=(\\xabcdef) exists"), {
      code: "23505",
      detail: "secret",
    });
    const { type, message, stack } = describeError(error);
    assert.deepEqual([type, message], ["TypeError", "23505"]);
    assert.match(stack, /^\s+at /);
    assert.doesNotMatch(stack, /Key|xabcdef|secret/);
    assert.equal(describeError("text").type, "string");
    assert.equal(describeError(Object.assign(new Error("x"), { code: "a b" })).message, "");
  });
});
