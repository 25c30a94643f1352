// Web Push (RFC 8030, 8291, 8292) for pages whose browser has a push service. The body is the text
// that APNs would get, encrypted to the browser; everything else is the same for every envelope.

import { type Agent, request } from "node:https";
import type { ApnsRequest } from "hushring/relay";
import webpush from "web-push";
import { day, hour, second } from "../limits.js";
import type { PushTarget } from "../store/store.js";
import type { PushOutcome, Sender } from "./sender.js";

export interface WebPushOptions {
  readonly subject: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly now: () => number;
  readonly timeout?: number;
  /** For tests: whose certificates count, and where a name leads. */
  readonly agent?: Agent;
}

export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** The push services of browsers. The relay makes requests to no other host that a page names. */
const services = [
  /^fcm\.googleapis\.com$/,
  /^updates\.push\.services\.mozilla\.com$/,
  /^web\.push\.apple\.com$/,
  /^[a-z0-9-]+\.notify\.windows\.com$/,
];

/** Seconds: as long as a mailbox keeps an envelope. */
const lifetime = (30 * day) / second;

/** Reads a subscription of a page. Nothing if it is not one of a service that is known. */
export function readSubscription(given: unknown): Subscription | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { endpoint, keys } = given as Record<string, unknown>;
  if (typeof endpoint !== "string" || endpoint.length > 1_024) return undefined;
  if (typeof keys !== "object" || keys === null) return undefined;
  const { p256dh, auth } = keys as Record<string, unknown>;
  if (!isBase64url(p256dh, 65) || !isBase64url(auth, 16)) return undefined;
  if (!URL.canParse(endpoint)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(endpoint);
  const isPlain = protocol === "https:" && port === "" && username === "" && password === "";
  if (!isPlain || !services.some((service) => service.test(hostname))) return undefined;
  return { endpoint, keys: { p256dh, auth } };
}

export function makeVapidKeys(): string {
  return JSON.stringify(webpush.generateVAPIDKeys());
}

export class WebPush implements Sender {
  readonly #options: WebPushOptions;

  constructor(options: WebPushOptions) {
    this.#options = options;
  }

  async send({ body }: ApnsRequest, target: PushTarget): Promise<PushOutcome> {
    const { subject, publicKey, privateKey, now } = this.#options;
    try {
      // Looked at again: the list of services may be shorter than when it was stored.
      const subscription = readSubscription(JSON.parse(target.to));
      if (subscription === undefined) return { is: "gone", since: now() };
      const details = webpush.generateRequestDetails(subscription, body, {
        vapidDetails: { subject, publicKey, privateKey },
        TTL: lifetime,
        urgency: "high",
        contentEncoding: "aes128gcm",
      });
      const { status, retryAfter } = await this.#post(details);
      return this.#read(status, retryAfter);
    } catch {
      return { is: "later", reason: "no_answer" };
    }
  }

  async close(): Promise<void> {}

  #read(status: number, retryAfter: number | undefined): PushOutcome {
    const after = retryAfter === undefined ? {} : { after: retryAfter };
    if (status >= 200 && status < 300) return { is: "sent" };
    if (status === 404 || status === 410) return { is: "gone", since: this.#options.now() };
    if (status === 429 || status >= 500)
      return { is: "later", reason: `status${status}`, ...after };
    return { is: "refused", reason: `status${status}` };
  }

  /** A redirection is not followed: it could lead to any host. */
  #post(details: webpush.RequestDetails): Promise<{ status: number; retryAfter?: number }> {
    const { agent, timeout = 10 * second } = this.#options;
    return new Promise((resolve, reject) => {
      const headers = details.headers as Record<string, string>;
      const post = request(details.endpoint, {
        method: "POST",
        headers,
        signal: AbortSignal.timeout(timeout),
        ...(agent === undefined ? {} : { agent }),
      });
      post.on("error", reject);
      post.on("response", (response) => {
        response.resume();
        response.on("error", reject);
        const seconds = Number(response.headers["retry-after"]);
        const status = response.statusCode ?? 0;
        const after = Number.isFinite(seconds) && seconds > 0;
        response.on("end", () => {
          resolve(after ? { status, retryAfter: Math.min(seconds * second, hour) } : { status });
        });
      });
      post.end(details.body);
    });
  }
}

function isBase64url(value: unknown, bytes: number): value is string {
  if (typeof value !== "string" || !/^[A-Za-z0-9_-]+={0,2}$/.test(value)) return false;
  return Buffer.from(value, "base64url").length === bytes;
}
