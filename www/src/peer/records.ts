// What an installation stores, as the vault encrypts it: plain data of MessagePack, which has bytes
// and dates.

import type { EndReason, Explanation, HeldAccount, MissedReason, VerifyOptions } from "hushring";

/** A record for each concept. Records that change together are written in one transaction. */
export interface Records {
  /** Who this device is. */
  identity: Identity;
  /** The account key: only on the device that made the account. */
  account: AccountKey;
  /** What `Inbox.save` returned. */
  inbox: Uint8Array;
  prekeys: StoredPrekey[];
  /** What was published last. */
  publication: Publication;
  contacts: Contact[];
  /** The bundles of the own account: those of the other devices are among them. */
  own: KnownBundles;
  calls: CallRecord[];
  /** Rings that the service worker has shown, so that none is shown twice. */
  reported: ReportedRing[];
  history: HistoryItem[];
  /** Of whom something is held: written with every inbox, for a page to show. */
  held: HeldAccount[];
  /** Why envelopes did not ring, the newest first. */
  explanations: ExplainedEnvelope[];
  /** What is sealed and not posted yet, in its order. */
  outbox: OutboxEntry[];
  /** When the inbox was pruned last. */
  pruned: Date;
}

export interface Identity {
  /** The account's public key. */
  readonly account: Uint8Array;
  readonly certificate: Uint8Array;
  /** The name that its owner gives in invitations. Nobody has to believe it. */
  readonly name: string;
  /** 32 hex digits. */
  readonly mailbox: string;
  /** By which the relay knows the device. */
  readonly token: string;
}

export interface AccountKey {
  /** 32 bytes, secret. */
  readonly seed: Uint8Array;
  /** The floors of the devices that were revoked: certificates must not begin before them. */
  readonly revoked: { readonly device: Uint8Array; readonly floor: Date }[];
}

export interface StoredPrekey {
  readonly id: string;
  /** 41 bytes, secret. */
  readonly exported: Uint8Array;
}

export interface Publication {
  readonly bundles: Uint8Array[];
  readonly at: Date;
  /** Whether the relay has them. If not, the same bytes are uploaded again. */
  readonly isUploaded: boolean;
}

/** What is known of an account's devices. */
export interface KnownBundles {
  /** What `PrekeyBundle.verifyAll` returned: stored and passed in again, never looked into. */
  readonly lastPublished?: VerifyOptions["lastPublished"];
  readonly revocations: Uint8Array[];
  /** The bundles that were good when they were fetched, and where to post what is sealed to them. */
  readonly bundles: { readonly bundle: Uint8Array; readonly mailbox: string }[];
}

export interface Contact extends KnownBundles {
  readonly account: Uint8Array;
  /** Whether the user has compared the fingerprint. Only then the inbox trusts the account. */
  readonly isTrusted: boolean;
  /** The name that the user has given it. */
  readonly name: string;
}

/** A call that this device is in, or that rings. */
export interface CallRecord {
  /** The UUID that CallKit would use: the key of this record. */
  readonly uuid: string;
  readonly callId: string;
  readonly isOutgoing: boolean;
  /** The account at the other end. */
  readonly account: Uint8Array;
  /** Its device: the one that invites, or the one that was taken. */
  readonly device?: Uint8Array | undefined;
  /** What `placeCall` gave, or the time of the newest ring that was reported or answered. */
  readonly ring: Date;
  readonly hasVideo: boolean;
  /** Of an incoming call. */
  readonly offer?: string | undefined;
  /** The last moment at which it rings, or at which its caller waits. */
  readonly expiresAt: Date;
  /**
   * `waiting`: placed, and the user waits for an answer. `ringing`: it rings here. `answered`: the
   * answer was given or has come, and the devices connect. `connected`: they are. `ending`: its end
   * is in the outbox.
   */
  readonly phase: "waiting" | "ringing" | "answered" | "connected" | "ending";
}

export interface ReportedRing {
  readonly callUUID: string;
  readonly sentAt: Date;
  /** When it was reported. */
  readonly at: Date;
}

/** How a call went, for people. */
export type CallOutcome =
  | Extract<
      EndReason,
      "answeredElsewhere" | "cancelled" | "declined" | "declinedElsewhere" | "failed"
    >
  | "ended"
  | "missed"
  | "unanswered";

export type HistoryItem = HistoryMessage | HistoryCall;

interface HistoryBase {
  /** Account and message id, both: see spec/sharing.md, section 1. Of a call its UUID. */
  readonly id: string;
  readonly account: Uint8Array;
  readonly isOutgoing: boolean;
  readonly at: Date;
}

export interface HistoryMessage extends HistoryBase {
  readonly kind: "message";
  readonly text: string;
  /** Of an own one: whether the relay has it. */
  readonly isPosted?: boolean | undefined;
  /** Whether no device of the recipient gets it. */
  readonly isRefused?: boolean | undefined;
}

export interface HistoryCall extends HistoryBase {
  readonly kind: "call";
  readonly outcome: CallOutcome;
  /** Why it was missed without having rung. */
  readonly reason?: MissedReason | undefined;
  readonly hasVideo: boolean;
}

export interface ExplainedEnvelope {
  readonly tag: string;
  readonly at: Date;
  /** What became of it: an action, perhaps with a reason, or a code. */
  readonly action?: Explanation["action"] | undefined;
  readonly reason?: Explanation["reason"] | undefined;
  readonly code?: Explanation["code"] | undefined;
  readonly checks: Explanation["checks"];
  readonly text: string;
}

export interface QueuedPost {
  readonly mailbox: string;
  readonly envelope: Uint8Array;
  /** The recipient's account. Nothing where it is for an own device. */
  readonly to?: Uint8Array | undefined;
}

export interface OutboxEntry {
  /** Its name in the outbox. */
  readonly id: string;
  /** What is posted: a mailbox and an envelope, again and again, in one request. */
  readonly posts: QueuedPost[];
  /** What is done once it is posted. */
  readonly after?: AfterPosting | undefined;
}

/** Both survive a crash with the entry: in doubt, the same bytes are posted again. */
export interface AfterPosting {
  /** Calls to leave: what makes an inbox stop listening comes after the end was posted. */
  readonly leave?: { readonly callId: string; readonly caller?: Uint8Array | undefined }[];
  /** The record of a call to remove. */
  readonly forget?: string | undefined;
  /** A message of the history that is posted now. */
  readonly message?: string | undefined;
}
