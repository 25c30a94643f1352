"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const hushring = require("hushring");
const slim = require("hushring/slim");
const { apnsRequest, auditApnsRequests } = require("hushring/relay");

test("the whole way in CommonJS", async () => {
  assert.throws(() => slim.capacity("xwing"), { code: "not_initialized" });
  await hushring.init();
  const { Account, Device, Prekey, PrekeyBundle } = slim;
  const expiresAt = new Date(Date.now() + 86_400_000);
  const [alice, bob] = [Account.generate(), Account.generate()];
  const phone = Device.enroll(bob, { expiresAt });
  const prekey = Prekey.generate("xwing", { expiresAt });
  const bundle = PrekeyBundle.verify(phone.publish([prekey])[0], bob.publicKey);
  const laptop = Device.enroll(alice, { expiresAt });
  const envelope = laptop.seal(bundle, { type: "message", body: "hello" });
  const push = apnsRequest(envelope, { deviceToken: "00", topic: "org.example" });
  auditApnsRequests([push]);
  const carried = new Uint8Array(Buffer.from(JSON.parse(push.body).hushring, "base64"));
  const inbox = new hushring.Inbox(phone);
  inbox.addPrekey(prekey);
  inbox.trust(alice.publicKey);
  assert.equal(inbox.receive(carried).content.body, "hello");
});

test("package.json and the wasm can be resolved", () => {
  assert.equal(require("hushring/package.json").name, "hushring");
  assert.match(require.resolve("hushring/hushring.wasm"), /hushring\.wasm$/);
  assert.throws(() => require("hushring/esm/glue.js"), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
});
