import type { Bytes } from "./bytes.js";
import type {
  CallAnswer,
  CallCandidates,
  CallEnd,
  CallInvite,
  CallNegotiate,
  Handle,
  Message,
  OwnContent,
  UnknownContent,
} from "./content.js";
import type { DropReason, EndedReason, HandleType, MissedReason } from "./vocabulary.js";

/**
 * The meaning of one envelope for the app (spec/inbox.md, Events): a union on `action`. Plain data,
 * without methods: it survives a structured clone, and so `postMessage` and IndexedDB, but not
 * JSON.
 *
 * `Type` may name the application's own content types, see {@link ReceivedContent}.
 */
export type InboxEvent<Type extends string = never> =
  | RingEvent
  | MissedEvent
  | EndEvent
  | SignalEvent<Type>
  | SecondEvent
  | NotifyEvent<Type>
  | DropEvent;

/** The members of every {@link InboxEvent}. */
export interface EventBase {
  /** The 8 hex digits of {@link envelopeTag}: the only part of an envelope to log. */
  readonly envelopeTag: string;
  readonly sender: Sender;
  /** 32 hex digits, the same on all devices that it was sealed for. */
  readonly messageId: string;
  /** When it was sent, by the sender's clock. */
  readonly sentAt: Date;
}

/** Report a call to CallKit, or ring. */
export interface RingEvent extends EventBase {
  readonly action: "ring";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** The dictionary to give the system. */
  readonly callKit: CallKitPayload;
  readonly claimed: Claimed;
  /**
   * The last moment at which it rings: 30 seconds after its lifetime, counted from when it was sent,
   * or received if that is earlier.
   */
  readonly expiresAt: Date;
  /**
   * The callId of one's own call to this account that the invitation has crossed: both call each
   * other (spec/inbox.md, Both call each other). It counts only while that call waits for an
   * answer, or is connected. Do not ring then. If {@link RingEvent.content} has the smaller callId,
   * answer it and end the own call; else wait for the answer to the own one.
   */
  readonly crossed?: string;
  readonly content: CallInvite;
}

/** Show a missed call. It never rings. */
export interface MissedEvent extends EventBase {
  readonly action: "missed";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /**
   * `ended`: the caller has given up. `expired`: it arrived more than 30 seconds after its
   * lifetime, or a clock is wrong: compare `age` with the lifetime, and see {@link ServerClock}.
   * `certificate`: that of the caller's device is not valid now. `clock`: it was dated ahead, and
   * held until its time came.
   */
  readonly reason: MissedReason;
  /** How long ago it was sent, in milliseconds by both clocks. 0 if it is dated ahead. */
  readonly age: number;
  readonly claimed: Claimed;
  readonly content: CallInvite;
}

/**
 * A call has ended: tell CallKit. In a call of one's own it has ended for one account: tell CallKit
 * once `remaining` is 0. After a `declined` another device of that account may still answer.
 */
export interface EndEvent extends EventBase {
  readonly action: "end";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /**
   * A `CXCallEndedReason`: 1 failed, 2 remoteEnded (also declined, busy, cancelled), 3 unanswered,
   * 4 answeredElsewhere, 5 declinedElsewhere.
   */
  readonly endedReason: EndedReason;
  /** In a call of one's own: how many accounts have neither ended nor declined it. */
  readonly remaining?: number;
  readonly content: CallEnd;
}

/**
 * Pass it to the call engine: it belongs to a call that rings, was answered, was placed, or was
 * joined. An invitation is one where its call was answered here: the caller rings again, and the
 * engine answers anew. An end is one where it speaks for one device alone.
 */
export interface SignalEvent<Type extends string = never> extends EventBase {
  readonly action: "signal";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** Of the types that this version does not know, those `call.*` types that have a `callId`. */
  readonly content:
    | CallAnswer
    | CallCandidates
    | CallNegotiate
    | CallInvite
    | CallEnd
    | OwnContent<Extract<Type, `call.${string}`>>
    | UnknownContent;
}

/**
 * Tell the devices of the sender's account which of them was taken: a second one has answered a
 * call of one's own. Seal `call.end` with `answeredElsewhere` and `device: taken` to all of them.
 */
export interface SecondEvent extends EventBase {
  readonly action: "second";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** The public key of the device that was taken, 32 bytes. */
  readonly taken: Bytes;
  /** The answer that came second. */
  readonly content: CallAnswer;
}

/** Show a message: a union on `known`. */
export type NotifyEvent<Type extends string = never> = KnownNotifyEvent | UnknownNotifyEvent<Type>;

/** Show a message of the type `message`. */
export interface KnownNotifyEvent extends EventBase {
  readonly action: "notify";
  readonly known: true;
  readonly content: Message;
}

/** Show a message of a type of the application's own, or of a later version. */
export interface UnknownNotifyEvent<Type extends string = never> extends EventBase {
  readonly action: "notify";
  readonly known: false;
  readonly content: OwnContent<Type> | UnknownContent;
}

/**
 * Show nothing. A `drop` that `receive` returns is not pending. `pending` lists one only for a ring
 * that another device answered or declined: acknowledge it like all others.
 */
export interface DropEvent extends EventBase {
  readonly action: "drop";
  /**
   * `duplicate`: received before. `own`: this device sent it. `cover`: it says nothing.
   * `answeredElsewhere`, `declinedElsewhere`: an invitation to a call that another device of the
   * own account has answered or declined. `answered`: another device says so, and this one has
   * answered. `taken`: the caller has taken this device. `repeated`: a ring that was received, or
   * an older one. `early`: it came before its invitation, and follows that as a `signal`. `over`:
   * about a call, or a ring, that has ended. `certificate`: about a call, by a device whose
   * certificate is not valid now. `unknown`: about a call that is not known, or that does not
   * concern the sender.
   */
  readonly reason: DropReason;
}

/** The sender of an event. */
export interface Sender extends SenderKeys {
  /** The handle that is pinned for the account now. */
  readonly handle?: Handle;
  /** The name that is pinned for the account now. */
  readonly displayName?: string;
}

/** The keys of the sender. */
export interface SenderKeys {
  /** The account's public key, 32 bytes. */
  readonly account: Bytes;
  /** The device's public key, 32 bytes. */
  readonly device: Bytes;
}

/**
 * The handle and name that the caller claims, without control and bidirectional characters. Anybody
 * can claim anything: never show it in place of {@link Sender} (spec/inbox.md, Names).
 */
export interface Claimed {
  readonly handle?: Handle;
  readonly callerName?: string;
}

/**
 * The dictionary of a call for the system (spec/inbox.md, Names). `handle` and `callerName` are the
 * pinned ones, never those that the caller claims. Plain JSON of at most 1,024 bytes, for which a
 * long name is cut at a character. A ring is known by `callUUID` and `sentAt` together.
 */
export interface CallKitPayload {
  /** The version of the dictionary. */
  readonly hushring: 1;
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** The call's UUID between the devices. */
  readonly callId: string;
  /** The caller's account key, 64 hex digits. */
  readonly account: string;
  /** The key of the caller's device, 64 hex digits. */
  readonly device: string;
  /** 32 hex digits. */
  readonly messageId: string;
  readonly handleType: HandleType;
  /** The pinned handle. If there is none, the caller's fingerprint, as a `generic` one. */
  readonly handle: string;
  /** The pinned name. */
  readonly callerName?: string;
  readonly hasVideo: boolean;
  /** When the invitation was sent, by the caller's clock, in milliseconds since 1970. */
  readonly sentAt: number;
  /** The last moment at which it rings, in milliseconds since 1970. */
  readonly expiresAt: number;
}
