import type { SenderKeys } from "./event.js";
import type { Action, Check, DropReason, ErrorCode, MissedReason, Outcome } from "./vocabulary.js";

/** One check in an {@link Explanation}. */
export interface ExplainedCheck {
  /** The check (spec/envelope.md, Opening; spec/inbox.md). */
  readonly check: Check;
  readonly outcome: Outcome;
}

/**
 * The result of {@link Inbox.explain}. Nothing in it comes from the content except action and
 * reason.
 */
export interface Explanation {
  /** The 8 hex digits of {@link envelopeTag}, unless the length is wrong. */
  readonly envelopeTag?: string;
  /** All checks, in the order in which they are made. */
  readonly checks: ExplainedCheck[];
  /** The check at which the envelope stops. For a `duplicate` it is `replay`. */
  readonly stoppedAt?: Check;
  /** The sender, once that is proved. */
  readonly sender?: SenderKeys;
  /** 32 hex digits. */
  readonly messageId?: string;
  /** When it was sent, by the sender's clock. */
  readonly sentAt?: Date;
  /** How long ago it was sent, in milliseconds by both clocks. Negative if it is dated ahead. */
  readonly age?: number;
  /** The `action` of the event that {@link Inbox.receive} would return. */
  readonly action?: Action;
  /** The `reason` of that event, if it would have one. */
  readonly reason?: MissedReason | DropReason;
  /** The `code` that {@link Inbox.receive} would throw instead. */
  readonly code?: ErrorCode;
  /** All of this for people: a line for each check. */
  readonly text: string;
}
