// The wasm may stop anywhere, with half of a change made. Then nothing calls into it again, so that
// no such state is saved. Each case has a worker of its own, because there is no way back.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

/** Runs an async function in a worker that has loaded the package for itself. */
async function inWorker(body, data = {}) {
  const code = `
    import assert from "node:assert/strict";
    import { parentPort, workerData } from "node:worker_threads";
    const hushring = await import(workerData.hushring);
    const relay = await import(workerData.relay);
    const helpers = await import(workerData.helpers);
    const { instantiate } = WebAssembly;
    let memory;
    WebAssembly.instantiate = async (...parameters) => {
      const instance = await instantiate(...parameters);
      memory = instance.exports.memory;
      return instance;
    };
    await hushring.init();
    await (${body})({ assert, hushring, relay, ...helpers, memory, data: workerData });
    ${endsUp}
    parentPort.postMessage("done");
  `;
  const workerData = {
    hushring: import.meta.resolve("hushring"),
    relay: import.meta.resolve("hushring/relay"),
    helpers: new URL("helpers.mjs", import.meta.url).href,
    ...data,
  };
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const worker = new Worker(url, { workerData });
  const answer = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("the worker has ended")));
  });
  assert.equal(answer, "done");
  await worker.terminate();
}

/** Whatever happens to an object that nobody holds anymore, it must not reach the wasm. */
const endsUp = `
  const { setFlagsFromString } = await import("node:v8");
  const vm = await import("node:vm");
  setFlagsFromString("--expose-gc");
  const gc = vm.runInNewContext("gc");
  for (let round = 0; round < 3; round += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
`;

test("memory that runs out in a call is told, and nothing is saved afterwards", async () => {
  // Of 64 KiB each.
  setFlagsFromString("--wasm-max-mem-pages=120");
  try {
    await inWorker(runOut);
  } finally {
    setFlagsFromString("--wasm-max-mem-pages=4294967295");
  }
});

async function runOut({ assert, hushring, relay, peer, inboxOf, throwsCode, rejectsCode, memory }) {
  const { Account, Device, ExternalAccount, ExternalDevice, Inbox, PendingDevice } = hushring;
  const { Prekey, PrekeyBundle, ServerClock } = hushring;
  const [alice, bob] = [peer(), peer()];
  const inbox = inboxOf(bob, alice);
  const envelope = alice.device.seal(bob.bundles[0], { type: "cover" });
  const secret = hushring.generateLinkSecret();
  const expiresAt = new Date(Date.now() + 86_400_000);
  const sign = async () => new Uint8Array(64);
  const external = new ExternalDevice(bob.device.certificate, sign);
  const externalAccount = new ExternalAccount(bob.account.publicKey, sign);
  const key = alice.account.publicKey;
  const seed = bob.account.export();
  const kept = Buffer.from(seed);
  const isThere = () => Buffer.from(memory.buffer).includes(kept);
  const callId = crypto.randomUUID();
  const waiting = new ExternalDevice(bob.device.certificate, async () => {
    throwsCode("trapped", () => Inbox.load(bob.device, new Uint8Array(8_000_000)));
    return new Uint8Array(64);
  });

  assert.ok(isThere());
  const late = await rejectsCode("trapped", waiting.publish(bob.prekeys));
  assert.ok(late.cause instanceof WebAssembly.RuntimeError, String(late.cause));
  assert.match(late.message, /start a new process, or load the page anew, and load the inbox/);
  assert.ok(!isThere(), "what the wasm held is wiped");

  const calls = [
    () => inbox.save(),
    () => inbox.receive(envelope),
    () => inbox.pending(),
    () => inbox.prekeys,
    () => inbox.explain(envelope),
    () => inbox.trust(key),
    () => inbox.placeCall(callId, [key]),
    () => inbox.publish(bob.device, bob.prekeys),
    () => new Inbox(bob.device),
    () => Inbox.load(bob.device, new Uint8Array(32)),
    () => Account.generate(),
    () => Account.import(seed),
    () => alice.account.export(),
    () => alice.account.fingerprint,
    () => Device.enroll(alice.account, { expiresAt }),
    () => bob.device.seal(bob.bundles[0], { type: "cover" }),
    () => bob.device.certificate,
    () => PendingDevice.generate(),
    () => Prekey.generate("xwing", { expiresAt }),
    () => bob.prekeys[0].export(),
    () => PrekeyBundle.verify(bob.published[0], key),
    () => PrekeyBundle.choose(bob.bundles),
    () => bob.bundles[0].toBytes(),
    () => new ExternalAccount(key, sign),
    () => external.publicKey,
    () => externalAccount.fingerprint,
    () => hushring.fingerprint(key),
    () => hushring.generateLinkSecret(),
    () => hushring.measure({ type: "cover" }),
    () => hushring.capacity("xwing"),
    () => hushring.Account.import("whatever the arguments"),
  ];
  for (const call of calls) {
    assert.equal(throwsCode("trapped", call), late, call.toString());
  }
  const promises = [
    hushring.init(),
    external.seal(bob.bundles[0], { type: "cover" }),
    external.publish(bob.prekeys),
    externalAccount.revoke(new Date()),
    ExternalDevice.request({ publicKey: key, sign, secret }),
    inbox.publish(external, bob.prekeys),
  ];
  for (const promise of promises) assert.equal(await rejectsCode("trapped", promise), late);

  // Freeing is harmless, and what has no part in it goes on.
  const objects = [inbox, external, externalAccount, alice.account, alice.device, ...bob.bundles];
  for (const object of objects) {
    object.free();
    object.free();
  }
  assert.ok(new ServerClock().now() <= new Date());
  assert.equal(relay.isEnvelope(envelope), true);
  assert.equal(hushring.HushringError.from(late.toJSON()).code, "trapped");
}

