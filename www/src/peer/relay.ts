// The relay's HTTP interface (www/relay/README.md). Every answer has the server's time, which goes
// to the clock. No request depends on what is in an envelope (DEP5).

import { ServerClock } from "hushring";
import { type Bytes, fromBase64, joinBytes, toBase64, toHex } from "./bytes.js";
import { stopwatch } from "./pace.js";

/** An answer of the relay that is not the expected one, or none (`unreachable`). */
export class RelayError extends Error {
  override readonly name = "RelayError";

  constructor(
    /** The relay's code, such as `unknown_mailbox`. */
    readonly code: string,
    message: string,
    /** The HTTP status; 0 if there was no answer. */
    readonly status: number,
    /** The relay's body, for the codes that say more. */
    readonly details: Readonly<Record<string, unknown>> = {},
    /** What the relay asks for, in milliseconds. */
    readonly retryAfter?: number,
  ) {
    super(`${code}: ${message}`);
  }

  /** Whether the same request may succeed later. A mailbox that is full may be full for ever. */
  get isTemporary(): boolean {
    if (this.code === "mailbox_full") return false;
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface Registration {
  /** 32 hex digits. */
  readonly mailbox: string;
  readonly token: string;
}

export interface Page {
  readonly envelopes: Bytes[];
  readonly ids: number[];
  readonly next: number;
  readonly waiting: number;
}

export interface PublishedDevice {
  readonly mailbox: string;
  readonly bundles: Bytes[];
}

export interface Published {
  readonly devices: PublishedDevice[];
  readonly revocations: Bytes[];
}

export interface Post {
  readonly mailbox: string;
  readonly envelope: Uint8Array;
}

/** Where the relay is to send a device's pushes. */
export type PushRoute =
  | { readonly kind: "stream" }
  | { readonly kind: "web"; readonly subscription: PushSubscriptionJSON };

export class Relay {
  constructor(
    readonly clock: ServerClock = new ServerClock(),
    /** By which the relay knows this device. */
    public token?: string,
  ) {}

  async register(): Promise<Registration> {
    const { mailbox, token } = await this.#json("/v1/devices", { method: "POST" });
    return { mailbox: textOf(mailbox), token: textOf(token) };
  }

  async publish(bundles: readonly Uint8Array[]): Promise<void> {
    const body = { bundles: bundles.map(toBase64) };
    await this.#request("/v1/bundles", { method: "PUT", ...json(body), isKnown: true });
  }

  /** Fetches what one account published. The request says nothing of who asks (DEP6). */
  async bundlesOf(account: Uint8Array): Promise<Published> {
    const { devices, revocations } = await this.#json(`/v1/bundles/${toHex(account)}`, {});
    return {
      devices: listOf(devices).map((device) => ({
        mailbox: textOf(memberOf(device, "mailbox")),
        bundles: listOf(memberOf(device, "bundles")).map(bytesOf),
      })),
      revocations: listOf(revocations).map(bytesOf),
    };
  }

  async revoke(statement: Uint8Array): Promise<void> {
    const body = { statement: toBase64(statement) };
    await this.#request("/v1/revocations", { method: "POST", ...json(body) });
  }

  /** Posts one act: all of its envelopes, or none. */
  async post(posts: readonly Post[]): Promise<void> {
    const parts = posts.flatMap(({ mailbox, envelope }) => [bytesOfHex(mailbox), envelope]);
    await this.#request("/v1/envelopes", {
      method: "POST",
      ...octets(joinBytes(parts)),
      isKnown: true,
    });
  }

  /** Asks for the page behind a place, or for the first one, and confirms others. */
  async fetchPage(request: { after?: number; confirm: readonly number[] }): Promise<Page> {
    const { envelopes, next, waiting } = await this.#mailbox(request);
    const items = listOf(envelopes);
    return {
      envelopes: items.map((item) => bytesOf(memberOf(item, "envelope"))),
      ids: items.map((item) => numberOf(memberOf(item, "id"))),
      next: numberOf(next),
      waiting: numberOf(waiting),
    };
  }

  async confirmPage(confirm: readonly number[]): Promise<void> {
    await this.#mailbox({ fetch: false, confirm });
  }

  async routePushes(route: PushRoute): Promise<void> {
    await this.#request("/v1/push", { method: "PUT", ...json(route), isKnown: true });
  }

