import { requirePlatform } from "./platform.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  invalid,
  mustBe,
  requireFunction,
  requireMillis,
  requireNumber,
  requireOptionalNumber,
} from "./untrusted/require.js";
import { isObject } from "./untrusted/slots.js";

/** The clocks of a {@link ServerClock}, for tests and for platforms that have others. */
export interface ServerClockOptions {
  /** The system's clock, in milliseconds since 1970. By default `Date.now`. */
  readonly system?: (() => number) | undefined;
  /**
   * A clock that only goes forward, in milliseconds since any moment. By default `performance.now`.
   */
  readonly monotonic?: (() => number) | undefined;
}

/** A server's answer, for {@link ServerClock.add}. */
export interface ServerTime {
  /** The time that the server gave, for example of its HTTP header `Date`. */
  readonly serverTime: Date;
  /**
   * How long the request took, in milliseconds: the longer of what `performance.now` and `Date.now`
   * say, because the former may stand still while the device sleeps. An answer that took longer than
   * a minute says too little, and is left out.
   */
  readonly roundTrip: number;
  /** What `performance.now()` said when the answer came. By default what it says now. */
  readonly at?: number | undefined;
}

/** Throws `invalid_argument` if it is not a ServerClock: only the class can tell. */
let checkClock: (clock: unknown) => void;

/**
 * The time now by a server's clock: its answers correct the clock of the device. An invitation from
 * a clock that is 91 seconds slow never rings, and an envelope from one that is an hour fast is
 * held for an hour. So senders and receivers pass {@link ServerClock.now} as `now` everywhere.
 *
 * The correction is bounded to a day in either direction, because the server is not trusted with
 * more. Of the last eight answers, those count that agree with most others, and among them the one
 * with the shortest round trip: one wrong answer among three does no harm. Where no two agree, the
 * one nearest to the device's own clock counts. A time that was synchronized never goes back: where
 * it would, it stands still, unless that time was wrong by more than 10 minutes.
 *
 * Between answers, as much time has passed as the two clocks of the device say at most: a monotonic
 * clock may stand still while the device sleeps, and the system's may be set back. Add an answer
 * when the device wakes, and with every request that has one. It needs no `init`, and no network of
 * its own.
 */
export class ServerClock {
  readonly #system: () => number;
  readonly #monotonic: () => number;
  #answers: readonly Answer[] = [];
  #best: Answer | undefined;
  /** The last time that was given and known. */
  #last = 0;

