// How pushes come: by Web Push where the browser has a push service and the relay a key for it, else
// by a stream of the page. Both bring the very body that the relay sends to APNs.

import { createParser } from "eventsource-parser";
import { type Bytes, fromBase64, fromBase64Url } from "./bytes.js";
import { pace, sleep, stopwatch } from "./pace.js";
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

/** A relay that has said nothing for so long is gone: it sends a comment every 15 seconds. */
const longestSilence = 60_000;
/** The same for a device that is being looked at. */
const longestSilenceSeen = 20_000;

/** What the page knows of its device: it is being looked at, or has a network again. */
export type Stirring = "visible" | "online";

/** Keeps the stream of pushes open until it is aborted. `stirs` has events named by a Stirring. */
export async function stream(
  relay: Relay,
  uses: {
    readonly onPush: (body: string) => void;
    /** Whether the stream stands. When it does, something may have come before. */
    readonly onState: (isOpen: boolean) => void;
  },
  stirs: EventTarget,
  signal: AbortSignal,
): Promise<void> {
  let pause: number = pace.retry;
  while (!signal.aborted) {
    try {
      await relay.routePushes({ kind: "stream" });
      await readStream(relay, stirs, signal, {
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
  stirs: EventTarget,
  signal: AbortSignal,
  uses: { readonly onPush: (body: string) => void; readonly onOpen: () => void },
): Promise<void> {
  const gone = new AbortController();
  const done = new AbortController();
  let silent = stopwatch();
  const look = (longest: number) => {
    if (silent() > longest) gone.abort();
  };
  // A connection may be gone after sleep, of which nobody has told either side. A timer that is set
  // once stands still in sleep, as a call's does.
  const timer = setInterval(() => look(longestSilence), pace.look);
  const on = (stirring: Stirring, longest: number) =>
    stirs.addEventListener(stirring, () => look(longest), { signal: done.signal });
  on("visible", longestSilenceSeen);
  on("online", 0);
  try {
    const body = await relay.pushes(AbortSignal.any([signal, gone.signal]));
    uses.onOpen();
    const parser = createParser({ onEvent: ({ data }) => uses.onPush(data) });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      silent = stopwatch();
      parser.feed(chunk.value);
    }
  } finally {
    clearInterval(timer);
    done.abort();
  }
}
