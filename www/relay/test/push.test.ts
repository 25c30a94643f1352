import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { connect } from "node:http2";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type ApnsRequest, apnsRequest, auditApnsRequests } from "hushring/relay";
import pg from "pg";
import { PushAudit } from "../src/push/audit.js";
import { StandIn } from "../src/push/standin.js";
import { Apple, answers, takes } from "./support/apple.js";
import { bundleOf, contentOf, newPerson } from "./support/people.js";
import { Client, relayAt } from "./support/relays.js";
import { forEachStore, newPostgres, onPostgres } from "./support/stores.js";

const topic = "com.example.app";
const deviceToken = "ab".repeat(32);
const envelope = () => randomBytes(2_880);
const day = 86_400_000;

describe("the audit", () => {
  const push = (now = Date.now(), bytes = envelope(), other = {}) =>
    apnsRequest(bytes, { deviceToken, topic, now: new Date(now), ...other });

  it("passes what is sent, one after the other, over days", () => {
    const audit = new PushAudit();
    for (let now = 0; now < 5 * day; now += day / 4) audit.pass(push(now));
  });

  it("refuses an envelope that was sent, unless it is sent again", () => {
    const audit = new PushAudit();
    const bytes = envelope();
    audit.pass(push(0, bytes));
    for (let count = 0; count < 5; count += 1) audit.pass(push(0));
    assert.throws(() => audit.pass(push(0, bytes)), { code: "bad_push" });
    audit.pass(push(0, bytes), true);
    audit.pass(push(day, bytes), true);
    assert.throws(() => audit.pass(push(day, bytes)), { code: "bad_push" });
  });

  it("refuses what tells kinds apart", () => {
    const good = push();
    const others: ApnsRequest[] = [
      push(Date.now() - 5 * day),
      push(Date.now() + 2 * day),
      push(Date.now(), envelope(), { topic: "com.example.other" }),
      push(Date.now(), envelope(), { locKey: "CALL" }),
      { ...good, headers: { ...good.headers, "apns-priority": "5" } as never },
      { ...good, headers: { ...good.headers, "apns-collapse-id": "call" } as never },
      { ...good, body: good.body.replace("default", "ring") },
      { ...good, path: `${good.path}?kind=call` },
    ];
    for (const other of others) {
      const audit = new PushAudit();
      audit.pass(push());
      assert.throws(() => audit.pass(other), { code: "bad_push" });
    }
  });
});

