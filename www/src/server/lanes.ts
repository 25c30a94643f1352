import type { Sighting } from "./seen.js";

/** How much time the timeline shows. */
export const spans = {
  minutes: { label: "5 minutes", length: 5 * 60_000, tick: 60_000 },
  hour: { label: "An hour", length: 3_600_000, tick: 10 * 60_000 },
  day: { label: "The day", length: 86_400_000, tick: 4 * 3_600_000 },
} as const;

export type Span = keyof typeof spans;

/** One posting, as a line from the poster's lane to the mailbox's. */
export interface Mark {
  /** In percent of the width. */
  readonly x: number;
  /** Lanes; null if the poster is not known. */
  readonly from: number | null;
  readonly to: number;
}

export interface Lanes {
  /** Mailboxes, the first seen first: a lane keeps its place. */
  readonly mailboxes: readonly string[];
  readonly marks: readonly Mark[];
  /** Mailboxes that have no lane, because there are too many. */
  readonly others: number;
}

/** Lanes that can be read on a phone. */
const most = 8;

/** The part of the width at each end where the axis has no text. */
const margin = 0.05;

/** Marks closer than this, in percent, lie on one pixel: one of them is drawn. */
const grain = 0.1;

/** Lays out what lies between `end` less the span, and `end`. */
export function lanesOf(sightings: readonly Sighting[], span: Span, end: number): Lanes {
  const all = new Set<string>();
  for (const { poster, mailbox } of sightings) {
    if (poster !== null) all.add(poster);
    all.add(mailbox);
  }
  const mailboxes = [...all].slice(0, most);
  const lane = new Map(mailboxes.map((mailbox, i) => [mailbox, i]));
  const marks = new Map<string, Mark>();
  for (const { time, poster, mailbox } of sightings) {
    const to = lane.get(mailbox);
    const from = poster === null ? null : (lane.get(poster) ?? null);
    const x = percentOf(time, span, end);
    if (to === undefined || x < 0 || x > 100) continue;
    marks.set(`${Math.round(x / grain)} ${from} ${to}`, { x, from, to });
  }
  return { mailboxes, marks: [...marks.values()], others: all.size - mailboxes.length };
}

/** Where a time stands, in percent of the width. */
export const percentOf = (time: number, span: Span, end: number) =>
  100 * (1 - (end - time) / spans[span].length);

/** The round times within, for the axis: not where a text would not fit. */
export function ticksOf(span: Span, end: number): readonly number[] {
  const { length, tick } = spans[span];
  const offset = new Date(end).getTimezoneOffset() * 60_000;
  const first = Math.ceil((end - length - offset) / tick) * tick + offset;
  const ticks: number[] = [];
  for (let time = first; time <= end - length * margin; time += tick) {
    if (time >= end - length * (1 - margin)) ticks.push(time);
  }
  return ticks;
}
