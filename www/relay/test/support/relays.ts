// Relays in this process, and devices that talk to them.

import assert from "node:assert/strict";
import { type Config, readConfig } from "../../src/config.js";
import { type Relay, startRelay, type World } from "../../src/relay.js";
import type { Place } from "./stores.js";

/** A relay at a place, with what is given instead of the usual. It may log no error. */
export async function relayAt(
  place: Place,
  config: Partial<Config> = {},
  world: World = {},
): Promise<Relay> {
  const usual = readConfig({ PORT: "0", LOG_LEVEL: "error" }, "/nonexistent");
  const errors: string[] = [];
  const relay = await startRelay(
    { ...usual, standInDelay: 0, ...place, ...config },
    { log: { write: (line) => errors.push(line) }, ...world },
  );
  const close = async () => {
    await relay.close();
    assert.deepEqual(errors, []);
  };
  return { ...relay, close };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests compare it with what they expect
  readonly json: any;
}

export async function ask(
  url: string,
  path: string,
  options: { method?: string; token?: string; body?: unknown; type?: string } = {},
): Promise<Answer> {
  const { token, body } = options;
  const isBytes = body instanceof Uint8Array;
  const type = options.type ?? (isBytes ? "application/octet-stream" : "application/json");
  const response = await fetch(url + path, {
    method: options.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": type }),
    },
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return {
    status: response.status,
    headers: response.headers,
    json: isJson ? JSON.parse(text) : text,
  };
}

/** A device: a mailbox and its token. */
export class Client {
  readonly url: string;
  readonly mailbox: string;
  readonly token: string;

  constructor(url: string, { mailbox, token }: { mailbox: string; token: string }) {
    this.url = url;
    this.mailbox = mailbox;
    this.token = token;
  }

  static async create(url: string): Promise<Client> {
    const { status, json } = await ask(url, "/v1/devices", { method: "POST" });
    if (status !== 201) throw new Error(`no device: ${status}`);
    return new Client(url, json);
  }

  at(url: string): Client {
    return new Client(url, this);
  }

  ask(path: string, options: Parameters<typeof ask>[2] = {}): Promise<Answer> {
    return ask(this.url, path, { token: this.token, ...options });
  }

  post(envelopes: readonly { to: string; envelope: Uint8Array }[]): Promise<Answer> {
    return this.ask("/v1/envelopes", { body: act(envelopes) });
  }

  page(body: { after?: number; confirm?: number[]; fetch?: false } = {}): Promise<Answer> {
    return this.ask("/v1/mailbox", { body });
  }

  /** Takes the whole mailbox, page by page, and confirms it. */
  async drain(): Promise<Buffer[]> {
    const all: Buffer[] = [];
    let confirm: number[] = [];
    for (let after = 0; ; ) {
      const { json, status } = await this.page({ after, confirm });
      if (status !== 200) throw new Error(`no page: ${status}`);
      if (json.envelopes.length === 0) return all;
      for (const { envelope } of json.envelopes) all.push(Buffer.from(envelope, "base64"));
      confirm = json.envelopes.map(({ id }: { id: number }) => id);
      after = json.next;
    }
  }

  /** Listens to its stream of pushes. */
  async listen(): Promise<Stream> {
    const put = await this.ask("/v1/push", { method: "PUT", body: { kind: "stream" } });
    if (put.status !== 204) throw new Error(`no push: ${put.status}`);
    return Stream.open(`${this.url}/v1/pushes`, this.token);
  }
}

export function act(envelopes: readonly { to: string; envelope: Uint8Array }[]): Buffer {
  return Buffer.concat(
    envelopes.flatMap(({ to, envelope }) => [Buffer.from(to, "hex"), Buffer.from(envelope)]),
  );
}

/** A stream of events, as `EventSource` reads it, with headers. */
export class Stream {
  readonly events: string[] = [];
  readonly response: Response;
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  #wake: () => void = () => {};

  static async open(url: string, token?: string): Promise<Stream> {
    const abort = new AbortController();
    const headers: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, signal: abort.signal });
    if (response.status !== 200) throw new Error(`no stream: ${response.status}`);
    return new Stream(response, abort);
  }

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.ended = this.#read().catch(() => {});
  }

  /** Waits until so many events have come. */
  async count(count: number, patience = 10_000): Promise<string[]> {
    const until = Date.now() + patience;
    while (this.events.length < count) {
      const left = until - Date.now();
      if (left <= 0) throw new Error(`${this.events.length} events of ${count}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.events;
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const piece of this.response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(piece, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = text.slice(0, end);
        text = text.slice(end + 2);
        if (event.startsWith("data: ")) this.events.push(event.slice(6));
        this.#wake();
      }
    }
  }
}
