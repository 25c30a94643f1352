//! The command line: see README.md.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use hushring_calls_model::Account;
use hushring_calls_model::ablation::ABLATIONS;
use hushring_calls_model::confluence::confluence;
use hushring_calls_model::large::{LARGE, WALKS};
use hushring_calls_model::scope::Scope;
use hushring_calls_model::search::{Verdict, search};
use hushring_calls_model::walk::{Numbers, walk};

const USAGE: &str = "\
search SCOPE             looks at every state
trace SCOPE              the same, with the steps to an invariant that breaks
walk NUMBER SEED SCOPE   makes so many random calls
ablate                   takes each rule away: what breaks, with the steps
confluence               delivers the letters of a history in every order
all                      does all that README.md names, but for the small scopes";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether everything is as it should be.
fn run(words: &[String]) -> Result<bool, String> {
    let scope = |from: usize| {
        words
            .get(from..)
            .unwrap_or_default()
            .join(" ")
            .parse::<Scope>()
    };
    match words.first().map(String::as_str) {
        Some("search") => Ok(run_search(&scope(1)?).is_some()),
        Some("trace") => Ok(run_trace(&scope(1)?)),
        Some("walk") => {
            let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
            let walks = number(1).ok_or("a number of walks is missing")?;
            let seed = number(2).ok_or("a seed is missing")?;
            Ok(run_walks(walks, seed, &scope(3)?))
        }
        Some("ablate") => Ok(run_ablation()),
        Some("confluence") => Ok(run_confluence()),
        Some("all") => run_all(),
        _ => Err("a command is missing".into()),
    }
}

fn run_all() -> Result<bool, String> {
    let mut is_right = true;
    for (scope, states) in LARGE {
        if run_search(&scope.parse()?) != Some(states) {
            println!("    expected: {states} states");
            is_right = false;
        }
    }
    for (walks, scope) in WALKS {
        is_right &= run_walks(walks, 1, &scope.parse()?);
    }
    is_right &= run_confluence();
    is_right &= run_ablation();
    Ok(is_right)
}

/// Returns how many states there are, if every invariant holds.
fn run_search(scope: &Scope) -> Option<usize> {
    let begun = Instant::now();
    let found = search(scope, false, usize::MAX);
    let seconds = begun.elapsed().as_secs_f64();
    let outcome = match found.verdict {
        Verdict::Holds => "holds",
        Verdict::Stopped => "stopped",
        Verdict::Broken { invariant, .. } => invariant,
    };
    println!(
        "{scope}: {outcome}. {} states, {} steps, {} quiet, depth {}, {seconds:.1} s",
        found.states, found.steps, found.quiet, found.depth,
    );
    matches!(found.verdict, Verdict::Holds).then_some(found.states)
}

fn run_trace(scope: &Scope) -> bool {
    match search(scope, true, usize::MAX).verdict {
        Verdict::Broken { invariant, trace } => {
            println!("{scope}: {invariant}");
            print_trace(&trace);
            false
        }
        _ => {
            println!("{scope}: holds");
            true
        }
    }
}

fn run_walks(walks: u64, seed: u64, scope: &Scope) -> bool {
    let begun = Instant::now();
    let (mut steps, mut ends) = (0, BTreeMap::<_, u64>::new());
    let mut numbers = Numbers::new(seed);
    for _ in 0..walks {
        let walk = walk(scope, &mut numbers);
        if let Some(invariant) = walk.broken {
            println!("{scope}: {invariant}");
            let told: Vec<_> = walk.events.into_iter().map(|event| event.told).collect();
            print_trace(&told);
            return false;
        }
        steps += walk.events.len();
        let leg = walk.events.last().map(|event| *event.after.leg(Account::B));
        let phase = leg.unwrap_or_default().phase;
        *ends.entry(format!("{phase:?}")).or_default() += 1;
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{scope}: holds. {walks} calls, {steps} steps, {seconds:.1} s; B's leg: {ends:?}");
    true
}

fn run_ablation() -> bool {
    let mut are_needed = true;
    for ablation in ABLATIONS {
        let (name, says) = (ablation.rule.name(), ablation.rule.says());
        println!("without {name} ({says}), {}", ablation.scope);
        if let Verdict::Broken { invariant, trace } = ablation.run().verdict {
            println!("    {invariant}");
            print_trace(&trace);
        } else {
            println!("    nothing breaks");
            are_needed = false;
        }
    }
    are_needed
}

fn run_confluence() -> bool {
    let found = confluence();
    println!("{} sets of letters, {} orders", found.sets, found.orders);
    for set in &found.dependent {
        println!("the end depends on the order of {set:?}");
    }
    found.dependent.is_empty()
}

fn print_trace(trace: &[String]) {
    for (place, told) in trace.iter().enumerate() {
        println!("    {:2}. {told}", place + 1);
    }
}
