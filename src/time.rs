//! Time as the format writes it. Nothing here reads a clock: every function that needs the time
//! takes it, so that a caller can correct it by its server's clock.

use std::fmt;
use std::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

/// How far a clock may be ahead of ours before what it dates is refused: 10 minutes.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(10 * 60);

/// How old a message may be: 30 days, as long as a relay keeps one.
pub const MAX_AGE: Duration = Duration::from_secs(30 * DAY_SECONDS);

pub(crate) const DAY_SECONDS: u64 = 24 * 60 * 60;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub u64);

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(pub u64);

impl UnixMillis {
    /// This moment in whole seconds, rounded down.
    pub const fn to_seconds(self) -> UnixSeconds {
        UnixSeconds(self.0 / 1000)
    }

    /// The moment `duration` later; the end of time if there is none.
    pub fn saturating_add(self, duration: Duration) -> UnixMillis {
        UnixMillis(self.0.saturating_add(millis(duration)))
    }

    /// The moment `duration` earlier; 1970 if there is none.
    pub fn saturating_sub(self, duration: Duration) -> UnixMillis {
        UnixMillis(self.0.saturating_sub(millis(duration)))
    }

    /// Whether this moment is further ahead of `now` than clocks may differ.
    pub(crate) fn is_ahead_of(self, now: UnixMillis) -> bool {
        self > now.saturating_add(CLOCK_TOLERANCE)
    }

    /// Whether this moment lies longer before `now` than any message is kept.
    pub(crate) fn is_too_old(self, now: UnixMillis) -> bool {
        self < now.saturating_sub(MAX_AGE)
    }
}

impl UnixSeconds {
    /// This moment in milliseconds, saturating: seconds are always compared so.
    pub const fn to_millis(self) -> UnixMillis {
        UnixMillis(self.0.saturating_mul(1000))
    }
}

/// Times before 1970 become 1970.
impl From<SystemTime> for UnixMillis {
    fn from(time: SystemTime) -> Self {
        UnixMillis(time.duration_since(UNIX_EPOCH).map_or(0, millis))
    }
}

impl fmt::Display for UnixMillis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0)
    }
}

impl fmt::Display for UnixSeconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
