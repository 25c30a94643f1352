// What the server sees, for the demonstration (`RELAY_SHOW=1`): the last envelopes as they were
// stored, and their push requests as they were sent. It is in memory, and only if it is asked for.

import type { ApnsRequest } from "hushring/relay";

export interface Sight {
  readonly n: number;
  readonly time: number;
  readonly poster: string;
  readonly mailbox: string;
  /** In base64. */
  readonly envelope: string;
  readonly push: ApnsRequest | null;
}

const kept = 300;

export class Seen {
  readonly #last: string[] = [];
  readonly #listeners = new Set<(event: string) => void>();
  #count = 0;

  add(sight: Omit<Sight, "n">): void {
    this.#count += 1;
    const event = JSON.stringify({ n: this.#count, ...sight });
    this.#last.push(event);
    if (this.#last.length > kept) this.#last.shift();
    for (const listener of this.#listeners) listener(event);
  }

  /** Gets the last 300, and then each as it comes. Returns how to stop. */
  listen(listener: (event: string) => void): () => void {
    for (const event of this.#last) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
