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
  /** The last moment at which it rings: 30 seconds after its lifetime. */
  readonly expiresAt: Date;
  readonly content: CallInvite;
}

/** Show a missed call. It never rings. */
export interface MissedEvent extends EventBase {
  readonly action: "missed";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /**
   * `ended`: the caller has given up. `expired`: it arrived more than 30 seconds after its
   * lifetime. `certificate`: that of the caller's device is not valid now.
   */
  readonly reason: MissedReason;
  /** How long ago it was sent, in milliseconds by both clocks. 0 if it is dated ahead. */
  readonly age: number;
  readonly claimed: Claimed;
  readonly content: CallInvite;
}

/**
 * A call has ended: tell CallKit. A call that was placed to several accounts ends when the last one
 * ends it.
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
  readonly content: CallEnd;
}

/** Pass it to the call engine: it belongs to a call that rings or was placed. */
export interface SignalEvent<Type extends string = never> extends EventBase {
  readonly action: "signal";
  /** The UUID that CallKit uses for this call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** Of the types that this version does not know, those `call.*` types that have a `callId`. */
  readonly content:
    | CallAnswer
    | CallCandidates
    | CallNegotiate
    | OwnContent<Extract<Type, `call.${string}`>>
    | UnknownContent;
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
   * `duplicate`: received before. `cover`: it says nothing. `answeredElsewhere`,
   * `declinedElsewhere`: an invitation to a call that another device of the own account has
   * answered or declined. `repeated`: a second invitation to one call. `over`: about a call that
   * has ended. `certificate`: about a call, by a device whose certificate is not valid now.
   * `unknown`: about a call that is not known, or that does not concern the sender.
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
 * pinned ones, never those that the caller claims. Plain JSON.
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
  readonly groupId?: string;
  /** The last moment at which it rings, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * An envelope of an account that is not trusted, kept until it is. It is not inflated, so nothing
 * of its content is known.
 */
export interface HeldEnvelope {
  /** The 8 hex digits of {@link envelopeTag}. */
  readonly envelopeTag: string;
  readonly sender: SenderKeys;
  /** 32 hex digits. */
  readonly messageId: string;
  /** When it was sent, by the sender's clock. */
  readonly sentAt: Date;
}
