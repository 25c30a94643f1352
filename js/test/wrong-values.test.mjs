// Every export, with every kind of wrong value in the place of each argument, of each member of its
// options, and of `this`: it either works or throws a HushringError. The only other errors are
// those that the caller's own code threw.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import * as relay from "hushring/relay";
import * as slim from "hushring/slim";
import { callId, day, inboxOf, later, peer } from "./helpers.mjs";

const { ExternalAccount, ExternalDevice, HushringError, Inbox, PendingDevice } = hushring;
const { PrekeyBundle, ServerClock } = hushring;

/** By name. */
const exported = { ...hushring };
const ofRelay = { ...relay };

/** What the caller's own code throws. */
const own = { code: "bad_key", message: "own" };
const fail = () => {
  throw own;
};
const traps = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect)
    .filter((name) => typeof Reflect[name] === "function")
    .map((name) => [name, fail]),
);

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function detached() {
  const bytes = new Uint8Array(32);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

function cyclic(container) {
  container.self = container;
  container[0] = container;
  return container;
}

/** A proxy whose trap gives these values for these names. */
function lying(target, values) {
  return new Proxy(target, {
    get: (_, name) => (Object.hasOwn(values, name) ? values[name] : Reflect.get(target, name)),
  });
}

const huge = "a".repeat(20_000_000);
const hugeHex = "0a".repeat(10_000_000);
const hugeBytes = new Uint8Array(20_000_000);

/** Functions, so that each call has a value of its own. */
const values = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  "minus zero": () => -0,
  NaN: () => Number.NaN,
  infinity: () => Number.POSITIVE_INFINITY,
  "a fraction": () => 0.5,
  "2^53": () => 2 ** 53,
  "the largest number": () => Number.MAX_VALUE,
  bigint: () => 1n,
  symbol: () => Symbol("wrong"),
  "well-known symbol": () => Symbol.iterator,
  "empty text": () => "",
  text: () => "wrong",
  "lone surrogate": () => "\ud800",
  "20 MB of text": () => huge,
  "20 MB of hex": () => hugeHex,
  function: () => () => 7,
  "async function": () => async () => 7,
  class: () => class {},
  object: () => ({}),
  "object without a prototype": () => Object.create(null),
  "unknown member": () => ({ [huge]: 1 }),
  "symbol member": () => ({ [Symbol("x")]: 1 }),
  "a setter alone": () => Object.defineProperty({}, "now", { set() {}, enumerable: true }),
  getter: () => Object.defineProperty({}, "now", { get: fail, enumerable: true }),
  "type that throws": () => Object.defineProperty({}, "type", { get: fail, enumerable: true }),
  "conversions that throw": () => ({ toString: fail, valueOf: fail, [Symbol.toPrimitive]: fail }),
  instance: () => new (class Wrong {})(),
  "instance of a subclass": () => Object.create(Inbox.prototype),
  "faked tag": () => ({ [Symbol.toStringTag]: "Uint8Array", length: 32 }),
  "empty array": () => [],
  "array of nothing": () => [undefined, null],
  "array of wrong things": () => [7, "x", {}, Symbol("x")],
  "sparse array": () => Array(3),
  "long sparse array": () => Array(1_000_000),
  "longest array": () => Array(2 ** 32 - 1),
  "array with a getter": () => Object.defineProperty([], 0, { get: fail, enumerable: true }),
  "cyclic array": () => cyclic([]),
  "cyclic object": () => cyclic({}),
  "deep array": () => JSON.parse("[".repeat(2_000) + "]".repeat(2_000)),
  "no bytes": () => new Uint8Array(0),
  "32 bytes": () => new Uint8Array(32).fill(9),
  "20 MB": () => hugeBytes,
  "detached bytes": detached,
  ArrayBuffer: () => new ArrayBuffer(32),
  DataView: () => new DataView(new ArrayBuffer(32)),
  "shared bytes": () => new Uint8Array(new SharedArrayBuffer(32)),
  "shared memory": () => new SharedArrayBuffer(32),
  Uint16Array: () => new Uint16Array(16),
  Date: () => new Date(),
  "Invalid Date": () => new Date(Number.NaN),
  "last Date": () => new Date(8.64e15),
  "Date before 1970": () => new Date(-1),
  Map: () => new Map([["type", "cover"]]),
  Set: () => new Set([1]),
  RegExp: () => /x/,
  Error: () => new Error("x"),
  Promise: () => Promise.resolve(7),
  generator: () =>
    (function* () {
      yield 7;
    })(),
  "endless generator": () =>
    (function* () {
      while (true) yield undefined;
    })(),
  "generator that throws": () =>
    (function* () {
      yield fail();
    })(),
  "iterable of nothing": () => ({ [Symbol.iterator]: () => ({ next: () => 7 }) }),
  "iterable without next": () => ({ [Symbol.iterator]: () => ({}) }),
  "iterable that is none": () => ({ [Symbol.iterator]: () => 7 }),
  "iterator that is no function": () => ({ [Symbol.iterator]: 7 }),
  "proxy that throws": () => new Proxy({}, traps),
  "proxy of an array that throws": () => new Proxy([], traps),
  "proxy of a function that throws": () => new Proxy(() => {}, traps),
  "proxy of bytes": () => new Proxy(new Uint8Array(32), {}),
  "proxy of a Date": () => new Proxy(new Date(), {}),
  "its own prototype": () => {
    const proxy = new Proxy({}, { getPrototypeOf: () => proxy });
    return proxy;
  },
  "proxy that gives symbols": () => new Proxy({}, { get: () => Symbol("x") }),
  "revoked proxy": () => revoked({}),
  "revoked proxy of an array": () => revoked([]),
  "revoked proxy of a function": () => revoked(() => {}),
  ...Object.fromEntries(
    [-1, 0.5, Number.NaN, 2 ** 53, 2 ** 32, 1e308, "3", 1n, null, {}, Symbol("3")].map((length) => [
      `array of the length ${String(length)}`,
      () => lying([7], { length }),
    ]),
  ),
};

