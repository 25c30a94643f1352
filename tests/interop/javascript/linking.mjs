// envelope.md, "Linking": certifies a new device over a server that is not trusted.

import { createHmac, timingSafeEqual } from "node:crypto";
import { DAY, DAY_IN_SECONDS, earlier, inMs, inSeconds, later, most, u64 } from "./bytes.mjs";
import { Certificate, checkKey, Device, verify } from "./keys.mjs";
import { require } from "./refusal.mjs";

function mac(secret, label, ...parts) {
  const hmac = createHmac("sha256", secret).update(`${label}\0`);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

export function request(device, secret, now) {
  require(secret.length === 32, "bad_length"); // L1
  const fields = Buffer.concat([device.public, u64(inSeconds(now))]);
  const proof = device.sign("hushring/1 link", fields);
  const data = Buffer.concat([Buffer.of(1), fields, proof]);
  return Buffer.concat([data, mac(secret, "hushring/1 link request", data)]);
}

/** Checks L3 to L6. */
function readRequest(data, secret) {
  require(secret.length === 32, "bad_length");
  require(data.length === 137, "bad_length");
  require(data[0] === 1, "unsupported_version");
  const expected = mac(secret, "hushring/1 link request", data.subarray(0, 105));
  require(timingSafeEqual(expected, data.subarray(105)), "bad_mac");
  const device = data.subarray(1, 33);
  checkKey(device);
  const [fields, proof] = [data.subarray(1, 41), data.subarray(41, 105)];
  verify(device, "hushring/1 link", fields, proof, "bad_signature");
  return { device, createdAt: data.readBigUInt64BE(33) };
}

/** Checks L3 to L9. Returns the grant. */
export function certify(account, data, secret, { now, expiresAt, notBefore, floor }) {
  const { device, createdAt } = readRequest(data, secret);
  require(inMs(createdAt) <= later(now), "clock"); // L7
  require(inMs(createdAt) >= earlier(now, 30n * DAY), "too_old");
  require(!device.equals(account.public), "bad_certificate"); // L8
  const yesterday = earlier(inSeconds(now), DAY_IN_SECONDS);
  const begins = notBefore ?? most(yesterday, floor ?? 0n); // T7
  const lifetime = expiresAt - begins;
  require(0n < lifetime && lifetime <= 366n * DAY_IN_SECONDS, "bad_lifetime"); // T3
  require(floor === undefined || begins >= floor, "revoked"); // T7
  require(inMs(expiresAt) > now, "bad_lifetime"); // T8
  const certificate = Certificate.issue(account, device, begins, expiresAt);
  const grant = Buffer.concat([Buffer.of(1), certificate.data]);
  return Buffer.concat([grant, mac(secret, "hushring/1 link grant", grant, data)]);
}

/**
 * Reads the device's own request again (L3 to L6) and checks the grant (L10 to L16). `before` is
 * the certificate that is renewed, if there is one.
 */
export function activate(key, before, request, grant, secret, now) {
  const { device } = readRequest(request, secret);
  require(device.equals(key.public), "wrong_device");
  require(grant.length === 177, "bad_length");
  require(grant[0] === 1, "unsupported_version");
  const expected = mac(secret, "hushring/1 link grant", grant.subarray(0, 145), request);
  require(timingSafeEqual(expected, grant.subarray(145)), "bad_mac");
  const certificate = new Certificate(grant.subarray(1, 145));
  require(certificate.device.equals(key.public), "wrong_device");
  certificate.checkTimes(now);
  require(before === undefined || certificate.account.equals(before.account), "wrong_account");
  return new Device(key, certificate);
}
