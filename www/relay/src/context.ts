// What the routes share.

import type { Config } from "./config.js";
import type { Pusher } from "./push/pusher.js";
import type { PushStreams } from "./push/streams.js";
import type { Seen } from "./seen.js";
import type { Store } from "./store/store.js";
import type { Throttle } from "./throttle.js";

export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly pusher: Pusher;
  readonly streams: PushStreams;
  readonly throttle: Throttle;
  /** Only if the relay shows what it sees. */
  readonly seen: Seen | undefined;
  /** The server's key for Web Push, if it is configured. */
  readonly vapidKey: string | undefined;
  readonly now: () => number;
}
