// The phone's service worker: it takes the mailbox when the relay wakes it, by Web Push, or by the
// page's stream, which hands on the very same bytes. The installation is named in its address.

import type { Effect } from "../peer/events.js";
import { Extension } from "../peer/extension.js";
import { installationOf } from "../peer/installation.js";
import { endRing, incomingCall, missedCall } from "../peer/notifications.js";
import { pace, sleep } from "../peer/pace.js";
import { envelopeOf } from "../peer/pushes.js";
import { done, isWakeMessage } from "../peer/worker-link.js";

declare const self: ServiceWorkerGlobalScope;

const installation = installationOf("phone", self.location.search);
let extension: Promise<Extension | undefined> | undefined;
/** Pushes that are at work, and how many notifications were shown. */
let pushes = 0;
let shown = 0;
const generic = { body: "New activity", tag: "activity", silent: true };

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  if (!isWakeMessage(event.data)) return;
  const woken = wake(event.data.pushed).then(
    () => port?.postMessage(done),
    (error) => port?.postMessage(String(error)),
  );
  event.waitUntil(woken);
});

self.addEventListener("push", (event) => {
  event.waitUntil(onPush(event.data?.text() ?? ""));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(subscribeAgain());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPhone());
});

/**
 * A browser wants a notification for each push, and takes the subscription away from pages that do
 * not show one, whether they are open or not. So what shows nothing, cover too, shows the generic
 * one, as an extension without the filtering entitlement does (DEP4); and so does a wake that takes
 * too long.
 */
async function onPush(body: string): Promise<void> {
  const before = shown;
  pushes += 1;
  const woken = wake(envelopeOf(body))
    .catch(() => {}) // the mailbox has it
    .finally(() => {
      pushes -= 1;
    });
  await Promise.race([woken, sleep(pace.generic)]);
  if (shown === before) await notify("hushring", generic);
  await woken;
}

async function wake(pushed: Uint8Array | undefined): Promise<void> {
  await (await opened())?.wake(pushed);
}

/** The browser has replaced the subscription: the relay is told, or no push comes any more. */
async function subscribeAgain(): Promise<void> {
  await (await opened())?.subscribe(self.registration);
}

/** Opened once, and again if it failed or there was no device yet. */
async function opened(): Promise<Extension | undefined> {
  extension ??= Extension.open(installation, show);
  const opened = await extension.catch(() => undefined);
  if (opened === undefined) extension = undefined;
  return opened;
}

/** What an extension shows: one notification for each ring and each item, replaced if repeated. */
async function show(effect: Effect): Promise<void> {
  if (Notification.permission !== "granted") return;
  if (effect.kind === "over") {
    if (await endRing(self.registration, effect.callUUID, effect.isMissed)) shown += 1;
    return;
  }
  // A phone may say that its page is visible while it sleeps, so a push does not go by that.
  if (pushes === 0 && (await isOpen())) return;
  if (effect.kind === "ring") {
    const { callUUID: tag, callKit } = effect.event;
    const title = callKit.callerName ?? callKit.handle;
    await notify(title, { body: incomingCall, tag, requireInteraction: true });
  }
  if (effect.kind === "shown") {
    const { id: tag, kind } = effect.item;
    const body = kind === "message" ? effect.item.text : missedCall;
    await notify("hushring", { body, tag });
  }
}

async function notify(title: string, options: NotificationOptions): Promise<void> {
  shown += 1;
  await self.registration.showNotification(title, options);
}

async function isOpen(): Promise<boolean> {
  const windows = await self.clients.matchAll({ type: "window" });
  return windows.some(({ visibilityState }) => visibilityState === "visible");
}

async function openPhone(): Promise<void> {
  const [window] = await self.clients.matchAll({ type: "window" });
  if (window === undefined) await self.clients.openWindow(self.registration.scope);
  else await window.focus();
}
