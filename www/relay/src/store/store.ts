// What the relay needs of a store. sqlite.ts and postgresql.ts implement it and pass the same tests.
// Every promise that changes something resolves after the change is durable, and not before.

/** How a device is woken. */
export type PushTarget =
  | { readonly kind: "stream" | "apns"; readonly to: string }
  /** `to` is the subscription in JSON. */
  | { readonly kind: "web"; readonly to: string };

export interface Posted {
  readonly mailbox: Buffer;
  readonly envelope: Buffer;
}

/** An envelope that was stored, and the push that is due for it if its device wants one. */
export interface Stored extends Posted {
  readonly digest: Buffer;
  readonly target: PushTarget | null;
}

/** A push that is due. It stays so until {@link Store.pushed}, whatever happens to the process. */
export interface DuePush extends Stored {
  readonly target: PushTarget;
  /** How often it was tried. */
  readonly attempts: number;
}

/** One act: all of it is stored, or nothing. */
export interface Post {
  readonly poster: Buffer;
  readonly envelopes: readonly Posted[];
}

export type PostOutcome =
  | { readonly is: "posted"; readonly stored: readonly Stored[] }
  | { readonly is: "unauthenticated" }
  | { readonly is: "unknown_mailbox"; readonly mailboxes: readonly Buffer[] }
  | { readonly is: "already_posted"; readonly all: boolean }
  | { readonly is: "mailbox_full"; readonly mailboxes: readonly Buffer[] }
  | { readonly is: "over_quota" };

export interface Ask {
  readonly mailbox: Buffer;
  readonly confirm: readonly number[];
  /** Absent: confirms only. */
  readonly after?: number;
}

export interface Page {
  readonly envelopes: readonly { readonly id: number; readonly envelope: Buffer }[];
  readonly next: number;
  readonly waiting: number;
}

export interface Bundle {
  readonly suite: number;
  readonly bytes: Buffer;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** What a device publishes at once (B20). */
export interface Publication {
  readonly account: Buffer;
  readonly device: Buffer;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly bundles: readonly Bundle[];
}

export interface Statement {
  readonly account: Buffer;
  /** Empty: of the account as a whole. */
  readonly device: Buffer;
  /** Seconds since 1970. */
  readonly floor: number;
  readonly bytes: Buffer;
}

export type PublishOutcome = "published" | "claimed" | "stale" | "too_many_devices";

export interface Account {
  readonly devices: readonly {
    readonly mailbox: Buffer;
    readonly device: Buffer;
    readonly bundles: readonly Buffer[];
  }[];
  readonly statements: readonly Buffer[];
}

export type LinkPart = "request" | "grant";

export interface Store {
  readonly kind: "sqlite" | "postgresql";

  createMailbox(mailbox: Buffer, token: Buffer): Promise<void>;
  /** With its bundles, its envelopes and its push. */
  deleteMailbox(mailbox: Buffer): Promise<void>;
  /** `token` is the SHA-256 of the token. */
  mailboxOf(token: Buffer): Promise<Buffer | undefined>;

  post(post: Post): Promise<PostOutcome>;
  /** Confirms, and hands out a page (P12). */
  ask(ask: Ask): Promise<Page | undefined>;

  setPush(mailbox: Buffer, target: PushTarget): Promise<void>;
  pushOf(mailbox: Buffer): Promise<PushTarget | undefined>;
  /** Forgets a target that is dead since `deadSince`, unless it was set again after that. */
  forgetPush(mailbox: Buffer, target: PushTarget, deadSince: number): Promise<void>;
  /** Takes pushes that are due and that no living process works on. */
  claimPushes(limit: number): Promise<DuePush[]>;
  /** Says that these are done with. */
  pushed(digests: readonly Buffer[]): Promise<void>;
  /** Puts a push off: somebody claims it after `delay`. */
  postponePush(digest: Buffer, delay: number, attempts: number): Promise<void>;

  publish(
    mailbox: Buffer,
    publication: Publication,
    statements: readonly Statement[],
  ): Promise<PublishOutcome>;
  /** Returns whether the account is known here. */
  revoke(statement: Statement): Promise<boolean>;
  /** Removes bundles of an account, by the devices that a statement shut out. */
  removeBundles(account: Buffer, devices: readonly Buffer[]): Promise<void>;
  account(account: Buffer): Promise<Account>;

  /** Returns whether it is there now: not if other bytes were put there before. */
  putLink(rendezvous: Buffer, part: LinkPart, bytes: Buffer): Promise<boolean>;
  link(rendezvous: Buffer, part: LinkPart): Promise<Buffer | undefined>;

  /** Returns what is kept under a name; at first, what `make` makes. */
  setting(name: string, make: () => string): Promise<string>;

  /** Deletes what is too old. */
  sweep(): Promise<void>;
  /** Throws if the store does not answer. */
  check(): Promise<void>;

  /** Reaches the listeners of all processes on this store, this one's too. At most 7,900 bytes. */
  broadcast(message: string): Promise<void>;
  onBroadcast(listener: (message: string) => void): void;

  close(): Promise<void>;
}

export interface StoreOptions {
  readonly now: () => number;
  readonly mailboxLimit: number;
  readonly postsPerDay: number;
}
