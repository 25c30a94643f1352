import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { handset, laptop, launch, open, said } from "./views/browser.js";
import { buildFixture } from "./views/build.js";
import { deskNames, phoneNames } from "./views/names.js";
import { type Fixture, serve } from "./views/serve.js";
import { aDay, Traffic } from "./views/traffic.js";

let browser: Browser;
let fixture: Fixture;

before(async () => {
  const traffic = await Traffic.start();
  aDay(traffic, Date.now());
  fixture = await serve(await buildFixture(), traffic);
  browser = await launch();
});

after(async () => {
  await browser.close();
  await fixture[Symbol.asyncDispose]();
});

const names = [...deskNames, ...phoneNames];
const sizes = { laptop, handset } as const;

/** Goes to a view and waits until what it shows is there. */
async function show(page: Page, view: string): Promise<void> {
  await page.goto(`${fixture.url}/?view=${view}`);
  await page.locator("main").waitFor();
  if (view.startsWith("desk")) await page.locator(".envelope").first().waitFor();
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const [size, viewport] of Object.entries(sizes)) {
    test(`every view is accessible and keeps the policy: ${colorScheme}, ${size}`, async () => {
      await using watched = await open(browser, { colorScheme, viewport, reducedMotion: "reduce" });
      const { page, complaints } = watched;
      const problems: string[] = [];
      for (const view of names) {
        await show(page, view);
        const shift = await watched.layoutShift();
        if (shift > 0) problems.push(`${view} moves: ${shift}`);
        for (const complaint of complaints.splice(0)) problems.push(`${view}: ${complaint}`);
        for (const finding of await findings(page)) problems.push(`${view}: ${finding}`);
      }
      assert.deepEqual(problems, []);
    });
  }
}

/** What axe finds, with the places. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join()}`);
  });
}

test("nothing is wider than the page, from 360 to 1,600 pixels", async () => {
  await using watched = await open(browser, { viewport: laptop });
  for (const view of names) {
    await show(watched.page, view);
    for (const width of [360, 480, 700, 900, 1100, 1280, 1600]) {
      await watched.page.setViewportSize({ width, height: 800 });
      const wide = await tooWide(watched.page);
      assert.ok(wide <= 0, `${view} is ${wide} pixels too wide at ${width}`);
    }
  }
});

const tooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("the desk is painted in less than a second", async () => {
  const times: number[] = [];
  // The best of five: the machine does other things as well.
  for (let time = 0; time < 5; time += 1) {
    await using watched = await open(browser, { viewport: laptop });
    await show(watched.page, "desk");
    times.push(await watched.page.evaluate(firstPaint));
  }
  assert.ok(Math.min(...times) < 1_000, `${times.map(Math.round)} ms`);
});

const firstPaint = () =>
  performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN;

const atDesk: BrowserContextOptions = { viewport: laptop, reducedMotion: "reduce" };

/** What has the focus, by its role and name. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, text: RegExp): Promise<void> {
  for (let press = 0; press < 60; press += 1) {
    if (text.test(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard does not reach ${text}`);
}

test("by keyboard one reaches the server's view at once, chooses a contact, calls and writes", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "desk");
  await page.keyboard.press("Tab");
  assert.match(await focused(page), /Skip to what the server sees/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "server");

  await show(page, "desk");
  await tabTo(page, /^CCarol/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^Call with video$/);
  await page.keyboard.press("Enter");
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("Tab");
  await page.getByRole("textbox", { name: "Message to Bob" }).focus();
  await page.keyboard.type("Hello");
  await page.keyboard.press("Enter");
  assert.deepEqual(await said(page), [`select ${"c0".repeat(32)}`, "call true", "send Hello"]);
});

test("by keyboard one makes an account, or links", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "desk-onboarding");
  await page.getByRole("textbox", { name: "Your name" }).fill("Alice B.");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Link this desk$/);
  await page.keyboard.press("Space");
  assert.deepEqual(await said(page), ["make Alice B.", "link"]);
});

test("by keyboard one compares fingerprints", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "desk-compare");
  await tabTo(page, /^Both are the same$/);
  await page.keyboard.press("Enter");
  await tabTo(page, /^They differ$/);
  await page.keyboard.press("Enter");
  assert.deepEqual(await said(page), ["compared true", "compared false"]);
});

test("a call that rings takes the focus, and no stray key answers it", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "phone-incoming");
  const dialog = page.getByRole("alertdialog", { name: "Alice" });
  assert.ok(await dialog.evaluate((element) => element === document.activeElement));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Space");
  assert.deepEqual(await said(page), []);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Decline");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Answer");
  await page.keyboard.press("Enter");
  assert.deepEqual(await said(page), ["answer"]);
});

test("a device is removed only after a second press", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "desk-devices");
  await page.getByRole("button", { name: "Remove Old laptop" }).press("Enter");
  assert.deepEqual(await said(page), []);
  await page.getByRole("button", { name: "Remove for good Old laptop" }).press("Enter");
  assert.deepEqual(await said(page), ["remove d2"]);
});

test("a stranger is accepted under a name that the user gives", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "desk-requests");
  await page.getByRole("button", { name: "Accept" }).click();
  assert.deepEqual(await said(page), [], "not without a name");
  await page.getByRole("textbox", { name: "Name that you give" }).fill("Eve");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Block" }).press("Enter");
  assert.deepEqual(await said(page), [`accept ${"e0".repeat(32)} Eve`, `block ${"e0".repeat(32)}`]);
});

test("the phone's tabs are reached by keyboard and say where one is", async () => {
  await using watched = await open(browser, { viewport: handset });
  const { page } = watched;
  await show(page, "phone-calls");
  await page.getByRole("button", { name: "Silent" }).press("Enter");
  assert.equal(
    await page.getByRole("button", { name: "Silent" }).getAttribute("aria-current"),
    "page",
  );
  await page.getByRole("heading", { name: "What did not ring" }).waitFor();
  await page.getByRole("img", { name: "9 of 19 checks passed, stopped at trust" }).waitFor();
  await page.getByRole("button", { name: "Lock the phone" }).press("Enter");
  assert.deepEqual(await said(page), ["lock"]);
});

test("a code that is shown is a code that a camera reads", async () => {
  await using watched = await open(browser, atDesk);
  const { page } = watched;
  await show(page, "desk-add");
  const { decodeQR } = await import("qr/decode.js");
  const picture = await page.getByRole("img", { name: "Your code as a QR code" }).screenshot();
  const image = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    canvas?.drawImage(bitmap, 0, 0);
    const data = canvas?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
    return { width: bitmap.width, height: bitmap.height, data: [...data] };
  }, picture.toString("base64"));
  const text = decodeQR({ ...image, data: Uint8ClampedArray.from(image.data) });
  assert.equal(text, `hushring:contact:${"b0".repeat(32)}`);
});
