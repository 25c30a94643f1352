//! The time at which the tests take place.

use hushring::{UnixMillis, UnixSeconds};

/// 2026-11-20T10:00:00Z.
pub const NOW: UnixMillis = UnixMillis(1_795_168_800_000);

/// In seconds.
pub const MINUTE: u64 = 60;
/// In seconds.
pub const DAY: u64 = 24 * 60 * MINUTE;

/// Returns the time that lies so many days behind [`NOW`], or before it.
pub fn day(days: i64) -> UnixSeconds {
    second(days * DAY.cast_signed())
}

/// Returns the time that lies so many seconds behind [`NOW`], or before it.
pub fn second(seconds: i64) -> UnixSeconds {
    UnixSeconds(NOW.to_seconds().0.checked_add_signed(seconds).unwrap())
}

/// Returns `value` with some of its public fields changed: options cannot be built member by member
/// outside the crate.
pub fn with<T>(mut value: T, change: impl FnOnce(&mut T)) -> T {
    change(&mut value);
    value
}
