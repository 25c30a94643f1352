// How much an address and a device may ask for. Counted in memory, and in each process apart: the
// quota of a day is counted in the store. Addresses are kept nowhere else, and not for longer.

import { isIPv6 } from "node:net";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { type Limits, second } from "./limits.js";
import { Refusal } from "./refusal.js";

export class Throttle {
  readonly #requests: RateLimiterMemory;
  readonly #devices: RateLimiterMemory;
  readonly #open: RateLimiterMemory;
  readonly #asks: RateLimiterMemory;
  readonly #posts: RateLimiterMemory;

  constructor(limits: Limits) {
    this.#requests = new RateLimiterMemory({ points: limits.requestsPerMinute, duration: 60 });
    this.#devices = new RateLimiterMemory({ points: limits.devicesPerHour, duration: 3_600 });
    this.#open = new RateLimiterMemory({ points: limits.openPerMinute, duration: 60 });
    this.#asks = new RateLimiterMemory({ points: limits.asksPerMinute, duration: 60 });
    this.#posts = new RateLimiterMemory({ points: limits.postsPerMinute, duration: 60 });
  }

  request(address: string): Promise<void> {
    return take(this.#requests, networkOf(address), 1);
  }

  device(address: string): Promise<void> {
    return take(this.#devices, networkOf(address), 1);
  }

  /** What needs no login. */
  open(address: string): Promise<void> {
    return take(this.#open, networkOf(address), 1);
  }

  ask(mailbox: Buffer): Promise<void> {
    return take(this.#asks, mailbox.toString("base64"), 1);
  }

  post(poster: Buffer, envelopes: number): Promise<void> {
    return take(this.#posts, poster.toString("base64"), envelopes);
  }
}

async function take(limiter: RateLimiterMemory, key: string, points: number): Promise<void> {
  try {
    await limiter.consume(key, points);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    throw tooMany(Math.max(1, Math.ceil(error.msBeforeNext / second)));
  }
}

export function tooMany(retryAfter: number): Refusal {
  return new Refusal("too_many", "too many requests", { retryAfter });
}

/** Of IPv6, whoever has an address has the 2^64 beside it. */
export function networkOf(address: string): string {
  const mapped = address.startsWith("::ffff:") ? address.slice(7) : address;
  if (!isIPv6(mapped)) return mapped;
  const [head = "", tail] = mapped.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const behind = tail === "" ? 0 : tail.split(":").length;
    while (groups.length < 8 - behind) groups.push("0");
    if (tail !== "") groups.push(...tail.split(":"));
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
