//! The tables of calls, as spec/model/calls/ has them, and the inbox are the same: random histories
//! of the model are played to real inboxes, with real envelopes, and each delivery has to give the
//! event that the model's tables give. `HUSHRING_CALLS_SEED` takes other histories,
//! `HUSHRING_CALLS_CASES` more or fewer of each kind.

#![cfg(not(target_arch = "wasm32"))]

mod listed;
mod people;
mod player;
mod said;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hushring_calls_model::scope::Scope;
use hushring_calls_model::walk::{Numbers, Walk, walk, wild_walk};

use people::People;
use player::{Lines, Player};

/// Some with many acts, and some in which few calls end before they are answered, or before the
/// caller says which device it took.
const SCOPES: [&str; 7] = [
    "b=1 rings=3 signals=1 crashes=2 busy late timeout reply anytime reasons no-burial",
    "b=2 rings=2 signals=2 crashes=2 busy reply anytime no-cancel no-burial",
    "b=2 c=1 rings=2 signals=1 busy late reply anytime reasons no-burial",
    "b=2 c=1 reply no-cancel no-hang-up no-burial",
    "b=3 rings=2 signals=1 crashes=2 late reply reasons no-decline no-cancel no-burial",
    "b=4 rings=1 crashes=2 reply reasons no-cancel no-burial",
    "b=2 rings=3 crashes=2 anytime no-decline no-hang-up no-cancel no-burial",
];

/// Users and apps do as they should, and the network delays what it likes.
#[test]
fn what_apps_do_gives_the_events_of_the_tables() {
    let lines = play(1, walk);
    // Nobody else has a say, and nobody seals to himself.
    let reached = [
        "A1", "A2", "A3", "A4", "A5", "A6", "Z1", "Z2", "Z3", "Z4", "Z5", "Z6", "Z7", "Z8", "Z9",
        "Z10", "Z11", "Z12", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8", "G10", "G11",
    ];
    assert_reached(&lines, &reached);
    assert_reached(&lines, &LISTED);
    assert_reached(&lines, &["N28 second, over"]);
}

/// Anybody says anything to anybody in between.
#[test]
fn what_anybody_says_gives_the_events_of_the_tables() {
    let lines = play(2, wild_walk);
    let reached = [
        "N14", "A0", "A1", "A2", "A3", "A4", "A5", "A6", "Z1", "Z2", "Z3", "Z4", "Z5", "Z6", "Z7",
        "Z8", "Z9", "Z10", "Z11", "Z12", "Z13", "G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8",
        "G10", "G11",
    ];
    assert_reached(&lines, &reached);
    assert_reached(&lines, &LISTED);
}

/// How events that wait are listed (N28).
const LISTED: [&str; 7] = [
    "N28 repeated",
    "N28 signal",
    "N28 over",
    "N28 elsewhere",
    "N28 ended",
    "N28 expired",
    "N28 as it was",
];

/// Plays histories, and returns how often each line applied.
fn play(theme: u64, histories: fn(&Scope, &mut Numbers) -> Walk) -> Lines {
    let people = People::new();
    let seed = number_from_environment(SEED).unwrap_or(13);
    let mut numbers = Numbers::new(seed * 16 + theme);
    let mut lines = Lines::new();
    for case in 0..number_from_environment(CASES).unwrap_or(280) {
        let scope: Scope = SCOPES[case as usize % SCOPES.len()].parse().unwrap();
        let history = histories(&scope, &mut numbers);
        let mut player = Player::new(&people, &scope, case);
        for (place, event) in history.events.iter().enumerate() {
            let played = catch_unwind(AssertUnwindSafe(|| player.play(event)));
            if let Err(panic) = played {
                for event in &history.events[..=place] {
                    println!("{}", event.told);
                }
                println!(
                    "{case} of {scope}, seed {seed}: {:?}",
                    history.events[place].given
                );
                std::panic::resume_unwind(panic);
            }
        }
        for (line, times) in player.lines {
            *lines.entry(line).or_default() += times;
        }
    }
    println!("{lines:?}");
    lines
}

/// Whoever plays other histories, or fewer, looks for something else.
fn assert_reached(lines: &Lines, reached: &[&str]) {
    let is_usual = [SEED, CASES]
        .iter()
        .all(|name| number_from_environment(name).is_none());
    if is_usual {
        for line in reached {
            assert!(lines.get(line).is_some_and(|times| *times >= 3), "{line}");
        }
    }
}

const SEED: &str = "HUSHRING_CALLS_SEED";
const CASES: &str = "HUSHRING_CALLS_CASES";

fn number_from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}