let good;

before(async () => {
  await loading();
  const alice = peer();
  const bob = peer();
  const inbox = inboxOf(bob, alice);
  const { publicKey } = alice.account;
  const sign = async () => new Uint8Array(64);
  const secret = hushring.generateLinkSecret();
  const pending = PendingDevice.generate();
  const request = pending.request(secret);
  const expiresAt = later(day);
  const grant = alice.account.certify({ request, secret, expiresAt });
  const { lastPublished } = PrekeyBundle.verifyAll(bob.published, bob.account.publicKey);
  const envelope = alice.device.seal(bob.bundles[0], { type: "cover" });
  const push = relay.apnsRequest(envelope, { deviceToken: "00", topic: "org.example" });
  good = { alice, bob, inbox, publicKey, sign, secret, pending, request, expiresAt, grant };
  Object.assign(good, { lastPublished, envelope, push });
});

/** Nothing but the wasm is taken; the next attempt succeeds. */
async function loading() {
  for (const [name, value] of Object.entries(values)) {
    await check(`init of ${name}`, () => slim.init(value()), false);
    if (await isRejected(promiseOf(value))) continue;
    await check(`init of a promise of ${name}`, () => slim.init(promiseOf(value)), false);
  }
  await hushring.init();
}

/** No promise resolves to a thenable that throws, which a proxy may be. */
function isRejected(promise) {
  return promise.then(
    () => false,
    () => true,
  );
}

async function promiseOf(value) {
  return value();
}

