// What the log may hold (P5, DEP18): the route, never the address that was asked for or came from;
// of an envelope its tag; of an error its type and where it arose, because messages of a database
// quote rows.

import type { FastifyServerOptions } from "fastify";

export interface LogOptions {
  readonly level: string;
  /** For tests. By default, the standard output. */
  readonly stream?: { write(line: string): void };
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
    ...(stream === undefined ? {} : { stream }),
  };
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
