// What becomes of the events that wait in the journal. Whatever an app has to keep of one is stored
// in the same transaction as the acknowledgement, so nothing is lost and nothing is done twice
// (spec/sharing.md, sections 1 and 2). What else is to be done is returned: effects, for outside of
// the lock.

import type { EndEvent, InboxEvent, RingEvent, SecondEvent, SignalEvent } from "hushring";
import { sameBytes, toHex } from "./bytes.js";
import { readContacts, trustContact } from "./contacts.js";
import { callItem, remembered, withoutItem } from "./history.js";
import { pace } from "./pace.js";
import type { CallOutcome, CallRecord, HistoryItem } from "./records.js";
import type { Session } from "./shared-inbox.js";

/** The page, or the service worker beside it. */
export type Role = "app" | "extension";

export type Effect =
  /** A call rings: show it. In an extension, the event is still in the journal for the app. */
  | { readonly kind: "ring"; readonly event: RingEvent }
  /** It crosses a call that the user is placing, and stays in the journal. */
  | { readonly kind: "crossed"; readonly event: RingEvent }
  /** For the engine of a call that this device is in. */
  | { readonly kind: "signal"; readonly call: CallRecord; readonly event: SignalEvent }
  /** An answer to a call that nobody waits for any more. */
  | { readonly kind: "late"; readonly event: SignalEvent }
  /** A second device has answered: say which was taken. It stays in the journal until then. */
  | { readonly kind: "second"; readonly event: SecondEvent }
  | { readonly kind: "ended"; readonly call: CallRecord; readonly outcome: CallOutcome }
  | { readonly kind: "shown"; readonly item: HistoryItem }
  /** A call that may have been shown rings no longer: take its notification away. */
  | { readonly kind: "over"; readonly callUUID: string; readonly isMissed: boolean }
  /** Something that an extension has left to the app. */
  | { readonly kind: "left" };

/** Whether a ring that crosses an own call still waits for the other side. */
export type Patience = (event: RingEvent) => boolean;

/** Goes through the journal. */
export async function takeEvents(
  session: Session,
  role: Role,
  isPatient: Patience = () => true,
): Promise<Effect[]> {
  const desk = await openDesk(session);
  const effects: Effect[] = [];
  for (const event of session.inbox.pending({ now: session.now })) {
    const { done, effect } =
      role === "app" ? await asApp(desk, event, isPatient) : await asExtension(desk, event);
    if (done) session.inbox.acknowledge(event);
    if (effect !== undefined) effects.push(effect);
  }
  desk.close();
  return effects;
}

interface Taken {
  /** Whether the event is acknowledged. */
  readonly done: boolean;
  readonly effect?: Effect;
}

async function asApp(desk: Desk, event: InboxEvent, isPatient: Patience): Promise<Taken> {
  switch (event.action) {
    case "ring":
      if (crosses(desk, event) && isPatient(event)) {
        return { done: false, effect: { kind: "crossed", event } };
      }
      desk.putCall(incomingCall(event));
      return { done: true, effect: { kind: "ring", event } };
    case "end":
      return { done: true, ...end(desk, event) };
    case "signal":
      return signal(desk, event);
    case "second":
      return { done: false, effect: { kind: "second", event } };
    default:
      return show(desk, event);
  }
}

async function asExtension(desk: Desk, event: InboxEvent): Promise<Taken> {
  switch (event.action) {
    case "ring":
      // The app takes the offer from the journal. A ring that crosses is the app's alone.
      if (crosses(desk, event) || !desk.report(event)) return { done: false };
      return { done: false, effect: { kind: "ring", event } };
    case "end":
      // Of a call that nobody has reported, nobody has to be told.
      if (desk.wasReported(event.callUUID) || desk.call(event.callUUID) !== undefined) {
        return { done: false, effect: over(desk, event) };
      }
      return { done: true, ...end(desk, event) };
    case "signal":
    case "second":
      return { done: false, effect: { kind: "left" } };
    default:
      return show(desk, event);
  }
}

