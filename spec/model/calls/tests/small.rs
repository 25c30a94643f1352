//! The scopes that take a second or two: every invariant holds in every state. How many states there
//! are is a part of the result: fewer would mean that something cannot happen any more.

use hushring_calls_model::confluence::{Confluence, confluence};
use hushring_calls_model::large::LARGE;
use hushring_calls_model::scope::Scope;
use hushring_calls_model::search::{Verdict, search};
use hushring_calls_model::walk::{Numbers, walk};

/// Declares a test for each scope.
macro_rules! scopes {
    ($($name:ident: $scope:literal => $states:literal;)+) => {
        $(
            #[test]
            fn $name() {
                assert_holds($scope, $states);
            }
        )+

        const SMALL: &[(&str, usize)] = &[$(($scope, $states)),+];
    };
}

scopes! {
    one_device_rung_three_times:
        "b=1 rings=3 signals=1 crashes=1 busy late timeout" => 155_105;
    two_devices: "b=2 signals=1 crashes=1 busy late reply" => 652_974;
    two_devices_that_time_out: "b=2 crashes=1 busy late timeout" => 14_463;
    two_devices_rung_again: "b=2 rings=2" => 54_583;
    two_devices_rung_during_the_call: "b=2 rings=2 anytime no-decline" => 33_538;
    two_devices_and_strangers: "b=2 busy strangers" => 1;
    two_devices_and_losses: "b=2 busy loss" => 83_527;
    three_devices: "b=3 busy" => 119_799;
    two_accounts: "b=2 c=1" => 59_413;
    two_accounts_and_strangers: "b=2 c=1 strangers no-cancel" => 7_079;
    without_symmetry: "b=2 signals=1 no-symmetry" => 9_033;
    without_burial: "b=2 signals=1 no-burial" => 22_587;
}

fn assert_holds(scope: &str, states: usize) {
    let found = search(&scope.parse().unwrap(), false, usize::MAX);
    assert!(
        matches!(found.verdict, Verdict::Holds),
        "{scope}: {found:?}"
    );
    assert_eq!(found.states, states, "{scope}");
}

#[test]
fn random_calls() {
    let scope = "b=4 rings=3 signals=1 crashes=2 busy late timeout reply";
    let scope: Scope = scope.parse().unwrap();
    let mut numbers = Numbers::new(1);
    for call in 0..5_000 {
        let walk = walk(&scope, &mut numbers);
        let told = || walk.events.iter().map(|event| event.told.as_str());
        assert_eq!(
            walk.broken,
            None,
            "call {call}: {:#?}",
            told().collect::<Vec<_>>()
        );
    }
}

/// Every subset of one history's letters, in every order, ends in the same state.
#[test]
fn the_order_does_not_matter() {
    let expected = Confluence {
        sets: 255,
        orders: 109_600,
        dependent: Vec::new(),
    };
    assert_eq!(confluence(), expected);
}

/// The README names every scope, and how many states it has.
#[test]
fn the_readme_counts_the_states() {
    let readme = include_str!("../README.md");
    for (scope, states) in SMALL.iter().chain(&LARGE) {
        let row = format!("| `{scope}` | {} |", grouped(*states));
        assert!(readme.contains(&row), "{row}");
    }
}

#[test]
fn a_scope_is_written_as_it_is_read() {
    for text in ["b=2 c=1 rings=2 busy loss", "b=1 no-symmetry without=Z10"] {
        assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
    }
    for text in ["b=0", "b=5 c=2", "rings=20", "fast", "b=x", "without=Z99"] {
        assert!(text.parse::<Scope>().is_err(), "{text}");
    }
}

fn grouped(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1_000), number % 1_000),
    }
}
