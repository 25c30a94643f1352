import { type Names, readOptions } from "./untrusted/options.js";
import { requireNow } from "./untrusted/require.js";

/** The moment that a call counts as now. */
export interface NowOption {
  /**
   * By default the system's clock. Correct it by the server's: an invitation from a slow clock does
   * not ring.
   */
  readonly now?: Date | undefined;
}

/** @internal Reads options of which `now` is the only one. */
export function readNow(value: NowOption | undefined): number {
  return requireNow(readOptions(value, names).now);
}

const names: Names<NowOption> = { now: true };
