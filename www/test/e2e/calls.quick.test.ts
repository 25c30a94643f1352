import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Page } from "playwright-core";
import type { Desk, Phone } from "./people.js";
import { Stage } from "./stage.js";

const scene = await Stage.set();
let desk: Desk;
let phone: Phone;
before(async () => {
  ({ desk, phone } = await scene.couple());
});

test("a call rings within two seconds, connects, and media flows both ways", async () => {
  const begin = performance.now();
  await desk.call(true);
  await phone.rings();
  const took = performance.now() - begin;
  assert.ok(took < 2_000, `it has rung after ${Math.round(took)} ms`);

  await phone.answer();
  await Promise.all([desk.hears(), phone.hears()]);
  await Promise.all([desk.page, phone.page].map(playsVideo));

  // Hanging up goes over the connection: the relay hears nothing of it.
  const count = (await scene.relay.seen()).length;
  await desk.press("Hang up");
  await Promise.all([desk.isOver(), phone.isOver()]);
  assert.equal((await scene.relay.seen()).length, count);
});

/** The picture of the other side is there, and moves. */
async function playsVideo(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const video = document.querySelector<HTMLVideoElement>("video.video-remote");
    return video !== null && video.videoWidth > 0 && video.currentTime > 0.3;
  });
}

test("declined, the caller hears it, and the phone rings again", async () => {
  await desk.call();
  await phone.rings();
  await phone.press("Decline");
  await desk.sees("Declined");
  await phone.stopsRinging();
  await desk.isOver();
  await desk.call();
  await phone.rings();
  await desk.press("Cancel");
  await phone.stopsRinging();
  await phone.sees("Missed call");
  await desk.isOver();
});

test("both call each other, and are connected without another touch", async () => {
  await phone.tab("People");
  await phone.select("Alice");
  await phone.page.getByRole("button", { name: "Call", exact: true }).waitFor();
  await Promise.all([desk.call(), phone.call()]);
  await Promise.all([desk.hears(), phone.hears()]);
  await phone.press("Hang up");
  await Promise.all([desk.isOver(), phone.isOver()]);
  // Neither of the two calls was missed.
  assert.equal(await phone.missedCalls(), 1, "of the test before");
});

test("a call that is given up before it arrives is missed, and does not ring", async () => {
  await phone.close();
  await desk.call();
  await desk.press("Cancel");
  await desk.isOver();
  await phone.reopen();
  await phone.connected();
  await phone.tab("Calls");
  await phone.sees(/They gave up/);
  await phone.page.waitForFunction(
    () => document.querySelectorAll('[aria-label="Missed calls"] > li').length === 2,
  );
  await phone.doesNotRing();
  await phone.tab("Silent");
  // The end may overtake the invitation, because the newest push comes first; or follow it.
  await phone.sees(/^(Missed call: ended|The end of a call)/);
});
