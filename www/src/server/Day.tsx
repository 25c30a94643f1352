import { useEffect, useMemo, useState } from "preact/hooks";
import { plural, timeOfDay } from "../ui/format.js";
import { short } from "./Envelopes.js";
import { type Lanes, lanesOf, percentOf, type Span, spans, ticksOf } from "./lanes.js";
import type { Sighting } from "./seen.js";
import { rule, type Suspicion, suspicions } from "./sequences.js";

export interface DayProps {
  readonly sightings: readonly Sighting[];
}

/**
 * Who posts to whom, and when: what a server sees beside the envelopes, and where calls can show.
 */
export function Day({ sightings }: DayProps) {
  const [span, setSpan] = useState<Span>("minutes");
  const now = useNow(span === "minutes" ? 2_000 : 30_000, sightings);
  const lanes = useMemo(() => lanesOf(sightings, span, now), [sightings, span, now]);
  const suspects = useMemo(() => suspicions(sightings, now), [sightings, now]);
  return (
    <section class="panel day" aria-labelledby="day-title">
      <header class="day-head">
        <h3 id="day-title">Who posts to whom, and when</h3>
        <fieldset class="spans">
          <legend class="visually-hidden">Time shown</legend>
          {(Object.keys(spans) as Span[]).map((name) => (
            <label key={name} class="span">
              <input
                type="radio"
                name="span"
                class="visually-hidden"
                checked={name === span}
                onChange={() => setSpan(name)}
              />
              <span>{spans[name].label}</span>
            </label>
          ))}
        </fieldset>
      </header>
      <Chart lanes={lanes} span={span} now={now} suspects={suspects} />
      <p class="day-text">
        <strong>Here a server can learn something.</strong> No single envelope shows a call, but a
        sequence can: one after a pause, one back within {rule.reply / 1000} seconds, then silence.
        Cover traffic blurs this; it does not end it.{" "}
        <span class="day-count">
          {suspects.length === 0
            ? "Nothing in this day looks so."
            : `Marked: ${plural(suspects.length, "place")} that could be a call. It may be two messages.`}
        </span>
      </p>
    </section>
  );
}

interface ChartProps {
  readonly lanes: Lanes;
  readonly span: Span;
  readonly now: number;
  readonly suspects: readonly Suspicion[];
}

function Chart({ lanes, span, now, suspects }: ChartProps) {
  const { mailboxes, marks, others } = lanes;
  const y = (lane: number) => `${((lane + 0.5) * 100) / Math.max(mailboxes.length, 2)}%`;
  const within = suspects.filter(({ start }) => percentOf(start, span, now) >= 0);
  return (
    <div class="day-chart">
      <ul class="day-lanes mono" aria-label="Mailboxes">
        {mailboxes.map((mailbox) => (
          <li key={mailbox}>{short(mailbox)}</li>
        ))}
      </ul>
      <svg
        class="day-drawing"
        role="img"
        aria-label={`${plural(marks.length, "posting")} between ${plural(mailboxes.length, "mailbox", "es")}, ${plural(within.length, "place")} that could be a call`}
      >
        {within.map(({ from, to, start, reply }) => {
          const left = Math.max(0, percentOf(start, span, now) - 0.6);
          const right = Math.min(100, percentOf(reply, span, now) + 0.6);
          return (
            <rect
              key={`${from} ${to} ${start}`}
              class="day-suspect"
              x={`${left}%`}
              width={`${right - left}%`}
              y="0"
              height="100%"
            />
          );
        })}
        {mailboxes.map((mailbox, lane) => (
          <line key={mailbox} class="day-lane" x1="0" x2="100%" y1={y(lane)} y2={y(lane)} />
        ))}
        {marks.map(({ x, from, to }) => (
          <g key={`${x} ${from} ${to}`}>
            {from !== null && (
              <line class="day-post" x1={`${x}%`} x2={`${x}%`} y1={y(from)} y2={y(to)} />
            )}
            <circle class="day-arrival" cx={`${x}%`} cy={y(to)} r="3.5" />
          </g>
        ))}
      </svg>
      <p class="day-axis mono" aria-hidden="true">
        {ticksOf(span, now).map((time) => (
          <span key={time} style={{ left: `${percentOf(time, span, now)}%` }}>
            {timeOfDay(time)}
          </span>
        ))}
      </p>
      <p class="quiet small">
        {others > 0 ? `${plural(others, "mailbox", "es")} not drawn.` : "\u00a0"}
      </p>
    </div>
  );
}

/** The end of the timeline: now, in steps, and at once when something comes. */
function useNow(step: number, sightings: readonly Sighting[]): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), step);
    return () => clearInterval(timer);
  }, [step]);
  // The relay's clock and this one may differ: what has come is never to the right of the end.
  return Math.max(now, sightings.at(-1)?.time ?? 0);
}
