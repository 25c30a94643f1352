import { timeWithSeconds } from "./format.js";
import type { CheckOutcome, ExplanationView } from "./types.js";

export interface ExplanationsProps {
  /** Newest first. */
  readonly explanations: readonly ExplanationView[];
}

/** Everything that came and did not ring, with the check at which it stopped. */
export function Explanations({ explanations }: ExplanationsProps) {
  if (explanations.length === 0) return <p class="empty">Everything that came has rung.</p>;
  return (
    <ul class="explanations" aria-label="What did not ring">
      {explanations.map((explanation) => (
        <li key={explanation.id} class="card explanation">
          <header>
            <h3>{explanation.result}</h3>
            <p class="quiet">
              {timeWithSeconds(explanation.time)} · envelope{" "}
              <span class="mono">{explanation.envelopeTag}</span>
            </p>
          </header>
          <Checks checks={explanation.checks} />
          <details>
            <summary>Every check</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways */}
            <pre class="mono" tabIndex={0}>
              {explanation.text}
            </pre>
          </details>
        </li>
      ))}
    </ul>
  );
}

/** The checks in their order, one cell each: passed, stopped, not reached. */
function Checks({ checks }: Pick<ExplanationView, "checks">) {
  const stopped = checks.find(({ outcome }) => outcome === "stopped");
  const passed = checks.filter(({ outcome }) => outcome === "passed").length;
  const end = stopped === undefined ? "all passed" : `stopped at ${wordsOf(stopped.check)}`;
  const label = `${passed} of ${checks.length} checks passed, ${end}`;
  return (
    <div class="checks">
      <div class="checks-cells" role="img" aria-label={label}>
        {checks.map(({ check, outcome }) => (
          <span key={check} class={`check check-${names[outcome]}`} title={wordsOf(check)} />
        ))}
      </div>
      <p class="checks-end" aria-hidden="true">
        {end}
      </p>
    </div>
  );
}

const names: Readonly<Record<CheckOutcome, string>> = {
  passed: "passed",
  stopped: "stopped",
  notReached: "unreached",
};

/** "certificateTimes" as "certificate times". */
const wordsOf = (check: string) => check.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
