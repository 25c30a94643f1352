//! The time by a server's answers, for devices whose clock is wrong.

use std::time::Duration;

use crate::limits::DAY;
use crate::time::UnixMillis;

/// Answers that are kept.
const MAX_ANSWERS: usize = 8;

/// By how much two answers may differ, beside what their round trips explain, in milliseconds. An
/// HTTP `Date` has whole seconds.
const TOLERANCE: i64 = 2_000;

/// The longest round trip of an answer that counts, in milliseconds: half of it is what the answer may
/// be wrong by.
const MAX_ROUND_TRIP: i64 = 60_000;

/// A clock that runs wrong by a second has run for this many.
const DRIFT: i64 = 5_000;

/// By how much the time may differ from the server's where it counts as known, in milliseconds.
const SYNCHRONIZED: u64 = 30_000;

/// The longest time for which the time stands still instead of going back, in milliseconds.
const MAX_PAUSE: u64 = 600_000;

/// The time now by a server's clock: its answers correct the clock of the device. An invitation from
/// a clock that is 91 seconds slow never rings, and an envelope from one that is an hour fast is
/// held for an hour. So senders and receivers pass this as `now` everywhere.
///
/// The correction is bounded to a day in either direction, because the server is not trusted with
/// more. Of the last eight answers, those count that agree with most others, and among them the one
/// with the shortest round trip: one wrong answer among three does no harm. Where no two agree, the
/// one nearest to the device's own clock counts. A time that was synchronized never goes back: where
/// it would, it stands still, unless that time was wrong by more than 10 minutes.
///
/// Between answers, as much time has passed as the two clocks of the device say at most: a monotonic
/// clock may stand still while the device sleeps, and the system's may be set back. Add an answer
/// when the device wakes, and with every request that has one.
///
/// ```
/// # use std::time::Duration;
/// # use hushring::{LocalTime, ServerClock, UnixMillis};
/// let mut clock = ServerClock::new();
/// // The device is 91 seconds slow. A request took 0.2 seconds.
/// let local = LocalTime {
///     system: UnixMillis(1_790_000_000_000),
///     monotonic: Duration::from_secs(5),
/// };
/// let server = UnixMillis(1_790_000_090_900);
/// clock.add(server, Duration::from_millis(200), local);
/// assert_eq!(clock.now(local), UnixMillis(1_790_000_091_000));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ServerClock {
    answers: Vec<Answer>,
    /// The place of the answer that counts.
    best: usize,
    /// The last time that was given and known.
    last: UnixMillis,
}

/// What the clocks of a device say at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime {
    /// The system's clock, which people and networks set.
    pub system: UnixMillis,
    /// A clock that only goes forward, counted from any moment, such as an
    /// [`Instant`](std::time::Instant) of the start.
    pub monotonic: Duration,
}

/// All in milliseconds.
#[derive(Clone, Copy, Debug)]
struct Answer {
    /// The server's time at the moment when the answer came.
    server: i64,
    round_trip: i64,
    system: i64,
    monotonic: i64,
}

impl ServerClock {
    /// Makes a clock without any answer: it says what the system's clock says.
    pub const fn new() -> ServerClock {
        ServerClock {
            answers: Vec::new(),
            best: 0,
            last: UnixMillis(0),
        }
    }

    /// Adds an answer of the server: its time, how long the request took, and the device's clocks
    /// when the answer came. One that took longer than a minute says too little, and is left out:
    /// where a device slept meanwhile, its monotonic clock may not have seen it, so pass the time that
    /// passed by the clock that saw more.
    pub fn add(&mut self, server: UnixMillis, round_trip: Duration, local: LocalTime) {
        let round_trip = millis(round_trip);
        if round_trip > MAX_ROUND_TRIP {
            return;
        }
        if self.answers.len() == MAX_ANSWERS {
            self.answers.remove(0);
        }
        self.answers.push(Answer {
            server: whole(server).saturating_add(round_trip / 2),
            round_trip,
            system: whole(local.system),
            monotonic: millis(local.monotonic),
        });
        self.best = self.choose();
    }

