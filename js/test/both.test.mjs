import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as esm from "hushring";
import * as esmRelay from "hushring/relay";
import { later, throwsCode } from "./helpers.mjs";

const require = createRequire(import.meta.url);
const cjs = require("hushring");
const cjsSlim = require("hushring/slim");
const cjsRelay = require("hushring/relay");

test("both forms export the same names", () => {
  const names = (module) =>
    Object.keys(module).filter(
      (name) => name !== "__esModule" && name !== "default" && name !== "module.exports",
    );
  assert.deepEqual(names(cjs).sort(), names(esm).sort());
  assert.deepEqual(names(cjsSlim).sort(), names(esm).sort());
  assert.deepEqual(names(cjsRelay).sort(), names(esmRelay).sort());
});

test("both forms work in one process, and is holds across them", async () => {
  assert.notEqual(esm.Account, cjs.Account);
  await esm.init();
  assert.throws(
    () => cjs.Account.generate(),
    (error) =>
      error.code === "not_initialized" &&
      esm.HushringError.is(error) &&
      !(error instanceof esm.HushringError),
  );
  await cjs.init();
  for (const [here, there] of [
    [esm, cjs],
    [cjs, esm],
  ]) {
    const error = throwsCode("bad_length", () => here.Device.import(new Uint8Array(1)));
    assert.ok(there.HushringError.is(error));
    assert.ok(cjsRelay.HushringError.is(error) && esmRelay.HushringError.is(error));
    const account = here.Account.generate();
    assert.deepEqual(there.Account.import(account.export()).publicKey, account.publicKey);
    throwsCode("invalid_argument", () => there.Device.enroll(account, { expiresAt: later(1_000) }));
  }
});
