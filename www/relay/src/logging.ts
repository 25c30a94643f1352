// What the log may hold (P5, DEP18): the route, never the address that was asked for or came from;
// of an envelope its tag; of an error its type and where it arose, because messages of a database
// quote rows.

import type { FastifyServerOptions } from "fastify";
import sonicBoom from "sonic-boom";
import { second } from "./limits.js";

export interface LogOptions {
  readonly level: string;
  readonly stream: { write(line: string): void };
}

export function logger({ level, stream }: LogOptions): NonNullable<FastifyServerOptions["logger"]> {
  return {
    level,
    base: null,
    serializers: {
      err: describeError,
      error: describeError,
      req: () => ({}),
      res: () => ({}),
    },
    stream,
  };
}

/** Bytes of the log that wait for a reader that is slow. What is more is dropped. */
const mostBuffered = 4_000_000;

/**
 * The standard output. A reader that stands still must not stop the relay, as it does where lines
 * are written synchronously.
 */
export function standardOutput(): { stream: LogOptions["stream"]; end(): Promise<void> } {
  const stream = new sonicBoom.SonicBoom({ fd: 1, sync: false, maxLength: mostBuffered });
  stream.on("error", () => {}); // nobody reads any more
  const end = () =>
    new Promise<void>((resolve) => {
      setTimeout(resolve, second).unref();
      stream.on("close", () => resolve());
      stream.end();
    });
  return { stream, end };
}

/** Without the message, and with the places in the code alone. */
export function describeError(error: unknown): { type: string; message: string; stack: string } {
  // libsql throws objects that are not errors, with a code.
  const { code, name, stack } = Object(error) as Partial<Record<string, unknown>>;
  const places = String(stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line));
  return {
    type: isWord(name) ? name : typeof error,
    message: isWord(code) ? code : "",
    stack: places.slice(0, 12).join("\n"),
  };
}

function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_]{1,64}$/.test(value);
}
