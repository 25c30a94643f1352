// What the audit returns is what it has seen. Neither a proxy that shows it one thing and the
// sender another, nor whoever replaces what the language brings, has something else sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { apnsRequest, auditApnsRequests } from "hushring/relay";
import { throwsCode } from "./helpers.mjs";

const options = { deviceToken: "0a".repeat(32), topic: "org.example.app" };
const now = new Date("2026-03-01T10:20:30.456Z");

const random = () => crypto.getRandomValues(new Uint8Array(2_880));
const make = () => apnsRequest(random(), { ...options, now });

test("the audit returns frozen copies of what it was given", () => {
  const requests = [make(), make()];
  const audited = auditApnsRequests(requests);
  assert.deepEqual(audited, requests);
  for (const [index, copy] of audited.entries()) {
    assert.notEqual(copy, requests[index]);
    assert.ok(Object.isFrozen(copy) && Object.isFrozen(copy.headers));
    assert.deepEqual(Object.keys(copy.headers), Object.keys(requests[index].headers));
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  }
  const [{ body }] = requests;
  requests[0].body = "changed";
  requests[0].headers["apns-priority"] = "5";
  assert.equal(audited[0].body, body);
  assert.equal(audited[0].headers["apns-priority"], "10");
  assert.deepEqual(auditApnsRequests([]), []);
});

test("a proxy that shows something else the second time gains nothing", () => {
  const good = make();
  const bad = good.body.replace('"default"', '"ring.caf"');
  const seen = [];
  const request = new Proxy(
    { ...good },
    {
      get: (_, name) => (name === "body" ? bad : good[name]),
      getOwnPropertyDescriptor(_, name) {
        const value = name === "body" && seen.includes(name) ? bad : good[name];
        seen.push(name);
        return { value, configurable: true, enumerable: true, writable: true };
      },
    },
  );
  const [audited] = auditApnsRequests([request]);
  assert.deepEqual(seen, ["path", "headers", "body"]);
  assert.equal(request.body, bad);
  assert.equal(audited.body, good.body);

  let reads = 0;
  const list = new Proxy([good], {
    get(target, name) {
      if (name === "0") reads += 1;
      return name === "0" && reads > 1 ? { ...good, body: bad } : Reflect.get(target, name);
    },
  });
  assert.deepEqual(auditApnsRequests(list), [good]);
  assert.equal(reads, 1);
});

test("a list whose length is a lie is refused, and one that hides an item gains nothing", () => {
  const good = make();
  const list = (length) =>
    new Proxy([good], {
      get: (target, name) => (name === "length" ? length : Reflect.get(target, name)),
    });
  for (const length of [-1, 0.5, Number.NaN, 2 ** 53, 2 ** 32, "1", null, 1n, Symbol("1"), {}]) {
    throwsCode("invalid_argument", () => auditApnsRequests(list(length)));
  }
  throwsCode("invalid_argument", () => auditApnsRequests(Array(2 ** 32 - 1)));
  throwsCode("bad_push", () => auditApnsRequests(list(2)));
  assert.deepEqual(auditApnsRequests(list(0)), []);
});

