import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { authenticate, hashOf } from "../auth.js";
import type { Context } from "../context.js";
import { mailboxLength, tokenLength } from "../limits.js";

/** A device's mailbox and token. */
export function deviceRoutes(app: FastifyInstance, context: Context): void {
  const { store, throttle } = context;

  app.post("/v1/devices", async (request, reply) => {
    await throttle.device(request.ip);
    const mailbox = randomBytes(mailboxLength);
    const token = randomBytes(tokenLength).toString("base64url");
    await store.createMailbox(mailbox, hashOf(token));
    return reply.code(201).send({ mailbox: mailbox.toString("hex"), token, time: context.now() });
  });

  app.delete("/v1/devices/self", async (request, reply) => {
    await store.deleteMailbox(await authenticate(context, request));
    return reply.code(204).send();
  });
}
