import type { FastifyInstance } from "fastify";
import type { Context } from "../context.js";
import { maxLink } from "../limits.js";
import { readBytes, readHex } from "../read.js";
import { Refusal } from "../refusal.js";
import type { LinkPart } from "../store/store.js";

interface Params {
  readonly rendezvous: string;
  readonly part: string;
}

/** The two messages between linking devices, for ten minutes. Their MACs need no trust in this. */
export function linkRoutes(app: FastifyInstance, { store, throttle }: Context): void {
  const path = "/v1/links/:rendezvous/:part";

  app.put<{ Params: Params }>(path, { bodyLimit: maxLink }, async (request, reply) => {
    await throttle.open(request.ip);
    const { rendezvous, part } = readParams(request.params);
    const bytes = readBytes(request.body);
    if (bytes.length === 0) throw new Refusal("bad_length", "the message is empty");
    if (!(await store.putLink(rendezvous, part, bytes))) {
      throw new Refusal("claimed", "another message is there");
    }
    return reply.code(204).send();
  });

  app.get<{ Params: Params }>(path, async (request, reply) => {
    await throttle.open(request.ip);
    const { rendezvous, part } = readParams(request.params);
    const bytes = await store.link(rendezvous, part);
    if (bytes === undefined) throw new Refusal("not_found", "no message is there");
    return reply.type("application/octet-stream").send(bytes);
  });
}

function readParams({ rendezvous, part }: Params): { rendezvous: Buffer; part: LinkPart } {
  if (part !== "request" && part !== "grant") throw new Refusal("not_found", "no such message");
  return { rendezvous: readHex(rendezvous, "rendezvous", 16), part };
}
