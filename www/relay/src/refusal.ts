/** The codes of the relay's refusals. README.md has a table of them. */
export type RefusalCode =
  | "already_posted"
  | "bad_bundle"
  | "bad_length"
  | "bad_request"
  | "claimed"
  | "forbidden"
  | "mailbox_full"
  | "not_found"
  | "too_large"
  | "too_many"
  | "unauthenticated"
  | "unavailable"
  | "unknown_account"
  | "unknown_mailbox"
  | "unsupported_media_type";

const statuses: Record<RefusalCode, number> = {
  already_posted: 409,
  bad_bundle: 422,
  bad_length: 400,
  bad_request: 400,
  claimed: 409,
  forbidden: 403,
  mailbox_full: 507,
  not_found: 404,
  too_large: 413,
  too_many: 429,
  unauthenticated: 401,
  unavailable: 503,
  unknown_account: 404,
  unknown_mailbox: 404,
  unsupported_media_type: 415,
};

/** What the relay does not do, and why. `details` are further members of the answer. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    options: { details?: Readonly<Record<string, unknown>>; retryAfter?: number } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = statuses[code];
    this.details = options.details ?? {};
    this.retryAfter = options.retryAfter;
  }

  toJSON(): object {
    return { code: this.code, message: this.message, ...this.details };
  }
}
