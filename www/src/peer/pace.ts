/**
 * The numbers that a deployment chooses, each with what a real one would take in its place. All of
 * them are in milliseconds.
 */
export const pace = {
  /**
   * The interval of the grid on which a wake asks for pages (spec/threat-model.md, DEP2). It is
   * that of the specification: a call does not wait for it, because the pushed envelope is received
   * first.
   */
  grid: 3_000,
  /**
   * The bundles of each account are fetched again after this, at a random moment of as much again
   * (DEP6). A real deployment takes a day. Here a visitor who has just linked a second phone wants
   * it to ring.
   */
  bundles: 3_000,
  /** A new contact's bundles are fetched at a random moment of this much. In a real one: hours. */
  firstBundles: 600,
  /** Until a device that has a connection, and hears nothing over it, calls that a failure (N21). */
  silence: 30_000,
  /** How long a push may show nothing, before the generic text stands in for what it brings. */
  generic: 10_000,
  /** How long a ring that crosses an own call waits for the other side (spec/sharing.md, 3.7). */
  crossing: 5_000,
  /** How long a call rings. It is also the default of an invitation. */
  lifetime: 60_000,
  /** How long an extension waits for the inbox, before it shows the generic text instead. */
  extensionLock: 2_000,
  /** How long a page does, where its user would rather wait than do it again. */
  lock: 30_000,
  /** How often rings and streams are looked at: whether their time is over. */
  look: 1_000,
  /** A callee rings for this much longer, so the caller waits for it too. */
  afterLifetime: 30_000,
  /** How often a device that links asks whether the other one has answered. */
  link: 700,
  /** The first pause before a post or a stream is tried again. It doubles, up to the longest one. */
  retry: 250,
  longestRetry: 5_000,
  /** Prekeys are replaced weekly, by a timer (DEP19). */
  publication: 7 * 86_400_000,
  prekeyLifetime: 80 * 86_400_000,
  certificateLifetime: 360 * 86_400_000,
  /** How often an inbox forgets what is too old to matter. */
  pruning: 86_400_000,
  /** How often a page looks whether it is time to publish or to prune. */
  housekeeping: 3_600_000,
} as const;

/**
 * Returns a function that says how many milliseconds have passed since. Of two clocks, the one that
 * saw more: the monotonic one may stand still while the machine sleeps, and the system's may be set
 * back.
 */
export function stopwatch(): () => number {
  const [system, monotonic] = [Date.now(), performance.now()];
  return () => Math.max(Date.now() - system, performance.now() - monotonic);
}

/** Resolves after so many milliseconds, or rejects with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
