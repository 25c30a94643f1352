import assert from "node:assert/strict";
import { test } from "node:test";
import * as hushring from "hushring";
import { later, rejectsCode, throwsCode } from "./helpers.mjs";

const bytes = new Uint8Array(32);
const date = later(1_000);
const sign = async () => new Uint8Array(64);

test("everything throws not_initialized before init, whatever its arguments", async () => {
  const calls = {
    Account_generate: () => hushring.Account.generate(),
    Account_import: () => hushring.Account.import(bytes),
    Account_import_wrong: () => hushring.Account.import(7),
    Device_generate: () => hushring.PendingDevice.generate(),
    Device_enroll: () => hushring.Device.enroll({}, { expiresAt: date }),
    Device_import: () => hushring.Device.import(bytes),
    PendingDevice_import: () => hushring.PendingDevice.import(bytes),
    Prekey_generate: () => hushring.Prekey.generate("xwing", { expiresAt: date }),
    Prekey_import: () => hushring.Prekey.import(bytes),
    PrekeyBundle_verify: () => hushring.PrekeyBundle.verify(bytes, bytes),
    PrekeyBundle_verifyAll: () => hushring.PrekeyBundle.verifyAll([], bytes),
    PrekeyBundle_choose: () => hushring.PrekeyBundle.choose([]),
    ExternalDevice: () => new hushring.ExternalDevice(bytes, sign),
    ExternalDevice_activate: () => hushring.ExternalDevice.activate({ publicKey: bytes, sign }),
    ExternalAccount: () => new hushring.ExternalAccount(bytes, sign),
    generateLinkSecret: () => hushring.generateLinkSecret(),
    Inbox: () => new hushring.Inbox({}),
    Inbox_load: () => hushring.Inbox.load({}, bytes),
    fingerprint: () => hushring.fingerprint(bytes),
    envelopeTag: () => hushring.envelopeTag(bytes),
    callKitUUID: () => hushring.callKitUUID(bytes, "x"),
    verifyRevocation: () => hushring.verifyRevocation(bytes, bytes),
    capacity: () => hushring.capacity("xwing"),
    measure: () => hushring.measure({ type: "cover" }),
  };
  for (const [name, call] of Object.entries(calls)) {
    assert.doesNotThrow(() => throwsCode("not_initialized", call), name);
  }
  await rejectsCode(
    "not_initialized",
    hushring.ExternalDevice.request({ publicKey: bytes, sign, secret: bytes }),
  );
});

test("init can be repeated after a failure", async () => {
  const { instantiate } = WebAssembly;
  const failure = new Error("no instance today");
  WebAssembly.instantiate = () => Promise.reject(failure);
  try {
    const first = hushring.init();
    assert.equal(hushring.init(), first, "concurrent calls share one attempt");
    const error = await rejectsCode("unsupported_platform", first);
    assert.equal(error.cause, failure);
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  throwsCode("not_initialized", () => hushring.capacity("xwing"));
  assert.equal(await hushring.init(), undefined);
  assert.equal(hushring.capacity("xwing"), 1_500);
});

test("init is idempotent and makes no request", async () => {
  const { fetch } = globalThis;
  globalThis.fetch = () => assert.fail("fetch was called");
  try {
    await Promise.all([hushring.init(), hushring.init()]);
  } finally {
    globalThis.fetch = fetch;
  }
  assert.equal(hushring.capacity("x25519"), 2_588);
});
