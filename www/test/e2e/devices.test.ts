import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Desk, link, type Phone } from "./people.js";
import { Stage } from "./stage.js";

const scene = await Stage.set();
let desk: Desk;
let phone: Phone;
let tablet: Phone;
before(async () => {
  ({ desk, phone } = await scene.couple());
  tablet = scene.add(await phone.another());
  await link(phone, tablet);
  // The phone has told it whom it trusts, and the desk has fetched its keys.
  await tablet.tab("People");
  await tablet.sees("Fingerprint compared");
  await bothRing();
  await desk.press("Cancel");
  await Promise.all([phone.stopsRinging(), tablet.stopsRinging(), desk.isOver()]);
});

/** Bundles are fetched on a schedule: until then, a call does not reach a device that is new. */
async function bothRing(): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await desk.call();
    await phone.rings();
    const rings = tablet.rings().then(
      () => true,
      () => false,
    );
    if (await Promise.race([rings, pause(3_000)])) return;
    assert.ok(attempt < 5, "the second device does not ring");
    await desk.press("Cancel");
    await desk.isOver();
  }
}

function pause(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds));
}

test("two devices ring, one answers, and the other one stops", async () => {
  // The tablet has missed none of the calls that were made before the desk knew it.
  const missed = () => Promise.all([phone.missedCalls(), tablet.missedCalls()]);
  const before = await missed();
  await desk.call();
  await Promise.all([phone.rings(), tablet.rings()]);
  await tablet.answer();
  await phone.sees("Answered on another device");
  await phone.stopsRinging();
  await Promise.all([desk.hears(), tablet.hears()]);
  await tablet.press("Hang up");
  await Promise.all([desk.isOver(), tablet.isOver()]);
  assert.deepEqual(await missed(), before, "it was not missed");
});

test("one declines, and the other one stops", async () => {
  await desk.call();
  await Promise.all([phone.rings(), tablet.rings()]);
  await phone.press("Decline");
  await tablet.sees("Declined on another device");
  await tablet.stopsRinging();
  await desk.sees("Declined");
  await desk.isOver();
});

test("both answer, and the caller takes one of them", async () => {
  await desk.call();
  await Promise.all([phone.rings(), tablet.rings()]);
  await Promise.all([phone.answerNow(), tablet.answerNow()]);
  await desk.hears();
  const [taken, other] = await Promise.race([
    phone.sees("Answered on another device").then(() => [tablet, phone] as const),
    tablet.sees("Answered on another device").then(() => [phone, tablet] as const),
  ]);
  await Promise.all([taken.hears(), other.isOver()]);
  await desk.press("Hang up");
  await Promise.all([desk.isOver(), taken.isOver()]);
});

test("a lost device is removed: it does not ring, and nobody hears it", async () => {
  await phone.tab("Device");
  await phone.page.getByRole("button", { name: /^Remove Device/ }).click();
  await phone.page.getByRole("button", { name: /^Remove for good/ }).click();
  await phone.sees("The device is removed");
  await desk.select("Bob");
  // Alice's desk learns it with the bundles.
  await desk.page.waitForTimeout(8_000);
  await desk.call();
  await phone.rings();
  await tablet.page.waitForTimeout(1_500);
  await tablet.doesNotRing();
  await phone.press("Decline");
  await desk.isOver();

  await tablet.tab("Messages");
  await tablet.select("Alice");
  await tablet.page.getByLabel("Message to Alice").fill("from the thief");
  await tablet.press("Send");
  await tablet.sees("Sent");
  await desk.page.waitForTimeout(1_500);
  await desk.seesNo("from the thief");
});
