import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { buildFixture } from "./build.js";
import { serve } from "./serve.js";
import { aDay, Traffic } from "./traffic.js";

/** Takes a picture of every view: `node build/test/test/views/shots.js <folder> [view …]`. */
const [folder = "shots", ...only] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const traffic = await Traffic.start();
aDay(traffic, Date.now());
const names = [
  "desk",
  "desk-onboarding",
  "desk-compare",
  "desk-calling",
  "desk-call",
  "desk-devices",
  "desk-requests",
  "desk-add",
  "desk-link-this",
  "desk-link-another",
  "desk-notices",
  "second-tab",
  "phone-lock",
  "phone-incoming",
  "phone-call",
  "phone-voice",
  "phone-calls",
  "phone-messages",
  "phone-people",
  "phone-silent",
  "phone-device",
  "phone-onboarding",
  "phone-link",
];
await using fixture = await serve(await buildFixture(), traffic);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});
const sizes = { laptop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ colorScheme, viewport });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && console.error(message.text()));
    page.on("pageerror", (error) => console.error(error.message));
    for (const view of names) {
      if (only.length > 0 && !only.includes(view)) continue;
      await page.goto(`${fixture.url}/?view=${view}`);
      await page.waitForTimeout(700);
      await page.screenshot({
        path: `${folder}/${view}-${colorScheme}-${size}.png`,
        fullPage: view.startsWith("desk") && size === "phone",
      });
    }
    await context.close();
  }
}
await browser.close();
