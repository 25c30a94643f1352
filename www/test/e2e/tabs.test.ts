// What a browser may do to an app: reload it, open it twice, and tell it the wrong time.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Desk } from "./people.js";
import { root } from "./relay.js";
import { Stage } from "./stage.js";

const pages = mkdtempSync(join(tmpdir(), "hushring-pages-"));
after(() => rmSync(pages, { recursive: true, force: true }));
cpSync(join(root, "dist"), pages, { recursive: true });

const scene = await Stage.set({ PAGES: pages });

test("a reload keeps the identities, and calls ring as before", async () => {
  const { desk, phone } = await scene.couple();
  const [ofDesk, ofPhone] = [await desk.code(), await phone.code()];
  await Promise.all([desk.page.reload(), phone.page.reload()]);
  await Promise.all([desk.connected(), phone.connected()]);
  assert.deepEqual([await desk.code(), await phone.code()], [ofDesk, ofPhone]);
  await desk.press("Done");
  await desk.select("Bob");
  await desk.call();
  await phone.rings();

  // It rings on after a reload of the phone, because the ring is in its records.
  await phone.page.reload();
  await phone.rings();
  await phone.answer();
  await Promise.all([desk.hears(), phone.hears()]);

  // A caller that is reloaded has lost the connection, and says so.
  await desk.page.reload();
  await phone.isOver();
  await desk.connected();
  await desk.doesNotRing();
  await scene.close(desk, phone);
});

test("a caller that is reloaded gives up its call: the phone shows it as missed", async () => {
  const { desk, phone } = await scene.couple();
  await desk.call();
  await phone.rings();
  await desk.page.reload();
  await phone.stopsRinging();
  await phone.sees("Missed call");
  await scene.close(desk, phone);
});

test("of two tabs one is in charge, and the other one says so and may take over", async () => {
  const { desk, phone } = await scene.couple();
  const second = scene.add(new Desk(desk.context, scene.relay, await desk.context.newPage()));
  await second.open();
  await second.sees("This desk is open in another tab");
  await second.press("Use it here");
  await second.connected();
  await desk.sees("This desk is open in another tab");
  await second.select("Bob");
  await second.call();
  await phone.rings();
  await second.press("Cancel");
  await second.isOver();

  // When it is closed, the first one goes on by itself.
  await second.close();
  await desk.connected();
  await desk.select("Bob");
  await desk.call();
  await phone.rings();
  await scene.close(desk, phone);
});

for (const [who, minutes] of [
  ["desk", 3],
  ["desk", -3],
  ["phone", 3],
  ["phone", -3],
] as const) {
  test(`a call rings though the ${who}’s clock is wrong by ${minutes} minutes`, async () => {
    const shift = shiftedClock(minutes * 60_000);
    // Init scripts do not reach a service worker, so its script begins with the same lines.
    const worker = readFileSync(join(root, "dist/phone/worker.js"), "utf8");
    const isPhone = who === "phone";
    writeFileSync(join(pages, "phone/worker.js"), (isPhone ? shift : "") + worker);
    const desk = await scene.desk(isPhone ? undefined : { content: shift });
    const phone = await scene.phone(isPhone ? { content: shift } : undefined);
    const { introduce } = await import("./people.js");
    await introduce(desk, phone);
    const wrong = isPhone ? phone : desk;
    const says = await wrong.page.evaluate(() => Date.now());
    assert.ok(Math.abs(says - Date.now() - minutes * 60_000) < 10_000, "the clock is wrong");
    await desk.call();
    await phone.rings();
    await phone.answer();
    await Promise.all([desk.hears(), phone.hears()]);
    await desk.press("Hang up");
    await Promise.all([desk.isOver(), phone.isOver()]);
    await desk.call();
    await phone.rings();
    await desk.press("Cancel");
    await phone.stopsRinging();
    await phone.sees("Missed call");
    await scene.close(desk, phone);
  });
}

/** Lines that make every clock of a page, but the monotonic one, wrong. */
function shiftedClock(milliseconds: number): string {
  return `{
    const Right = Date;
    globalThis.Date = class Date extends Right {
      constructor(...given) {
        super(...(given.length === 0 ? [Right.now() + ${milliseconds}] : given));
      }
      static now() {
        return Right.now() + ${milliseconds};
      }
    };
  }\n`;
}
