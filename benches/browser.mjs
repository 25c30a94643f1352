// Headless Chromium, the system's, and pages that a server on the loopback interface gives what they
// load. Pages are isolated from other origins, which makes their clock fine: 5 µs.

import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { pathOfChromium } from "../js/scripts/chromium.mjs";

/** `files` has the body and the type of each path. */
export async function startBrowser(files) {
  const server = createServer(({ url }, response) => {
    const [body, type] = files[url] ?? [];
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": type ?? "text/plain",
      "cache-control": "max-age=600",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const executablePath = pathOfChromium();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  return {
    browser,

    /** A page in a context without any cache, or in the one given. */
    async open(given) {
      const context = given ?? (await browser.newContext());
      const page = await context.newPage();
      await page.goto(origin);
      return { context, page };
    },

    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** An empty page. */
export const html = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';
