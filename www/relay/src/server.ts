// The HTTP server: what every request goes through, and the routes.

import fastify, { type FastifyError, type FastifyInstance, LogController } from "fastify";
import type { Context } from "./context.js";
import { endAllEvents } from "./events.js";
import { type LogOptions, logger } from "./logging.js";
import { Refusal, type RefusalCode } from "./refusal.js";
import { bundleRoutes } from "./routes/bundles.js";
import { cspRoutes } from "./routes/csp.js";
import { deviceRoutes } from "./routes/devices.js";
import { envelopeRoutes } from "./routes/envelopes.js";
import { healthRoutes } from "./routes/health.js";
import { linkRoutes } from "./routes/links.js";
import { mailboxRoutes } from "./routes/mailbox.js";
import { pageRoutes } from "./routes/pages.js";
import { pushRoutes } from "./routes/push.js";
import { seenRoutes } from "./routes/seen.js";
import { secure } from "./security.js";

/** Makes the server without routes: its log serves the rest of the relay too. */
export function makeServer(log: LogOptions, proxies: number): FastifyInstance {
  const app = fastify({
    logger: logger(log),
    // The line of a request is ours: the usual one has addresses in it.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: proxies > 0 && ((_address: string, hop: number) => hop < proxies),
    bodyLimit: 16_000,
    requestTimeout: 30_000,
    connectionTimeout: 0,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    return503OnClosing: true,
    exposeHeadRoutes: false,
  });
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser(
    "application/octet-stream",
    { parseAs: "buffer" },
    (_request, body, done) => done(null, body),
  );
  return app;
}

export async function addRoutes(app: FastifyInstance, context: Context): Promise<void> {
  secure(app);
  app.addHook("onRequest", async (request) => {
    await context.throttle.request(request.ip);
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const { method } = request;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ method, route, status: reply.statusCode, ms }, "answered");
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) {
      request.log.error({ err: error }, "failed");
      return reply.code(500).send({ code: "internal", message: "the relay has failed" });
    }
    if (refusal.retryAfter !== undefined) reply.header("retry-after", refusal.retryAfter);
    return reply.code(refusal.status).send(refusal.toJSON());
  });
  app.setNotFoundHandler((_request, reply) => {
    const refusal = new Refusal("not_found", "no such address");
    return reply.code(refusal.status).send(refusal.toJSON());
  });
  app.addHook("preClose", async () => endAllEvents());

  deviceRoutes(app, context);
  bundleRoutes(app, context);
  envelopeRoutes(app, context);
  mailboxRoutes(app, context);
  pushRoutes(app, context);
  linkRoutes(app, context);
  healthRoutes(app, context);
  seenRoutes(app, context);
  cspRoutes(app, context);
  await pageRoutes(app, context);
}

/** What Fastify refuses by itself, in the relay's codes. */
function refusalOf(error: FastifyError): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (isAway(error)) return new Refusal("unavailable", "the store is away", { retryAfter: 1 });
  const codes: Record<number, RefusalCode> = {
    400: "bad_request",
    // An address outside of the pages, or of a hidden file.
    403: "not_found",
    404: "not_found",
    413: "too_large",
    415: "unsupported_media_type",
    503: "unavailable",
  };
  const code = codes[error.statusCode ?? 500];
  return code === undefined ? undefined : new Refusal(code, error.message || "no such address");
}

/** Whether a database did not answer: it is starting, stopping, or cannot be reached. */
function isAway({ code, message }: FastifyError): boolean {
  const codes = /^(?:ECONN[A-Z]+|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|57P0\d|08\d\d\d|53300)$/;
  return codes.test(code ?? "") || /^Connection terminated|^timeout exceeded/.test(message ?? "");
}
