import { useMemo } from "preact/hooks";
import { count, plural } from "../ui/format.js";
import { type Histogram, histogram } from "./histogram.js";
import type { Seen } from "./seen.js";

export interface HistogramChartProps {
  readonly hundred: readonly Seen[];
}

/** How often each byte value occurs in the last hundred envelopes, beside random bytes. */
export function HistogramChart({ hundred }: HistogramChartProps) {
  const figures = useMemo(() => histogram(hundred), [hundred]);
  const { envelopes, low, high, chiSquare, chiLow, chiHigh } = figures;
  const least = Math.min(...figures.counts);
  const most = Math.max(...figures.counts);
  const isEmpty = figures.total === 0;
  return (
    <section class="panel histogram" aria-labelledby="histogram-title">
      <h3 id="histogram-title">
        Byte values
        <span class="panel-figure">{plural(envelopes, "envelope")}</span>
      </h3>
      <Chart figures={figures} />
      <p class="histogram-axis mono" aria-hidden="true">
        <span>00</span>
        <span>40</span>
        <span>80</span>
        <span>c0</span>
        <span>ff</span>
      </p>
      <table class="figures">
        <thead>
          <tr>
            <td />
            <th scope="col">here</th>
            <th scope="col">at random</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Each value occurs</th>
            <td>{isEmpty ? "–" : `${count(least)} – ${count(most)}`}</td>
            <td>{isEmpty ? "–" : `${count(Math.ceil(low))} – ${count(Math.floor(high))}`}</td>
          </tr>
          <tr>
            <th scope="row">Chi-square</th>
            <td>{isEmpty ? "–" : count(Math.round(chiSquare))}</td>
            <td>
              {count(Math.round(chiLow))} – {count(Math.round(chiHigh))}
            </td>
          </tr>
          <tr>
            <th scope="row">Lengths</th>
            <td>{lengthsOf(figures)}</td>
            <td>–</td>
          </tr>
        </tbody>
      </table>
      <p class="histogram-text quiet small">{textOf(figures)}</p>
    </section>
  );
}

/** One text, because parts of one would move when a figure in it changes. */
const textOf = ({ total, expected }: Histogram) =>
  `Each value has ${total === 0 ? "–" : count(Math.round(expected))} on average, without the 10 ` +
  "bytes in clear. Random bytes stay in these bounds 19 times in 20.";

function lengthsOf({ lengths }: Histogram): string {
  if (lengths.size === 0) return "–";
  if (lengths.size === 1) return `all ${count([...lengths.keys()][0] ?? 0)}`;
  return [...lengths].map(([length, times]) => `${count(length)}: ${times}`).join(", ");
}

/** From 0 upwards, not cut off: a flat wall is what there is to see. */
function Chart({ figures }: { readonly figures: Histogram }) {
  const { counts, expected, low, high, total } = figures;
  // With few envelopes chance spreads wider than half.
  const top = Math.max(1.5 * expected, 1.05 * high, ...counts);
  const scale = total === 0 ? 0 : 100 / top;
  const heights = counts.map((value) => value * scale);
  const path = heights.map(
    (height, x) => `M${x} 100v${-height.toFixed(2)}h1v${height.toFixed(2)}z`,
  );
  return (
    <svg
      class="histogram-chart"
      viewBox="0 0 256 100"
      preserveAspectRatio="none"
      role="img"
      aria-label="256 bars, one for each byte value. The table has the figures."
    >
      <path class="histogram-bars" d={path.join("")} />
      {total > 0 && (
        <rect
          class="histogram-band"
          x={0}
          width={256}
          y={100 - high * scale}
          height={(high - low) * scale}
        />
      )}
    </svg>
  );
}
