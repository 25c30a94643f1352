import type { Bytes } from "./bytes.js";
import { dateOf } from "./check.js";
import {
  type CallAnswer,
  type CallCandidates,
  type CallEnd,
  type CallInvite,
  type CallNegotiate,
  fromBinding,
  type Handle,
  type Message,
  type OwnContent,
  type UnknownContent,
} from "./content.js";

/**
 * What one envelope means for the app (spec/envelope.md, Receiving): a union on `action`. Plain
 * data, without methods: it survives a structured clone, and so `postMessage` and IndexedDB, but
 * not JSON.
 *
 * `Type` may name the application's own content types, see {@link ReceivedContent}.
 */
export type InboxEvent<Type extends string = never> =
  RingEvent | MissedEvent | EndEvent | SignalEvent<Type> | NotifyEvent<Type> | DropEvent;

/** What every {@link InboxEvent} has. */
export interface EventBase {
  /** The 8 hex digits of {@link envelopeTag}: all of an envelope that may be logged. */
  readonly envelopeTag: string;
  readonly sender: Sender;
  /** 32 hex digits, the same on all devices that it was sealed for. */
  readonly messageId: string;
  /** By the sender's clock. */
  readonly sentAt: Date;
}

/** Report a call to CallKit, or ring. */
export interface RingEvent extends EventBase {
  readonly action: "ring";
  /** Under which CallKit knows the call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** What the system may be told of the call. */
  readonly callKit: CallKitPayload;
  readonly claimed: Claimed;
  /** The last moment at which it rings: 30 seconds after its lifetime. */
  readonly expiresAt: Date;
  readonly content: CallInvite;
}

/** Show a missed call. It never rings. */
export interface MissedEvent extends EventBase {
  readonly action: "missed";
  /** Under which CallKit knows the call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /**
   * `ended`: the caller has given up. `expired`: it arrived more than 30 seconds after its
   * lifetime. `certificate`: that of the caller's device is not valid now.
   */
  readonly reason: "ended" | "expired" | "certificate";
  /** How long ago it was sent, in milliseconds by both clocks. 0 if it is dated ahead. */
  readonly age: number;
  readonly claimed: Claimed;
  readonly content: CallInvite;
}

/** A call has ended: tell CallKit; of a call that was placed to several accounts, at the end of the last. */
export interface EndEvent extends EventBase {
  readonly action: "end";
  /** Under which CallKit knows the call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /**
   * A `CXCallEndedReason`: 1 failed, 2 remoteEnded (also declined, busy, cancelled), 3 unanswered,
   * 4 answeredElsewhere, 5 declinedElsewhere.
   */
  readonly endedReason: 1 | 2 | 3 | 4 | 5;
  readonly content: CallEnd;
}

/** Something for the call engine, of a call that rings or was placed. */
export interface SignalEvent<Type extends string = never> extends EventBase {
  readonly action: "signal";
  /** Under which CallKit knows the call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** Of the types that this version does not know, those `call.*` types that have a `callId`. */
  readonly content: CallAnswer | CallCandidates | CallNegotiate | OwnContent<Extract<Type, `call.${string}`>> | UnknownContent;
}

/** Show a message. */
export interface NotifyEvent<Type extends string = never> extends EventBase {
  readonly action: "notify";
  /** Whether it is a `message`. False for the types that this version does not know. */
  readonly known: boolean;
  readonly content: Message | OwnContent<Type> | UnknownContent;
}

/**
 * Show nothing. What `receive` gives as a `drop` is not pending. What `pending` lists as one, a ring
 * that another device took, is acknowledged like all else.
 */
export interface DropEvent extends EventBase {
  readonly action: "drop";
  /**
   * `duplicate`: received before. `cover`: it says nothing. `answeredElsewhere`,
   * `declinedElsewhere`: an invitation to a call that another device of the own account has taken
   * or declined. `repeated`: a second invitation to one call. `over`: about a call that has ended.
   * `certificate`: about a call, by a device whose certificate is not valid now. `unknown`: about a
   * call that is not known, or none of the sender's.
   */
  readonly reason:
    | "duplicate"
    | "cover"
    | "certificate"
    | "answeredElsewhere"
    | "declinedElsewhere"
    | "repeated"
    | "over"
    | "unknown";
}

/** Who sent it. */
export interface Sender extends SenderKeys {
  /** The handle that is pinned for the account now. */
  readonly handle?: Handle;
  /** The name that is pinned for the account now. */
  readonly displayName?: string;
}

/** By which keys it was sent. */
export interface SenderKeys {
  /** The account's public key, 32 bytes. */
  readonly account: Bytes;
  /** The device's public key, 32 bytes. */
  readonly device: Bytes;
}

/**
 * How the caller wishes to be shown, without control characters and what turns text around. Anybody
 * can claim anything: never show it in place of {@link Sender} (spec/envelope.md, Names).
 */
export interface Claimed {
  readonly handle?: Handle;
  readonly callerName?: string;
}

/**
 * What the system is told of a call: the dictionary of spec/envelope.md, Names, as it is.
 * `handle` and `callerName` are what was pinned, never what the caller claims. Plain JSON.
 */
export interface CallKitPayload {
  /** The version of the dictionary. */
  readonly hushring: 1;
  /** Under which CallKit knows the call, see {@link callKitUUID}. */
  readonly callUUID: string;
  /** The call's UUID between the devices. */
  readonly callId: string;
  /** The caller's account key, 64 hex digits. */
  readonly account: string;
  /** The key of the caller's device, 64 hex digits. */
  readonly device: string;
  /** 32 hex digits. */
  readonly messageId: string;
  readonly handleType: Handle["type"];
  /** The pinned handle. Else the caller's fingerprint, with `handleType` `generic`. */
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
  /** By the sender's clock. */
  readonly sentAt: Date;
}

/** @internal An event as the binding writes it. */
export interface BindingEvent {
  readonly action: string;
  readonly sentAt: number;
  readonly expiresAt?: number;
  readonly content?: Map<string, unknown>;
}

/** @internal */
export function eventFrom<Type extends string>(event: BindingEvent): InboxEvent<Type> {
  const { action, sentAt, expiresAt, content } = event;
  return {
    ...event,
    sentAt: dateOf(sentAt),
    ...(action === "notify" && { known: content?.get("type") === "message" }),
    ...(expiresAt !== undefined && { expiresAt: dateOf(expiresAt) }),
    ...(content !== undefined && { content: fromBinding(content) }),
  } as unknown as InboxEvent<Type>;
}
