// Pushes by HTTP/2, to Apple or to whoever speaks like it. What the answers mean is Apple's:
// https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns

import type { ApnsRequest } from "hushring/relay";
import { hour, minute, second } from "../limits.js";
import { type Answer, type ConnectionOptions, PushConnection } from "./connection.js";
import type { ProviderToken } from "./provider-token.js";
import type { PushOutcome, Sender } from "./sender.js";

export const appleOrigin = "https://api.push.apple.com";

export class Apns implements Sender {
  readonly #connection: PushConnection;
  readonly #token: ProviderToken | undefined;
  readonly #now: () => number;

  /** Without a token, for the stand-in, which has no accounts. */
  constructor(options: ConnectionOptions, token: ProviderToken | undefined, now: () => number) {
    this.#connection = new PushConnection(options);
    this.#token = token;
    this.#now = now;
  }

  async send({ path, headers, body }: ApnsRequest): Promise<PushOutcome> {
    try {
      const token = await this.#token?.get();
      const authorization = token === undefined ? {} : { authorization: `bearer ${token}` };
      const answer = await this.#connection.post(path, { ...headers, ...authorization }, body);
      return this.#read(answer);
    } catch (error) {
      return { is: "later", reason: codeOf(error) };
    }
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  #read(answer: Answer): PushOutcome {
    if (answer.status === 200) return { is: "sent" };
    const { reason, timestamp } = reasonOf(answer.body);
    const after = retryAfter(answer.headers);
    const wait = after === undefined ? {} : { after };
    switch (answer.status) {
      case 410:
        return { is: "gone", since: timestamp ?? this.#now() };
      case 400:
        if (reason === "BadDeviceToken" || reason === "DeviceTokenNotForTopic") {
          return { is: "gone", since: this.#now() };
        }
        if (reason === "IdleTimeout") return { is: "later", reason, ...wait };
        return { is: "refused", reason };
      case 403:
        // The provider's token is wrong for every push. Time may help; another device does not.
        if (reason === "ExpiredProviderToken") {
          this.#token?.expired();
          return { is: "stop", reason, after: after ?? second };
        }
        return { is: "stop", reason, after: after ?? 5 * minute };
      case 429:
        if (reason === "TooManyProviderTokenUpdates") {
          return { is: "stop", reason, after: after ?? minute };
        }
        return { is: "later", reason, ...wait };
      case 500:
        return { is: "later", reason, ...wait };
      case 502:
      case 503:
        return { is: "stop", reason, ...wait };
      default:
        return answer.status > 500 ? { is: "later", reason, ...wait } : { is: "refused", reason };
    }
  }
}

/** Reads only what the relay knows: a reason is a word, so that it can be logged. */
function reasonOf(body: string): { reason: string; timestamp?: number } {
  try {
    const { reason, timestamp } = JSON.parse(body) as Record<string, unknown>;
    const word = typeof reason === "string" && /^[A-Za-z]{1,64}$/.test(reason) ? reason : "unknown";
    return typeof timestamp === "number" ? { reason: word, timestamp } : { reason: word };
  } catch {
    return { reason: "unknown" };
  }
}

function retryAfter(headers: Readonly<Record<string, unknown>>): number | undefined {
  const value = Number(headers["retry-after"]);
  if (!Number.isFinite(value) || value <= 0) return undefined;
  return Math.min(value * second, hour);
}

/** A stream that never began has the reason of its connection behind it. */
function codeOf(error: unknown): string {
  const { code, cause } = Object(error) as { code?: unknown; cause?: unknown };
  if (cause !== undefined) return codeOf(cause);
  return typeof code === "string" && /^[A-Z0-9_]{1,64}$/.test(code) ? code : "no_answer";
}