test("whoever replaces what the language brings changes neither a push nor the audit", () => {
  const good = make();
  const other = make();
  const envelope = random();
  const expected = apnsRequest(envelope, { ...options, now });
  const wrong = { ...good, body: good.body.replace('"default"', '"ring.caf"') };
  const forged = "forged";
  const replaced = [
    [Object.prototype, "toJSON", () => forged],
    [String.prototype, "toJSON", () => forged],
    [Array.prototype, "toJSON", () => forged],
    [Object.prototype, "value", forged],
    [Object.prototype, "enumerable", true],
    [JSON, "stringify", () => wrong.body],
    [JSON, "parse", () => JSON.prototype],
    [globalThis, "btoa", () => forged],
    [Array, "from", () => []],
    [Array, "isArray", () => true],
    [Array.prototype, Symbol.iterator, function* () {}],
    [Array.prototype, "map", () => []],
    [Array.prototype, "every", () => true],
    [Array.prototype, "some", () => false],
    [Array.prototype, "forEach", () => {}],
    [Array.prototype, "push", () => 0],
    [Object.getPrototypeOf([][Symbol.iterator]()), "next", () => ({ done: true })],
    [Object.getPrototypeOf(Uint8Array.prototype), Symbol.iterator, function* () {}],
    [Object.getPrototypeOf(Uint8Array.prototype), "set", () => {}],
    [String, "fromCharCode", () => forged],
    [String.prototype, "startsWith", () => true],
    [String.prototype, "endsWith", () => false],
    [String.prototype, "slice", () => good.body],
    [String.prototype, "replace", () => forged],
    [String.prototype, "toLowerCase", () => forged],
    [String.prototype, Symbol.iterator, function* () {}],
    [RegExp.prototype, "test", () => true],
    [RegExp.prototype, "exec", () => [""]],
    [Object, "keys", () => []],
    [Object, "entries", () => []],
    [Object, "freeze", () => wrong],
    [Object, "getOwnPropertyDescriptor", () => ({ value: wrong.body, enumerable: true })],
    [Object, "getPrototypeOf", () => null],
    [Object, "hasOwn", () => true],
    [Reflect, "ownKeys", () => ["path", "headers", "body"]],
    [Reflect, "apply", () => forged],
    [Function.prototype, "call", () => forged],
    [Set.prototype, "has", () => false],
    [Map.prototype, "get", () => undefined],
    [Math, "floor", () => 0],
    [globalThis, "Number", () => 86_400],
    [globalThis, "String", () => forged],
  ];
  const setters = [
    [Object.prototype, "path"],
    [Object.prototype, "body"],
    [Object.prototype, good.body],
    [Array.prototype, "0"],
    [Array.prototype, "1"],
  ];
  const cases = [
    ...replaced.map(([owner, name, value]) => [owner, name, { value, writable: true }]),
    ...setters.map(([owner, name]) => [owner, name, { get: () => forged, set() {} }]),
  ];
  for (const [owner, name, change] of cases) {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    let made;
    let audited;
    let failed;
    let failedAgain;
    const { defineProperty, deleteProperty } = Reflect;
    defineProperty(owner, name, { ...change, configurable: true });
    try {
      made = apnsRequest(envelope, { ...options, now });
      audited = auditApnsRequests([good, other]);
      try {
        auditApnsRequests([wrong]);
      } catch (error) {
        failed = error;
      }
      try {
        auditApnsRequests([good, good]);
      } catch (error) {
        failedAgain = error;
      }
    } finally {
      if (before === undefined) deleteProperty(owner, name);
      else defineProperty(owner, name, before);
    }
    const label = String(name);
    assert.deepEqual(made, expected, label);
    assert.deepEqual(audited, [good, other], label);
    assert.equal(failed?.code, "bad_push", label);
    assert.equal(failedAgain?.code, "bad_push", label);
  }
});

test("every text that JSON escapes is written as JSON.stringify does, and read again", () => {
  const expectedBody = (locKey, hushring) =>
    JSON.stringify({
      aps: { alert: { "loc-key": locKey }, "mutable-content": 1, sound: "default" },
      hushring,
    });
  for (let code = 0; code < 0x300; code += 1) {
    const locKey = String.fromCharCode(code);
    const envelope = random();
    const request = apnsRequest(envelope, { ...options, locKey, now });
    assert.equal(request.body, expectedBody(locKey, Buffer.from(envelope).toString("base64")));
    assert.deepEqual(auditApnsRequests([request]), [request]);
  }
  for (const code of [0xd800, 0xdbff, 0xdc00, 0xdfff]) {
    const lone = String.fromCharCode(code);
    for (const locKey of [lone, `${lone}a`, `a${lone}`, `${lone}${lone}`]) {
      throwsCode("bad_loc_key", () => apnsRequest(random(), { ...options, locKey, now }));
    }
  }
});
