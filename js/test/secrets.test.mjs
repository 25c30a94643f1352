import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inspect } from "node:util";
import * as hushring from "hushring";
import { day, later, open, peer, rejectsCode, throwsCode, webCryptoKey } from "./helpers.mjs";

const { Account, Device, ExternalAccount, ExternalDevice, Inbox, PendingDevice, Prekey } = hushring;

before(hushring.init);

const expiresAt = later(day);

test("nothing that is secret can be printed, enumerated or turned into JSON", () => {
  const account = Account.import(new Uint8Array(32).fill(0xa7));
  const device = Device.enroll(account, { expiresAt });
  const pending = PendingDevice.generate();
  const secret = hushring.generateLinkSecret();
  pending.request(secret);
  const prekey = Prekey.generate("xwing", { expiresAt });
  for (const object of [account, device, pending, prekey]) {
    const name = object.constructor.name;
    assert.equal(inspect(object), `${name} {}`);
    assert.equal(JSON.stringify(object), "{}");
    assert.deepEqual(Reflect.ownKeys(object), []);
    assert.deepEqual({ ...object }, {});
    assert.deepEqual(structuredClone(object), {});
    const shown = inspect(object, {
      showHidden: true,
      depth: 20,
      getters: true,
      maxArrayLength: null,
    });
    const exported = object.export();
    const secrets = name === "Prekey" ? exported.subarray(1, 33) : exported.subarray(0, 32);
    for (const form of [
      [...secrets.subarray(0, 8)].join(", "),
      Buffer.from(secrets).toString("hex").slice(0, 16),
      Buffer.from(secrets).toString("base64").slice(0, 10),
    ]) {
      assert.ok(!shown.includes(form), shown);
    }
    assert.ok(!shown.includes("__wbg_ptr"), shown);
  }
});

test("use after free is told, and freeing twice is nothing", async () => {
  const alice = peer();
  const bob = peer();
  const secret = hushring.generateLinkSecret();
  const envelope = alice.device.seal(bob.bundles[0], { type: "cover" });

  const pending = PendingDevice.generate();
  pending.free();
  throwsCode("freed", () => pending.request(secret));

  bob.bundles[0].free();
  throwsCode("freed", () => alice.device.seal(bob.bundles[0], { type: "cover" }));
  throwsCode("freed", () => bob.bundles[0].toBytes());

  bob.prekeys[0].free();
  throwsCode("freed", () => open(bob, envelope, alice));
  throwsCode("freed", () => bob.device.publish(bob.prekeys));

  alice.device.free();
  alice.device.free();
  throwsCode("freed", () => alice.device.export());
  throwsCode("freed", () => alice.device.seal(bob.bundles[1], { type: "cover" }));
  throwsCode("freed", () => alice.device.request(secret));

  alice.account.free();
  throwsCode("freed", () => alice.account.publicKey);
  throwsCode("freed", () => Device.enroll(alice.account, { expiresAt }));

  const { publicKey, sign } = await webCryptoKey();
  const external = new ExternalAccount(publicKey, sign);
  external.free();
  throwsCode("freed", () => external.publicKey);
  await rejectsCode("freed", external.revoke(new Date()));
  const device = new ExternalDevice(bob.device.certificate, sign);
  device.free();
  throwsCode("freed", () => device.certificate);
  throwsCode("freed", () => new Inbox(device));
  throwsCode("freed", () => Inbox.load(device, new Uint8Array(32)));
});

test("Symbol.dispose is free, where there is such a symbol", {
  skip: Symbol.dispose === undefined,
}, () => {
  const account = Account.generate();
  account[Symbol.dispose]();
  throwsCode("freed", () => account.export());
});
