import type { FastifyInstance } from "fastify";
import type { Context } from "../context.js";
import { openEvents } from "../events.js";
import { Refusal } from "../refusal.js";

/** What the server sees, for whoever watches the demonstration. Absent unless `RELAY_SHOW=1`. */
export function seenRoutes(app: FastifyInstance, { seen, throttle }: Context): void {
  app.get("/v1/seen", async (request, reply) => {
    if (seen === undefined) throw new Refusal("not_found", "this relay does not show what it sees");
    await throttle.open(request.ip);
    let stop = (): void => {};
    const events = openEvents(request, reply, () => stop());
    stop = seen.listen((event) => events.send(event));
    return reply;
  });
}
