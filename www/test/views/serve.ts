import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { contentSecurityPolicy } from "../../relay/src/security.js";
import type { SeenEvent, Traffic } from "./traffic.js";

export interface Fixture extends AsyncDisposable {
  readonly url: string;
  /** Shows the listeners what was just posted. */
  show(event: SeenEvent): void;
}

/** Serves the fixture's page under the relay's own policy, and `GET /v1/seen` with what the traffic holds. */
export async function serve(root: string, traffic: Traffic): Promise<Fixture> {
  const listeners = new Set<ServerResponse>();
  const show = (event: SeenEvent) => {
    for (const listener of listeners) listener.write(eventOf(event));
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("Content-Security-Policy", contentSecurityPolicy);
    response.setHeader("X-Content-Type-Options", "nosniff");
    if (pathname === "/v1/seen") {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      response.write(traffic.events.slice(-300).map(eventOf).join(""));
      listeners.add(response);
      request.on("close", () => listeners.delete(response));
    } else if (pathname === "/fixture/truth") {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify([...traffic.truth]));
    } else if (pathname === "/fixture/more") {
      for (let i = 0; i < 20; i += 1) {
        show(traffic.post(i % 2 === 0 ? "call" : "message", "desk", "phone"));
      }
      response.writeHead(204).end();
    } else {
      await sendFile(response, root, pathname);
    }
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    show,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const eventOf = (event: SeenEvent) => `data: ${JSON.stringify(event)}\n\n`;

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
};

async function sendFile(response: ServerResponse, root: string, pathname: string): Promise<void> {
  const name = pathname === "/" ? "index.html" : normalize(pathname);
  try {
    const bytes = await readFile(join(root, name));
    response.writeHead(200, { "Content-Type": types[extname(name)] ?? "application/octet-stream" });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
