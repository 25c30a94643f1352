import type { FastifyInstance } from "fastify";
import type { Context } from "../context.js";
import { Refusal } from "../refusal.js";

const types = ["application/csp-report", "application/reports+json"];

/** Counts violations of the pages' policy, and keeps nothing of them: reports quote addresses. */
export function cspRoutes(app: FastifyInstance, { throttle, config }: Context): void {
  let count = 0;
  for (const type of types) {
    app.addContentTypeParser(type, { parseAs: "string", bodyLimit: 64_000 }, (_, __, done) => {
      done(null, "");
    });
  }

  app.post("/v1/csp-reports", async (request, reply) => {
    await throttle.open(request.ip);
    count += 1;
    request.log.warn("a page has violated its policy");
    return reply.code(204).send();
  });

  app.get("/v1/csp-reports", async () => {
    if (!config.show) throw new Refusal("not_found", "no such address");
    return { count };
  });
}
