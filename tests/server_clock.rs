//! A clock that a server's answers correct. The package plays the same histories.

use std::time::Duration;

use hushring::{LocalTime, ServerClock, UnixMillis};
use serde_json::Value as Json;

const HISTORIES: &str = include_str!("../js/test/server-clock.json");

#[test]
fn every_history_is_played() {
    let file: Json = serde_json::from_str(HISTORIES).unwrap();
    let start = file["start"].as_i64().unwrap();
    let time = |since: &Json| UnixMillis((start + since.as_i64().unwrap()).try_into().unwrap());
    let millis = |length: &Json| Duration::from_millis(length.as_u64().unwrap());
    let histories = file["histories"].as_array().unwrap();
    assert!(!histories.is_empty());
    for history in histories {
        let mut clock = ServerClock::new();
        for (number, step) in history["steps"].as_array().unwrap().iter().enumerate() {
            let local = LocalTime {
                system: time(&step["system"]),
                monotonic: millis(&step["monotonic"]),
            };
            if step.get("server").is_some() {
                clock.add(time(&step["server"]), millis(&step["roundTrip"]), local);
            } else {
                let is_synchronized = |clock: &ServerClock| {
                    if let Some(expected) = step.get("synchronized") {
                        let name = &history["name"];
                        let found = clock.is_synchronized(local);
                        assert_eq!(found, *expected, "{name}, step {number}");
                    }
                };
                is_synchronized(&clock);
                let expected = time(&step["now"]);
                assert_eq!(
                    clock.now(local),
                    expected,
                    "{}, step {number}",
                    history["name"]
                );
                is_synchronized(&clock);
            }
        }
    }
}

#[test]
fn times_at_the_end_of_time_do_no_harm() {
    let end = LocalTime {
        system: UnixMillis(u64::MAX),
        monotonic: Duration::MAX,
    };
    let mut clock = ServerClock::new();
    for round_trip in [Duration::MAX, Duration::ZERO] {
        clock.add(UnixMillis(u64::MAX), round_trip, end);
        clock.add(UnixMillis(0), round_trip, end);
    }
    clock.now(end);
    let begin = LocalTime {
        system: UnixMillis(0),
        monotonic: Duration::ZERO,
    };
    assert!(clock.now(begin) <= UnixMillis(24 * 60 * 60 * 1000));
}
