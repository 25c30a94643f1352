// A wake, as the guide has it ("Receive"): the pushed envelope first, then the mailbox page by page
// on a grid. What a page holds changes neither how many requests there are nor when they leave
// (DEP2, DEP3).

import { type Explanation, HushringError } from "hushring";
import { explained } from "./explanations.js";
import { pace, sleep } from "./pace.js";
import type { Page, Relay } from "./relay.js";
import type { SharedInbox } from "./shared-inbox.js";

/** How many pages an extension has time for in 30 seconds: one number for all devices. */
const mostPages = 8;

/** Pages behind one that had no room: see spec/sharing.md, section 1. */
const pagesBehind = 7;

/** Envelopes of a page. */
const pageLength = 64;

export class Mailbox {
  readonly #relay: Relay;
  readonly #inbox: SharedInbox;
  readonly #takePending: () => Promise<void>;
  #waking: Promise<void> | undefined;
  /** The wake that follows the one that is at work. */
  #next: Promise<void> | undefined;

  constructor(options: {
    relay: Relay;
    inbox: SharedInbox;
    /** Acts on what waits in the journal, and acknowledges it. */
    takePending: () => Promise<void>;
  }) {
    this.#relay = options.relay;
    this.#inbox = options.inbox;
    this.#takePending = options.takePending;
  }

  /**
   * Takes the mailbox, and the pushed envelope before it. If a wake is at work, the envelope is
   * taken at once, and another wake follows.
   */
  wake(pushed?: Uint8Array): Promise<void> {
    if (this.#waking === undefined) {
      this.#waking = this.#wake(pushed).finally(() => {
        this.#waking = undefined;
      });
      return this.#waking;
    }
    const taken =
      pushed && this.#relay.clock.isSynchronized() ? this.#takeAll([pushed]) : undefined;
    const again = () => {
      this.#next = undefined;
      return this.wake();
    };
    this.#next ??= this.#waking.then(again, again);
    return Promise.all([taken, this.#next]).then(() => undefined);
  }

  async #wake(pushed: Uint8Array | undefined): Promise<void> {
    const grid = new Grid();
    let answer = this.#relay.fetchPage({ confirm: [] }); // leaves before anything is looked at
    answer.catch(() => {}); // is awaited below
    let failure: unknown;
    if (pushed !== undefined) {
      if (!this.#relay.clock.isSynchronized()) await answer;
      await this.#takeAll([pushed]).catch((error: unknown) => {
        failure = error; // it comes again with its page
      });
    }
    let pages = mostPages;
    let last = Number.POSITIVE_INFINITY;
    for (let page = 1; page <= pages; page += 1) {
      const { envelopes, ids, next, waiting }: Page = await answer;
      if (page === 1) pages = Math.min(mostPages, Math.max(1, Math.ceil(waiting / pageLength)));
      let confirm: readonly number[] = [];
      try {
        // Behind the last page nothing is received, and the requests are the same.
        if (page <= last && (await this.#takeAll(envelopes))) confirm = ids;
        else last = Math.min(last, page + pagesBehind); // no room: comes again after these
      } catch (error) {
        [last, failure] = [0, error]; // not saved: nothing may come before it
      }
      await grid.next();
      if (page < pages) answer = this.#relay.fetchPage({ after: next, confirm });
      else await this.#relay.confirmPage(confirm);
    }
    if (failure !== undefined) throw failure;
  }

  /** Returns whether there was room for all: if not at first, then after acting. */
  async #takeAll(envelopes: readonly Uint8Array[]): Promise<boolean> {
    const refused = await this.#take(envelopes);
    return refused.length === 0 || (await this.#take(refused)).length === 0;
  }

  /** Receives, saves, acts, and saves. Returns those for which there was no room. */
  async #take(envelopes: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const refused = await this.#inbox.run(async (session) => {
      const { inbox, now } = session;
      if (!this.#relay.clock.isSynchronized()) {
        throw new HushringError("clock", "the time is not known: set the clock of this device");
      }
      const seen: Explanation[] = [];
      const full = envelopes.filter((envelope) => {
        seen.push(inbox.explain(envelope, { now })); // before: afterwards it is a duplicate
        return !receive(() => inbox.receive(envelope, { now }));
      });
      inbox.release({ now }); // what was dated ahead, once its time has come
      session.write("explanations", explained(await session.read("explanations"), seen, now));
      return full;
    });
    await this.#takePending();
    return refused;
  }
}

/** Returns whether there was room for it. */
function receive(work: () => unknown): boolean {
  try {
    work();
  } catch (error) {
    if (!HushringError.is(error)) throw error;
    return error.code !== "inbox_full"; // else it is refused, or held
  }
  return true;
}

/** The points of time at which a wake may ask again: each has one request. */
class Grid {
  readonly #start = performance.now();
  #point = 0;

  /** Waits for the next one. A timer that fires a moment too early gains nothing. */
  next(): Promise<void> {
    const passed = (performance.now() - this.#start) / pace.grid;
    this.#point = Math.max(this.#point + 1, Math.ceil(passed));
    return sleep(this.#start + this.#point * pace.grid - performance.now());
  }
}
