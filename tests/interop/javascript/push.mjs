// spec/relay.md: the relay's push, and an audit of pushes.

import { LENGTH } from "./envelope.mjs";
import { require } from "./refusal.mjs";

const DAY = 86_400;

export function push(envelope, { deviceToken, topic, now, locKey = "NEW_ACTIVITY" }) {
  require(envelope.length === LENGTH, "bad_length"); // P1
  require(/^([0-9a-f]{2})+$/i.test(deviceToken), "bad_device_token"); // P6
  require(/^[!-~]+$/.test(topic), "bad_topic");
  const bytes = Buffer.byteLength(locKey);
  require(locKey.isWellFormed() && 1 <= bytes && bytes <= 64, "bad_loc_key"); // P7
  // JSON.stringify escapes as P7 says.
  const body = JSON.stringify({
    aps: { alert: { "loc-key": locKey }, "mutable-content": 1, sound: "default" },
    hushring: Buffer.from(envelope).toString("base64"),
  });
  require(Buffer.byteLength(body) <= 4_096, "bad_loc_key"); // P10
  return {
    path: `/3/device/${deviceToken.toLowerCase()}`,
    headers: {
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-expiration": String((Math.floor(now / 1000 / DAY) + 30) * DAY),
      "apns-topic": topic,
    },
    body,
  };
}

/** P11. What was sent is what `push` makes, of one topic and one loc-key, in one day or in two. */
export function audit(requests) {
  const made = requests.map(read);
  const [first] = made;
  let day = first?.day;
  for (const each of made) {
    require(each.topic === first.topic && each.locKey === first.locKey, "bad_push");
    require(each.day >= day && each.day - first.day <= 1, "bad_push");
    day = each.day;
  }
}

/** Finds out what a push was made of, and makes it again. */
function read(request) {
  let found;
  try {
    const { headers, path } = request;
    const body = JSON.parse(request.body);
    const day = Number(headers["apns-expiration"]) / DAY - 30;
    const [topic, locKey] = [headers["apns-topic"], body.aps.alert["loc-key"]];
    const deviceToken = path.replace("/3/device/", "");
    const envelope = Buffer.from(body.hushring, "base64");
    const again = push(envelope, { deviceToken, topic, locKey, now: day * DAY * 1000 });
    const isSame = JSON.stringify(again) === JSON.stringify({ path, headers, body: request.body });
    if (isSame && Number.isInteger(day) && day >= 0) found = { topic, locKey, day };
  } catch {
    // It is none.
  }
  require(found !== undefined, "bad_push");
  return found;
}
