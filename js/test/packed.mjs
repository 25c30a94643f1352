// What an account last published, as bytes (spec/envelope.md, "Packed"), from the form that the vectors
// have it in. Imports nothing of Node.

import { unhex } from "./vector-values.mjs";

export async function packed(account, { floor = 0, entries = [], fill }) {
  const all = entries.map(({ device, issuedAt, offers, bundles }) =>
    entryOf(unhex(device), issuedAt, offers, bundles),
  );
  for (let number = fill?.first; number < fill?.first + fill?.count; number += 1) {
    const device = bytesOf(unhex(fill.devices), numberOf(number, 4));
    const bundles = [{ suite: "x25519", hash: "00".repeat(32) }];
    all.push(entryOf(device, fill.issuedAt + number, 1, bundles));
  }
  all.sort(compare);
  return sealed(bytesOf([1], account, numberOf(floor, 8), ...all));
}

/** With its checksum. */
export async function sealed(fields) {
  return bytesOf(fields, new Uint8Array(await crypto.subtle.digest("SHA-256", fields)));
}

function entryOf(device, issuedAt, offers, bundles) {
  const suites = bundles.reduce((sum, { suite }) => sum + (suite === "xwing" ? 2 : 1), 0);
  const hashes = bundles.map(({ hash }) => unhex(hash));
  return bytesOf(device, numberOf(issuedAt, 8), [offers, suites], ...hashes);
}

function numberOf(value, length) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes.subarray(8 - length);
}

function bytesOf(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The device keys, which come first, differ. */
function compare(a, b) {
  const place = a.findIndex((byte, index) => byte !== b[index]);
  return a[place] - b[place];
}
