// The records of the calls that this device is in, which outlive the page.

import { callItem, remembered } from "./history.js";
import type { CallOutcome, CallRecord } from "./records.js";
import type { Session } from "./shared-inbox.js";

export function callsWithout(calls: readonly CallRecord[] | undefined, uuid: string): CallRecord[] {
  return (calls ?? []).filter((call) => call.uuid !== uuid);
}

export async function putCall(session: Session, call: CallRecord): Promise<void> {
  session.write("calls", [...callsWithout(await session.read("calls"), call.uuid), call]);
}

/** Removes a call, and remembers how it went. */
export async function endCall(
  session: Session,
  call: CallRecord,
  outcome: CallOutcome,
): Promise<void> {
  session.write("calls", callsWithout(await session.read("calls"), call.uuid));
  await rememberCall(session, call, outcome);
}

export async function rememberCall(
  session: Session,
  call: CallRecord,
  outcome: CallOutcome,
): Promise<void> {
  session.write("history", remembered(await session.read("history"), callItem(call, outcome)));
}
