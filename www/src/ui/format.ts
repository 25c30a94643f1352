/** Texts for times, counts and rates. The pages are in English, and so are these; hours go to 23. */

const language = "en-GB";

const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const seconds = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(language, { weekday: "long", month: "long", day: "numeric" });
const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const whole = new Intl.NumberFormat(language);

export const timeOfDay = (time: number) => clock.format(time);
export const timeWithSeconds = (time: number) => seconds.format(time);
export const dayOf = (time: number) => day.format(time);
export const dateOf = (time: number) => date.format(time);

/** 2880 as "2,880". */
export const count = (value: number) => whole.format(value);

/** "1 envelope", "2 envelopes". */
export const plural = (value: number, noun: string, ending = "s") =>
  `${count(value)} ${noun}${value === 1 ? "" : ending}`;

/** "4:07", and "1:04:07" from an hour on. */
export function duration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, i) => (i === 0 ? `${part}` : `${part}`.padStart(2, "0"))).join(":");
}

/** Bytes of a second, as "31 kB/s". */
export const rate = (bytes: number) =>
  bytes < 1000 ? `${Math.round(bytes)} B/s` : `${count(Math.round(bytes / 1000))} kB/s`;