/** `missed`, `notify` and `drop`: what either of them shows. */
async function show(
  desk: Desk,
  event: Exclude<InboxEvent, RingEvent | EndEvent | SignalEvent | SecondEvent>,
): Promise<Taken> {
  const { account } = event.sender;
  // Of a ring that was shown: its end, which takes it away, is in the journal as well.
  if (event.action === "drop") return { done: true };
  if (event.action === "missed") {
    // The call that the other side gave up, because both have called each other.
    const own = desk.outgoingTo(account);
    if (own !== undefined && event.reason === "ended") return { done: own.phase !== "waiting" };
    const { callUUID: id, content, reason, sentAt: at } = event;
    const { hasVideo } = content;
    const item = { kind: "call", id, account, at, hasVideo, reason } as const;
    return desk.show({ ...item, isOutgoing: false, outcome: "missed" });
  }
  if (!event.known) {
    if (sameBytes(account, desk.account)) await desk.addContacts(event.content);
    return { done: true };
  }
  const text = event.content.body ?? "";
  const id = `${toHex(account)}:${event.messageId}`;
  return desk.show({ kind: "message", id, account, isOutgoing: false, at: event.sentAt, text });
}

/** Of an older ring than the one that was shown last, an end takes nothing away. */
function over(desk: Desk, { callUUID, endedReason, sentAt }: EndEvent): Effect {
  if (desk.wasReported(callUUID, sentAt)) return { kind: "left" };
  return { kind: "over", callUUID, isMissed: endedReason < 4 };
}

function end(desk: Desk, event: EndEvent): { readonly effect?: Effect } {
  const { callUUID, content, endedReason, remaining = 0 } = event;
  const call = desk.call(callUUID);
  if (call === undefined) {
    // Taken or declined on another device: it was not missed.
    if (endedReason >= 4) desk.unshow(callUUID);
    return { effect: over(desk, event) };
  }
  if (remaining > 0) return {};
  return desk.end(call, outcomeOf(call, event.endedReason, content.reason));
}

function outcomeOf(call: CallRecord, endedReason: number, reason: string): CallOutcome {
  if (endedReason === 5) return "declinedElsewhere";
  if (endedReason === 4) return "answeredElsewhere";
  if (call.phase === "ringing") return "missed";
  if (endedReason === 1) return "failed";
  return call.isOutgoing && reason === "declined" ? "declined" : "ended";
}

function signal(desk: Desk, event: SignalEvent): Taken {
  const { content, sender } = event;
  const call = desk.call(event.callUUID);
  if (call === undefined || call.phase === "ending") {
    if (content.type === "call.invite") {
      // They ring again for a call that this process does not know: the next ring rings.
      desk.leave({ caller: sender.account, callId: content.callId });
      const { hasVideo } = content;
      const item = { kind: "call", id: event.callUUID, hasVideo, outcome: "missed" } as const;
      return desk.show({ ...item, account: sender.account, at: event.sentAt, isOutgoing: false });
    }
    return content.type === "call.answer"
      ? { done: true, effect: { kind: "late", event } }
      : { done: true };
  }
  if (content.type === "call.answer" && call.phase === "waiting") {
    const taken: CallRecord = { ...call, phase: "answered", device: sender.device };
    desk.putCall(taken);
    return { done: true, effect: { kind: "signal", call: taken, event } };
  }
  // The very ring that was answered here, which was not acknowledged.
  const isSame = content.type === "call.invite" && +event.sentAt === +call.ring;
  return isSame ? { done: true } : { done: true, effect: { kind: "signal", call, event } };
}

/** Whether a ring concerns an own call in which the user waits, or that is up with that device. */
function crosses(desk: Desk, event: RingEvent): boolean {
  const own = desk.calls.find(({ callId, isOutgoing }) => isOutgoing && callId === event.crossed);
  if (own === undefined || own.phase === "ending") return false;
  if (own.phase === "waiting") return true;
  return own.device !== undefined && sameBytes(own.device, event.sender.device);
}

