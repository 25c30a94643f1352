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
  if (!(error instanceof Error)) return { type: typeof error, message: "", stack: "" };
  const { code } = error as { code?: unknown };
  const isWord = typeof code === "string" && /^[A-Za-z0-9_]{1,64}$/.test(code);
  const places = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    type: error.name.slice(0, 64),
    message: isWord ? code : "",
    stack: places.slice(0, 12).join("\n"),
  };
}
