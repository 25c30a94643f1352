import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from "node:crypto";
import { afterEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { apnsRequest } from "hushring/relay";
import { Apns } from "../src/push/apns.js";
import { type ProviderKey, ProviderToken } from "../src/push/provider-token.js";
import { Apple, answers, type Behaviour, takes } from "./support/apple.js";
import { certificateFor } from "./support/certificates.js";

const topic = "com.example.app";
const deviceToken = "ab".repeat(32);
const aPush = () => apnsRequest(randomBytes(2_880), { deviceToken, topic });

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const key: ProviderKey = {
  key: pair.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  keyId: "ABC123DEFG",
  teamId: "DEF123GHIJ",
};

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function setUp(
  behave: Behaviour = takes,
  options: { maxConcurrentStreams?: number; timeout?: number; now?: () => number } = {},
) {
  const { now = Date.now, timeout = 1_000 } = options;
  const apple = await Apple.start(options);
  apple.behave = behave;
  const apns = new Apns({ origin: apple.origin, timeout }, new ProviderToken(key, now), now);
  ends.push(
    () => apns.close(),
    () => apple.close(),
  );
  return { apple, send: (push = aPush()) => apns.send(push) };
}

function tokenOf(authorization: string | undefined) {
  const [header, claims, signature] = (authorization?.replace("bearer ", "") ?? "").split(".");
  const isGood = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    {
      key: createPublicKey(pair.publicKey.export({ format: "pem", type: "spki" })),
      dsaEncoding: "ieee-p1363",
    },
    Buffer.from(signature ?? "", "base64url"),
  );
  const read = (part = "") => JSON.parse(Buffer.from(part, "base64url").toString());
  return { isGood, header: read(header), claims: read(claims) };
}

