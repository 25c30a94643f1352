// One push for every envelope, after it is stored (P4). What is due stands in the store until it is
// done with, so that a process that dies loses none; it may send one twice, which APNs may too.

import { createHash } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import { type ApnsRequest, apnsRequest } from "hushring/relay";
import { day, hour, minute, second } from "../limits.js";
import type { DuePush, PushTarget, Store, Stored } from "../store/store.js";
import { PushAudit } from "./audit.js";
import type { PushOutcome, Sender } from "./sender.js";

export interface PusherOptions {
  readonly store: Store;
  readonly senders: Readonly<Partial<Record<PushTarget["kind"], Sender>>>;
  readonly topic: string;
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
  /** How often what other processes have left is looked for. */
  readonly claimEvery?: number;
}

/** Pushes in memory. Those above wait in the store. */
const mostQueued = 10_000;
const mostAtOnce = 100;
const claimedAtOnce = 500;

const firstDelay = second;
const longestDelay = 10 * minute;
/** Tries, which take more than a day. The mailbox is the delivery: a push so late is worth nothing. */
const givenUpAfter = 200;
const longestStop = hour;

interface Queued extends DuePush {
  readonly request: ApnsRequest;
}

export class Pusher {
  readonly #options: PusherOptions;
  readonly #audit = new PushAudit();
  #fresh: DuePush[] = [];
  #auditing: Promise<(ApnsRequest | null)[]> | undefined;
  readonly #queue: Queued[] = [];
  #head = 0;
  #running = 0;
  #done: Buffer[] = [];
  #flushing: Promise<void> | undefined;
  #claiming: Promise<void> | undefined;
  #stoppedUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #resume: NodeJS.Timeout | undefined;
  #closed = false;
  #idle: (() => void)[] = [];

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  /** Takes up what was left, and looks for it again from time to time. */
  async start(): Promise<void> {
    const { log } = this.#options;
    this.#claiming = this.#claim();
    await this.#claiming;
    const every = this.#options.claimEvery ?? 15 * second;
    this.#timer = setInterval(() => {
      this.#claiming = this.#claim().catch((error) => log.error({ err: error }, "claiming pushes"));
    }, every);
    this.#timer.unref();
  }

  /**
   * Sends pushes for what was just stored. Resolves to the requests, in the same order: null where a
   * device wants none. Those of one turn of the event loop are audited together.
   */
  async push(stored: readonly Stored[]): Promise<(ApnsRequest | null)[]> {
    const due = stored.flatMap((one): DuePush[] => {
      return one.target === null ? [] : [{ ...one, target: one.target, attempts: 0 }];
    });
    const from = this.#fresh.length;
    this.#fresh.push(...due);
    this.#auditing ??= new Promise((resolve) => setImmediate(() => resolve(this.#auditFresh())));
    const requests = (await this.#auditing).slice(from, from + due.length);
    return stored.map(({ target }) => (target === null ? null : (requests.shift() ?? null)));
  }

  /** Stops, after what is on its way, but not after what waits: that stays in the store. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    clearTimeout(this.#resume);
    await this.#claiming?.catch(() => {});
    await this.#auditing;
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#flushing;
    for (const sender of Object.values(this.#options.senders)) await sender.close();
  }

  async #claim(): Promise<void> {
    while (!this.#closed && this.#waiting < mostQueued - claimedAtOnce && !this.#isStopped()) {
      const due = await this.#options.store.claimPushes(claimedAtOnce);
      this.#enqueue(due, true);
      this.#pump();
      if (due.length < claimedAtOnce) return;
    }
  }

  #auditFresh(): (ApnsRequest | null)[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    this.#auditing = undefined;
    const requests = this.#enqueue(fresh, false);
    this.#pump();
    return requests;
  }

  /** What was claimed may have been sent, or audited, before: `again`. */
  #enqueue(due: readonly DuePush[], again: boolean): (ApnsRequest | null)[] {
    const { topic, now, log } = this.#options;
    const time = new Date(now());
    const made = due.map(({ envelope, target }) => {
      return apnsRequest(envelope, { deviceToken: deviceTokenOf(target), topic, now: time });
    });
    return this.#audit.passAll(made, again).map((request, index) => {
      const one = due[index] as DuePush;
      if (request instanceof Error) {
        // The relay made it, so that this is a fault of the relay: nothing leaves.
        log.error({ err: request }, "a push does not pass the audit");
        this.#finish(one.digest);
        return null;
      }
      if (this.#waiting < mostQueued) this.#queue.push({ ...one, request });
      return request;
    });
  }

  get #waiting(): number {
    return this.#queue.length - this.#head;
  }

  #isStopped(): boolean {
    return this.#options.now() < this.#stoppedUntil;
  }

  #pump(): void {
    while (!this.#closed && this.#running < mostAtOnce && this.#waiting > 0 && !this.#isStopped()) {
      const next = this.#queue[this.#head] as Queued;
      this.#head += 1;
      if (this.#head > 1_024 && this.#head * 2 > this.#queue.length) {
        this.#queue.splice(0, this.#head);
        this.#head = 0;
      }
      this.#running += 1;
      this.#send(next).finally(() => {
        this.#running -= 1;
        if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
        this.#pump();
      });
    }
  }

  async #send(queued: Queued): Promise<void> {
    const { store, senders, log } = this.#options;
    const sender = senders[queued.target.kind];
    if (sender === undefined) {
      this.#finish(queued.digest); // such pushes were configured once, and are not any more
      return;
    }
    try {
      const outcome = await sender.send(queued.request, queued.target);
      switch (outcome.is) {
        case "sent":
          this.#finish(queued.digest);
          break;
        case "gone":
          await store.forgetPush(queued.mailbox, queued.target, outcome.since);
          this.#finish(queued.digest);
          break;
        case "refused":
          log.error({ reason: outcome.reason }, "a push was refused");
          this.#finish(queued.digest);
          break;
        default:
          await this.#again(queued, outcome);
      }
    } catch (error) {
      log.error({ err: error }, "sending a push"); // it is still due in the store
    }
  }

  async #again(
    queued: Queued,
    outcome: Extract<PushOutcome, { is: "later" | "stop" }>,
  ): Promise<void> {
    const { store, log } = this.#options;
    const attempts = queued.attempts + 1;
    log.warn({ reason: outcome.reason, attempts }, "a push was not taken");
    if (attempts > givenUpAfter) {
      this.#finish(queued.digest);
      return;
    }
    const delay = outcome.after ?? backOff(attempts);
    if (outcome.is === "stop") this.#stop(Math.min(delay, longestStop));
    if (delay > 5 * second || this.#closed || this.#waiting >= mostQueued) {
      await store.postponePush(queued.digest, Math.min(delay, day), attempts);
      return;
    }
    // The very request, which the audit has seen.
    const again = { ...queued, attempts };
    await store.postponePush(queued.digest, delay + minute, attempts);
    setTimeout(() => {
      this.#queue.push(again);
      this.#pump();
    }, delay).unref();
  }

  #stop(time: number): void {
    this.#stoppedUntil = Math.max(this.#stoppedUntil, this.#options.now() + time);
    clearTimeout(this.#resume);
    this.#resume = setTimeout(() => {
      this.#stoppedUntil = 0;
      this.#pump();
    }, time);
    this.#resume.unref();
  }

  /** Takes pushes out of the store, many at once. */
  #finish(digest: Buffer): void {
    this.#done.push(digest);
    this.#flushing ??= this.#flushLater();
  }

  async #flushLater(): Promise<void> {
    while (this.#done.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.#closed ? 0 : 50));
      await this.#flush();
    }
    this.#flushing = undefined;
  }

  async #flush(): Promise<void> {
    const done = this.#done;
    this.#done = [];
    if (done.length === 0) return;
    try {
      await this.#options.store.pushed(done);
    } catch (error) {
      // They are sent again when their claim has run out.
      this.#options.log.error({ err: error }, "finishing pushes");
    }
  }
}

/** The audit compares requests to APNs: a subscription counts as a device by its hash. */
function deviceTokenOf(target: PushTarget): string {
  if (target.kind !== "web") return target.to;
  return createHash("sha256").update(target.to).digest("hex");
}

/** Doubles, with some chance in it, so that a thousand pushes do not come back at once. */
function backOff(attempts: number): number {
  const delay = Math.min(firstDelay * 2 ** Math.min(attempts - 1, 20), longestDelay);
  return delay / 2 + (Math.random() * delay) / 2;
}
