import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { authenticate } from "../auth.js";
import type { Context } from "../context.js";
import { openEvents } from "../events.js";
import { readSubscription } from "../push/web.js";
import { readObject } from "../read.js";
import { Refusal } from "../refusal.js";
import type { PushTarget } from "../store/store.js";

/** How a device is woken, and the stream of one that has no push service. */
export function pushRoutes(app: FastifyInstance, context: Context): void {
  const { config, store, streams, throttle, vapidKey } = context;

  app.get("/v1/push", async () => ({
    kinds: ["stream", ...(config.apns ? ["apns"] : []), ...(vapidKey ? ["web"] : [])],
    vapidKey: vapidKey ?? null,
    time: context.now(),
  }));

  app.put("/v1/push", { bodyLimit: 8_000 }, async (request, reply) => {
    const mailbox = await authenticate(context, request);
    await throttle.ask(mailbox);
    const before = await store.pushOf(mailbox);
    const target = readTarget(request.body, before);
    // A stream that is set again keeps its token: what waits for it is not lost.
    await store.setPush(mailbox, target);
    return reply.code(204).send();
  });

  app.get("/v1/pushes", async (request, reply) => {
    const mailbox = await authenticate(context, request);
    await throttle.ask(mailbox);
    const target = await store.pushOf(mailbox);
    if (target?.kind !== "stream") {
      throw new Refusal("forbidden", 'this device is not woken by a stream: PUT /v1/push "stream"');
    }
    let stop = (): void => {};
    const events = openEvents(request, reply, () => stop());
    stop = streams.listen(
      target.to,
      (body) => events.send(body),
      () => events.end(),
    );
    return reply;
  });

  function readTarget(body: unknown, before: PushTarget | undefined): PushTarget {
    const { kind, ...rest } = readObject(body, ["kind", "token", "subscription"]);
    if (kind === "stream") {
      readObject(rest, []);
      if (before?.kind === "stream") return before;
      return { kind, to: randomBytes(32).toString("hex") };
    }
    if (kind === "apns") {
      const { token } = readObject(rest, ["token"]);
      if (!config.apns) throw new Refusal("bad_request", "this relay has no key for APNs");
      if (typeof token !== "string" || !/^(?:[0-9a-f]{2}){16,100}$/i.test(token)) {
        throw new Refusal("bad_request", "token must be a device token in hex");
      }
      return { kind, to: token.toLowerCase() };
    }
    if (kind === "web") {
      const { subscription } = readObject(rest, ["subscription"]);
      if (vapidKey === undefined) throw new Refusal("bad_request", "this relay has no Web Push");
      const read = readSubscription(subscription);
      if (read === undefined) {
        throw new Refusal("bad_request", "not a subscription of a push service that is known");
      }
      return { kind, to: JSON.stringify(read) };
    }
    throw new Refusal("bad_request", 'kind is "stream", "apns" or "web"');
  }
}