describe("pushes to APNs", () => {
  it("are the request, with the provider's token and nothing else", async () => {
    const { apple, send } = await setUp();
    const push = aPush();
    assert.deepEqual(await send(push), { is: "sent" });
    const { headers, body } = apple.requests[0] as (typeof apple.requests)[0];
    assert.equal(body, push.body);
    assert.equal(headers[":path"], push.path);
    assert.equal(headers[":method"], "POST");
    const names = Object.keys(headers).filter((name) => !name.startsWith(":"));
    assert.deepEqual(names, [...Object.keys(push.headers), "authorization"]);
    for (const [name, value] of Object.entries(push.headers)) assert.equal(headers[name], value);
    const token = tokenOf(headers.authorization);
    assert.equal(token.isGood, true);
    assert.deepEqual(token.header, { alg: "ES256", kid: key.keyId });
    assert.equal(token.claims.iss, key.teamId);
    assert.ok(Math.abs(token.claims.iat - Date.now() / 1_000) < 5);
  });

  it("go through one connection, as many at once as it allows", async () => {
    let [now, most] = [0, 0];
    const { apple, send } = await setUp(
      (request, count) => {
        now += 1;
        most = Math.max(most, now);
        setTimeout(() => {
          now -= 1;
          takes(request, count);
        }, 5);
      },
      { maxConcurrentStreams: 4 },
    );
    await send(); // the settings have come
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => send()));
    assert.ok(outcomes.every(({ is }) => is === "sent"));
    assert.equal(apple.connections, 1);
    assert.ok(most <= 4, `${most} at once`);
  });

  it("carry one token for 40 minutes, and then another", async () => {
    let now = Date.now();
    const { apple, send } = await setUp(takes, { now: () => now });
    await send();
    now += 39 * 60_000;
    await send();
    now += 2 * 60_000;
    await send();
    const [a, b, c] = apple.requests.map(({ headers }) => headers.authorization);
    assert.equal(a, b);
    assert.notEqual(b, c);
    assert.ok(tokenOf(c).claims.iat - tokenOf(a).claims.iat < 3_600);
  });

  it("get a new token when it expired, but not more often than every 20 minutes", async () => {
    let now = Date.now();
    const { apple, send } = await setUp(answers(403, "ExpiredProviderToken"), { now: () => now });
    assert.deepEqual(await send(), { is: "stop", reason: "ExpiredProviderToken", after: 1_000 });
    now += 60_000;
    await send();
    now += 20 * 60_000;
    await send();
    await send();
    const [a, b, c, d] = apple.requests.map(({ headers }) => headers.authorization);
    assert.equal(a, b);
    assert.equal(b, c);
    assert.notEqual(c, d);
  });

  it("say what became of them", async () => {
    const since = Date.now() - 5_000;
    const cases: [Behaviour, object][] = [
      [answers(410, "Unregistered", { timestamp: since }), { is: "gone", since }],
      [answers(429, "TooManyRequests"), { is: "later", reason: "TooManyRequests" }],
      [
        answers(429, "TooManyRequests", { retryAfter: 7 }),
        { is: "later", reason: "TooManyRequests", after: 7_000 },
      ],
      [
        answers(429, "TooManyProviderTokenUpdates"),
        { is: "stop", reason: "TooManyProviderTokenUpdates", after: 60_000 },
      ],
      [answers(500, "InternalServerError"), { is: "later", reason: "InternalServerError" }],
      [
        answers(503, "ServiceUnavailable", { retryAfter: 3 }),
        { is: "stop", reason: "ServiceUnavailable", after: 3_000 },
      ],
      [answers(503, "Shutdown"), { is: "stop", reason: "Shutdown" }],
      [
        answers(403, "InvalidProviderToken"),
        { is: "stop", reason: "InvalidProviderToken", after: 300_000 },
      ],
      [answers(413, "PayloadTooLarge"), { is: "refused", reason: "PayloadTooLarge" }],
      [answers(400, "BadTopic"), { is: "refused", reason: "BadTopic" }],
      [answers(400, "a reason with <markup>"), { is: "refused", reason: "unknown" }],
      [
        ({ stream }) => {
          stream.respond({ ":status": 502 });
          stream.end("<html>");
        },
        { is: "stop", reason: "unknown" },
      ],
    ];
    for (const [behave, outcome] of cases) {
      const { send } = await setUp(behave);
      assert.deepEqual(await send(), outcome);
    }
    for (const reason of ["BadDeviceToken", "DeviceTokenNotForTopic"]) {
      const { send } = await setUp(answers(400, reason), { now: () => 77 });
      assert.deepEqual(await send(), { is: "gone", since: 77 });
    }
  });

  it("are tried again where no answer came", async () => {
    const silent = await setUp(() => {}, { timeout: 100 });
    assert.equal((await silent.send()).is, "later");
    silent.apple.behave = takes;
    assert.deepEqual(await silent.send(), { is: "sent" });

    const slow = await setUp(({ stream }) => stream.respond({ ":status": 200 }), { timeout: 100 });
    assert.equal((await slow.send()).is, "later");

    const reset = await setUp(({ stream }) => stream.close(2));
    assert.equal((await reset.send()).is, "later");

    const dead = await setUp(({ session }) => session.destroy());
    assert.equal((await dead.send()).is, "later");
    dead.apple.behave = takes;
    assert.deepEqual(await dead.send(), { is: "sent" });
    assert.equal(dead.apple.connections, 2);
  });

  const certificate = certificateFor("localhost");
  const skip = certificate === undefined && "there is no openssl to make a certificate";
  it("go to whom the certificate names, by TLS", { skip }, async () => {
    const tls = certificate as { key: string; cert: string };
    const apple = await Apple.start({ tls });
    const origin = `https://localhost:${apple.port}`;
    const known = new Apns({ origin, tls: { ca: tls.cert } }, undefined, Date.now);
    assert.deepEqual(await known.send(aPush()), { is: "sent" });
    const unknown = new Apns({ origin }, undefined, Date.now);
    assert.equal((await unknown.send(aPush())).is, "later");
    assert.equal(apple.requests.length, 1);
    await known.close();
    await unknown.close();
    await apple.close();
  });

  it("are tried again where nobody listens", async () => {
    const { apple } = await setUp();
    const { port } = apple;
    await apple.close();
    const apns = new Apns({ origin: `http://127.0.0.1:${port}` }, undefined, Date.now);
    assert.deepEqual(await apns.send(aPush()), { is: "later", reason: "ECONNREFUSED" });
    await apns.close();
  });

  it("go to a new connection after GOAWAY, and lose none that was on its way", async () => {
    const { apple, send } = await setUp((request, count) => {
      if (count === 5) request.session.goaway();
      setTimeout(() => takes(request, count), 30);
    });
    const first = await Promise.all(Array.from({ length: 10 }, () => send()));
    const again = first.filter(({ is }) => is !== "sent").length;
    await sleep(50);
    const second = await Promise.all(Array.from({ length: 10 + again }, () => send()));
    assert.ok(second.every(({ is }) => is === "sent"));
    assert.equal(apple.connections, 2);
    // Whatever was not answered says so: nothing is lost silently.
    assert.ok(first.every(({ is }) => is === "sent" || is === "later"));
  });
});
