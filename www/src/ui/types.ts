/** What the views are given. Plain data: no key, no envelope, and nothing of hushring's API. */

/** A contact as a list shows it. */
export interface ContactView {
  /** 64 hex digits of the account's key. Tells contacts apart, and is not shown. */
  readonly account: string;
  /** The name that the user has pinned, never one that the contact claims. */
  readonly name: string;
  /** Eight groups of four hex digits. */
  readonly fingerprint: string;
  /** Whether the user has compared the fingerprint. */
  readonly compared: boolean;
  /** Whether bundles of at least one of its devices are known: else nothing can be sent. */
  readonly reachable: boolean;
  readonly unread: number;
}

export type CallPhase = "calling" | "connecting" | "connected" | "ended";

/** A call that the user takes part in. */
export interface CallView {
  readonly name: string;
  readonly phase: CallPhase;
  readonly hasVideo: boolean;
  /** Milliseconds since 1970, once connected. */
  readonly since: number | null;
  readonly local: MediaStream | null;
  readonly remote: MediaStream | null;
  /** What the connection counted in the last second, once it is up. */
  readonly flow: MediaFlow | null;
  readonly muted: boolean;
  readonly cameraOff: boolean;
  /** Why it ended, such as "Answered on another device". */
  readonly ending?: string | undefined;
}

export interface MediaFlow {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Frames decoded in the last second; 0 for a call without video. */
  readonly framesReceived: number;
}

export interface CallActions {
  readonly onHangUp: () => void;
  readonly onMute: (muted: boolean) => void;
  /** Left out where the call has no camera to turn off. */
  readonly onCamera?: ((off: boolean) => void) | undefined;
}

/** One line of a conversation. */
export interface ThreadItem {
  readonly id: string;
  readonly kind: "message" | "call" | "missed";
  readonly own: boolean;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Of an own one. There are no receipts, so that "posted" is all that a sender knows. */
  readonly state?: "posting" | "posted" | "failed" | undefined;
}

/** Envelopes that are held, of an account that is not a contact. */
export interface RequestView {
  readonly account: string;
  readonly fingerprint: string;
  readonly count: number;
  readonly earliest: number;
  readonly latest: number;
}

/** A device of the user's own account. */
export interface DeviceView {
  /** 64 hex digits of the device's key. */
  readonly device: string;
  readonly name: string;
  readonly isThis: boolean;
  /** Of this one: whether the browser has promised to keep what is stored. */
  readonly isKept?: boolean | undefined;
  /** When its certificate began. */
  readonly since: number;
  /** Left out where this device may not remove it, such as itself. */
  readonly removable: boolean;
}

/** What did not ring, and why: `Inbox.explain`, in the words that a view needs. */
export interface ExplanationView {
  readonly id: string;
  readonly envelopeTag: string;
  readonly time: number;
  /** The result in a few words, such as "Cover" or "Refused: a stranger". */
  readonly result: string;
  readonly checks: readonly { readonly check: string; readonly outcome: CheckOutcome }[];
  /** `Explanation.text`: a line for each check. */
  readonly text: string;
}

export type CheckOutcome = "passed" | "stopped" | "notReached";

export interface MissedCallView {
  readonly id: string;
  readonly name: string;
  readonly hasVideo: boolean;
  readonly time: number;
  /** In words, such as "Alice gave up" or "It came too late". */
  readonly reason: string;
  /** Left out if there is nobody to call back. */
  readonly account?: string | undefined;
}

export interface NotificationView {
  readonly id: string;
  readonly kind: "missed" | "message" | "request";
  readonly title: string;
  readonly body: string;
  readonly time: number;
}

/** A message of the page itself. */
export interface NoticeView {
  readonly id: string;
  readonly tone: "info" | "success" | "warning" | "error";
  readonly text: string;
  readonly action?: { readonly label: string; readonly onPress: () => void } | undefined;
}
