// An installation is one device: its database, its keys, its locks. `/phone/?device=2` is another
// one than `/phone/`.

/** The name of the installation that a page or a worker belongs to. */
export function installationOf(place: "desk" | "phone", search: string): string {
  const number = new URLSearchParams(search).get("device") ?? "1";
  return /^[2-9]$/.test(number) ? `${place}-${number}` : place;
}

/**
 * Who is in charge of an installation: one tab, for as long as it lives. The others wait, and the
 * first of them goes on when that one is closed; or a user takes it over.
 */
export class Charge {
  readonly #name: string;
  readonly #onHeld: () => void;
  readonly #onElsewhere: () => void;
  #waits = false;

  constructor(installation: string, uses: { onHeld: () => void; onElsewhere: () => void }) {
    this.#name = `hushring:${installation}`;
    this.#onHeld = uses.onHeld;
    this.#onElsewhere = uses.onElsewhere;
  }

  /** Takes charge if nobody has it, and waits for it otherwise. */
  begin(): void {
    this.#request({ ifAvailable: true });
  }

  /** Takes it from the tab that has it. */
  takeOver(): void {
    this.#request({ steal: true });
  }

  #request(options: LockOptions): void {
    navigator.locks
      .request(this.#name, options, (lock) => {
        if (lock === null) return this.#wait();
        this.#waits &&= "steal" in options; // one that waited has what it waited for
        this.#onHeld();
        return new Promise<never>(() => {}); // until the tab is closed
      })
      .catch(() => this.#wait()); // another tab has taken it
  }

  #wait(): void {
    this.#onElsewhere();
    if (this.#waits) return;
    this.#waits = true;
    this.#request({});
  }
}
