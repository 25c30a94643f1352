// How pushes come: by Web Push where the browser has a push service and the relay a key for it, else
// by a stream of the page. Both bring the very body that the relay sends to APNs.

import { createParser } from "eventsource-parser";
import { type Bytes, fromBase64, fromBase64Url } from "./bytes.js";
import { pace, sleep } from "./pace.js";
import { type Relay, RelayError } from "./relay.js";

/** Reads the envelope of a push. Nothing if it is not one: then the mailbox has what came. */
export function envelopeOf(body: string): Bytes | undefined {
  try {
    const push: unknown = JSON.parse(body);
    if (typeof push !== "object" || push === null || !("hushring" in push)) return undefined;
    return typeof push.hushring === "string" ? fromBase64(push.hushring) : undefined;
  } catch {
    return undefined;
  }
}

/** Subscribes to Web Push, if the user allows notifications. Returns whether it works here. */
export async function subscribe(
  relay: Relay,
  registration: ServiceWorkerRegistration,
): Promise<boolean> {
  if (!("pushManager" in registration) || Notification.permission !== "granted") return false;
  try {
    const key = await relay.pushKey();
    const applicationServerKey = key === undefined ? undefined : fromBase64Url(key);
    if (applicationServerKey === undefined) return false;
    const options = { userVisibleOnly: true, applicationServerKey };
    const subscription = await registration.pushManager.subscribe(options);
    await relay.routePushes({ kind: "web", subscription: subscription.toJSON() });
    return true;
  } catch {
    return false; // no push service
  }
}

/** A relay that has said nothing for so long, not even a comment, is gone. */
const longestSilence = 60_000;

/** Keeps the stream of pushes open until it is aborted. */
export async function stream(
  relay: Relay,
  uses: {
    readonly onPush: (body: string) => void;
    /** Whether the stream stands. When it does, something may have come before. */
    readonly onState: (isOpen: boolean) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  let pause: number = pace.retry;
  while (!signal.aborted) {
    try {
      await relay.routePushes({ kind: "stream" });
      await readStream(relay, signal, {
        onPush: uses.onPush,
        onOpen: () => {
          pause = pace.retry;
          uses.onState(true);
        },
      });
    } catch (error) {
      // It does not know this device, and will not. Else it is away, or has closed the stream.
      if (error instanceof RelayError && error.status === 401) throw error;
    }
    if (signal.aborted) return;
    uses.onState(false);
    await sleep(pause, signal).catch(() => {});
    pause = Math.min(2 * pause, pace.longestRetry);
  }
}

async function readStream(
  relay: Relay,
  signal: AbortSignal,
  uses: { readonly onPush: (body: string) => void; readonly onOpen: () => void },
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), longestSilence);
  const body = await relay.pushes(AbortSignal.any([signal, silence.signal]));
  uses.onOpen();
  const parser = createParser({ onEvent: ({ data }) => uses.onPush(data) });
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), longestSilence);
      parser.feed(chunk.value);
    }
  } finally {
    clearTimeout(timer);
  }
}