/** Each export with arguments that are good. `now` may be anything that is good as well. */
function calls() {
  const { alice, bob, inbox, publicKey, sign, secret, pending, request, expiresAt, grant } = good;
  const { lastPublished, envelope, push } = good;
  const now = new Date();
  const device = new ExternalDevice(alice.device.certificate, sign);
  const account = new ExternalAccount(publicKey, sign);
  const content = {
    type: "call.invite",
    callId,
    hasVideo: true,
    data: [{ a: 1 }],
    callerName: "A",
  };
  const answer = { type: "call.answer", callId, ring: now };
  const statement = alice.account.revoke(now);
  const certify = { request, secret, expiresAt, notBefore: now, floor: now, now };
  const verify = { revocations: [statement], lastPublished, now };
  const reference = { caller: publicKey, callId };
  const event = { sender: { account: publicKey }, messageId: "0".repeat(32) };
  const handle = { type: "generic", value: "alice" };
  const candidate = { candidate: "c", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: "u" };
  const seal = [bob.bundles[0], content, { messageId: "0".repeat(32), now }];
  const many = [[bob.bundles[0]], answer, { now }];
  const error = new HushringError("clock", "late", { age: 7 });
  const clock = () => new ServerClock({ system: () => 1e12, monotonic: () => 5 });
  const fresh = () => inboxOf(bob, alice);
  const ends = { reference, own: { callId, accounts: [publicKey] } };
  return [
    ["new HushringError", ["clock", "late", { account: publicKey, age: 7 }, { cause: 1 }]],
    ["HushringError.is", [error]],
    ["HushringError.from", [error.toJSON()]],
    ["HushringError.toJSON", [], () => error],
    ["Account.generate", []],
    ["Account.import", [secret]],
    ["Account.certify", [certify], () => alice.account],
    ["Account.revoke", [now, { now }], () => alice.account],
    ["Account.revokeDevice", [publicKey, now, { now }], () => alice.account],
    ["Device.enroll", [alice.account, { expiresAt, notBefore: now, floor: now, now }]],
    ["Device.import", [alice.device.export()]],
    ["Device.request", [secret, { now }], () => alice.device],
    ["Device.activate", [{ grant, secret, request, now }], () => alice.device],
    ["Device.publish", [bob.prekeys, { after: now, now }], () => bob.device],
    ["Device.seal", seal, () => alice.device],
    ["Device.sealMany", many, () => alice.device],
    ["PendingDevice.generate", []],
    ["PendingDevice.import", [secret]],
    ["PendingDevice.request", [secret, { now }], () => pending],
    ["PendingDevice.activate", [{ grant, secret, request, now }], () => pending],
    ["new ExternalDevice", [alice.device.certificate, sign]],
    ["ExternalDevice.request", [{ publicKey, sign, secret, now }]],
    ["ExternalDevice.activate", [{ publicKey, sign, request, grant, secret, now }]],
    ["ExternalDevice.renew", [{ request, grant, secret, now }], () => device],
    ["ExternalDevice.publish", [bob.prekeys, { after: now, now }], () => device],
    ["ExternalDevice.seal", seal, () => device],
    ["ExternalDevice.sealMany", many, () => device],
    ["new ExternalAccount", [publicKey, sign]],
    ["ExternalAccount.certify", [certify], () => account],
    ["ExternalAccount.revoke", [now, { now }], () => account],
    ["ExternalAccount.revokeDevice", [publicKey, now, { now }], () => account],
    ["Prekey.generate", ["xwing", { expiresAt, now }]],
    ["Prekey.import", [bob.prekeys[0].export()]],
    ["PrekeyBundle.verify", [bob.published[0], publicKey, verify]],
    ["PrekeyBundle.verifyAll", [bob.published, publicKey, verify]],
    ["PrekeyBundle.choose", [bob.bundles, { except: publicKey }]],
    ["new Inbox", [bob.device]],
    ["Inbox.load", [bob.device, inbox.save(), { atLeast: 1 }]],
    ["Inbox.addPrekey", [bob.prekeys[0]], fresh],
    ["Inbox.publish", [bob.device, bob.prekeys, { now }], fresh],
    ["Inbox.publish", [device, bob.prekeys, { now }], () => new Inbox(device)],
    ["Inbox.prune", [{ now }], fresh],
    ["Inbox.trust", [publicKey, { handle, displayName: "Alice", now }], fresh],
    ["Inbox.trust", [publicKey, { revocations: [statement], now }], fresh],
    ["Inbox.untrust", [publicKey], fresh],
    ["Inbox.block", [publicKey], fresh],
    ["Inbox.unblock", [publicKey, { now }], fresh],
    ["Inbox.isBlocked", [publicKey], fresh],
    ["Inbox.revoke", [statement, { now }], fresh],
    ["Inbox.placeCall", [callId, [publicKey], { now }], fresh],
    ["Inbox.answered", [{ ...reference, now }], fresh],
    ["Inbox.left", [ends.reference], fresh],
    ["Inbox.left", [ends.own], fresh],
    ["Inbox.joined", [{ ...reference, accounts: [publicKey], now }], fresh],
    ["Inbox.receive", [envelope, { now }], fresh],
    ["Inbox.pending", [{ limit: 1, now }], fresh],
    ["Inbox.acknowledge", [event], fresh],
    ["Inbox.discard", [publicKey], fresh],
    ["Inbox.release", [{ now }], fresh],
    ["Inbox.explain", [envelope, { now }], fresh],
    ["new ServerClock", [{ system: () => 1e12, monotonic: () => 5 }]],
    ["ServerClock.add", [{ serverTime: now, roundTrip: 7, at: 7 }], clock],
    ...["ServerClock.now", "ServerClock.isSynchronized"].map((name) => [name, [], clock]),
    ["callKitUUID", [publicKey, callId]],
    ["capacity", ["xwing"]],
    ["envelopeTag", [envelope]],
    ["fingerprint", [publicKey]],
    ["fit", [content, "xwing"]],
    ["fromDescription", [{ type: "offer", sdp: "v=0" }]],
    ["fromIceCandidate", [candidate]],
    ["fromIceCandidates", [[candidate]]],
    ["generateLinkSecret", []],
    ["measure", [content]],
    ["verifyRevocation", [statement, publicKey, { now }]],
    ["relay.apnsRequest", [envelope, { deviceToken: "00", topic: "a", locKey: "b", now }]],
    ["relay.auditApnsRequests", [[push]]],
    ["relay.envelopeTag", [envelope]],
    ["relay.isEnvelope", [envelope]],
    ["relay.readHeader", [envelope]],
  ];
}

