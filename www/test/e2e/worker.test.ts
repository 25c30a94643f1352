// The service worker, which pushes wake: what it shows, and what takes that away again. Debian's
// Chromium has no push service, so the pushes are delivered through the developer tools.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import type { Desk, Phone } from "./people.js";
import { Stage } from "./stage.js";

const scene = await Stage.set({ VAPID_SUBJECT: "mailto:relay@example.org" });
let desk: Desk;
let phone: Phone;
/** A page beside the phone, which stays when that is closed. */
let beside: Page;
let tools: CDPSession;
let registrationId: string;
before(async () => {
  // The page does not ask for a push service, of whose absence this browser complains.
  const content = "PushManager.prototype.subscribe = () => Promise.reject(new Error());";
  [desk, phone] = [await scene.desk(), await scene.phone({ content })];
  await phone.context.grantPermissions(["notifications"]);
  beside = await phone.context.newPage();
  await beside.goto(`${scene.relay.url}/health`);
  tools = await phone.context.newCDPSession(beside);
  const registered = new Promise<string>((resolve) => {
    tools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      for (const { scopeURL, registrationId } of registrations) {
        if (scopeURL.endsWith("/phone/")) resolve(registrationId);
      }
    });
  });
  await tools.send("ServiceWorker.enable");
  const { introduce } = await import("./people.js");
  await introduce(desk, phone);
  registrationId = await registered;
});

/** Delivers a push to the worker, as a push service does. */
async function push(data: string): Promise<void> {
  const origin = scene.relay.url;
  await tools.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
}

/** Posts something to the phone by an act, and delivers its push. */
async function pushOf(act: () => Promise<void>): Promise<void> {
  const before = (await scene.relay.seen()).length;
  await act();
  let seen = await scene.relay.seen();
  while (seen.length === before) seen = await scene.relay.seen();
  await push(JSON.stringify({ hushring: seen.at(-1)?.envelope }));
}

/** What notifications say, once they say it. */
async function shows(...texts: string[]): Promise<void> {
  const bodies = () =>
    beside.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration("/phone/");
      return (await registration?.getNotifications())?.map(({ body }) => body).sort();
    });
  const end = performance.now() + 20_000;
  while (JSON.stringify(await bodies()) !== JSON.stringify(texts)) {
    if (performance.now() > end) assert.deepEqual(await bodies(), texts);
    await beside.waitForTimeout(100);
  }
}

async function clear(): Promise<void> {
  await beside.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/phone/");
    for (const shown of (await registration?.getNotifications()) ?? []) shown.close();
  });
  await shows();
}

test("a push that brings nothing shows the generic text, also while the page is open", async () => {
  await phone.page.bringToFront();
  await push("{}");
  await shows("New activity");
  await push("{}");
  await push("{}");
  await shows("New activity");
  await clear();
});

test("while the phone is off a push shows the call, and another that it was missed", async () => {
  await phone.close();
  await pushOf(() => desk.call());
  await shows("Incoming call");
  await pushOf(() => desk.press("Cancel"));
  await shows("Missed call");
  await desk.isOver();
  await clear();
});

test("a call that was shown and is answered in the page is not shown any longer", async () => {
  await pushOf(() => desk.call());
  await shows("Incoming call");
  await phone.reopen();
  await phone.answer();
  await shows();
  await Promise.all([desk.hears(), phone.hears()]);
  await phone.press("Hang up");
  await desk.isOver();
});

test("nor one that is declined, or given up, in the page", async () => {
  for (const [end, left] of [
    [() => phone.press("Decline"), []],
    [() => desk.press("Cancel"), ["Missed call"]],
  ] as const) {
    await phone.close();
    await pushOf(() => desk.call());
    await shows("Incoming call");
    await phone.reopen();
    await phone.rings();
    await end();
    await shows(...left);
    await desk.isOver();
  }
  await clear();
});

test("while a page keeps the inbox a push shows the generic text, and nothing is lost", async () => {
  await phone.close();
  await beside.evaluate(() => {
    const held = new Promise<void>((resolve) => addEventListener("letGo", () => resolve()));
    navigator.locks.request("hushring:phone:inbox", () => held);
  });
  await pushOf(() => desk.call());
  await shows("New activity");
  await beside.evaluate(() => dispatchEvent(new Event("letGo")));
  await push("{}");
  await shows("Incoming call", "New activity");
  await desk.press("Cancel");
  await desk.isOver();
});

test("the relay is told of a subscription that the browser has replaced", async () => {
  await phone.reopen();
  await phone.connected();
  const [worker] = phone.context.serviceWorkers();
  assert.ok(worker !== undefined);
  const endpoint = "https://fcm.googleapis.com/wp/another";
  const subscription = { endpoint, keys: { p256dh: "B".repeat(87), auth: "A".repeat(22) } };
  const told = await worker.evaluate(async (given) => {
    const subscribed = { toJSON: () => given } as unknown as PushSubscription;
    PushManager.prototype.subscribe = async () => subscribed;
    const told: unknown[] = [];
    const post = fetch;
    globalThis.fetch = async (address, init) => {
      const response = await post(address, init);
      if (init?.method === "PUT") told.push([address, response.status, String(init.body)]);
      return response;
    };
    // Only the browser's own events may be waited for.
    let work: Promise<unknown> | undefined;
    const waitUntil = (given: Promise<unknown>) => {
      work = given;
    };
    dispatchEvent(Object.assign(new Event("pushsubscriptionchange"), { waitUntil }));
    await work;
    return told;
  }, subscription);
  assert.deepEqual(told, [["/v1/push", 204, JSON.stringify({ kind: "web", subscription })]]);
});
