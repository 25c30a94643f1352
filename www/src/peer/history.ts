// What people see of the past: messages and calls. Each stands there once, whatever is done twice.

import type { CallOutcome, CallRecord, HistoryCall, HistoryItem } from "./records.js";

/** How many items are kept. */
const most = 200;

/**
 * Adds an item, or replaces the one of its id. The oldest come first, by when they were sent: what
 * was pushed is received before what waits in the mailbox.
 */
export function remembered(before: readonly HistoryItem[] = [], item: HistoryItem): HistoryItem[] {
  return [...withoutItem(before, item.id), item].sort((a, b) => +a.at - +b.at).slice(-most);
}

export function withoutItem(before: readonly HistoryItem[] = [], id: string): HistoryItem[] {
  return before.filter((item) => item.id !== id);
}

export function callItem(call: CallRecord, outcome: CallOutcome): HistoryCall {
  const { account, hasVideo, isOutgoing, ring, uuid } = call;
  return { kind: "call", id: uuid, account, isOutgoing, at: ring, outcome, hasVideo };
}