function incomingCall(event: RingEvent): CallRecord {
  const { callUUID: uuid, content, expiresAt, sender, sentAt: ring } = event;
  const { account, device } = sender;
  const { callId, hasVideo, offer } = content;
  return {
    uuid,
    callId,
    isOutgoing: false,
    account,
    device,
    ring,
    hasVideo,
    offer,
    expiresAt,
    phase: "ringing",
  };
}

// How long, and how many, rings that were reported are kept: an `end` may come long after its ring
// (spec/sharing.md, section 1).
const reportedFor = 86_400_000;
const mostReported = 512;

/** The records that events change, read once and written once. */
interface Desk {
  readonly account: Uint8Array;
  readonly calls: readonly CallRecord[];
  call(uuid: string): CallRecord | undefined;
  outgoingTo(account: Uint8Array): CallRecord | undefined;
  putCall(call: CallRecord): void;
  leave(reference: { caller: Uint8Array; callId: string }): void;
  end(call: CallRecord, outcome: CallOutcome): { effect: Effect };
  show(item: HistoryItem): Taken;
  unshow(id: string): void;
  /** Returns whether the ring was not reported before. */
  report(event: RingEvent): boolean;
  /** Whether a ring of the call was reported; or one that is newer than a time. */
  wasReported(callUUID: string, after?: Date): boolean;
  addContacts(content: { readonly [member: string]: unknown }): Promise<void>;
  close(): void;
}

async function openDesk(session: Session): Promise<Desk> {
  let calls = (await session.read("calls")) ?? [];
  let history = (await session.read("history")) ?? [];
  let reported = ((await session.read("reported")) ?? []).filter(
    ({ at }) => Math.abs(+at - +session.now) <= reportedFor,
  );

  return {
    account: session.identity.account,
    get calls() {
      return calls;
    },
    call: (uuid) => calls.find((call) => call.uuid === uuid),
    outgoingTo: (account) =>
      calls.find((call) => {
        return call.isOutgoing && call.phase !== "ending" && sameBytes(call.account, account);
      }),
    putCall: (call) => {
      calls = [...calls.filter(({ uuid }) => uuid !== call.uuid), call];
    },
    leave: (reference) => {
      session.inbox.left(reference);
    },
    end: (call, outcome) => {
      calls = calls.filter(({ uuid }) => uuid !== call.uuid);
      history = remembered(history, callItem(call, outcome));
      // A call that was declined may still be answered on another device of that account.
      if (call.phase === "answered" || call.phase === "connected")
        session.inbox.left(reference(call));
      return { effect: { kind: "ended", call, outcome } };
    },
    show: (item) => {
      const isNew = !history.some(({ id }) => id === item.id);
      history = remembered(history, item);
      return isNew ? { done: true, effect: { kind: "shown", item } } : { done: true };
    },
    unshow: (id) => {
      history = withoutItem(history, id);
    },
    report: ({ callUUID, sentAt }) => {
      const isKnown = reported.some(
        (ring) => ring.callUUID === callUUID && +ring.sentAt === +sentAt,
      );
      if (!isKnown) {
        reported = [...reported, { callUUID, sentAt, at: session.now }].slice(-mostReported);
      }
      return !isKnown;
    },
    wasReported: (callUUID, after = new Date(0)) =>
      reported.some((ring) => ring.callUUID === callUUID && +ring.sentAt > +after),
    addContacts: async (content) => {
      for (const contact of readContacts(content)) await trustContact(session, contact);
    },
    close: () => {
      session.write("calls", calls);
      session.write("history", history);
      session.write("reported", reported);
    },
  };
}

/** How an inbox names a call. */
export function reference(call: CallRecord): { callId: string; caller?: Uint8Array } {
  const { account: caller, callId, isOutgoing } = call;
  return isOutgoing ? { callId } : { callId, caller };
}

/** The last moment at which the caller waits. */
export function waitsUntil(placedAt: Date): Date {
  return new Date(placedAt.getTime() + pace.lifetime + pace.afterLifetime);
}
