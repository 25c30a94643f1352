// Codes as people use them: shown by one device, seen by the camera of another one, or opened.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { Stage } from "./stage.js";

const folder = mkdtempSync(join(tmpdir(), "hushring-camera-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const film = join(folder, "camera.y4m");

const scene = await Stage.set({}, [`--use-file-for-fake-video-capture=${film}`]);

test("a second phone is linked by the QR code that the first one’s camera sees", async () => {
  const { desk, phone } = await scene.couple();
  const tablet = scene.add(await phone.another());
  await tablet.open();
  await tablet.press("Link this phone");
  const code = tablet.page.getByRole("img", { name: "Link code as a QR code" });
  await code.locator("path").waitFor();
  await show(code, tablet.page);

  await phone.page.bringToFront();
  await phone.tab("Device");
  await phone.press("Link another device");
  await phone.press("Scan");
  await phone.page.waitForFunction(() => {
    const field = document.querySelector<HTMLInputElement>("form input.mono");
    return field?.value.includes("#link=");
  });
  await phone.press("Continue");
  await phone.press("Link it");
  await tablet.press("The same: link");
  await tablet.connected();

  // It is a device of Bob's account: it has his contacts, and his fingerprint.
  await tablet.tab("People");
  await tablet.sees("Alice");
  assert.equal(accountOf(await tablet.code()), accountOf(await phone.code()));
  await scene.close(desk, phone);
});

test("an invitation that is opened as a link asks for the fingerprints to be compared", async () => {
  const { desk, phone } = await scene.couple();
  const carol = await scene.desk();
  await carol.makeAccount();
  await phone.page.goto(await carol.code());
  await phone.sees("Compare fingerprints first");
  await scene.close(desk, phone, carol);
});

function accountOf(code: string): string | undefined {
  return /#invite=([\w-]+)\./.exec(code)?.[1];
}

/** Holds an element before the fake camera: what it shows becomes the only picture of the film. */
async function show(element: Locator, page: Page): Promise<void> {
  const picture = (await element.screenshot()).toString("base64");
  const gray = await page.evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(640, 480);
    const context = canvas.getContext("2d");
    if (context === null) return [];
    context.fillStyle = "white";
    context.fillRect(0, 0, 640, 480);
    context.drawImage(image, (640 - 440) / 2, (480 - 440) / 2, 440, 440);
    const { data } = context.getImageData(0, 0, 640, 480);
    return Array.from({ length: 640 * 480 }, (_, index) => data[4 * index] ?? 0);
  }, picture);
  const head = Buffer.from("YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n");
  const frame = [Buffer.from("FRAME\n"), Buffer.from(gray), Buffer.alloc((640 * 480) / 2, 128)];
  writeFileSync(film, Buffer.concat([head, ...frame, ...frame]));
}
