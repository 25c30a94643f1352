//! The work that is measured, as native code, under the names that ../work.mjs gives to the same work
//! in JavaScript. Every piece of work checks what it made before it is measured.

use std::hint::black_box;
use std::time::{Duration, Instant};

mod floor;
mod people;
mod work;

pub use work::names;

/// Work that can be repeated.
pub struct Job {
    /// Repeats it so many times, and returns how long that took.
    run: Box<dyn FnMut(u64) -> Duration>,
    /// How many things one repetition does: a time is that of one of them.
    units: u32,
}

impl Job {
    /// Makes what the work needs.
    ///
    /// # Panics
    /// If there is no work of that name.
    pub fn new(name: &str) -> Job {
        work::job(name).unwrap_or_else(|| panic!("no work is called {name}"))
    }

    fn repeated<T>(mut once: impl FnMut() -> T + 'static) -> Job {
        let run = move |times| {
            let begun = Instant::now();
            for _ in 0..times {
                black_box(once());
            }
            begun.elapsed()
        };
        Job {
            run: Box::new(run),
            units: 1,
        }
    }

    /// Work that needs something new each time: making that is not measured.
    fn prepared<C: 'static, T>(
        units: u32,
        mut prepare: impl FnMut() -> C + 'static,
        mut once: impl FnMut(&mut C) -> T + 'static,
    ) -> Job {
        let run = move |times| {
            let mut all = Duration::ZERO;
            for _ in 0..times {
                let mut context = prepare();
                let begun = Instant::now();
                black_box(once(&mut context));
                all += begun.elapsed();
            }
            all
        };
        Job {
            run: Box::new(run),
            units,
        }
    }

    /// Repeats the work so many times, and returns how long one thing each took in all.
    pub fn run(&mut self, times: u64) -> Duration {
        (self.run)(times) / self.units
    }

    /// Works for a time, and returns the median of one thing's times, each over a millisecond of work or
    /// one repetition.
    pub fn turn(&mut self, least: Duration) -> Duration {
        let millisecond = Duration::from_millis(1);
        let once = (self.run)(1).max(Duration::from_nanos(1));
        let times = millisecond.as_nanos().div_ceil(once.as_nanos());
        let times = u64::try_from(times).unwrap_or(u64::MAX);
        let begun = Instant::now();
        let mut samples = Vec::new();
        while samples.len() < 3 || begun.elapsed() < least {
            samples.push((self.run)(times).as_secs_f64());
        }
        samples.sort_by(f64::total_cmp);
        Duration::from_secs_f64(samples[samples.len() / 2])
            .div_f64(times as f64 * f64::from(self.units))
    }
}
