// relay.md: the relay's push, and the audit of pushes.

import { DAY_IN_SECONDS, inSeconds } from "./bytes.mjs";
import { LENGTH } from "./envelope.mjs";
import { require } from "./refusal.mjs";

const OTHER_TYPE =
  /\.(voip|voip-ptt|push-to-talk|complication|location-query|(pushkit|push-type)\.[^.]+)$/i;

/** `now` is a BigInt, in ms. */
export function push(envelope, { deviceToken, topic, now, locKey = "NEW_ACTIVITY" }) {
  const expiration = (inSeconds(now) / DAY_IN_SECONDS + 30n) * DAY_IN_SECONDS;
  return request(envelope, deviceToken.toLowerCase(), topic, String(expiration), locKey);
}

/** Checks the arguments in the order of "Push", and makes the path, headers and body. */
function request(envelope, deviceToken, topic, expiration, locKey) {
  require(isText(deviceToken) && /^([0-9a-f]{2})+$/.test(deviceToken), "bad_device_token"); // P6
  require(isText(topic) && /^[!-)+-~]+$/.test(topic) && !OTHER_TYPE.test(topic), "bad_topic");
  const length = isText(locKey) && locKey.isWellFormed() ? Buffer.byteLength(locKey) : 0;
  require(1 <= length && length <= 64, "bad_loc_key"); // P7
  require(Buffer.byteLength(bodyOf(Buffer.alloc(LENGTH), locKey)) <= 4_096, "bad_loc_key"); // P10
  require(envelope.length === LENGTH, "bad_length"); // P1
  return {
    path: `/3/device/${deviceToken}`,
    headers: {
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-expiration": expiration,
      "apns-topic": topic,
    },
    body: bodyOf(envelope, locKey),
  };
}

/** JSON.stringify escapes as P7 says. */
function bodyOf(envelope, locKey) {
  return JSON.stringify({
    aps: { alert: { "loc-key": locKey }, "mutable-content": 1, sound: "default" },
    hushring: Buffer.from(envelope).toString("base64"),
  });
}

/** Checks P11: one topic, one loc-key, one day or two that follow each other, no repetition. */
export function audit(requests) {
  const made = requests.map(read);
  // With one loc-key, there are as many bodies as envelopes.
  require(new Set(requests.map(({ body }) => body)).size === requests.length, "bad_push");
  const [first] = made;
  let last = first?.expiration;
  for (const { topic, locKey, expiration } of made) {
    require(topic === first.topic && locKey === first.locKey, "bad_push");
    require(expiration >= last, "bad_push");
    require(expiration - first.expiration <= DAY_IN_SECONDS, "bad_push");
    last = expiration;
  }
}

/** Checks one request by making it again. Returns its topic, loc-key and expiration. */
function read({ path, headers, body }) {
  let found;
  try {
    const expiration = headers["apns-expiration"];
    const { aps, hushring } = JSON.parse(body);
    const [topic, locKey] = [headers["apns-topic"], aps.alert["loc-key"]];
    const deviceToken = path.replace(/^\/3\/device\//, "");
    const envelope = Buffer.from(hushring, "base64");
    const again = request(envelope, deviceToken, topic, expiration, locKey);
    const isSame = JSON.stringify(again) === JSON.stringify({ path, headers, body });
    if (isSame && isExpiration(expiration)) {
      found = { topic, locKey, expiration: BigInt(expiration) };
    }
  } catch {
    // It was not made as "Push" says.
  }
  require(found !== undefined, "bad_push");
  return found;
}

function isExpiration(text) {
  return isText(text) && /^[1-9][0-9]*$/.test(text) && BigInt(text) % DAY_IN_SECONDS === 0n;
}

function isText(value) {
  return typeof value === "string";
}
