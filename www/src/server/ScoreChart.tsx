import { band, chances } from "./score.js";

export interface ScoreChartProps {
  readonly hits: number;
  readonly rounds: number;
}

/** What a coin gives, as bars, with the band of 95 % and the visitor's score among them. */
export function ScoreChart({ hits, rounds }: ScoreChartProps) {
  const each = rounds === 0 ? [] : chances(rounds);
  const most = Math.max(...each);
  const { low, high } = band(rounds);
  const width = 100 / each.length;
  return (
    <svg
      class="score"
      viewBox="0 0 100 40"
      preserveAspectRatio="none"
      role="img"
      aria-label={`A coin's hits in ${rounds} guesses, and yours: ${hits}`}
    >
      {rounds > 0 && (
        <rect
          class="score-band"
          x={low * width}
          width={(high - low + 1) * width}
          y={0}
          height={40}
        />
      )}
      {each.map((chance, i) => {
        const height = Math.max(0.8, (chance / most) * 36);
        return (
          <rect
            key={i}
            class={i === hits ? "score-bar is-yours" : "score-bar"}
            x={i * width + width * 0.1}
            width={width * 0.8}
            y={40 - height}
            height={height}
          />
        );
      })}
    </svg>
  );
}
