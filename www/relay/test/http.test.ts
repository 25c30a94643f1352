import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { defaultLimits } from "../src/limits.js";
import type { Relay } from "../src/relay.js";
import { contentSecurityPolicy } from "../src/security.js";
import { networkOf } from "../src/throttle.js";
import { act, ask, Client, relayAt, Stream } from "./support/relays.js";
import { forEachStore } from "./support/stores.js";

const envelope = () => randomBytes(2_880);

forEachStore("over HTTP", ({ name, place }) => {
  let relay: Relay;
  let [alice, bob, tablet]: Client[] = [];
  before(async () => {
    relay = await relayAt(await place());
    [alice, bob, tablet] = await Promise.all([1, 2, 3].map(() => Client.create(relay.url)));
  });
  after(() => relay.close());
  const us = () => ({ alice, bob, tablet }) as { alice: Client; bob: Client; tablet: Client };

  it("says how it is", async () => {
    const { status, json } = await ask(relay.url, "/health");
    assert.equal(status, 200);
    assert.equal(json.status, "ok");
    assert.equal(json.store, name);
  });

  it("gives a device a mailbox and a token", () => {
    const { alice, bob } = us();
    assert.match(alice.mailbox, /^[0-9a-f]{32}$/);
    assert.match(alice.token, /^[A-Za-z0-9_-]{43}$/);
    assert.notEqual(alice.token, bob.token);
  });

  it("takes an act, and hands it out in order", async () => {
    const { alice, bob, tablet } = us();
    const envelopes = [bob, tablet, bob].map((to) => ({ to: to.mailbox, envelope: envelope() }));
    const posted = await alice.post(envelopes);
    assert.equal(posted.status, 201);
    assert.equal(posted.json.posted, 3);
    const page = await bob.page();
    assert.equal(page.status, 200);
    assert.equal(page.json.waiting, 2);
    assert.ok(Math.abs(page.json.time - Date.now()) < 10_000);
    assert.ok(page.headers.get("date"));
    assert.deepEqual(
      page.json.envelopes.map((one: { envelope: string }) => one.envelope),
      [0, 2].map((index) => envelopes[index]?.envelope.toString("base64")),
    );
    assert.equal((await bob.drain()).length, 2);
    assert.equal((await bob.drain()).length, 0);
    assert.deepEqual((await tablet.drain())[0], envelopes[1]?.envelope);
    // The same act again, because its answer was lost.
    const again = await alice.post(envelopes);
    assert.equal(again.status, 409);
    assert.deepEqual(again.json.all, true);
    assert.equal((await bob.drain()).length, 0);
  });

  it("confirms only, if it is asked for no page", async () => {
    const { alice, bob } = us();
    await alice.post([{ to: bob.mailbox, envelope: envelope() }]);
    const [one] = (await bob.page()).json.envelopes;
    const confirmed = await bob.page({ fetch: false, confirm: [one.id] });
    assert.equal(confirmed.status, 200);
    assert.deepEqual(Object.keys(confirmed.json), ["time"]);
    assert.equal((await bob.page()).json.waiting, 0);
  });

  it("refuses whoever has no token, or a wrong one", async () => {
    const { bob } = us();
    const body = act([{ to: bob.mailbox, envelope: envelope() }]);
    const tokens = [
      undefined,
      "",
      "x".repeat(43),
      randomBytes(32).toString("base64url"),
      "x".repeat(44),
    ];
    for (const token of tokens) {
      const options = token === undefined ? {} : { token };
      const answers = await Promise.all([
        ask(relay.url, "/v1/envelopes", { body, ...options }),
        ask(relay.url, "/v1/mailbox", { body: { confirm: [] }, ...options }),
        ask(relay.url, "/v1/pushes", options),
        ask(relay.url, "/v1/push", { method: "PUT", body: { kind: "stream" }, ...options }),
        ask(relay.url, "/v1/bundles", { method: "PUT", body: { bundles: [] }, ...options }),
        ask(relay.url, "/v1/devices/self", { method: "DELETE", ...options }),
      ]);
      for (const { status, json } of answers) {
        assert.equal(status, 401);
        assert.equal(json.code, "unauthenticated");
      }
    }
    assert.equal((await bob.page()).json.waiting, 0);
  });

  it("refuses what is not envelopes, and stores nothing of it", async () => {
    const { alice, bob } = us();
    const good = act([{ to: bob.mailbox, envelope: envelope() }]);
    const many = Array.from({ length: 257 }, () => ({ to: bob.mailbox, envelope: envelope() }));
    const cases: [Uint8Array, number, string][] = [
      [good.subarray(0, 2_895), 400, "bad_length"],
      [Buffer.concat([good, Buffer.alloc(1)]), 400, "bad_length"],
      [good.subarray(0, 16), 400, "bad_length"],
      [Buffer.concat([good, good]), 400, "bad_request"],
      [act(many), 413, "too_large"],
      [Buffer.alloc(3_000_000), 413, "too_large"],
    ];
    for (const [body, status, code] of cases) {
      const answer = await alice.ask("/v1/envelopes", { body });
      assert.deepEqual([answer.status, answer.json.code], [status, code]);
    }
    const empty = await alice.ask("/v1/envelopes", { body: new Uint8Array() });
    assert.equal(empty.status, 400);
    const json = await alice.ask("/v1/envelopes", { body: { envelope: "" } });
    assert.deepEqual([json.status, json.json.code], [415, "unsupported_media_type"]);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      const other = await alice.ask("/v1/envelopes", { body: good, type });
      assert.deepEqual([other.status, other.json.code], [415, "unsupported_media_type"]);
    }
    assert.equal((await bob.page()).json.waiting, 0);
    assert.equal((await alice.ask("/v1/envelopes", { body: act(many.slice(1)) })).status, 201);
    assert.equal((await bob.drain()).length, 256);
  });

  it("stores nothing of a post that ends before its length", async () => {
    const { alice, bob } = us();
    const body = act([{ to: bob.mailbox, envelope: envelope() }]);
    const { hostname, port } = new URL(relay.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST /v1/envelopes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${alice.token}\r\n` +
            `content-type: application/octet-stream\r\ncontent-length: ${body.length}\r\n\r\n`,
        );
        socket.write(body.subarray(0, 2_000));
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on("close", () => resolve());
      socket.on("error", () => {});
    });
    assert.equal((await bob.page()).json.waiting, 0);
  });

  it("names the mailboxes that are not there", async () => {
    const { alice, bob } = us();
    const nobody = "00".repeat(16);
    const answer = await alice.post([
      { to: bob.mailbox, envelope: envelope() },
      { to: nobody, envelope: envelope() },
    ]);
    assert.equal(answer.status, 404);
    assert.equal(answer.json.code, "unknown_mailbox");
    assert.deepEqual(answer.json.mailboxes, [nobody]);
    assert.equal((await bob.page()).json.waiting, 0);
  });

  it("refuses JSON that is not the form", async () => {
    const { bob } = us();
    const bodies = [
      [],
      null,
      "x",
      { confirm: "1" },
      { confirm: [-1] },
      { confirm: [1.5] },
      { confirm: ["1"] },
      { confirm: Array(257).fill(1) },
      { after: -1 },
      { after: "0" },
      { after: 2 ** 60 },
      { fetch: "no" },
      { fetch: false, after: 1 },
      { other: 1 },
    ];
    for (const body of bodies) {
      const { status, json } = await bob.ask("/v1/mailbox", { body });
      assert.deepEqual([status, json.code], [400, "bad_request"], JSON.stringify(body));
    }
    const response = await fetch(`${relay.url}/v1/mailbox`, {
      method: "POST",
      headers: { authorization: `Bearer ${bob.token}`, "content-type": "application/json" },
      body: '{"confirm":[],"__proto__":{"after":5}}',
    });
    assert.equal(response.status, 400);
  });

  it("has its headers on every answer", async () => {
    const { alice } = us();
    const paths = ["/health", "/v1/nothing", "/", "/v1/seen", "/v1/bundles/x", "/v1/push"];
    const answers = await Promise.all(paths.map((path) => ask(relay.url, path)));
    const stream = await alice.listen();
    const options = await ask(relay.url, "/v1/devices", { method: "OPTIONS" });
    for (const { headers } of [...answers, options, { headers: stream.response.headers }]) {
      assert.equal(headers.get("content-security-policy"), contentSecurityPolicy);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
      assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
      assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
      assert.match(headers.get("permissions-policy") ?? "", /camera=\(self\), microphone=\(self\)/);
      assert.equal(headers.get("access-control-allow-origin"), null);
      assert.equal(headers.get("x-powered-by"), null);
      assert.equal(headers.get("set-cookie"), null);
      assert.ok(headers.get("date"));
    }
    stream.close();
    assert.match(
      contentSecurityPolicy,
      /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
    );
    assert.doesNotMatch(contentSecurityPolicy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
  });

  it("carries the messages of linking devices", async () => {
    const { alice } = us();
    const path = `/v1/links/${randomBytes(16).toString("hex")}`;
    const put = (part: string, body: Uint8Array) =>
      ask(relay.url, `${path}/${part}`, { method: "PUT", body });
    assert.equal((await ask(relay.url, `${path}/request`)).status, 404);
    const message = randomBytes(137);
    assert.equal((await put("request", message)).status, 204);
    assert.equal((await put("request", message)).status, 204);
    assert.deepEqual((await put("request", randomBytes(137))).json.code, "claimed");
    assert.equal((await put("grant", randomBytes(1_024))).status, 204);
    assert.equal((await put("other", message)).status, 404);
    assert.equal((await put("grant", randomBytes(1_025))).status, 413);
    assert.equal((await put("grant", new Uint8Array())).status, 400);
    const got = await fetch(`${relay.url}${path}/request`);
    assert.equal(got.headers.get("content-type"), "application/octet-stream");
    assert.deepEqual(Buffer.from(await got.arrayBuffer()), message);
    const bad = await ask(relay.url, "/v1/links/xyz/request", { method: "PUT", body: message });
    assert.equal(bad.status, 400);
    assert.equal((await alice.page()).status, 200);
  });

  it("removes a device with all that it has", async () => {
    const { alice } = us();
    const gone = await Client.create(relay.url);
    await alice.post([{ to: gone.mailbox, envelope: envelope() }]);
    assert.equal((await gone.ask("/v1/devices/self", { method: "DELETE" })).status, 204);
    assert.equal((await gone.page()).status, 401);
    const posted = await alice.post([{ to: gone.mailbox, envelope: envelope() }]);
    assert.equal(posted.status, 404);
  });

  it("does not show what it sees unless it is told to", async () => {
    assert.equal((await ask(relay.url, "/v1/seen")).status, 404);
    assert.equal((await ask(relay.url, "/v1/csp-reports")).status, 404);
  });
});

forEachStore("limits over HTTP", ({ place }) => {
  const limited = async (limits: Partial<typeof defaultLimits>) => {
    const open = { ...defaultLimits, devicesPerHour: 1_000 };
    const relay = await relayAt(await place(), { limits: { ...open, ...limits } });
    return { relay, [Symbol.asyncDispose]: () => relay.close() };
  };
  const isTooMany = ({ status, json, headers }: Awaited<ReturnType<typeof ask>>) => {
    assert.equal(status, 429);
    assert.equal(json.code, "too_many");
    assert.ok(Number(headers.get("retry-after")) >= 1);
  };

  it("bounds the devices of an address", async () => {
    await using at = await limited({ devicesPerHour: 2 });
    const create = () => ask(at.relay.url, "/v1/devices", { method: "POST" });
    assert.deepEqual([(await create()).status, (await create()).status], [201, 201]);
    isTooMany(await create());
  });

  it("bounds what a poster posts in a minute, by envelopes", async () => {
    await using at = await limited({ postsPerMinute: 5 });
    const [a, b] = [await Client.create(at.relay.url), await Client.create(at.relay.url)];
    const some = (count: number) =>
      Array.from({ length: count }, () => ({ to: b.mailbox, envelope: envelope() }));
    assert.equal((await a.post(some(4))).status, 201);
    isTooMany(await a.post(some(2)));
    assert.equal((await b.post(some(5))).status, 201);
    assert.equal((await b.drain()).length, 9);
  });

  it("bounds what a poster posts in a day", async () => {
    await using at = await limited({ postsPerDay: 3 });
    const a = await Client.create(at.relay.url);
    const some = (count: number) =>
      Array.from({ length: count }, () => ({ to: a.mailbox, envelope: envelope() }));
    assert.equal((await a.post(some(2))).status, 201);
    isTooMany(await a.post(some(2)));
    assert.equal((await a.post(some(1))).status, 201);
    isTooMany(await a.post(some(1)));
  });

  it("bounds a mailbox", async () => {
    await using at = await limited({ mailbox: 2 });
    const [a, b] = [await Client.create(at.relay.url), await Client.create(at.relay.url)];
    const to = (...clients: Client[]) =>
      clients.map(({ mailbox }) => ({ to: mailbox, envelope: envelope() }));
    assert.equal((await a.post(to(b, b))).status, 201);
    const full = await a.post(to(a, b));
    assert.equal(full.status, 507);
    assert.deepEqual(full.json.mailboxes, [b.mailbox]);
    assert.equal((await a.page()).json.waiting, 0);
    assert.equal((await a.post(to(a))).status, 201);
  });

  it("bounds the requests of a device and of an address", async () => {
    await using at = await limited({ asksPerMinute: 3, openPerMinute: 2 });
    const a = await Client.create(at.relay.url);
    for (let count = 0; count < 3; count += 1) assert.equal((await a.page()).status, 200);
    isTooMany(await a.page());
    const path = `/v1/bundles/${"00".repeat(32)}`;
    for (let count = 0; count < 2; count += 1) {
      assert.equal((await ask(at.relay.url, path)).status, 200);
    }
    isTooMany(await ask(at.relay.url, path));

    await using other = await limited({ requestsPerMinute: 2 });
    for (let count = 0; count < 2; count += 1) {
      assert.equal((await ask(other.relay.url, "/health")).status, 200);
    }
    isTooMany(await ask(other.relay.url, "/health"));
  });
});

forEachStore("what the server sees", ({ place }) => {
  it("is the very row and the very push", async () => {
    const relay = await relayAt(await place(), { show: true });
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    const early = envelope();
    await a.post([{ to: b.mailbox, envelope: early }]);
    const pushes = await b.listen();
    const seen = await Stream.open(`${relay.url}/v1/seen`);
    const late = [envelope(), envelope()];
    await a.post(late.map((bytes) => ({ to: b.mailbox, envelope: bytes })));
    const events = (await seen.count(3)).map((event) => JSON.parse(event));
    assert.deepEqual(
      events.map(({ n }) => n),
      [1, 2, 3],
    );
    for (const [index, bytes] of [early, ...late].entries()) {
      const { poster, mailbox, envelope, push, time, n, ...rest } = events[index];
      assert.deepEqual(rest, {});
      assert.deepEqual([poster, mailbox], [a.mailbox, b.mailbox]);
      assert.equal(envelope, bytes.toString("base64"));
      assert.ok(Math.abs(time - Date.now()) < 10_000);
      if (index === 0)
        assert.equal(push, null); // it had no push then
      else
        assert.ok(pushes.events.includes(push.body) || (await pushes.count(2)).includes(push.body));
    }
    pushes.close();
    seen.close();
    await relay.close();
  });
});

describe("the pages", () => {
  it("are served from their folder, and nothing beside it or hidden", async (t) => {
    const folder = await mkdtemp(join(tmpdir(), "relay-pages-"));
    const pages = join(folder, "dist");
    await mkdir(join(pages, "phone"), { recursive: true });
    await writeFile(join(pages, "phone/index.html"), "a page");
    await writeFile(join(pages, ".hidden"), "a secret");
    await writeFile(join(folder, "beside"), "a secret");
    const relay = await relayAt({ data: ":memory:", databaseUrl: undefined }, { pages });
    t.after(async () => {
      await relay.close();
      await rm(folder, { recursive: true });
    });
    assert.equal((await ask(relay.url, "/phone/")).json, "a page");
    const others = [
      "/.hidden",
      "/..%2fbeside",
      "/phone/..%2f..%2fbeside",
      "/phone/%2e%2e%2f.hidden",
    ];
    for (const path of [...others, "/none", "/%2e%2e%5cbeside"]) {
      const { status, json } = await ask(relay.url, path);
      assert.deepEqual([status, json.code], [404, "not_found"], path);
    }
  });
});

describe("reports of the pages' policy", () => {
  it("are counted, and not kept", async () => {
    const place = { data: ":memory:", databaseUrl: undefined };
    const relay = await relayAt(place, { show: true });
    for (const type of ["application/csp-report", "application/reports+json"]) {
      const sent = await ask(relay.url, "/v1/csp-reports", { body: { "csp-report": {} }, type });
      assert.equal(sent.status, 204);
    }
    assert.deepEqual((await ask(relay.url, "/v1/csp-reports")).json, { count: 2 });
    await relay.close();
  });
});

describe("an address", () => {
  it("counts with its network", () => {
    assert.equal(networkOf("192.0.2.7"), "192.0.2.7");
    assert.equal(networkOf("::ffff:192.0.2.7"), "192.0.2.7");
    assert.equal(networkOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2");
    assert.equal(networkOf("2001:db8::1"), "2001:db8:0:0");
    assert.equal(networkOf("::1"), "0:0:0:0");
  });

  it("is the proxy's word only where there is one", async () => {
    const place = { data: ":memory:", databaseUrl: undefined };
    const limits = { ...defaultLimits, devicesPerHour: 1 };
    const create = (url: string, from: string) =>
      new Promise<number>((resolve, reject) => {
        const headers = { "x-forwarded-for": from };
        httpRequest(`${url}/v1/devices`, { method: "POST", headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        })
          .on("error", reject)
          .end();
      });
    const none = await relayAt(place, { limits });
    assert.equal(await create(none.url, "192.0.2.1"), 201);
    assert.equal(await create(none.url, "192.0.2.2"), 429);
    await none.close();
    const one = await relayAt(place, { limits, proxies: 1 });
    assert.equal(await create(one.url, "192.0.2.1"), 201);
    assert.equal(await create(one.url, "192.0.2.2"), 201);
    assert.equal(await create(one.url, "192.0.2.3, 192.0.2.2"), 429);
    await one.close();
  });
});
