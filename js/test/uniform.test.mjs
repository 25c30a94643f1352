// What a server sees of a call is what it sees of a message. This is quick and sees what is plain;
// `make indistinguishability` looks harder.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import { apnsRequest, auditApnsRequests } from "hushring/relay";
import { callId, peer, suites } from "./helpers.mjs";

const count = 250; // of each kind
const now = new Date();
const options = { deviceToken: "0a".repeat(32), topic: "org.example.app", now };
const contents = {
  call: {
    type: "call.invite",
    callId,
    hasVideo: true,
    callerName: "Alice",
    offer: "v=0\r\n".repeat(1_000),
  },
  "short message": { type: "message", body: "a" },
  "long message": { type: "message", data: crypto.getRandomValues(new Uint8Array(1_400)) },
  cover: { type: "cover" },
};

let alice;
let bundles;

before(async () => {
  await hushring.init();
  alice = peer();
  ({ bundles } = peer());
});

for (const suite of suites) {
  test(`in ${suite}, length, header, push and the frequency of each bit are those of every kind`, () => {
    const bundle = bundles.find((candidate) => candidate.suite === suite);
    const kinds = Object.entries(contents).map(([kind, content]) => {
      const sealed = Array.from({ length: count }, () =>
        alice.device.seal(bundle, content, { now }),
      );
      return { kind, sealed };
    });
    const all = kinds.flatMap(({ sealed }) => sealed);
    assert.deepEqual([...new Set(all.map((envelope) => envelope.length))], [2_880]);
    const header = Buffer.concat([
      Buffer.of(1, suites.indexOf(suite) + 1),
      Buffer.from(bundle.id, "hex"),
    ]);
    for (const envelope of all) assert.deepEqual(Buffer.from(envelope.subarray(0, 10)), header);
    assert.equal(
      new Set(all.map((envelope) => Buffer.from(envelope.subarray(10)).toString("hex"))).size,
      all.length,
    );

    const pushes = all.map((envelope) => apnsRequest(envelope, options));
    auditApnsRequests(pushes);
    const rest = ({ path, headers, body }) =>
      JSON.stringify([path, headers, body.length, body.slice(0, -3_842)]);
    assert.equal(new Set(pushes.map(rest)).size, 1);

    const [first, ...others] = kinds;
    for (const { kind, sealed } of others)
      assert.equal(different(first.sealed, sealed), undefined, kind);

    // Would it notice? Padding that is not encrypted, and one bit that says what it is.
    const leaks = [
      (envelope) => envelope.fill(0, 2_800, 2_810),
      (envelope) => envelope.with(2_000, envelope[2_000] | 1),
    ];
    for (const leak of leaks)
      assert.notEqual(different(first.sealed, others[0].sealed.map(leak)), undefined);
  });
}

/**
 * The first bit that is set more often in one set of envelopes than in the other, beyond 8 standard
 * errors. Chance does that once in 10^15 bits; all the tests here look at less than 150,000.
 */
function different(some, others) {
  const [a, b] = [some, others].map(ones);
  const bit = a.findIndex((inSome, index) => {
    const both = inSome + b[index];
    const error = Math.sqrt((both * (2 * count - both)) / (2 * count));
    return Math.abs(inSome - b[index]) > 8 * error;
  });
  return bit < 0 ? undefined : bit;
}

/** How many envelopes have each bit set. */
function ones(envelopes) {
  const counts = new Uint32Array(2_880 * 8);
  for (const envelope of envelopes) {
    for (let bit = 0; bit < counts.length; bit += 1)
      counts[bit] += (envelope[bit >> 3] >> (7 - (bit & 7))) & 1;
  }
  return counts;
}
