// Plays the scenes and the other vectors of vectors/ in Chromium, with the installed package:
// node js/scripts/browser.mjs <where it is installed>
//
// A server on the loopback interface gives the page its modules and takes its results. The page may
// load nothing else, which shows that the package needs no more than `'wasm-unsafe-eval'`. A page
// without that is told.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { pathOfChromium } from "./chromium.mjs";

const timeout = 5 * 60_000;

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const installed = resolve(process.argv[2] ?? ".", "node_modules/hushring");

/** The folders that the page may load from. */
const folders = {
  "/hushring/": installed,
  "/vectors/": join(root, "vectors"),
  "/test/": join(root, "js/test"),
};
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
};
/** Of this page, and of the one in a frame of it, which may not compile WebAssembly. */
const policy = "default-src 'none'; connect-src 'self'; frame-src 'self'; script-src 'self'";
const withoutWasm = "/test/policy.html";

const names = readdirSync(folders["/vectors/"], { recursive: true })
  .map((name) => name.replaceAll(sep, "/"))
  .filter((name) => name.endsWith(".json"))
  .sort();
const { promise: results, resolve: report } = withResolvers();
const server = createServer(answer);
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const profile = mkdtempSync(join(tmpdir(), "hushring-chromium-"));
const browser = start(`http://127.0.0.1:${server.address().port}/test/vectors.html`);
const waiting = setTimeout(() => report({ error: "the page has not reported in time" }), timeout);
try {
  print(await results);
} finally {
  clearTimeout(waiting);
  await stop();
  server.close();
  server.closeAllConnections();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (request.method === "POST" && pathname === "/results") {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      response.writeHead(204).end();
      report(JSON.parse(Buffer.concat(parts).toString("utf8")));
    });
    return;
  }
  const found = pathname === "/vectors.json" ? JSON.stringify(names) : fileOf(pathname);
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "content-type": types[extname(pathname)] ?? "application/octet-stream",
    "content-security-policy": pathname === withoutWasm ? policy : `${policy} 'wasm-unsafe-eval'`,
    "cache-control": "no-store",
  });
  response.end(found);
}

function fileOf(pathname) {
  const prefix = Object.keys(folders).find((candidate) => pathname.startsWith(candidate));
  if (prefix === undefined) return undefined;
  const path = resolve(folders[prefix], decodeURIComponent(pathname.slice(prefix.length)));
  if (!path.startsWith(folders[prefix] + sep) || !existsSync(path)) return undefined;
  return readFileSync(path);
}

/** In a process group of its own: Chromium is several processes. */
function start(url) {
  const path = pathOfChromium();
  const options = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    `--user-data-dir=${profile}`,
    url,
  ];
  const child = spawn(path, options, { detached: true, stdio: "ignore" });
  child.on("error", (error) => report({ error: `Chromium did not start: ${error.message}` }));
  child.on("exit", (code) => report({ error: `Chromium has ended by itself: ${code}` }));
  return child;
}

async function stop() {
  if (browser.pid === undefined || browser.exitCode !== null) return;
  const ended = new Promise((end) => browser.once("exit", end));
  process.kill(-browser.pid, "SIGKILL");
  await ended;
}

/** As node:test does, for tests/all.sh. */
function print({ error, userAgent, failures = {} }) {
  if (userAgent !== undefined) console.log(`# ${userAgent}`);
  if (error !== undefined) console.log(`not ok - ${error}`);
  for (const [name, message] of Object.entries(failures)) {
    console.log(`not ok - ${name}: ${message}`);
  }
  const all = names.length + 1; // The vectors, and the page that may not compile.
  const failed = error === undefined ? Object.keys(failures).length : all;
  console.log(`# pass ${all - failed}`);
  console.log(`# fail ${failed}`);
  if (failed > 0 || names.length === 0) process.exitCode = 1;
}

function withResolvers() {
  let settle;
  const promise = new Promise((fulfil) => {
    settle = fulfil;
  });
  return { promise, resolve: settle };
}
