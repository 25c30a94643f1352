// Where the stand-in delivers: a device holds a stream, and gets the bytes that a phone would get
// from APNs. While it is not connected, the newest push waits for it, as APNs keeps one for an app.
// Several processes on one database tell each other, so that it does not matter where it connects.

import { randomUUID } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import { maxStreams } from "../limits.js";
import type { Store } from "../store/store.js";

export type Listener = (body: string) => void;

type Message =
  /** A push for a device. */
  | { readonly push: string; readonly to: string; readonly body: string }
  /** It has been delivered. */
  | { readonly delivered: string; readonly to: string }
  /** The device is connected now. */
  | { readonly connected: string };

interface Stored {
  readonly push: string;
  readonly body: string;
}

/** Devices for which a push waits here; the oldest is forgotten. */
const mostStored = 10_000;

export class PushStreams {
  readonly #store: Store;
  readonly #log: FastifyBaseLogger;
  readonly #listeners = new Map<string, { listener: Listener; end: () => void }[]>();
  readonly #stored = new Map<string, Stored>();

  constructor(store: Store, log: FastifyBaseLogger) {
    this.#store = store;
    this.#log = log;
    store.onBroadcast((text) => this.#hear(text));
  }

  /** Delivers to the device, wherever it is connected, or keeps the newest for it. */
  deliver(token: string, body: string): void {
    const push = randomUUID();
    this.#keep(token, { push, body });
    this.#say({ push, to: token, body });
  }

  /** Listens for a device. `end` is called if it opens too many streams. Returns how to stop. */
  listen(token: string, listener: Listener, end: () => void): () => void {
    const list = this.#listeners.get(token) ?? [];
    const entry = { listener, end };
    list.push(entry);
    this.#listeners.set(token, list);
    if (list.length > maxStreams) list.shift()?.end();
    this.#say({ connected: token });
    return () => {
      const at = list.indexOf(entry);
      if (at >= 0) list.splice(at, 1);
      if (list.length === 0 && this.#listeners.get(token) === list) this.#listeners.delete(token);
    };
  }

  endAll(): void {
    for (const list of [...this.#listeners.values()]) for (const { end } of [...list]) end();
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as Message;
    if ("body" in message) {
      const { to, body, push } = message;
      const list = this.#listeners.get(to);
      if (list === undefined || list.length === 0) return;
      for (const { listener } of [...list]) listener(body);
      this.#say({ delivered: push, to });
    } else if ("delivered" in message) {
      if (this.#stored.get(message.to)?.push === message.delivered) this.#stored.delete(message.to);
    } else {
      const kept = this.#stored.get(message.connected);
      if (kept !== undefined) this.#say({ ...kept, to: message.connected });
    }
  }

  #keep(token: string, stored: Stored): void {
    this.#stored.delete(token);
    this.#stored.set(token, stored);
    const [oldest] = this.#stored.keys();
    if (this.#stored.size > mostStored && oldest !== undefined) this.#stored.delete(oldest);
  }

  #say(message: Message): void {
    this.#store.broadcast(JSON.stringify(message)).catch((error) => {
      this.#log.error({ err: error }, "a push for a stream");
    });
  }
}
