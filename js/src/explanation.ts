import type { SenderKeys } from "./event.js";
import type { Action, Check, DropReason, ErrorCode, MissedReason, Outcome } from "./vocabulary.js";

/** One check in an {@link Explanation}. */
export interface ExplainedCheck {
  /** The check (spec/envelope.md, Opening; spec/inbox.md). */
  readonly check: Check;
  readonly outcome: Outcome;
}

/**
 * The result of {@link Inbox.explain} (spec/inbox.md, Explaining). Nothing in it comes from the
 * content except action and reason, and in `text` the lifetime of a call that came too late. Show it on the device, and log only the `envelopeTag`.
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
  /**
   * How long ago it was sent, in milliseconds: this clock's time less the sender's. Negative if it
   * is dated ahead. An envelope that took long and clocks that differ look alike.
   */
  readonly age?: number;
  /** The `action` of the event that {@link Inbox.receive} would return. */
  readonly action?: Action;
  /** The `reason` of that event, if it would have one. */
  readonly reason?: MissedReason | DropReason;
  /** The `code` that {@link Inbox.receive} would throw instead. */
  readonly code?: ErrorCode;
  /**
   * All of this for people: a line for each check, and for some results one for the cause, such as
   * how many events wait.
   */
  readonly text: string;
}
