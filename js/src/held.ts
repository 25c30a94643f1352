import type { Bytes } from "./bytes.js";
import type { SenderKeys } from "./event.js";
import type { HeldReason } from "./vocabulary.js";

/**
 * An envelope that is kept until its account is trusted, or until its time comes (spec/inbox.md,
 * Untrusted senders). It is not inflated, so nothing of its content is known.
 */
export interface HeldEnvelope {
  /** The 8 hex digits of {@link envelopeTag}. */
  readonly envelopeTag: string;
  readonly sender: SenderKeys;
  /** 32 hex digits. */
  readonly messageId: string;
  /** When it was sent, by the sender's clock. */
  readonly sentAt: Date;
  /**
   * `untrusted`: until {@link Inbox.trust}. `clock`: dated more than 10 minutes ahead, until
   * {@link Inbox.release}.
   */
  readonly reason: HeldReason;
}

/**
 * An account of which envelopes are held, for a screen of requests. It may be a contact whose
 * envelopes are dated ahead: {@link HeldEnvelope.reason} says why each is held, this does not.
 */
export interface HeldAccount {
  /** The account's public key, 32 bytes. */
  readonly account: Bytes;
  /** How many are held, for whichever reason. */
  readonly count: number;
  /** The earliest time at which one of them was sent, by its sender's clock. */
  readonly earliest: Date;
  /** The latest time at which one of them was sent, by its sender's clock. */
  readonly latest: Date;
}