/** Resources have these, and getters, with nothing to be wrong but `this`. */
const plain = {
  Account: ["publicKey", "fingerprint", "export", "free"],
  Device: ["publicKey", "account", "certificate", "export", "free"],
  PendingDevice: ["publicKey", "export", "free"],
  ExternalDevice: ["publicKey", "account", "certificate", "free"],
  ExternalAccount: ["publicKey", "fingerprint", "free"],
  Prekey: ["id", "suite", "expiresAt", "export", "free"],
  PrekeyBundle: [
    ...["account", "device", "suite", "offers", "id", "issuedAt", "expiresAt", "toBytes", "free"],
  ],
  Inbox: ["save", "revision", "prekeys", "held", "heldAccounts", "free"],
  HushringError: [],
  ServerClock: [],
};

test("every export is among those that are tried", () => {
  const tried = new Set(calls().map(([name]) => name.replace("new ", "")));
  for (const [entry, module] of Object.entries({ "": hushring, "relay.": relay })) {
    for (const [name, value] of Object.entries(module)) {
      if (name === "init" || (entry !== "" && name === "HushringError")) continue;
      const isClass = /^class /.test(Function.prototype.toString.call(value));
      if (!isClass) {
        assert.ok(tried.has(entry + name), entry + name);
        continue;
      }
      if (plain[name] === undefined) {
        assert.ok(["LinkableDevice", "Resource"].includes(name), name);
        continue;
      }
      for (const member of [...staticsOf(value), ...membersOf(value)]) {
        const isTried = tried.has(`${name}.${member}`) || plain[name].includes(member);
        assert.ok(isTried, `${name}.${member}`);
      }
    }
  }
});

function staticsOf(type) {
  const names = Object.getOwnPropertyNames(type);
  return names.filter((name) => !["length", "name", "prototype"].includes(name));
}

function membersOf(type) {
  const names = new Set();
  let owner = type.prototype;
  while (owner !== Object.prototype && owner !== Error.prototype) {
    for (const name of Object.getOwnPropertyNames(owner)) names.add(name);
    owner = Object.getPrototypeOf(owner);
  }
  return [...names].filter((name) => name !== "constructor" && name !== "name");
}

