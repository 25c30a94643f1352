// One HTTP/2 connection to a push service, opened when it is needed, kept, and replaced when the
// service ends it.

import {
  type ClientHttp2Session,
  connect,
  constants,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import { minute, second } from "../limits.js";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface ConnectionOptions {
  readonly origin: string;
  readonly timeout?: number;
  readonly tls?: SecureClientSessionOptions;
}

/** Streams at once, where the service allows more. */
const mostStreams = 500;

/** Bytes of an answer that are read. APNs answers with a short JSON. */
const mostBody = 4_096;

const pingAfter = 5 * minute;

export class PushConnection {
  readonly #options: ConnectionOptions;
  readonly #timeout: number;
  #session: ClientHttp2Session | undefined;
  #streams = 0;
  readonly #waiting: (() => void)[] = [];
  #ping: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#timeout = options.timeout ?? 10 * second;
  }

  /** Posts a body. Rejects if no complete answer came in time. */
  async post(path: string, headers: OutgoingHttpHeaders, body: string): Promise<Answer> {
    await this.#room();
    try {
      return await this.#post(path, headers, body);
    } finally {
      this.#streams -= 1;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    const session = this.#session;
    this.#session = undefined;
    clearInterval(this.#ping);
    session?.close();
  }

  async #room(): Promise<void> {
    const allowed = this.#session?.remoteSettings?.maxConcurrentStreams ?? mostStreams;
    while (this.#streams >= Math.max(1, Math.min(allowed, mostStreams))) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#streams += 1;
  }

  #post(path: string, headers: OutgoingHttpHeaders, body: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stream = this.#open().request({
        ...headers,
        [constants.HTTP2_HEADER_METHOD]: "POST",
        [constants.HTTP2_HEADER_PATH]: path,
      });
      let status = 0;
      let answered: Readonly<Record<string, unknown>> = {};
      let text = "";
      // Of the whole answer, not of each piece: one that drips would hold the stream for ever.
      const timer = setTimeout(() => {
        stream.close(constants.NGHTTP2_CANCEL);
        reject(new Error("no answer in time"));
      }, this.#timeout);
      stream.setEncoding("utf8");
      stream.on("response", (response) => {
        status = Number(response[constants.HTTP2_HEADER_STATUS] ?? 0);
        answered = response;
      });
      stream.on("data", (piece: string) => {
        if (text.length < mostBody) text += piece;
      });
      stream.on("error", reject);
      stream.on("end", () => {
        if (status > 0) resolve({ status, headers: answered, body: text });
      });
      stream.on("close", () => {
        clearTimeout(timer);
        reject(new Error("the stream ended without an answer"));
      });
      stream.end(body);
    });
  }

  #open(): ClientHttp2Session {
    const open = this.#session;
    if (open !== undefined && !open.closed && !open.destroyed) return open;
    const session = connect(this.#options.origin, this.#options.tls);
    this.#session = session;
    const forget = () => {
      if (this.#session === session) this.#session = undefined;
    };
    // After GOAWAY the streams that run are finished, and new ones go to a new connection.
    session.on("goaway", () => {
      forget();
      session.close();
    });
    session.on("close", forget);
    session.on("error", forget);
    session.unref();
    clearInterval(this.#ping);
    this.#ping = setInterval(() => this.#check(session), pingAfter);
    this.#ping.unref();
    return session;
  }

  /** A connection that has died silently is found before a push needs it. */
  #check(session: ClientHttp2Session): void {
    if (this.#session !== session || session.closed || session.destroyed) return;
    const timer = setTimeout(() => session.destroy(), this.#timeout);
    session.ping((error) => {
      clearTimeout(timer);
      if (error !== null) session.destroy();
    });
  }
}
