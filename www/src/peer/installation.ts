// An installation is one device: its database, its keys, its locks. `/phone/?device=2` is another
// one than `/phone/`.

/** The name of the installation that a page or a worker belongs to. */
export function installationOf(place: "desk" | "phone", search: string): string {
  const number = new URLSearchParams(search).get("device") ?? "1";
  return /^[2-9]$/.test(number) ? `${place}-${number}` : place;
}

/**
 * Takes charge of an installation, for as long as the page lives. Resolves with true if nobody else
 * has it; with false, another tab has, and `onFree` is called once that one is closed. `take` takes
 * it from the other one, which is told by `onLost`.
 */
export class Charge {
  readonly #name: string;
  readonly #onLost: () => void;

  constructor(installation: string, onLost: () => void) {
    this.#name = `hushring:${installation}`;
    this.#onLost = onLost;
  }

  async tryToHold(onFree: () => void): Promise<boolean> {
    const isHeld = await this.#hold({ ifAvailable: true });
    if (!isHeld) this.#hold({}).then((isFree) => isFree && onFree());
    return isHeld;
  }

  async take(): Promise<void> {
    await this.#hold({ steal: true });
  }

  /** Resolves once the lock is held, or with false if somebody else has it. */
  #hold(options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      navigator.locks
        .request(this.#name, options, (lock) => {
          resolve(lock !== null);
          // Held until the page is gone.
          return lock === null ? undefined : new Promise<never>(() => {});
        })
        .catch(this.#onLost); // another tab has taken it
    });
  }
}
