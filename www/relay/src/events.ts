// Streams of server-sent events. They beat at a fixed interval, whatever they carry.

import type { FastifyReply, FastifyRequest } from "fastify";
import { heartbeat } from "./limits.js";
import { securityHeaders } from "./security.js";

export interface Events {
  send(data: string): void;
  end(): void;
}

/** Bytes that may wait for a reader that is slow. Then the stream ends: the mailbox has it all. */
const mostBuffered = 4_000_000;

const open = new Set<Events>();

/** Opens a stream. `closed` is called once, when it has ended. */
export function openEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  closed: () => void,
): Events {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...securityHeaders,
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  raw.write(": open\n\n");
  const beat = setInterval(() => raw.write(": beat\n\n"), heartbeat);
  const events: Events = {
    send(data) {
      if (raw.writableLength > mostBuffered) raw.destroy();
      else raw.write(`data: ${data}\n\n`);
    },
    end: () => raw.end(),
  };
  open.add(events);
  const stop = () => {
    if (!open.delete(events)) return;
    clearInterval(beat);
    closed();
  };
  raw.on("close", stop);
  raw.on("error", stop);
  request.raw.on("error", stop);
  return events;
}

/** A server that is asked to stop ends them: they would keep it for ever. */
export function endAllEvents(): void {
  for (const events of [...open]) events.end();
}
