// envelope.md, "Prekeys and bundles": what an account last published (B15, B27), and its packed form.

import { createHash } from "node:crypto";
import { hex, most, u64 } from "./bytes.mjs";
import { suites } from "./hpke.mjs";
import { require } from "./refusal.mjs";

const ROOM = 2_048;

/** `entries` maps device keys to `issuedAt`, `offers`, and `hashes` by suite. */
export class LastPublished {
  constructor(floor = 0n, entries = new Map()) {
    this.floor = floor;
    this.entries = entries;
  }

  /** Checks B28 to B32. */
  static unpack(data, account) {
    require(data.length > 0 && data[0] > 0, "bad_state"); // B28
    require(data[0] === 1, "state_too_new");
    require(data.length >= 73, "bad_state"); // B29
    const [fields, hash] = [data.subarray(0, -32), data.subarray(-32)];
    require(sha256(fields).equals(hash), "bad_state");
    require(fields.subarray(1, 33).equals(account), "wrong_account"); // B30
    const known = new LastPublished(fields.readBigUInt64BE(33));
    let before = "";
    for (let rest = fields.subarray(41); rest.length > 0; ) {
      require(rest.length >= 42, "bad_state"); // B31
      const [device, offers, bits] = [hex(rest.subarray(0, 32)), rest[40], rest[41]];
      require(before < device && known.entries.size < ROOM, "bad_state");
      const accepted = Object.values(suites).filter(({ byte }) => bits & byte);
      const sum = accepted.reduce((all, { byte }) => all | byte, 0);
      require(bits !== 0 && bits === sum && (bits & offers) === bits, "bad_state"); // B32
      const length = 42 + 32 * accepted.length;
      require(rest.length >= length, "bad_state"); // B31
      const hashes = accepted.map(({ byte }, place) => {
        return [byte, hex(rest.subarray(42 + 32 * place, 74 + 32 * place))];
      });
      const issuedAt = rest.readBigUInt64BE(32);
      known.entries.set(device, { issuedAt, offers, hashes: new Map(hashes) });
      before = device;
      rest = rest.subarray(length);
    }
    return known;
  }

  pack(account) {
    const entries = this.inOrder().flatMap(([device, { issuedAt, offers, hashes }]) => {
      const accepted = [...hashes].sort(([a], [b]) => a - b);
      const bits = accepted.reduce((all, [suite]) => all | suite, 0);
      const all = accepted.map(([, hash]) => Buffer.from(hash, "hex"));
      return [Buffer.from(device, "hex"), u64(issuedAt), Buffer.of(offers, bits), ...all];
    });
    const fields = Buffer.concat([Buffer.of(1), account, u64(this.floor), ...entries]);
    return Buffer.concat([fields, sha256(fields)]);
  }

  /** Returns the entries, ascending. */
  inOrder() {
    return [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Checks B14. */
  check(bundle) {
    const last = this.entries.get(bundle.device);
    if (last === undefined) return require(bundle.issuedAt >= this.floor, "stale_bundle");
    if (bundle.issuedAt > last.issuedAt) return;
    require(bundle.issuedAt === last.issuedAt, "stale_bundle");
    require(bundle.offersByte === last.offers, "stale_bundle");
    const known = last.hashes.get(bundle.suite.byte);
    require(known === undefined || known === bundle.hash, "stale_bundle");
  }

  /** Returns what is known after these bundles were accepted (B15, B27). */
  after(bundles) {
    const entries = new Map(this.entries);
    for (const { device, issuedAt, offersByte: offers, suite, hash } of bundles) {
      const last = entries.get(device);
      const hashes = last?.issuedAt === issuedAt ? last.hashes : new Map();
      const added = new Map([...hashes, [suite.byte, hash]]);
      entries.set(device, { issuedAt, offers, hashes: added });
    }
    const byAge = [...entries].sort(([one, a], [other, b]) => {
      if (a.issuedAt !== b.issuedAt) return a.issuedAt < b.issuedAt ? -1 : 1;
      return one < other ? 1 : -1;
    });
    let { floor } = this;
    for (const [device, { issuedAt }] of byAge.slice(0, Math.max(byAge.length - ROOM, 0))) {
      floor = most(floor, issuedAt + 1n);
      entries.delete(device);
    }
    return new LastPublished(floor, entries);
  }
}

export function sha256(data) {
  return createHash("sha256").update(data).digest();
}
