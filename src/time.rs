//! Time as the format writes it (spec/envelope.md, "Time"). Nothing reads a clock: every function
//! that needs the time takes it, so that a caller can correct it by its server's clock.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::KeyError;
use crate::limits::{CLOCK_TOLERANCE, MAX_AGE};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub u64);

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixSeconds(pub u64);

impl UnixMillis {
    /// Returns this moment in whole seconds, rounded down.
    pub const fn to_seconds(self) -> UnixSeconds {
        UnixSeconds(self.0 / 1000)
    }

    /// Returns the moment `duration` later, saturating.
    pub fn saturating_add(self, duration: Duration) -> UnixMillis {
        UnixMillis(self.0.saturating_add(millis(duration)))
    }

    /// Returns the moment `duration` earlier, at the earliest 1970.
    pub fn saturating_sub(self, duration: Duration) -> UnixMillis {
        UnixMillis(self.0.saturating_sub(millis(duration)))
    }

    /// Returns whether this moment is further ahead of `now` than clocks may differ.
    pub(crate) fn is_ahead_of(self, now: UnixMillis) -> bool {
        self > now.saturating_add(CLOCK_TOLERANCE)
    }

    /// Returns whether this moment lies longer before `now` than any message is kept.
    pub(crate) fn is_too_old(self, now: UnixMillis) -> bool {
        self < now.saturating_sub(MAX_AGE)
    }
}

impl UnixSeconds {
    /// Returns this moment in milliseconds, saturating. Seconds are compared with milliseconds only
    /// in this form.
    pub const fn to_millis(self) -> UnixMillis {
        UnixMillis(self.0.saturating_mul(1000))
    }
}

/// Converts a time. One before 1970 becomes 1970.
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

/// Checks that a lifetime is positive and within its cap.
///
/// # Errors
/// [`KeyError::BadLifetime`].
pub(crate) fn check_lifetime(
    from: UnixSeconds,
    until: UnixSeconds,
    cap: Duration,
) -> Result<(), KeyError> {
    match until.0.checked_sub(from.0) {
        Some(lifetime) if lifetime > 0 && lifetime <= cap.as_secs() => Ok(()),
        _ => Err(KeyError::BadLifetime),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
