// What people see of the past: messages and calls. Each stands there once, whatever is done twice.

import type { CallOutcome, CallRecord, HistoryCall, HistoryItem } from "./records.js";

/** How many items are kept. */
const most = 200;

/** Adds an item, or replaces the one of its id, where it stands. The oldest come first. */
export function remembered(before: readonly HistoryItem[] = [], item: HistoryItem): HistoryItem[] {
  const place = before.findIndex(({ id }) => id === item.id);
  return place < 0 ? [...before, item].slice(-most) : before.with(place, item);
}

export function withoutItem(before: readonly HistoryItem[] = [], id: string): HistoryItem[] {
  return before.filter((item) => item.id !== id);
}

export function callItem(call: CallRecord, outcome: CallOutcome): HistoryCall {
  const { account, hasVideo, isOutgoing, ring, uuid } = call;
  return { kind: "call", id: uuid, account, isOutgoing, at: ring, outcome, hasVideo };
}