  static {
    checkClock = (clock) => {
      if (!isObject(clock) || !(#system in clock)) throw mustBe("this", "a ServerClock", clock);
    };
  }

  /** Creates a clock without any answer: it says what the system's clock says. */
  constructor(options?: ServerClockOptions) {
    const { system = Date.now, monotonic = platformTime } = readOptions(options, clockNames);
    this.#system = requireFunction<() => number>(system, "system");
    this.#monotonic = requireFunction<() => number>(monotonic, "monotonic");
  }

  /** Adds an answer of the server. Throws `invalid_argument`, `invalid_date`. */
  add(answer: ServerTime): void {
    checkClock(this);
    const given = readOptions(answer, answerNames);
    const server = requireMillis(given.serverTime, "serverTime");
    const roundTrip = Math.floor(requireNumber(given.roundTrip, "roundTrip"));
    const local = this.#local();
    const at = requireOptionalNumber(given.at, "at") ?? local.monotonic;
    if (roundTrip > maxRoundTrip) return;
    const since = local.monotonic - Math.floor(at);
    const added = {
      server: server + Math.floor(roundTrip / 2),
      roundTrip,
      system: local.system - since,
      monotonic: local.monotonic - since,
    };
    this.#answers = [...this.#answers.slice(1 - maxAnswers), added];
    this.#best = choose(this.#answers);
  }

  /** Returns the time. Before the first answer that is the system's. */
  now(): Date {
    checkClock(this);
    const { time, isKnown } = this.#look();
    if (isKnown) this.#last = time;
    return new Date(time);
  }

  /**
   * Returns whether the time is known: whether {@link ServerClock.now} is within 30 seconds of what
   * the server's answers say. It is not before the first answer, while the device's clock is wrong
   * by more than a day, and while the time stands still for more than that. Then receive nothing,
   * because honest calls would be refused or missed; and if it stays so, tell the user to set the
   * clock.
   */
  isSynchronized(): boolean {
    checkClock(this);
    return this.#look().isKnown;
  }

  /**
   * Returns the time to give, near to the system's and not shortly before the last one; and whether
   * it is the server's.
   */
  #look(): { time: number; isKnown: boolean } {
    const local = this.#local();
    const { system } = local;
    const byServer = this.#best && this.#best.server + elapsed(this.#best, local);
    const bounded = Math.min(Math.max(byServer ?? system, system - day), system + day);
    const stands = bounded < this.#last && this.#last - bounded <= maxPause;
    const time = stands ? this.#last : bounded;
    return { time, isKnown: byServer !== undefined && Math.abs(time - byServer) <= synchronized };
  }

  #local(): LocalTime {
    return {
      system: readClock(this.#system(), "system"),
      monotonic: readClock(this.#monotonic(), "monotonic"),
    };
  }
}

/** What the clocks of the device say at one moment, in milliseconds. */
interface LocalTime {
  readonly system: number;
  readonly monotonic: number;
}

/** An answer, and what the device's clocks said when it came. */
interface Answer extends LocalTime {
  /** The server's time at that moment. */
  readonly server: number;
  readonly roundTrip: number;
}

const clockNames: Names<ServerClockOptions> = { monotonic: true, system: true };
const answerNames: Names<ServerTime> = { at: true, roundTrip: true, serverTime: true };

const day = 86_400_000;

/** By how much the time may differ from the server's where it counts as known. */
const synchronized = 30_000;

/** The longest time for which the time stands still instead of going back. */
const maxPause = 600_000;

/** The longest round trip of an answer that counts: half of it is what the answer may be wrong by. */
const maxRoundTrip = 60_000;

/** Answers that are kept. */
const maxAnswers = 8;

/**
 * By how much two answers may differ, beside what their round trips explain. An HTTP `Date` has
 * whole seconds.
 */
const tolerance = 2_000;

/** A clock that runs wrong by a second has run for this many. */
const drift = 5_000;

function platformTime(): number {
  requirePlatform("performance");
  return performance.now();
}

function readClock(time: unknown, name: string): number {
  if (typeof time === "number" && Math.abs(time) <= lastDate) return Math.floor(time);
  throw invalid(`${name} must return milliseconds, within ±${lastDate}`);
}

/** The last time that a Date may have. */
const lastDate = 8.64e15;

/** Returns the answer that counts. Of several that are as good, the newest. */
function choose(answers: readonly Answer[]): Answer | undefined {
  const votes = (answer: Answer): number => answers.filter((other) => agree(answer, other)).length;
  const leader = least(answers, (answer) => -votes(answer));
  if (leader === undefined) return undefined;
  if (votes(leader) === 1) return least(answers, ({ server, system }) => Math.abs(server - system));
  const newest = answers[answers.length - 1] as Answer;
  const agreeing = answers.filter((answer) => agree(leader, answer));
  return least(agreeing, (answer) => {
    return Math.floor(answer.roundTrip / 2) + Math.floor(elapsed(answer, newest) / drift);
  });
}

/** Returns the item of the least value, of several the last. */
function least<Item>(items: readonly Item[], value: (item: Item) => number): Item | undefined {
  return items.reduce<Item | undefined>(
    (best, item) => (best === undefined || value(item) <= value(best) ? item : best),
    undefined,
  );
}

/**
 * Returns whether one of the device's clocks has seen as much time pass between two answers as the
 * server says.
 */
function agree(a: Answer, b: Answer): boolean {
  const slack = Math.floor((a.roundTrip + b.roundTrip) / 2) + tolerance;
  const passed = a.server - b.server;
  const explains = (byClock: number): boolean => Math.abs(passed - byClock) <= slack;
  return explains(a.monotonic - b.monotonic) || explains(a.system - b.system);
}

/** Returns the time that has passed since an answer, at least nothing. */
function elapsed(answer: Answer, now: LocalTime): number {
  return Math.max(now.system - answer.system, now.monotonic - answer.monotonic, 0);
}
