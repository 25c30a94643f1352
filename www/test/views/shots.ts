import { mkdir } from "node:fs/promises";
import { handset, laptop, launch } from "./browser.js";
import { buildFixture } from "./build.js";
import { deskNames, phoneNames } from "./names.js";
import { serve } from "./serve.js";
import { aDay, Traffic } from "./traffic.js";

/** Takes a picture of every view: `node build/test/test/views/shots.js <folder> [view …]`. */
const [folder = "shots", ...only] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const traffic = await Traffic.start();
aDay(traffic, Date.now());
const names = [...deskNames, ...phoneNames].filter(
  (name) => only.length === 0 || only.includes(name),
);
await using fixture = await serve(await buildFixture(), traffic);
const browser = await launch();
const sizes = { laptop, phone: handset };
for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ colorScheme, viewport });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && console.error(message.text()));
    page.on("pageerror", (error) => console.error(error.message));
    for (const view of names) {
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
