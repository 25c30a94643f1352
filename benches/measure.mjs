// Measuring in turns: who is compared runs next to the others in every round, and the order turns by
// one from round to round. What slows the machine down slows all of them. Works in Node and in a page.

/** Milliseconds of one turn. */
export const turnLength = 12;

/**
 * Runs every job in every round. A job has `runs`, and each of those a `name` and one of
 *
 * - `once()`, which is repeated, and may be asynchronous. With `prepare()`, it gets what that has made,
 *   which is not timed. It does `units` things, 1 by default: a time is that of one of them.
 * - `turn()`, which measures elsewhere and returns the milliseconds of one thing.
 *
 * Returns the jobs with the times of each run: `medians`, one of each round.
 */
export async function compare(jobs, { rounds, warmUp = 3 }) {
  const all = jobs.map(({ runs, ...job }) => ({
    ...job,
    runs: runs.map((run) => ({ ...run, medians: [] })),
  }));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const { runs } of all) {
      for (let turn = 0; turn < runs.length; turn += 1) {
        const run = runs[(turn + round + warmUp) % runs.length];
        const milliseconds = run.turn ? await run.turn() : await turnOf(run);
        if (round >= 0) run.medians.push(milliseconds);
      }
    }
  }
  return all.map(({ runs, ...job }) => ({
    ...job,
    runs: runs.map(({ name, medians }) => ({ name, medians })),
  }));
}

/** The median of samples. Each takes a millisecond or one call, because clocks are coarse in a page. */
async function turnOf(run) {
  const { once, prepare, units = 1 } = run;
  const samples = [];
  const end = performance.now() + turnLength;
  do {
    const calls = prepare ? 1 : (run.calls ?? 1);
    const context = prepare?.();
    const begun = performance.now();
    for (let call = 0; call < calls; call += 1) {
      const result = once(context);
      // Whoever is synchronous does not pay for a turn of the event loop.
      if (result instanceof Promise) await result;
    }
    const each = (performance.now() - begun) / calls;
    run.calls = Math.min(1_000, Math.max(1, Math.ceil(1 / Math.max(each, 0.001))));
    samples.push(each / units);
  } while (performance.now() < end);
  return quantile(samples, 0.5);
}

export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/** The median, and the quartiles on either side. */
export function spread(values) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((part) => quantile(values, part));
  return { median: middle, low, high };
}

/** The ratios of two runs of a job, each within a round. */
export function ratios(above, below) {
  return spread(above.medians.map((value, round) => value / below.medians[round]));
}
