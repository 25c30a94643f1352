//! Whole conversations between real inboxes: users at random, with apps that do what spec/inbox.md
//! (8.6, 8.7) says, a network that delivers in any order, and devices that crash between any two
//! steps. `HUSHRING_CONVERSATIONS` has more of them, `HUSHRING_CONVERSATION` one alone: its scene and
//! its number, such as `One 17`, with everything that happens.

#![cfg(not(target_arch = "wasm32"))]

mod app;
mod checks;
mod conversation;
mod hear;
mod network;
mod perform;
mod random;
mod truth;
mod users;
mod world;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use conversation::{Conversation, Scene};

/// Of all scenes together.
const USUAL: u64 = 2_000;

/// Has so many of a hundred conversations in a scene, and checks what they led to.
fn check(scene: Scene, percent: u64, least: &[(&str, u64)]) {
    if let Ok(one) = std::env::var("HUSHRING_CONVERSATION") {
        let (name, seed) = one.split_once(' ').unwrap();
        if name == format!("{scene:?}") {
            Conversation::new(scene, seed.parse().unwrap(), true).run();
        }
        return;
    }
    let all = std::env::var("HUSHRING_CONVERSATIONS").ok();
    let all = all.map_or(USUAL, |all| all.parse().unwrap());
    let mut reached: BTreeMap<String, u64> = BTreeMap::new();
    quietly_when_asked();
    for seed in 1..=all * percent / 100 {
        QUIET.set(true);
        let one = catch_unwind(AssertUnwindSafe(|| {
            let mut conversation = Conversation::new(scene, seed, false);
            conversation.run();
            conversation.truth.reached
        }));
        QUIET.set(false);
        let Ok(one) = one else {
            println!("HUSHRING_CONVERSATION='{scene:?} {seed}':");
            Conversation::new(scene, seed, true).run();
            panic!("it failed, and does not any more");
        };
        for (line, times) in one {
            *reached.entry(line).or_default() += times;
        }
    }
    println!("{scene:?}: {reached:#?}");
    if all == USUAL {
        let times = |line: &str| reached.get(line).copied().unwrap_or_default();
        let missing: Vec<_> = least
            .iter()
            .filter(|(line, least)| times(line) < *least)
            .collect();
        assert!(missing.is_empty(), "not reached often enough: {missing:?}");
    }
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Panics of a conversation that will be told again are not reported.
fn quietly_when_asked() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                report(info);
            }
        }));
    });
}

#[test]
fn one_calls_another() {
    check(Scene::One, 45, &[]);
}

#[test]
fn one_calls_two() {
    check(Scene::Group, 20, &[]);
}

#[test]
fn both_call_each_other() {
    check(Scene::Both, 25, &[]);
}

#[test]
fn one_calls_another_device_of_the_account() {
    check(Scene::Own, 10, &[]);
}
