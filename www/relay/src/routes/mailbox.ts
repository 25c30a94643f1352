import type { FastifyInstance } from "fastify";
import { authenticate } from "../auth.js";
import type { Context } from "../context.js";
import { maxConfirmed } from "../limits.js";
import { readList, readObject, readPlace } from "../read.js";
import { Refusal } from "../refusal.js";

/** Pages of a mailbox (P12). */
export function mailboxRoutes(app: FastifyInstance, context: Context): void {
  const { store, throttle, now } = context;

  app.post("/v1/mailbox", { bodyLimit: 16_000 }, async (request) => {
    const mailbox = await authenticate(context, request);
    await throttle.ask(mailbox);
    const body = readObject(request.body, ["after", "confirm", "fetch"]);
    const { after = 0, confirm = [], fetch = true } = body;
    if (typeof fetch !== "boolean" || (!fetch && "after" in body)) {
      throw new Refusal("bad_request", "fetch is false, without after, or absent");
    }
    const confirmed = readList(confirm, "confirm", 0, maxConfirmed);
    const page = await store.ask({
      mailbox,
      confirm: confirmed.map((id) => readPlace(id, "confirm")),
      ...(fetch ? { after: readPlace(after, "after") } : {}),
    });
    if (page === undefined) return { time: now() };
    const { envelopes, next, waiting } = page;
    return {
      envelopes: envelopes.map(({ id, envelope }) => ({
        id,
        envelope: envelope.toString("base64"),
      })),
      next,
      waiting,
      time: now(),
    };
  });
}
