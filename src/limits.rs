//! The limits of the format and of the inbox, in one place.
//!
//! Sizes of structures are constants of their types, such as
//! [`Envelope::LEN`](crate::Envelope::LEN).

use std::time::Duration;

/// A day.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

// Content (spec/envelope.md, "Constants").

/// Bytes of content before compression, at most.
pub const MAX_CONTENT_LEN: usize = 65_536;
/// Containers nested in one another, at most, the content's own map included.
pub const MAX_DEPTH: usize = 16;
/// Items of arrays and members of maps in one content, at most, at every depth together. Each takes
/// a byte to send and many to hold.
pub const MAX_ITEMS: usize = 4096;
/// Bytes of a handle's value, at most: as many as a Matrix id may have.
pub const MAX_HANDLE_LEN: usize = 255;
/// Bytes of a caller's name and of a pinned name, at most.
pub const MAX_NAME_LEN: usize = 256;
/// Bytes of a group id, at most.
pub const MAX_GROUP_ID_LEN: usize = 128;

// Bundles (spec/envelope.md, "Prekeys and bundles").

/// Bundles of one list, at most. Those behind are refused unread.
pub const MAX_BUNDLES: usize = 512;
/// Revocation statements of one list, at most. Those behind are passed over unread.
pub const MAX_STATEMENTS: usize = 256;
/// Device keys of an account of which a sender keeps what they last published, at most. More, and
/// the oldest publications leave, and raise the account's publication floor.
pub const MAX_PUBLICATIONS: usize = 2_048;

// Times (spec/envelope.md, "Constants").

/// How far ahead of the reader's clock a date may be: 10 minutes.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(10 * 60);
/// How old an envelope may be: 30 days, as long as a relay keeps one.
pub const MAX_AGE: Duration = DAY.saturating_mul(30);
/// How long a certificate may live: 366 days.
pub const MAX_CERTIFICATE_LIFETIME: Duration = DAY.saturating_mul(366);
/// How long a prekey and its bundles may live: 90 days.
pub const MAX_PREKEY_LIFETIME: Duration = DAY.saturating_mul(90);
/// How long an invitation rings that does not say: 60 seconds.
pub const DEFAULT_RING_SECONDS: u8 = 60;
/// How long an invitation may ring: 90 seconds.
pub const MAX_RING_SECONDS: u8 = 90;
/// How long after its lifetime an invitation still rings, because envelopes take time and clocks
/// differ: 30 seconds.
pub const RING_TOLERANCE: Duration = Duration::from_secs(30);

/// How far ahead of the receiver's clock an envelope of a trusted account may be dated to be held
/// until its time comes: 24 hours.
pub const MAX_HELD_AHEAD: Duration = DAY;
/// How long a revocation floor counts: 397 days, until no certificate from before it holds any more
/// and no envelope under one is young enough.
pub const REVOCATION_FLOOR_AGE: Duration = DAY.saturating_mul(397);
/// How long a signal is kept that came before its invitation: 2 minutes.
pub const KEPT_TIME: Duration = Duration::from_secs(2 * 60);
/// How long after it was placed a call that nobody answered can be crossed: 120 seconds.
pub const CROSSING_WINDOW: Duration = Duration::from_secs(120);

// The inbox (spec/inbox.md, "State and bounds").

/// Prekeys of an inbox, at most.
pub const MAX_PREKEYS: usize = 256;
/// Account records, at most: of accounts trusted now or earlier, or blocked.
pub const MAX_ACCOUNTS: usize = 4_096;
/// Bytes of the pinned handles and names of all accounts together, at most.
pub const MAX_PINNED_LEN: usize = 262_144;
/// Message ids remembered of one account. One more, and the oldest raises the replay floor.
pub const MAX_SEEN: usize = 512;
/// Message ids remembered of all accounts. One more, and the oldest leaves of whoever has most.
pub const MAX_SEEN_IN_ALL: usize = 32_768;
/// Calls of one caller, placed calls, joined calls, and calls ended elsewhere before they were
/// known, each. One more, and the first is forgotten.
pub const MAX_CALLS: usize = 64;
/// Calls of all callers. One more, and the first is forgotten of whoever has most.
pub const MAX_CALLS_IN_ALL: usize = 2_048;
/// Accounts of one placed or joined call, at most.
pub const MAX_PARTIES: usize = 256;
/// Accounts of all placed calls together, and of all joined calls. More, and the first calls are
/// forgotten.
pub const MAX_PARTIES_IN_ALL: usize = 2_048;
/// Signals of one call that are kept for its invitation. One more, and the first leaves.
pub const MAX_KEPT_PER_CALL: usize = 4;
/// Kept signals of one account.
pub const MAX_KEPT_PER_ACCOUNT: usize = 8;
/// Kept signals of all accounts.
pub const MAX_KEPT: usize = 64;
/// Device keys of one account with a revocation floor above the account's, at most. Of a list of
/// statements those with the highest floors count.
pub const MAX_DEVICE_FLOORS: usize = 64;
/// Device keys of all accounts with a revocation floor above their account's, at most.
pub const MAX_DEVICE_FLOORS_IN_ALL: usize = 2_048;
/// Bytes of the dictionary that CallKit is told of a call, as JSON.
pub const MAX_CALLKIT_LEN: usize = 1024;
/// Events that wait to be acknowledged, and kept signals, at most, without those of the own account.
pub const MAX_PENDING: usize = 256;
/// Events and kept signals of one account, at most; this bounds the own account too.
pub const MAX_PENDING_PER_ACCOUNT: usize = 64;
/// Held envelopes of untrusted accounts, and as many held for the clock. One more, and the first
/// leaves.
pub const MAX_HELD: usize = 64;
/// Held envelopes of one account, untrusted or for the clock. One more, and its first leaves.
pub const MAX_HELD_PER_ACCOUNT: usize = 8;
