// What many tests share: three people, and what they say.

import * as hushring from "hushring";
import { callId, peer } from "./helpers.mjs";

await hushring.init();

export const alice = peer();
export const bob = peer();
export const carol = peer();

export const id = callId.toLowerCase();
export const invite = { type: "call.invite", callId: id, hasVideo: true };
export const end = { type: "call.end", callId: id, reason: "cancelled" };
export const hello = { type: "message", body: "hello" };

/** Seals for Bob, by Alice if nobody else is named. */
export function seal(content, { from = alice, bundle = bob.bundles[0], ...options } = {}) {
  return from.device.seal(bundle, content, options);
}

export const key = ({ account }) => account.publicKey;
export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const summary = ({ action, reason }) =>
  reason === undefined ? action : `${action} ${reason}`;
export const summaries = (events) => events.map(summary);
