// The phone's service worker: it takes the mailbox when the relay wakes it, by Web Push, or by the
// page's stream, which hands on the very same bytes. The installation is named in its address.

import type { Effect } from "../peer/events.js";
import { Extension } from "../peer/extension.js";
import { installationOf } from "../peer/installation.js";
import { envelopeOf } from "../peer/pushes.js";
import { done, isWakeMessage } from "../peer/worker-link.js";

declare const self: ServiceWorkerGlobalScope;

const installation = installationOf("phone", self.location.search);
let extension: Promise<Extension | undefined> | undefined;

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

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openPhone());
});

/** A browser asks for a notification for each push, whatever it was: then it is the generic one. */
async function onPush(body: string): Promise<void> {
  const before = await self.registration.getNotifications();
  await wake(envelopeOf(body)).catch(() => {});
  const after = await self.registration.getNotifications();
  if (after.length > before.length || (await isOpen())) return;
  await self.registration.showNotification("hushring", { body: "New activity", tag: "activity" });
}

async function wake(pushed: Uint8Array | undefined): Promise<void> {
  // Opened once, and again if it failed or there was no device yet.
  extension ??= Extension.open(installation, show);
  const opened = await extension.catch(() => undefined);
  if (opened === undefined) extension = undefined;
  await opened?.wake(pushed);
}

/** What an extension shows: one notification for each ring and each item, replaced if repeated. */
async function show(effect: Effect): Promise<void> {
  if (Notification.permission !== "granted" || (await isOpen())) return;
  if (effect.kind === "ring") {
    const { callUUID: tag, callKit } = effect.event;
    const title = callKit.callerName ?? callKit.handle;
    const options = { body: "Incoming call", tag, requireInteraction: true };
    await self.registration.showNotification(title, options);
  }
  if (effect.kind === "shown") {
    const { id: tag, kind } = effect.item;
    const body = kind === "message" ? effect.item.text : "Missed call";
    await self.registration.showNotification("hushring", { body, tag });
  }
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
