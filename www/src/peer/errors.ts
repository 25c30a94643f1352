/** What this app itself cannot do, for its user. hushring's own failures are HushringErrors. */
export type PeerErrorCode =
  /** No usable bundle of any of their devices is known: nothing can be sealed for them. */
  | "unreachable"
  /** The relay withholds a stronger bundle: treated as an attack until it comes. */
  | "downgraded"
  /** A mailbox at the relay is full: what was sent there is lost. */
  | "mailbox_full"
  /** Another page or worker holds the inbox for too long. */
  | "busy"
  /** The call is over. */
  | "call_over"
  /** A code that was scanned or pasted is not one of this app. */
  | "bad_code"
  /** The other device has not asked, or the code is too old. */
  | "no_link"
  /** This device does not hold the account key. */
  | "no_account_key"
  /** The browser lacks something. */
  | "unsupported";

export class PeerError extends Error {
  override readonly name = "PeerError";

  constructor(
    readonly code: PeerErrorCode,
    message: string,
  ) {
    super(message);
  }
}
