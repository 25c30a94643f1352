// Web Push to a push service of the tests' own, which decrypts as a browser does.

import assert from "node:assert/strict";
import { createECDH, createPublicKey, randomBytes, verify } from "node:crypto";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { Agent, createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import ece from "http_ece";
import { apnsRequest } from "hushring/relay";
import webpush from "web-push";
import { readSubscription } from "../src/push/web.js";
import { certificateFor } from "./support/certificates.js";
import { Client, relayAt } from "./support/relays.js";
import { forEachStore } from "./support/stores.js";

const host = "fcm.googleapis.com";
const certificate = certificateFor(host);
const envelope = () => randomBytes(2_880);

/** A browser's half of a subscription. */
function subscribe(name = randomBytes(8).toString("hex")) {
  const ecdh = createECDH("prime256v1");
  const p256dh = ecdh.generateKeys();
  const auth = randomBytes(16);
  const endpoint = `https://${host}/fcm/send/${name}`;
  const keys = { p256dh: p256dh.toString("base64url"), auth: auth.toString("base64url") };
  const decrypt = (body: Buffer): string =>
    ece
      .decrypt(body, { version: "aes128gcm", privateKey: ecdh, authSecret: keys.auth })
      .toString("utf8");
  return { subscription: { endpoint, keys }, decrypt };
}

describe("a subscription", () => {
  it("is one of a push service that is known", () => {
    const { subscription } = subscribe();
    assert.deepEqual(readSubscription({ ...subscription, expirationTime: null }), subscription);
    const endpoints = [
      "https://updates.push.services.mozilla.com/wpush/v2/abc",
      "https://web.push.apple.com/abc",
      "https://wns2-par02p.notify.windows.com/w/?token=abc",
    ];
    for (const endpoint of endpoints) assert.ok(readSubscription({ ...subscription, endpoint }));
    const others = [
      "http://fcm.googleapis.com/fcm/send/abc",
      "https://fcm.googleapis.com:8443/fcm/send/abc",
      "https://user:password@fcm.googleapis.com/abc",
      "https://fcm.googleapis.com.example.com/abc",
      "https://example.com/fcm.googleapis.com",
      "https://127.0.0.1/abc",
      "https://[::1]/abc",
      "https://169.254.169.254/latest/meta-data",
      "https://localhost/abc",
      "https://evil.com#.notify.windows.com",
      "https://a.b.notify.windows.com/abc",
      "file:///etc/passwd",
      "",
      `https://fcm.googleapis.com/${"x".repeat(2_000)}`,
    ];
    for (const endpoint of others) {
      assert.equal(readSubscription({ ...subscription, endpoint }), undefined, endpoint);
    }
    for (const keys of [
      {},
      { p256dh: "AA", auth: "AA" },
      null,
      { ...subscription.keys, auth: 5 },
    ]) {
      assert.equal(readSubscription({ ...subscription, keys }), undefined);
    }
    for (const given of [null, undefined, 5, "text"])
      assert.equal(readSubscription(given), undefined);
  });
});

const withoutOpenssl = certificate === undefined && "there is no openssl to make a certificate";
describe("Web Push", { skip: withoutOpenssl }, () => {
  const got: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  let behave = (answer: ServerResponse): void => void answer.writeHead(201).end();
  let service: Server;
  let agent: Agent;
  before(async () => {
    service = createServer({ ...certificate }, (request, answer) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const body = Buffer.concat(pieces);
        got.push({ path: request.url ?? "", headers: request.headers, body });
        behave(answer);
      });
    });
    await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
    const { port } = service.address() as AddressInfo;
    agent = new Agent({ keepAlive: true });
    // The name is the push service's; the way leads here.
    agent.createConnection = () =>
      connect({ host: "127.0.0.1", port, servername: host, ca: certificate?.cert ?? "" });
  });
  after(() => {
    agent.destroy();
    service.closeAllConnections();
    service.close();
  });

  forEachStore("of a relay", ({ place }) => {
    const subject = "mailto:relay@example.com";

    it("brings the text that APNs would get, encrypted, and is the same for all", async () => {
      const where = await place();
      const world = { webPushAgent: agent };
      const relay = await relayAt(where, { webPush: { subject, keys: undefined } }, world);
      const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
      const { vapidKey, kinds } = (await b.ask("/v1/push")).json;
      assert.deepEqual(kinds, ["stream", "web"]);
      const { subscription, decrypt } = subscribe();
      const put = { method: "PUT", body: { kind: "web", subscription } };
      assert.equal((await b.ask("/v1/push", put)).status, 204);
      const bad = { ...subscription, endpoint: "https://127.0.0.1/x" };
      const refused = await b.ask("/v1/push", { ...put, body: { kind: "web", subscription: bad } });
      assert.equal(refused.status, 400);

      got.length = 0;
      const sealed = Array.from({ length: 10 }, envelope);
      await a.post(sealed.map((bytes) => ({ to: b.mailbox, envelope: bytes })));
      while (got.length < sealed.length) await sleep(20);
      const texts = got.map(({ body }) => decrypt(body));
      const expected = sealed.map((bytes) => {
        return apnsRequest(bytes, { deviceToken: "ab", topic: "example.hushring" }).body;
      });
      assert.deepEqual([...texts].sort(), [...expected].sort());
      for (const { path, headers, body } of got) {
        assert.equal(path, new URL(subscription.endpoint).pathname);
        assert.equal(body.length, got[0]?.body.length);
        const { authorization, ...others } = headers;
        const { authorization: _, ...first } = got[0]?.headers ?? {};
        assert.deepEqual(others, first);
        assert.equal(headers["ttl"], "2592000");
        assert.equal(headers["urgency"], "high");
        assert.equal(headers["topic"], undefined);
        assert.ok(isSigned(authorization, vapidKey, subject));
      }
      await relay.close();
      // Another process, or the next start, has the same key: subscriptions are made for it.
      const again = await relayAt(where, { webPush: { subject, keys: undefined } }, world);
      assert.equal((await b.at(again.url).ask("/v1/push")).json.vapidKey, vapidKey);
      await again.close();
    });

    it("forgets a subscription that is gone, and tries again where the service is not ready", async () => {
      const keys = webpush.generateVAPIDKeys();
      const relay = await relayAt(
        await place(),
        { webPush: { subject, keys } },
        { webPushAgent: agent },
      );
      const [a, b] = [await Client.create(relay.url), await Client.create(relay.url)];
      const { subscription } = subscribe();
      await b.ask("/v1/push", { method: "PUT", body: { kind: "web", subscription } });
      got.length = 0;
      behave = (answer) => {
        // A redirection leads nowhere, and is not followed.
        const status = [503, 201][got.length - 1] ?? 410;
        answer.writeHead(status, status === 503 ? { "retry-after": "1" } : {}).end();
      };
      await a.post([{ to: b.mailbox, envelope: envelope() }]);
      while (got.length < 2) await sleep(20);
      await a.post([{ to: b.mailbox, envelope: envelope() }]);
      while (got.length < 3) await sleep(20);
      await sleep(300);
      await a.post([{ to: b.mailbox, envelope: envelope() }]);
      await sleep(300);
      assert.equal(got.length, 3);
      assert.equal((await b.drain()).length, 3);
      await relay.close();
      behave = (answer) => void answer.writeHead(201).end();
    });
  });

  it("follows no redirection", async () => {
    const { WebPush } = await import("../src/push/web.js");
    const keys = webpush.generateVAPIDKeys();
    const sender = new WebPush({ subject: "mailto:a@example.com", ...keys, now: Date.now, agent });
    behave = (answer) => void answer.writeHead(307, { location: "https://127.0.0.1/" }).end();
    got.length = 0;
    const push = apnsRequest(envelope(), { deviceToken: "ab", topic: "example.hushring" });
    const target = { kind: "web", to: JSON.stringify(subscribe().subscription) } as const;
    assert.deepEqual(await sender.send(push, target), { is: "refused", reason: "status307" });
    assert.equal(got.length, 1);
    const slow = new WebPush({
      subject: "mailto:a@example.com",
      ...keys,
      now: Date.now,
      agent,
      timeout: 100,
    });
    behave = () => {};
    assert.deepEqual(await slow.send(push, target), { is: "later", reason: "no_answer" });
    behave = (answer) => void answer.writeHead(201).end();
    await sender.close();
  });
});

function isSigned(authorization: string | undefined, key: string, subject: string): boolean {
  const [, token = "", k] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization ?? "") ?? [];
  const [header, claims, signature = ""] = token.split(".");
  const read = JSON.parse(Buffer.from(claims ?? "", "base64url").toString());
  assert.equal(k, key);
  assert.equal(read.sub, subject);
  assert.equal(read.aud, `https://${host}`);
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  return verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
}
