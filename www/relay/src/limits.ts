// The sizes, times and numbers that the relay keeps, in one place. Those of the format are in
// spec/relay.md; the others are this deployment's, and the configuration may change `Limits`.

/** Bytes of an envelope (P1), of a mailbox's id, and of a token. */
export const envelopeLength = 2_880;
export const mailboxLength = 16;
export const tokenLength = 32;

/** Envelopes in one act. A fan-out reaches every device of a recipient and of the sender. */
export const maxFanOut = 256;

/** Envelopes in a page (P12). */
export const pageLength = 64;

/** Ids in one confirmation: a page, and what a device may have left from others. */
export const maxConfirmed = 256;

/** Bundles and statements that leave for one account (B25, B26). */
export const maxBundles = 512;
export const maxStatements = 256;

/** Bytes of a message between linking devices. */
export const maxLink = 1_024;

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** How long an envelope waits at most (P3), and a message between linking devices. */
export const keptDays = 30;
export const linkLifetime = 10 * minute;

/** A device that has not asked for so long has no bundle left that anybody could seal to (B8). */
export const idleDays = 120;

/** A statement may be forgotten then (R6). */
export const statementDays = 397;

/** The beat of streams. It is fixed, so that it tells nothing. */
export const heartbeat = 15 * second;

/** Streams of pushes that one device may hold at once; the oldest gives way. */
export const maxStreams = 4;

/** What one poster, one mailbox, one address may do. All are bounds against abuse. */
export interface Limits {
  /** Envelopes that may wait in a mailbox. */
  readonly mailbox: number;
  /** Envelopes that a poster may post in a minute, and in a UTC day. */
  readonly postsPerMinute: number;
  readonly postsPerDay: number;
  /** Requests of a device in a minute. */
  readonly asksPerMinute: number;
  /** Of an address: all requests in a minute; devices in an hour; of what needs no login, in a minute. */
  readonly requestsPerMinute: number;
  readonly devicesPerHour: number;
  readonly openPerMinute: number;
}

export const defaultLimits: Limits = {
  mailbox: 20_000,
  postsPerMinute: 1_200,
  postsPerDay: 50_000,
  asksPerMinute: 600,
  requestsPerMinute: 6_000,
  devicesPerHour: 300,
  openPerMinute: 600,
};

/** The UTC day of a time in milliseconds, as a number of days since 1970. */
export function dayOf(time: number): number {
  return Math.floor(time / day);
}