test("an error in what the wasm calls stops it half way, and nothing is saved", async () => {
  await inWorker(halfWay);
});

async function halfWay({ assert, peer, inboxOf, throwsCode }) {
  const [alice, bob] = [peer(), peer()];
  const inbox = inboxOf(bob, alice);
  const envelope = alice.device.seal(bob.bundles[0], { type: "message", body: "hello" });
  const { fromEntries } = Object;
  const failure = new TypeError("a polyfill that is broken");
  Object.fromEntries = () => {
    throw failure;
  };
  let error;
  try {
    error = throwsCode("trapped", () => inbox.receive(envelope));
  } finally {
    Object.fromEntries = fromEntries;
  }
  assert.equal(error.cause, failure);
  assert.equal(
    throwsCode("trapped", () => inbox.save()),
    error,
  );
}

test("a handle that was lent when the wasm stopped is not freed there", async () => {
  await inWorker(lent);
});

async function lent({ assert, hushring, peer, throwsCode }) {
  const { device, bundles, prekeys } = peer();
  const { fromEntries } = Object;
  const failure = new Error("the first");
  Object.fromEntries = () => {
    throw failure;
  };
  // One suite of two: the binding makes an object that says so, while it is lent the list.
  const choose = () => hushring.PrekeyBundle.choose([bundles[0]]);
  let error;
  try {
    error = throwsCode("trapped", choose);
  } finally {
    Object.fromEntries = fromEntries;
  }
  assert.equal(error.cause, failure);
  throwsCode("trapped", () => device.publish(prekeys));
}

for (const name of ["receive", "explain"]) {
  test(`a stack that runs out within ${name} is a trap, however little of it is left`, () => {
    const code = `
      const helpers = await import(${JSON.stringify(new URL("helpers.mjs", import.meta.url).href)});
      const { HushringError, init } = await import(${JSON.stringify(import.meta.resolve("hushring"))});
      await init();
      console.log((${runsOut})({ HushringError, ...helpers, name: ${JSON.stringify(name)} }));
    `;
    // The compiled form of a function needs less of the stack, at a time that cannot be foretold.
    const flags = ["--no-opt", "--no-maglev", "--no-sparkplug", "--input-type=module", "--eval"];
    const child = spawnSync(process.execPath, [...flags, code], { encoding: "utf8" });
    assert.equal(child.status, 0, child.stderr);
    assert.equal(child.stdout, "trapped because of RangeError\n");
  });
}

/** Calls nearer and nearer to the end of the stack, until what is called later has a word to say. */
function runsOut({ HushringError, peer, inboxOf, name }) {
  const [alice, bob] = [peer(), peer()];
  const inbox = inboxOf(bob, alice);
  const envelope = alice.device.seal(bob.bundles[0], { type: "message", body: "m" });
  let body = () => 0;
  const deep = (frames) => {
    if (frames === 0) return body();
    const result = deep(frames - 1);
    return result;
  };
  const runs = (frames) => {
    try {
      deep(frames);
      return true;
    } catch {
      return false;
    }
  };
  let [least, most] = [0, 200_000];
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    if (runs(middle)) least = middle;
    else most = middle;
  }
  body = () => inbox[name](envelope);
  body();
  for (let left = 0; !runs(least - left); left += 1) {
    try {
      inbox.trust(alice.account.publicKey, { displayName: `${left}` });
      inbox.save();
    } catch (error) {
      if (!HushringError.is(error)) return `${error}`;
      return `${error.code} because of ${error.cause?.constructor.name}`;
    }
  }
  return "nothing";
}