describe("the stand-in", () => {
  const delivered: [string, string][] = [];
  const standIn = new StandIn({
    topic,
    now: Date.now,
    deliver: (token, body) => delivered.push([token, body]),
  });
  let origin = "";
  before(async () => {
    origin = await standIn.listen();
  });
  after(() => standIn.close());

  async function send(
    { path, headers, body }: ApnsRequest,
    more: Record<string, string> = {},
    method = "POST",
  ) {
    const session = connect(origin);
    const stream = session.request({ ":method": method, ":path": path, ...headers, ...more });
    stream.end(body);
    const [status, id] = await new Promise<[number, string]>((resolve) => {
      stream.on("response", (answer) =>
        resolve([Number(answer[":status"]), String(answer["apns-id"])]),
      );
    });
    let text = "";
    for await (const piece of stream) text += piece;
    session.destroy();
    return { status, id, reason: text === "" ? undefined : JSON.parse(text).reason };
  }
  const push = () => apnsRequest(envelope(), { deviceToken, topic });

  it("takes a push, names it, and delivers its body", async () => {
    const one = push();
    const { status, id, reason } = await send(one);
    assert.deepEqual([status, reason], [200, undefined]);
    assert.match(id, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
    assert.deepEqual(delivered.at(-1), [deviceToken, one.body]);
    // The answer was lost: the very same request again.
    assert.equal((await send(one)).status, 200);
  });

  it("answers as APNs does", async () => {
    const one = push();
    const { "apns-topic": _, ...noTopic } = one.headers;
    const cases: [ApnsRequest, number, string][] = [
      [{ ...one, path: "/3/other/ab" }, 404, "BadPath"],
      [{ ...one, path: "/3/device/" }, 400, "MissingDeviceToken"],
      [{ ...one, path: "/3/device/xyz" }, 400, "BadDeviceToken"],
      [{ ...one, headers: noTopic as never }, 400, "MissingTopic"],
      [
        { ...one, headers: { ...one.headers, "apns-topic": "com.other" } },
        400,
        "DeviceTokenNotForTopic",
      ],
      [{ ...one, body: "" }, 400, "PayloadEmpty"],
      [{ ...one, body: "x".repeat(4_097) }, 413, "PayloadTooLarge"],
    ];
    for (const [request, status, reason] of cases) {
      const answer = await send(request);
      assert.deepEqual([answer.status, answer.reason], [status, reason]);
    }
    assert.equal((await send(one, {}, "PUT")).reason, "MethodNotAllowed");
    const dead = "cd".repeat(32);
    standIn.unregister(dead);
    const gone = await send(apnsRequest(envelope(), { deviceToken: dead, topic }));
    assert.deepEqual([gone.status, gone.reason], [410, "Unregistered"]);
  });

  it("refuses whatever could tell kinds apart", async () => {
    const one = push();
    const before = delivered.length;
    const tells: [ApnsRequest, Record<string, string>?][] = [
      [one, { "apns-collapse-id": "call" }],
      [one, { "apns-id": crypto.randomUUID() }],
      [{ ...one, headers: { ...one.headers, "apns-priority": "5" } as never }],
      [{ ...one, headers: { ...one.headers, "apns-push-type": "voip" } as never }],
      [{ ...one, headers: { ...one.headers, "apns-expiration": "0" } as never }],
      [{ ...one, body: one.body.replace("NEW_ACTIVITY", "INCOMING_CALL") }],
      [{ ...one, body: one.body.replace('"sound":"default"', '"sound":"default","badge":1') }],
      [{ ...one, body: `${one.body} ` }],
    ];
    for (const [request, more] of tells) {
      const { status, reason } = await send(request, more);
      assert.deepEqual([status, reason], [400, "TellsKindsApart"], JSON.stringify(more));
    }
    // One envelope for two devices.
    const bytes = envelope();
    assert.equal((await send(apnsRequest(bytes, { deviceToken, topic }))).status, 200);
    const other = apnsRequest(bytes, { deviceToken: "ef".repeat(32), topic });
    assert.equal((await send(other)).reason, "TellsKindsApart");
    assert.equal(delivered.length, before + 1);
  });

  it("changes the places of some", async () => {
    const got: string[] = [];
    const other = new StandIn({
      topic,
      now: Date.now,
      delay: 30,
      deliver: (_, body) => got.push(body),
    });
    const sent = Array.from({ length: 20 }, push);
    const session = connect(await other.listen());
    for (const { path, headers, body } of sent) {
      session.request({ ":method": "POST", ":path": path, ...headers }).end(body);
      await sleep(1);
    }
    while (got.length < sent.length) await sleep(10);
    session.destroy();
    await other.close();
    const bodies = sent.map(({ body }) => body);
    assert.deepEqual([...got].sort(), [...bodies].sort());
    assert.notDeepEqual(got, bodies);
  });
});

forEachStore("pushes", ({ place }) => {
  it("come one for each envelope, with bodies that pass the audit", async () => {
    const relay = await relayAt(await place());
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    const stream = await b.listen();
    const [alice, bob] = [newPerson(), newPerson()];
    const target = bundleOf(bob);
    const sealed = Array.from({ length: 60 }, (_, index) =>
      alice.device.seal(target, contentOf(index)),
    );
    for (let at = 0; at < sealed.length; at += 6) {
      const some = sealed.slice(at, at + 6);
      assert.equal(
        (await a.post(some.map((bytes) => ({ to: b.mailbox, envelope: bytes })))).status,
        201,
      );
    }
    const bodies = await stream.count(60);
    const expected = sealed.map((bytes) => apnsRequest(bytes, { deviceToken, topic }));
    assert.deepEqual([...bodies].sort(), expected.map(({ body }) => body).sort());
    auditApnsRequests(bodies.map((body, index) => ({ ...(expected[index] as ApnsRequest), body })));
    assert.deepEqual(
      await b.drain(),
      sealed.map((bytes) => Buffer.from(bytes)),
    );
    await sleep(150);
    assert.deepEqual(await relay.store.claimPushes(10), []);
    stream.close();
    await relay.close();
  });

  it("wait for a device that is not connected, and only the newest", async () => {
    const relay = await relayAt(await place());
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    (await b.listen()).close();
    await sleep(50);
    const sealed = Array.from({ length: 3 }, envelope);
    for (const bytes of sealed) {
      await a.post([{ to: b.mailbox, envelope: bytes }]);
      await sleep(100);
    }
    const stream = await b.listen();
    const [body] = await stream.count(1);
    assert.ok(body?.includes(sealed[2]?.toString("base64") ?? "?"));
    await sleep(100);
    assert.equal(stream.events.length, 1);
    stream.close();
    await sleep(50);
    const again = await b.listen();
    await sleep(100);
    assert.equal(again.events.length, 0);
    again.close();
    await relay.close();
  });

  it("end the oldest of too many streams of a device", async () => {
    const relay = await relayAt(await place());
    const client = await Client.create(relay.url);
    const streams = [];
    for (let count = 0; count < 5; count += 1) streams.push(await client.listen());
    await streams[0]?.ended;
    for (const stream of streams) stream.close();
    await relay.close();
  });

  it("to APNs are retried as they were, and dead tokens are forgotten", async () => {
    const apple = await Apple.start();
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const apns = { key, keyId: "ABC123DEFG", teamId: "DEF123GHIJ", origin: apple.origin };
    const relay = await relayAt(await place(), { apns, topic });
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    const set = (token: unknown) =>
      b.ask("/v1/push", { method: "PUT", body: { kind: "apns", token } });
    for (const token of ["", "xyz", "abc", 5, undefined])
      assert.equal((await set(token)).status, 400);
    assert.equal((await set("AB".repeat(32))).status, 204);

    apple.behave = (request, count) =>
      (count <= 2 ? answers(500, "InternalServerError") : takes)(request, count);
    await a.post([{ to: b.mailbox, envelope: envelope() }]);
    while (apple.requests.length < 3) await sleep(20);
    const [first, ...again] = apple.requests.map(({ headers, body }) => {
      return { path: headers[":path"], expires: headers["apns-expiration"], body };
    });
    assert.equal(first?.path, `/3/device/${"ab".repeat(32)}`);
    for (const request of again) assert.deepEqual(request, first);

    // A token that has died before it was set again here: the app is back.
    apple.behave = answers(410, "Unregistered", { timestamp: Date.now() - day });
    await a.post([{ to: b.mailbox, envelope: envelope() }]);
    while (apple.requests.length < 4) await sleep(20);
    await sleep(200);
    apple.behave = answers(410, "Unregistered", { timestamp: Date.now() + day });
    await a.post([{ to: b.mailbox, envelope: envelope() }]);
    while (apple.requests.length < 5) await sleep(20);
    await sleep(200);
    await a.post([{ to: b.mailbox, envelope: envelope() }]);
    await sleep(200);
    assert.equal(apple.requests.length, 5);
    assert.equal((await b.drain()).length, 4);
    assert.equal(apple.connections, 1);
    await relay.close();
    await apple.close();
  });

  it("survive a relay that ends before they are taken", async () => {
    const apple = await Apple.start();
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const apns = { key, keyId: "ABC123DEFG", teamId: "DEF123GHIJ", origin: apple.origin };
    const where = await place();
    const bytes = Array.from({ length: 20 }, envelope);
    apple.behave = answers(503, "ServiceUnavailable", { retryAfter: 1 });
    let now = Date.now();
    const first = await relayAt(where, { apns, topic }, { now: () => now });
    const [a, b] = [await Client.create(first.url), await Client.create(first.url)];
    await b.ask("/v1/push", { method: "PUT", body: { kind: "apns", token: deviceToken } });
    await a.post(bytes.map((one) => ({ to: b.mailbox, envelope: one })));
    while (apple.requests.length < 1) await sleep(20);
    await first.close();

    apple.behave = takes;
    const before = apple.requests.length;
    now += 120_000;
    const second = await relayAt(where, { apns, topic }, { now: () => now });
    while (apple.requests.length < before + 20) await sleep(20);
    const bodies = new Set(apple.requests.slice(before).map(({ body }) => body));
    assert.equal(bodies.size, 20);
    await second.close();
    await apple.close();
  });
});

onPostgres("two relays on one PostgreSQL", () => {
  it("wake each other's devices, and hand over what waits", async () => {
    const where = await newPostgres();
    const [one, two] = [await relayAt(where), await relayAt(where)];
    const [a, b] = [await Client.create(one.url), await Client.create(two.url)];
    const stream = await b.at(two.url).listen();
    await sleep(100);
    const bytes = envelope();
    const begun = performance.now();
    await a.post([{ to: b.mailbox, envelope: bytes }]);
    await stream.count(1);
    assert.ok(performance.now() - begun < 2_000);
    stream.close();
    await sleep(100);
    await a.post([{ to: b.mailbox, envelope: envelope() }]);
    await sleep(200);
    const back = await b.at(two.url).listen();
    await back.count(1);
    assert.equal((await b.at(two.url).drain()).length, 2);
    assert.equal((await b.at(one.url).page()).json.waiting, 0);
    back.close();
    await one.close();
    await two.close();
  });

  it("go on after the database has ended all their connections", async () => {
    const where = await newPostgres();
    // It says so in its log.
    const relay = await relayAt(where, {}, { log: { write: () => {} } });
    const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
    const client = new pg.Client({ connectionString: where.databaseUrl as string });
    await client.connect();
    let posted = 0;
    for (let round = 0; round < 20; round += 1) {
      const act = [{ to: b.mailbox, envelope: envelope() }];
      const ending = client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      for (let tries = 0; ; tries += 1) {
        const { status, json } = await a.post(act);
        if (status === 201 || (status === 409 && json.all)) break;
        assert.deepEqual([status, json.code], [503, "unavailable"]);
        assert.ok(tries < 100);
        await sleep(20);
      }
      posted += 1;
      await ending;
    }
    await client.end();
    assert.equal((await b.drain()).length, posted);
    await relay.close();
  });
});
