import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import type { Context } from "../context.js";

/** The built pages, if there are any. Names with a hash are kept; the rest is asked for again. */
export async function pageRoutes(app: FastifyInstance, { config }: Context): Promise<void> {
  if (!existsSync(config.pages)) return;
  await app.register(fastifyStatic, {
    root: config.pages,
    dotfiles: "deny",
    redirect: true,
    cacheControl: false,
    setHeaders(reply, path) {
      const isHashed = path.startsWith(join(config.pages, "assets"));
      const kept = isHashed ? "public, max-age=31536000, immutable" : "no-cache";
      reply.setHeader("cache-control", kept);
    },
  });
}