test("wrong arguments, and wrong members of arguments", async () => {
  let tried = 0;
  for (const [name, parameters, makeThis] of calls()) {
    const work = (these) => invoke(name, makeThis?.(), these);
    for (const path of pathsOf(parameters)) {
      for (const [kind, value] of Object.entries(values)) {
        const changed = replaced(parameters, path, value());
        await check(`${name} with ${kind} at ${path.join(".")}`, () => work(changed));
        tried += 1;
      }
    }
    await check(name, () => work([]));
    await check(name, () => work(parameters));
  }
  assert.ok(tried > 10_000, `${tried}`);
});

test("wrong values of this", async () => {
  for (const [kind, value] of Object.entries(values)) {
    for (const [name, parameters, makeThis] of calls()) {
      if (makeThis === undefined) continue;
      await check(`${name} of ${kind}`, () => invoke(name, value(), parameters));
    }
    for (const [type, names] of Object.entries(plain)) {
      for (const name of names) {
        const owner = ownerOf(exported[type].prototype, name);
        const { get, value: method } = Object.getOwnPropertyDescriptor(owner, name);
        await check(`${type}.${name} of ${kind}`, () => Reflect.apply(get ?? method, value(), []));
      }
    }
  }
});

test("clocks and signers that give wrong values", async () => {
  const { alice, bob, publicKey } = good;
  for (const [kind, value] of Object.entries(values)) {
    for (const name of ["system", "monotonic"]) {
      await check(`${name} gives ${kind}`, () => {
        const clock = new ServerClock({ system: Date.now, monotonic: Date.now, [name]: value });
        clock.add({ serverTime: new Date(), roundTrip: 1 });
        clock.isSynchronized();
        return clock.now();
      });
    }
    const promises = (await isRejected(promiseOf(value))) ? [] : [() => promiseOf(value)];
    const signers = [value, ...promises];
    for (const sign of signers) {
      const device = new ExternalDevice(alice.device.certificate, sign);
      const account = new ExternalAccount(publicKey, sign);
      await check(`${kind} as a signature`, () => device.seal(bob.bundles[0], { type: "cover" }));
      await check(`${kind} as a signature`, () => account.revoke(new Date()));
    }
  }
});

test("the engine's error about a proxy that breaks the rules is passed on", () => {
  const broken = new Proxy({}, { ownKeys: () => ["now", "now"] });
  assert.throws(() => good.inbox.prune(broken), TypeError);
});

/** Asserts that a call works, or throws what it may. */
async function check(what, call, mayWork = true) {
  try {
    await call();
  } catch (error) {
    if (error === own) return;
    assert.ok(HushringError.is(error), `${what}: ${describe(error)}`);
    assert.notEqual(error.code, "trapped", `${what}: ${error.cause}`);
    return;
  }
  assert.ok(mayWork, what);
}

function describe(error) {
  return error instanceof Error ? error.stack : String(error);
}

function invoke(name, self, parameters) {
  if (name.startsWith("new ")) return Reflect.construct(exported[name.slice(4)], parameters);
  if (name.startsWith("relay.")) return ofRelay[name.slice(6)](...parameters);
  const [type, member] = name.split(".");
  if (member === undefined) return exported[type](...parameters);
  const statics = Object.hasOwn(exported[type], member);
  if (statics && self === undefined) return exported[type][member](...parameters);
  return Reflect.apply(
    exported[type].prototype[member] ?? exported[type][member],
    self,
    parameters,
  );
}

function ownerOf(prototype, name) {
  let owner = prototype;
  while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
  return owner;
}

/** The places of all arguments, and of all members within them. */
function pathsOf(container, prefix = []) {
  return Object.entries(container).flatMap(([name, value]) => {
    const path = [...prefix, name];
    const isPlain = Array.isArray(value) || value?.constructor === Object;
    return isPlain ? [path, ...pathsOf(value, path)] : [path];
  });
}

function replaced(container, [name, ...rest], value) {
  const copy = Array.isArray(container) ? [...container] : { ...container };
  copy[name] = rest.length === 0 ? value : replaced(container[name], rest, value);
  return copy;
}
