//! Random sequences of what can happen to an inbox, beside a naive model of the specification
//! (spec/inbox.md). `HUSHRING_MODEL_SEED` takes other sequences, `HUSHRING_MODEL_CASES` more or fewer.

#![cfg(not(target_arch = "wasm32"))]

mod bounds;
mod explanation;
mod letters;
mod model;
mod people;
mod reached;
mod relay;
mod run;

mod seen;
mod steps;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use people::{MULTITUDE, Pin};
use proptest::strategy::{Strategy, ValueTree};
use run::{Reached, Run};
use steps::{Move, Step, Theme, sequence};

/// Runs sequences of a theme, and checks that they led to everything they are meant for.
fn check(theme: Theme, cases: u32, length: usize, least: &[(&str, u64)]) {
    let reached = RefCell::new(Reached::new());
    let result = runner(theme as u8, cases).run(&sequence(theme, length), |steps| {
        for (line, times) in make(&steps, theme) {
            *reached.borrow_mut().entry(line).or_default() += times;
        }
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(_, steps)) => {
            let steps = fewest(steps, theme);
            for step in &steps {
                println!("{step:?}");
            }
            make(&steps, theme);
            panic!("it failed, and does not any more");
        }
        Err(error) => panic!("{error}"),
    }
    println!("{theme:?}:");
    check_reached(&reached.into_inner(), least);
}

fn check_reached(reached: &Reached, least: &[(&str, u64)]) {
    println!("{reached:#?}");
    // Whoever runs other sequences, or fewer, looks for something else.
    let is_usual = [SEED, CASES]
        .iter()
        .all(|name| number_from_environment(name).is_none());
    if is_usual {
        let times = |line: &str| reached.get(line).copied().unwrap_or_default();
        let missing: Vec<_> = least
            .iter()
            .filter(|(line, least)| times(line) < *least)
            .collect();
        assert!(missing.is_empty(), "not reached often enough: {missing:?}");
    }
}

const SEED: &str = "HUSHRING_MODEL_SEED";
const CASES: &str = "HUSHRING_MODEL_CASES";

fn number_from_environment(name: &str) -> Option<u32> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// The same in every run, unless another seed is given.
fn runner(theme: u8, cases: u32) -> TestRunner {
    let mut seed = [theme; 32];
    seed[..4].copy_from_slice(&number_from_environment(SEED).unwrap_or(1).to_be_bytes());
    let config = Config {
        cases: number_from_environment(CASES).unwrap_or(cases),
        failure_persistence: None,
        // All sequences have one length, so proptest cannot leave steps out: see `fewest`.
        max_shrink_iters: 0,
        ..Config::default()
    };
    quietly_when_asked();
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

fn make(steps: &[Step], theme: Theme) -> Reached {
    let mut run = Run::new(theme == Theme::Ownership);
    for step in steps {
        run.step(step);
    }
    run.reached
}

/// Leaves out what is not needed for a failure.
fn fewest(mut steps: Vec<Step>, theme: Theme) -> Vec<Step> {
    QUIET.set(true);
    let mut part = steps.len() / 2;
    while part > 0 {
        let before = steps.len();
        for begin in (0..steps.len()).step_by(part).rev() {
            let mut fewer = steps.clone();
            fewer.drain(begin..steps.len().min(begin + part));
            if catch_unwind(AssertUnwindSafe(|| make(&fewer, theme))).is_err() {
                steps = fewer;
            }
        }
        if part > 1 || steps.len() == before {
            part /= 2;
        }
    }
    QUIET.set(false);
    steps
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Panics of a thread that only tries are not reported.
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
fn calls() {
    check(Theme::Calls, 900, 50, reached::CALLS);
}

#[test]
fn placed() {
    check(Theme::Placed, 700, 50, reached::PLACED);
}

#[test]
fn times() {
    check(Theme::Times, 800, 50, reached::TIMES);
}

#[test]
fn strangers() {
    check(Theme::Strangers, 300, 50, reached::STRANGERS);
}

#[test]
fn floods() {
    check(Theme::Floods, 34, 30, reached::FLOODS);
}

#[test]
fn ownership() {
    check(Theme::Ownership, 100, 50, reached::OWNERSHIP);
}

/// As many ids and calls of all accounts as there may be (spec/inbox.md, section 2).
#[test]
fn crowds() {
    let mut run = Run::crowded();
    let steps = proptest::collection::vec((0..MULTITUDE, 600..800_usize, 0..12_u8), 120);
    let mut runner = runner(98, 1);
    let steps = steps.new_tree(&mut runner).unwrap().current();
    for (who, number, also) in steps {
        match also {
            0 => run.step(&Step::Untrust(who)),
            1 => run.step(&Step::Trust(who, Pin::Nothing)),
            2 => run.step(&Step::Reload),
            3 => run.step(&Step::Clock(Move::By(1))),
            _ => {}
        }
        run.crowd_more(who, number);
        run.crowd_more(MULTITUDE - 1 - who % 5, number);
    }
    for who in 0..MULTITUDE {
        run.ask_of_ends(who);
    }
    check_reached(&run.reached, reached::CROWDS);
}

/// A crash at every point, and a second one.
#[test]
fn crashes() {
    let points = Cell::new(0);
    let result = runner(99, 30).run(&relay::scenario(), |scenario| {
        points.set(points.get() + relay::check(&scenario));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    assert!(points.get() >= 400 || number_from_environment(CASES).is_some());
}
