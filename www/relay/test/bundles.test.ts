import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { Account, Device, Prekey, PrekeyBundle } from "hushring";
import type { Relay } from "../src/relay.js";
import { inDays, newPerson, text } from "./support/people.js";
import { ask, Client, relayAt } from "./support/relays.js";
import { forEachStore } from "./support/stores.js";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

forEachStore("bundles", ({ place }) => {
  let relay: Relay;
  before(async () => {
    relay = await relayAt(await place());
  });
  after(() => relay.close());

  const publish = (client: Client, published: readonly Uint8Array[], revocations?: Uint8Array[]) =>
    client.ask("/v1/bundles", {
      method: "PUT",
      body: {
        bundles: published.map(text),
        ...(revocations === undefined ? {} : { revocations: revocations.map(text) }),
      },
    });
  const fetched = async (account: Account) =>
    (await ask(relay.url, `/v1/bundles/${hex(account.publicKey)}`)).json;

  it("are handed out as they were published, with the mailbox", async () => {
    const bob = newPerson();
    const tablet = newPerson(bob.account);
    const [one, two] = [await Client.create(relay.url), await Client.create(relay.url)];
    assert.deepEqual((await fetched(bob.account)).devices, []);
    assert.equal((await publish(one, bob.published)).status, 204);
    assert.equal((await publish(one, bob.published)).status, 204);
    assert.equal((await publish(two, tablet.published)).status, 204);
    const { devices, revocations } = await fetched(bob.account);
    assert.deepEqual(revocations, []);
    assert.equal(devices.length, 2);
    const mine = devices.find(({ mailbox }: { mailbox: string }) => mailbox === one.mailbox);
    assert.deepEqual(new Set(mine.bundles), new Set(bob.published.map(text)));
    const all = devices.flatMap(({ bundles }: { bundles: string[] }) => bundles);
    const verified = PrekeyBundle.verifyAll(
      all.map((bundle: string) => Buffer.from(bundle, "base64")),
      bob.account.publicKey,
    );
    assert.equal(verified.bundles.length, 4);
    assert.equal(PrekeyBundle.choose(verified.bundles).downgraded.length, 0);
  });

  it("replace those that the device has published before, and never the other way", async () => {
    const bob = newPerson();
    const client = await Client.create(relay.url);
    assert.equal((await publish(client, bob.published)).status, 204);
    const prekey = Prekey.generate("x25519", { expiresAt: inDays(80) });
    const newer = bob.inbox.publish(bob.device, [prekey]);
    assert.equal((await publish(client, newer)).status, 204);
    assert.deepEqual((await fetched(bob.account)).devices[0].bundles, newer.map(text));
    const older = await publish(client, bob.published);
    assert.deepEqual([older.status, older.json.hushring], [422, "stale_bundle"]);
  });

  it("bind the device's key to the mailbox", async () => {
    const [bob, carol] = [newPerson(), newPerson()];
    const [one, two] = [await Client.create(relay.url), await Client.create(relay.url)];
    assert.equal((await publish(one, bob.published)).status, 204);
    const claimed = await publish(two, bob.published);
    assert.deepEqual([claimed.status, claimed.json.code], [409, "claimed"]);
    assert.equal((await publish(one, carol.published)).status, 409);
    assert.equal((await publish(two, carol.published)).status, 204);
    // The key is free again when its mailbox is gone.
    await one.ask("/v1/devices/self", { method: "DELETE" });
    assert.deepEqual((await fetched(bob.account)).devices, []);
    const three = await Client.create(relay.url);
    assert.equal((await publish(three, bob.published)).status, 204);
  });

  it("are refused if they do not verify, or are not of one publication", async () => {
    const [bob, carol] = [newPerson(), newPerson()];
    const client = await Client.create(relay.url);
    const forged = Uint8Array.from(bob.published[0] ?? []);
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const cases: [Uint8Array[], string | undefined][] = [
      [[forged], "bad_signature"],
      [[forged.subarray(0, 200)], "bad_length"],
      [[forged.subarray(0, 5)], undefined],
      [[bob.published[0] as Uint8Array, carol.published[1] as Uint8Array], undefined],
      [[bob.published[0] as Uint8Array, bob.published[0] as Uint8Array], undefined],
    ];
    for (const [published, code] of cases) {
      const { status, json } = await publish(client, published);
      assert.deepEqual([status, json.code, json.hushring], [422, "bad_bundle", code]);
    }
    assert.equal((await publish(client, [])).status, 400);
    assert.equal((await publish(client, [...bob.published, ...bob.published])).status, 400);
    const text = await client.ask("/v1/bundles", { method: "PUT", body: { bundles: ["?"] } });
    assert.equal(text.status, 400);
    assert.deepEqual((await fetched(bob.account)).devices, []);
  });

  it("are not handed out once their device is revoked", async () => {
    const bob = newPerson();
    const tablet = newPerson(bob.account);
    const [one, two] = [await Client.create(relay.url), await Client.create(relay.url)];
    await publish(one, bob.published);
    await publish(two, tablet.published);
    const statement = bob.account.revokeDevice(tablet.device.publicKey, new Date());
    const sent = await ask(relay.url, "/v1/revocations", { body: { statement: text(statement) } });
    assert.equal(sent.status, 204);
    const { devices, revocations } = await fetched(bob.account);
    assert.deepEqual(revocations, [text(statement)]);
    assert.deepEqual(
      devices.map(({ mailbox }: { mailbox: string }) => mailbox),
      [one.mailbox],
    );
    const again = await publish(
      two,
      tablet.inbox.publish(tablet.device, [Prekey.generate("x25519", { expiresAt: inDays(80) })]),
    );
    assert.deepEqual([again.status, again.json.hushring], [422, "revoked"]);
    // With the bundles, a statement comes too.
    const other = bob.account.revokeDevice(
      Device.enroll(bob.account, { expiresAt: inDays(9) }).publicKey,
      new Date(),
    );
    assert.equal((await publish(one, bob.published, [other])).status, 204);
    assert.equal((await fetched(bob.account)).revocations.length, 2);
    const foreign = await publish(one, bob.published, [Account.generate().revoke(new Date())]);
    assert.equal(foreign.status, 422);
  });

  it("come with the highest floor of each device", async () => {
    const bob = newPerson();
    const lost = Device.enroll(bob.account, { expiresAt: inDays(9) }).publicKey;
    const client = await Client.create(relay.url);
    await publish(client, bob.published);
    const [lower, higher] = [
      new Date(Date.now() - 10 * 86_400_000),
      new Date(Date.now() - 9 * 86_400_000),
    ];
    const statements = [higher, lower].map((floor) => bob.account.revokeDevice(lost, floor));
    for (const statement of statements) {
      await ask(relay.url, "/v1/revocations", { body: { statement: text(statement) } });
    }
    assert.deepEqual((await fetched(bob.account)).revocations, [text(statements[0] as Uint8Array)]);
  });

  it("take no statement that is forged, or of an account that nobody knows", async () => {
    const bob = newPerson();
    const statement = bob.account.revoke(new Date());
    const send = (bytes: Uint8Array) =>
      ask(relay.url, "/v1/revocations", { body: { statement: text(bytes) } });
    const unknown = await send(statement);
    assert.deepEqual([unknown.status, unknown.json.code], [404, "unknown_account"]);
    const forged = Uint8Array.from(statement);
    forged[104] = (forged[104] ?? 0) ^ 1;
    const refused = await send(forged);
    assert.deepEqual([refused.status, refused.json.hushring], [422, "bad_signature"]);
    assert.equal((await send(new Uint8Array(3))).status, 422);
    assert.equal((await ask(relay.url, "/v1/bundles/xyz")).status, 400);
  });
});