  /** Opens the stream of this device's pushes. */
  async pushes(signal: AbortSignal): Promise<ReadableStream<Bytes>> {
    const response = await this.#request("/v1/pushes", { signal, isKnown: true });
    if (response.body === null) throw new RelayError("unreachable", "the stream is empty", 0);
    return response.body;
  }

  /** The relay's key for Web Push, if it has one. */
  async pushKey(): Promise<string | undefined> {
    const { vapidKey: key } = await this.#json("/v1/push", {});
    return typeof key === "string" ? key : undefined;
  }

  async putLink(rendezvous: string, part: "request" | "grant", bytes: Uint8Array): Promise<void> {
    await this.#request(`/v1/links/${rendezvous}/${part}`, { method: "PUT", ...octets(bytes) });
  }

  async getLink(rendezvous: string, part: "request" | "grant"): Promise<Bytes | undefined> {
    try {
      const response = await this.#request(`/v1/links/${rendezvous}/${part}`, {});
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (error instanceof RelayError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Removes this device: its mailbox, bundles and token. */
  async forget(): Promise<void> {
    await this.#request("/v1/devices/self", { method: "DELETE", isKnown: true });
  }

  async #mailbox(body: object): Promise<Answer> {
    return this.#json("/v1/mailbox", { method: "POST", ...json(body), isKnown: true });
  }

  async #json(path: string, init: Init): Promise<Answer> {
    const passed = stopwatch();
    const response = await this.#request(path, init);
    const come = { roundTrip: passed(), at: performance.now() };
    const answer: unknown = await response.json();
    if (!isObject(answer)) throw new RelayError("bad_answer", "not an object", response.status);
    // In milliseconds, where the header has whole seconds.
    const { time } = answer;
    if (typeof time === "number" && passed() < longestAnswer) {
      this.clock.add({ serverTime: new Date(time), ...come });
    }
    return answer;
  }

  async #request(path: string, { isKnown, headers, ...init }: Init): Promise<Response> {
    const authorization = isKnown && this.token ? { authorization: `Bearer ${this.token}` } : {};
    const passed = stopwatch();
    const response = await fetch(path, {
      ...init,
      headers: { ...headers, ...authorization },
      cache: "no-store",
      credentials: "omit",
    }).catch((cause) => {
      if (init.signal?.aborted) throw cause;
      throw new RelayError("unreachable", "the relay does not answer", 0);
    });
    const date = response.headers.get("date");
    const roundTrip = passed();
    if (date !== null && roundTrip < longestAnswer) {
      this.clock.add({ serverTime: new Date(date), roundTrip });
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}

/**
 * An answer that took longer says nothing of the time: the device may have slept between the
 * request and its answer, which then gives the time of before.
 */
const longestAnswer = 30_000;

interface Init {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  readonly signal?: AbortSignal;
  /** Whether the request says which device asks. */
  readonly isKnown?: boolean;
}

type Answer = Readonly<Record<string, unknown>>;

function json(value: object): Pick<Init, "headers" | "body"> {
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function octets(bytes: Uint8Array): Pick<Init, "headers" | "body"> {
  return { headers: { "content-type": "application/octet-stream" }, body: joinBytes([bytes]) };
}

async function errorOf(response: Response): Promise<RelayError> {
  const body: unknown = await response.json().catch(() => ({}));
  const details = isObject(body) ? body : {};
  const code = typeof details["code"] === "string" ? details["code"] : `status_${response.status}`;
  const message = typeof details["message"] === "string" ? details["message"] : "refused";
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds * 1_000 : undefined;
  return new RelayError(code, message, response.status, details, retryAfter);
}

// The relay is not trusted to keep to its own interface.

function isObject(value: unknown): value is Answer {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badAnswer(what: string): RelayError {
  return new RelayError("bad_answer", `the relay's answer has no ${what}`, 200);
}

function memberOf(value: unknown, name: string): unknown {
  if (!isObject(value)) throw badAnswer(name);
  return value[name];
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw badAnswer("list");
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw badAnswer("text");
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== "number") throw badAnswer("number");
  return value;
}

function bytesOf(value: unknown): Bytes {
  return fromBase64(textOf(value));
}

function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
