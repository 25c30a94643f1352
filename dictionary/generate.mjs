// Makes dictionary/corpus/{train,held-back,stress}: session descriptions and ICE
// candidates from real RTCPeerConnections in Chromium and Firefox. See README.md for the recipe.
//
//   npm ci && node generate.mjs [--only <part of a set-up's name>]
//
// Needs Linux with `unshare` and `ip`: everything runs in a network namespace of its own, so that
// the corpus holds no address of the machine and needs no STUN or TURN server on the internet.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import puppeteer from "puppeteer-core";

import { setNetwork } from "./lib/network.mjs";
import { runSetUp } from "./lib/page.mjs";
import { setUps } from "./lib/setups.mjs";
import { startStunAndTurn } from "./lib/stun.mjs";
import { likeOtherEndpoints } from "./lib/synthetic.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const only = process.argv.includes("--only")
  ? process.argv[process.argv.indexOf("--only") + 1]
  : "";

if (process.env.HUSHRING_NAMESPACE !== "1") {
  const inside = spawnSync(
    "unshare",
    ["--map-root-user", "--net", process.execPath, ...process.argv.slice(1)],
    {
      stdio: "inherit",
      env: { ...process.env, HUSHRING_NAMESPACE: "1" },
    },
  );
  process.exit(inside.status ?? 1);
}

const halves = ["train", "held-back", "stress"];
const folder = (half) => join(here, "corpus", half);
for (const half of halves) {
  mkdirSync(folder(half), { recursive: true });
  for (const file of readdirSync(folder(half))) {
    if (!file.startsWith("sample-") && file.includes(only)) rmSync(join(folder(half), file));
  }
}

const page = createServer((_, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><title>corpus</title>");
});
setNetwork("one");
await new Promise((resolve) => page.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${page.address().port}/`;
const turn = await startStunAndTurn();

let written = 0;
for (const half of halves) {
  // One launch for each combination of browser, its settings and the network.
  const launches = new Map();
  for (const setUp of setUps.filter((setUp) => setUp.half === half && setUp.name.includes(only))) {
    for (let round = 1; round <= (setUp.rounds ?? 2); round++) {
      const key = JSON.stringify([
        setUp.browser,
        setUp.network,
        setUp.flags ?? [],
        setUp.source,
        setUp.h264,
        round,
      ]);
      launches.set(key, [...(launches.get(key) ?? []), { ...setUp, round }]);
    }
  }
  for (const group of launches.values()) {
    await generate(group, half);
  }
}
page.close();
turn.close();
console.log(`${written} files`);
process.exit(0);

async function generate(group, half) {
  const { browser: kind, network, flags, source, h264 } = group[0];
  const addresses = setNetwork(network);
  turn.setPublicAddress(addresses.public);
  const profile = mkdtempSync(join(tmpdir(), "hushring-corpus-"));
  const browser = await launch(
    kind,
    { flags: flags ?? [], mayUseDevices: source !== "page", h264 },
    profile,
  );
  try {
    for (const setUp of group) {
      const tab = await browser.newPage();
      await tab.goto(url);
      const servers = turn.iceServers(addresses.private);
      let results;
      try {
        results = await tab.evaluate(runSetUp, { ...setUp, servers });
      } catch (error) {
        throw new Error(`${setUp.name}: ${error.message}`);
      }
      for (const [role, content] of Object.entries(results)) {
        if (setUp.keep && !setUp.keep.includes(role)) continue;
        write(half, `${setUp.name}-${role}-${setUp.round}`, content);
        if (setUp.like && role.startsWith("offer")) {
          for (const endpoint of setUp.like) {
            write(
              half,
              `synthetic-${endpoint}-${setUp.name}-${role}-${setUp.round}`,
              likeOtherEndpoints(content, endpoint),
            );
          }
        }
      }
      await tab.close();
    }
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function write(half, name, content) {
  if (Array.isArray(content) && content.length === 0) return;
  const [file, text] =
    typeof content === "string"
      ? [`${name}.sdp`, content]
      : [`${name}.json`, `${JSON.stringify(content, null, 1)}\n`];
  writeFileSync(join(folder(half), file), text);
  written++;
}

async function launch(kind, { flags, mayUseDevices, h264 }, userDataDir) {
  if (kind === "chromium") {
    return puppeteer.launch({
      browser: "chrome",
      executablePath: find(process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"),
      headless: true,
      pipe: true,
      userDataDir,
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--use-fake-device-for-media-stream",
        // A page that may use the microphone sees bare host addresses, any other page mDNS names.
        ...(mayUseDevices ? ["--use-fake-ui-for-media-stream"] : []),
        ...flags,
      ],
    });
  }
  return puppeteer.launch({
    browser: "firefox",
    executablePath: find(process.env.FIREFOX, "firefox-esr", "firefox"),
    headless: true,
    userDataDir,
    env: h264 ? { ...process.env, MOZ_GMP_PATH: pretendOpenH264(userDataDir) } : process.env,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.getusermedia.insecure.enabled": true,
      "media.peerconnection.ice.loopback": false,
    },
  });
}

/** Firefox offers H.264 if the description of a plugin for it is there; it is loaded only to encode. */
function pretendOpenH264(folder) {
  const plugin = join(folder, "gmp-fakeopenh264", "1.0");
  mkdirSync(plugin, { recursive: true });
  writeFileSync(
    join(plugin, "fakeopenh264.info"),
    [
      "Name: fakeopenh264",
      "Description: none",
      "Version: 1.0",
      "APIs: encode-video[h264], decode-video[h264]",
      "",
    ].join("\n"),
  );
  writeFileSync(join(plugin, "libfakeopenh264.so"), "");
  return plugin;
}

function find(chosen, ...names) {
  if (chosen) return chosen;
  for (const name of names) {
    for (const path of (process.env.PATH ?? "").split(":")) {
      if (existsSync(join(path, name))) return join(path, name);
    }
  }
  throw new Error(`none of ${names.join(", ")} is on PATH`);
}
