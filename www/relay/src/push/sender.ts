// What a push service says to a request, in the words that the relay acts on.

import type { ApnsRequest } from "hushring/relay";
import type { PushTarget } from "../store/store.js";

export type PushOutcome =
  | { readonly is: "sent" }
  /** The device has no such app any more, as the service knows since then. */
  | { readonly is: "gone"; readonly since: number }
  /** Try this one again, after the time given if the service has named one. */
  | { readonly is: "later"; readonly reason: string; readonly after?: number }
  /** The service takes nothing at all now: all wait. */
  | { readonly is: "stop"; readonly reason: string; readonly after?: number }
  /** It would never be taken. */
  | { readonly is: "refused"; readonly reason: string };

export interface Sender {
  /** Sends what the audit returned. It never throws: a failure is an outcome. */
  send(request: ApnsRequest, target: PushTarget): Promise<PushOutcome>;
  close(): Promise<void>;
}
