// Real envelopes, sealed by hushring, in a file: sealing takes longer than the relay does.

import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { bundleOf, contentOf, newPerson } from "../test/support/people.js";

const length = 2_880;

/** Writes `count` envelopes, none of which is like another. */
export function writeEnvelopes(file: string, count: number): void {
  const [alice, bob] = [newPerson(), newPerson()];
  const target = bundleOf(bob);
  const out = openSync(file, "w");
  for (let index = 0; index < count; index += 1) {
    writeSync(out, alice.device.seal(target, contentOf(index)));
  }
  closeSync(out);
}

/** Reads them, each once. */
export class Envelopes {
  readonly #file: number;
  #at = 0;

  constructor(file: string) {
    this.#file = openSync(file, "r");
  }

  take(count: number): Buffer[] {
    const bytes = Buffer.alloc(count * length);
    const read = readSync(this.#file, bytes, 0, bytes.length, this.#at * length);
    if (read < bytes.length) throw new Error("no envelopes are left");
    this.#at += count;
    return Array.from({ length: count }, (_, index) => {
      return bytes.subarray(index * length, (index + 1) * length);
    });
  }

  close(): void {
    closeSync(this.#file);
  }
}