    /// Returns the time, given what the device's clocks say now. Before the first answer that is the
    /// system's.
    pub fn now(&mut self, local: LocalTime) -> UnixMillis {
        let (time, is_known) = self.look(local);
        if is_known {
            self.last = time;
        }
        time
    }

    /// Returns whether the time is known: whether [`ServerClock::now`] is within 30 seconds of what
    /// the server's answers say. It is not before the first answer, while the device's clock is
    /// wrong by more than a day, and while the time stands still for more than that. Then receive
    /// nothing, because honest calls would be refused or missed; and if it stays so, tell the user to
    /// set the clock.
    pub fn is_synchronized(&self, local: LocalTime) -> bool {
        self.look(local).1
    }

    /// Returns the time to give, near to the system's and not shortly before the last one; and whether
    /// it is the server's.
    fn look(&self, local: LocalTime) -> (UnixMillis, bool) {
        let (system, day) = (whole(local.system), millis(DAY));
        let by_server = self
            .answers
            .get(self.best)
            .map(|answer| answer.server.saturating_add(answer.elapsed(local)));
        let time = by_server.unwrap_or(system);
        let time = time.clamp(system.saturating_sub(day), system.saturating_add(day));
        let time = UnixMillis(u64::try_from(time).unwrap_or_default());
        let time = match time < self.last && self.last.0 - time.0 <= MAX_PAUSE {
            true => self.last,
            false => time,
        };
        let is_known = by_server.is_some_and(|by| whole(time).abs_diff(by) <= SYNCHRONIZED);
        (time, is_known)
    }

    /// Returns the place of the answer that counts.
    fn choose(&self) -> usize {
        let answers = || self.answers.iter().enumerate();
        let votes = |answer: &Answer| answers().filter(|(_, other)| answer.agrees(other)).count();
        // Of several, `max_by_key` gives the last, which is the newest.
        let Some((place, leader)) = answers().max_by_key(|(_, answer)| votes(answer)) else {
            return 0;
        };
        if votes(leader) == 1 {
            let nearest = answers()
                .rev()
                .min_by_key(|(_, answer)| answer.correction());
            return nearest.map_or(place, |(place, _)| place);
        }
        let age = |answer: &Answer| self.answers.last().map_or(0, |newest| newest.since(answer));
        let agreeing = answers().filter(|(_, answer)| leader.agrees(answer));
        let best = agreeing
            .rev()
            .min_by_key(|(_, answer)| answer.round_trip / 2 + age(answer) / DRIFT);
        best.map_or(place, |(place, _)| place)
    }
}

impl Answer {
    /// Returns whether one of the device's clocks has seen as much time pass between two answers as
    /// the server says.
    fn agrees(&self, other: &Answer) -> bool {
        let slack = (self.round_trip + other.round_trip) / 2 + TOLERANCE;
        let passed = self.server - other.server;
        let explains = |by_clock: i64| (passed - by_clock).abs() <= slack;
        explains(self.monotonic - other.monotonic) || explains(self.system - other.system)
    }

    fn correction(&self) -> i64 {
        (self.server - self.system).abs()
    }

    /// Returns the time that has passed since another answer, at least nothing.
    fn since(&self, earlier: &Answer) -> i64 {
        let system = self.system - earlier.system;
        system.max(self.monotonic - earlier.monotonic).max(0)
    }

    /// Returns the time that has passed since this answer.
    fn elapsed(&self, local: LocalTime) -> i64 {
        let now = Answer {
            system: whole(local.system),
            monotonic: millis(local.monotonic),
            ..*self
        };
        now.since(self)
    }
}

/// A time that sums and differences do not overflow.
fn whole(time: UnixMillis) -> i64 {
    const LAST: u64 = 1 << 53;
    time.0.min(LAST) as i64
}

fn millis(duration: Duration) -> i64 {
    whole(UnixMillis(
        u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
    ))
}
