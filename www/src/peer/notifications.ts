// The system's notifications, which the service worker shows, and both it and the page take away.

export const incomingCall = "Incoming call";
export const missedCall = "Missed call";

/**
 * Takes away what says that a call rings, because it does so no longer. If it was missed, that is
 * said in its place. Returns whether something was shown.
 */
export async function endRing(
  registration: ServiceWorkerRegistration,
  callUUID: string,
  isMissed: boolean,
): Promise<boolean> {
  const shown = await registration.getNotifications({ tag: callUUID });
  if (!isMissed) for (const notification of shown) notification.close();
  // An end is in the journal until the app has seen it: what is missed is said once.
  if (!isMissed || shown.every(({ body }) => body !== incomingCall)) return false;
  await registration.showNotification("hushring", { body: missedCall, tag: callUUID });
  return true;
}
