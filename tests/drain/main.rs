//! A phone that takes its mailbox by the loop of spec/sharing.md, section 1, in processes that are
//! killed again and again; and what an inbox needs of memory, there and at every bound of
//! spec/inbox.md, section 2.
//!
//! A process is this program again, as the test `a_process`. `HUSHRING_DRAIN` plays one seed again.

#![cfg(target_os = "linux")]

mod bounds;
mod dice;
mod life;
mod mailbox;
mod memory;
mod phone;
mod truth;
mod world;

use std::env;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// What an inbox may need beside what the process has at rest (spec/inbox.md, section 2).
const MOST_MEMORY: u64 = 8_000_000;

/// A number of this run, to be told if it fails.
fn seed() -> u64 {
    let of_the_clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    env::var("HUSHRING_DRAIN").map_or_else(
        |_| of_the_clock().as_secs() % 1_000_000,
        |seed| seed.parse().unwrap(),
    )
}

/// Starts this program again, to do what these words say.
fn process(role: &str, words: &[String]) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "a_process", "--ignored", "--nocapture"])
        .env("HUSHRING_DRAIN_ROLE", role)
        .env("HUSHRING_DRAIN_WORDS", words.join("\n"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "the other tests run it, in processes of its own"]
fn a_process() {
    let Ok(words) = env::var("HUSHRING_DRAIN_WORDS") else {
        return;
    };
    let words: Vec<&str> = words.lines().collect();
    match env::var("HUSHRING_DRAIN_ROLE").unwrap().as_str() {
        "phone" => phone::run(&words),
        "bounds" => bounds::run(&words),
        role => panic!("there is no {role}"),
    }
}
