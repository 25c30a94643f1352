import type { FastifyInstance } from "fastify";
import type { Context } from "../context.js";
import { Refusal } from "../refusal.js";

/** Whether the relay and its store answer. */
export function healthRoutes(
  app: FastifyInstance,
  { store, config, vapidKey, now }: Context,
): void {
  app.get("/health", async () => {
    try {
      await store.check();
    } catch {
      throw new Refusal("unavailable", "the store does not answer", { retryAfter: 5 });
    }
    return {
      status: "ok",
      store: store.kind,
      apns: config.apns === undefined ? "stand-in" : "apple",
      webPush: vapidKey !== undefined,
      show: config.show,
      time: now(),
    };
  });
}
