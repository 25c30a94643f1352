import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as hushring from "hushring";
import { callId, peer, throwsCode } from "./helpers.mjs";

const { capacity, fit, measure } = hushring;
const id = callId.toLowerCase();

before(hushring.init);

const host = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host";
const tcp = "candidate:7 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active";
const linkLocal = "candidate:3 1 udp 2122187519 fe80::1 50002 typ host";
const ipv6 = "candidate:2 1 udp 2122262783 2001:db8::1 50001 typ host";

/** Bytes that do not compress. */
const noise = (length) => crypto.getRandomValues(new Uint8Array(length));

const offer = (...candidates) =>
  `v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n${candidates.map((text) => `a=${text}\r\n`).join("")}`;

/** An invitation that needs so many bytes more than there are, or a little less. */
function crowded(missing) {
  const content = {
    type: "call.invite",
    callId,
    hasVideo: true,
    offer: offer(tcp, host, linkLocal, ipv6),
    "x-more": [{ a: Uint8Array.of(1) }],
  };
  const data = noise(1_800);
  for (let length = data.length; ; length -= 1) {
    const crowd = { ...content, data: data.slice(0, length) };
    const excess = measure(crowd) - capacity("xwing");
    if (excess <= missing) {
      assert.ok(excess > 0);
      return crowd;
    }
  }
}

test("what fits comes back as it is", () => {
  const answer = { type: "call.answer", callId: id, ring: new Date(0), answer: offer(tcp) };
  assert.deepEqual(fit(answer, "xwing"), { content: answer, dropped: [] });
  assert.deepEqual(fit({ type: "cover" }, "x25519"), { content: { type: "cover" }, dropped: [] });
});

test("the least useful candidates are left out, and named", () => {
  const content = crowded(4);
  const { content: fitted, dropped } = fit(content, "xwing");
  assert.deepEqual(dropped, [tcp]);
  assert.deepEqual(fitted, { ...content, callId: id, offer: offer(host, linkLocal, ipv6) });
  const { device } = peer([]);
  const [bundle] = peer(["xwing"]).bundles;
  throwsCode("too_large", () => device.seal(bundle, content));
  assert.equal(device.seal(bundle, fitted).length, 2_880);
  assert.deepEqual(fit(content, "x25519").dropped, []);

  const more = fit(crowded(45), "xwing");
  assert.deepEqual(more.dropped, [tcp, linkLocal, ipv6]);
  const error = throwsCode("too_large", () => fit(crowded(300), "xwing"));
  assert.equal(error.available, 1_500);
  assert.ok(error.needed > 1_500);
});

test("a batch of candidates is left smaller", () => {
  const entry = (candidate, sdpMid) => ({
    candidate,
    sdpMid,
    usernameFragment: Buffer.from(noise(600)).toString("base64"),
  });
  const candidates = [entry(host, "0"), entry(tcp, "0"), entry(tcp, "1")];
  const content = { type: "call.candidates", callId: id, candidates };
  const { content: fitted, dropped } = fit(content, "xwing");
  assert.deepEqual(dropped, [tcp]);
  assert.deepEqual(fitted.candidates, [candidates[0], candidates[2]]);
});

test("content is checked, and so is the suite", () => {
  throwsCode("bad_content", () => fit({ type: "call.invite", callId }, "xwing"));
  throwsCode("bad_call_id", () => fit({ type: "call.invite", callId: "x" }, "xwing"));
  throwsCode("unsupported_suite", () => fit({ type: "cover" }, "p256"));
});
