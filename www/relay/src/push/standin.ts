// The stand-in for a push service. It speaks HTTP/2 as APNs does, with its paths, headers, statuses
// and reasons, keeps one notification of an app for a device that is not connected, and may reorder.
// And it is the strictest reader that a push can have: what could tell kinds apart, it refuses.

import { randomUUID } from "node:crypto";
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { ApnsHeaders } from "hushring/relay";
import { PushAudit } from "./audit.js";

export interface StandInOptions {
  readonly topic: string;
  readonly now: () => number;
  /** A push is delivered after a random time up to this, in milliseconds: so some change places. */
  readonly delay?: number;
  readonly deliver: (token: string, body: string) => void;
}

const mostBody = 4_096;
const pathPrefix = "/3/device/";
const token = /^(?:[0-9a-f]{2}){16,100}$/;

/** In this order, as spec/relay.md, section 2, has them. */
const headerNames = ["apns-push-type", "apns-priority", "apns-expiration", "apns-topic"] as const;

export class StandIn {
  readonly #options: StandInOptions;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #audit = new PushAudit();
  /** The path of each body of the last two days, by which a request that comes again is known. */
  readonly #dead = new Map<string, number>();
  #paths = new Map<string, string>();

  constructor(options: StandInOptions) {
    this.#options = options;
    this.#server = createServer();
    this.#server.on("session", (session: ServerHttp2Session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
      session.on("error", () => session.destroy());
    });
    this.#server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      this.#read(stream, headers);
    });
  }

  /** Listens on the loopback. Returns the origin. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The app was removed from the device: pushes are answered with 410 from now on. */
  unregister(deviceToken: string): void {
    this.#dead.set(deviceToken, this.#options.now());
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #read(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const pieces: Buffer[] = [];
    let length = 0;
    stream.on("error", () => stream.destroy());
    stream.on("data", (piece: Buffer) => {
      length += piece.length;
      if (length <= mostBody) pieces.push(piece);
    });
    stream.on("end", () => {
      const id = headers["apns-id"]?.toString() ?? randomUUID().toUpperCase();
      const body = length > mostBody ? undefined : Buffer.concat(pieces).toString("utf8");
      const { status, ...refused } = this.#judge(headers, body, length);
      stream.respond({
        [constants.HTTP2_HEADER_STATUS]: status,
        "apns-id": id,
        ...(status === 200 ? {} : { [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/json" }),
      });
      stream.end(status === 200 ? undefined : JSON.stringify(refused));
    });
  }

  #judge(
    headers: IncomingHttpHeaders,
    body: string | undefined,
    length: number,
  ): { status: number; reason?: string; timestamp?: number } {
    const path = String(headers[constants.HTTP2_HEADER_PATH] ?? "");
    if (headers[constants.HTTP2_HEADER_METHOD] !== "POST") {
      return { status: 405, reason: "MethodNotAllowed" };
    }
    if (!path.startsWith(pathPrefix)) return { status: 404, reason: "BadPath" };
    const device = path.slice(pathPrefix.length);
    if (device === "") return { status: 400, reason: "MissingDeviceToken" };
    if (!token.test(device)) return { status: 400, reason: "BadDeviceToken" };
    if (headers["apns-topic"] === undefined) return { status: 400, reason: "MissingTopic" };
    if (headers["apns-topic"] !== this.#options.topic) {
      return { status: 400, reason: "DeviceTokenNotForTopic" };
    }
    if (length === 0) return { status: 400, reason: "PayloadEmpty" };
    if (body === undefined) return { status: 413, reason: "PayloadTooLarge" };
    if (!this.#passes(path, headers, body)) return { status: 400, reason: "TellsKindsApart" };
    const since = this.#dead.get(device);
    if (since !== undefined) return { status: 410, reason: "Unregistered", timestamp: since };

    const delay = Math.random() * (this.#options.delay ?? 0);
    if (delay === 0) this.#options.deliver(device, body);
    else setTimeout(() => this.#options.deliver(device, body), delay).unref();
    return { status: 200 };
  }

  /** Whether a request, beside all those before, says nothing but who gets which envelope. */
  #passes(path: string, headers: IncomingHttpHeaders, body: string): boolean {
    const given = Object.keys(headers).filter((name) => name.startsWith("apns-"));
    if (given.join() !== headerNames.join()) return false;
    const apns = Object.fromEntries(headerNames.map((name) => [name, String(headers[name])]));
    const before = this.#paths.get(body);
    try {
      // A request that comes again, because its answer was lost, is the very same one.
      const audited = { path, headers: apns as ApnsHeaders, body };
      this.#audit.pass(audited, before === path);
    } catch {
      return false;
    }
    this.#remember(path, body);
    return true;
  }

  #remember(path: string, body: string): void {
    this.#paths.set(body, path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > 1_000 && oldest !== undefined) this.#paths.delete(oldest);
  }
}
