// A service that speaks HTTP/2 and misbehaves as it is told: what a client of APNs must live with.

import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";

export interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly session: ServerHttp2Session;
  readonly stream: ServerHttp2Stream;
}

/** What it does with a request. By default it takes it. */
export type Behaviour = (request: Request, count: number) => void;

export const takes: Behaviour = ({ stream }) => {
  if (stream.destroyed) return; // the client has given up
  stream.respond({ ":status": 200, "apns-id": crypto.randomUUID() });
  stream.end();
};

export function answers(
  status: number,
  reason: string,
  more: { timestamp?: number; retryAfter?: number } = {},
): Behaviour {
  return ({ stream }) => {
    const { timestamp, retryAfter } = more;
    stream.respond({
      ":status": status,
      ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    });
    stream.end(JSON.stringify({ reason, ...(timestamp === undefined ? {} : { timestamp }) }));
  };
}

export class Apple {
  readonly requests: Request[] = [];
  readonly sessions = new Set<ServerHttp2Session>();
  connections = 0;
  readonly #server: Http2Server;
  behave: Behaviour = takes;

  static async start(
    options: { maxConcurrentStreams?: number; tls?: { key: string; cert: string } } = {},
  ): Promise<Apple> {
    const { maxConcurrentStreams, tls } = options;
    const settings = maxConcurrentStreams === undefined ? {} : { maxConcurrentStreams };
    const server = tls ? createSecureServer({ ...tls, settings }) : createServer({ settings });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Apple(server as Http2Server);
  }

  private constructor(server: Http2Server) {
    this.#server = server;
    server.on("session", (session) => {
      this.connections += 1;
      this.sessions.add(session);
      session.on("close", () => this.sessions.delete(session));
      session.on("error", () => {});
    });
    server.on("stream", (stream, headers) => {
      let body = "";
      stream.setEncoding("utf8");
      stream.on("error", () => {});
      stream.on("data", (piece: string) => {
        body += piece;
      });
      stream.on("end", () => {
        const session = stream.session as ServerHttp2Session;
        const request = { headers, body, session, stream };
        this.requests.push(request);
        this.behave(request, this.requests.length);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
