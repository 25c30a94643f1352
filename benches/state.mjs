// A saved state with many accounts and message ids, written by the format of src/inbox/state.rs: to
// receive thousands of messages takes minutes.

import { createHash, randomBytes } from "node:crypto";

/**
 * The state of a phone that trusts so many accounts, these contacts and others, and has received so
 * many messages from each. States from before revisions have none.
 */
export function stateOf({ phone, contacts, accounts, ids, hasRevision = true }) {
  const own = Buffer.from(phone.account);
  const others = Array.from({ length: accounts - contacts.length }, () => randomBytes(32));
  const keys = [...contacts.map(({ publicKey }) => Buffer.from(publicKey)), ...others, own];
  keys.sort(Buffer.compare);
  // Its first publication is still to come, and no record was freed.
  const before = Buffer.alloc(hasRevision ? 2 : 1);
  const parts = [Buffer.of(1), own, phone.publicKey, before, u16(keys.length)];
  for (const key of keys) {
    const isOwn = key.equals(own);
    const trusted = isOwn ? Buffer.of(0) : Buffer.of(1, 0, 0); // without handle and name
    const seen = seenBy(isOwn ? 0 : ids);
    parts.push(key, trusted, Buffer.of(0, 0), u16(0)); // not blocked, nor revoked, nor a device of it
    parts.push(Buffer.of(0)); // without a replay floor
    parts.push(u16(seen.length / 24), seen);
    parts.push(u16(0)); // no calls
  }
  // No early ends, calls placed or joined, kept signals, events, and nothing held.
  parts.push(...Array(6).fill(u16(0)));
  if (hasRevision) parts.push(Buffer.of(0, 0, 0, 0, 0, 0, 0, 1));
  const bytes = Buffer.concat(parts);
  return Buffer.concat([bytes, createHash("sha256").update(bytes).digest()]);
}

/** So many message ids, of yesterday: sent_at and id each. */
function seenBy(count) {
  const seen = randomBytes(count * 24);
  const yesterday = BigInt(Date.now() - 86_400_000);
  for (let id = 0; id < count; id += 1) seen.writeBigUInt64BE(yesterday + BigInt(id), id * 24);
  return seen;
}

function u16(value) {
  return Buffer.of(value >> 8, value & 0xff);
}
