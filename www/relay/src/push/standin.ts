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
import type { ApnsHeaders, ApnsRequest } from "hushring/relay";
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

interface Refused {
  readonly status: number;
  readonly reason: string;
  readonly timestamp?: number;
}

interface Waiting {
  readonly stream: ServerHttp2Stream;
  readonly request: ApnsRequest;
}

export class StandIn {
  readonly #options: StandInOptions;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #audit = new PushAudit();
  readonly #dead = new Map<string, number>();
  readonly #waiting: Waiting[] = [];

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
      const body = length > mostBody ? undefined : Buffer.concat(pieces).toString("utf8");
      const refused = this.#refuse(headers, body, length);
      if (refused !== undefined) answer(stream, refused);
      else this.#judgeLater({ stream, request: requestOf(headers, body ?? "") });
    });
  }

  /** What APNs refuses as well. */
  #refuse(
    headers: IncomingHttpHeaders,
    body: string | undefined,
    length: number,
  ): Refused | undefined {
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
    const since = this.#dead.get(device);
    if (since !== undefined) return { status: 410, reason: "Unregistered", timestamp: since };
    return undefined;
  }

  /** What comes in one turn of the event loop is audited together. */
  #judgeLater(waiting: Waiting): void {
    if (this.#waiting.push(waiting) === 1) setImmediate(() => this.#judge());
  }

  /** Whether a request, beside all those before, says nothing but who gets which envelope. */
  #judge(): void {
    // Whoever does not wait for the answer any more will ask again.
    const waiting = this.#waiting.splice(0).filter(({ stream }) => !stream.closed);
    // A request that comes again, because its answer was lost, is the very same one.
    const isAgain = ({ request }: Waiting) => this.#audit.pathOf(request) === request.path;
    const again = waiting.filter(isAgain);
    const fresh = waiting.filter((one) => !again.includes(one));
    this.#answer(
      again,
      this.#audit.passAll(
        again.map(({ request }) => request),
        true,
      ),
    );
    this.#answer(fresh, this.#audit.passAll(fresh.map(({ request }) => request)));
  }

  #answer(waiting: readonly Waiting[], audited: readonly (ApnsRequest | Error)[]): void {
    audited.forEach((passed, index) => {
      const { stream } = waiting[index] as Waiting;
      if (passed instanceof Error) {
        answer(stream, { status: 400, reason: "TellsKindsApart" });
        return;
      }
      answer(stream);
      const device = passed.path.slice(pathPrefix.length);
      const delay = Math.random() * (this.#options.delay ?? 0);
      if (delay === 0) this.#options.deliver(device, passed.body);
      else setTimeout(() => this.#options.deliver(device, passed.body), delay).unref();
    });
  }
}

/** With the headers as they came: the audit looks at their order, and knows each. */
function requestOf(headers: IncomingHttpHeaders, body: string): ApnsRequest {
  const apns = Object.entries(headers).filter(([name]) => name.startsWith("apns-"));
  return {
    path: String(headers[constants.HTTP2_HEADER_PATH]),
    headers: Object.fromEntries(apns) as ApnsHeaders,
    body,
  };
}

function answer(stream: ServerHttp2Stream, refused?: Refused): void {
  if (stream.closed || stream.destroyed) return;
  const type = { [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/json" };
  const { status, ...why } = refused ?? { status: 200 };
  stream.respond({
    [constants.HTTP2_HEADER_STATUS]: status,
    "apns-id": randomUUID().toUpperCase(),
    ...(refused === undefined ? {} : type),
  });
  stream.end(refused === undefined ? undefined : JSON.stringify(why));
}
