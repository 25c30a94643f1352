//! Opening up to the times (spec/envelope.md, E17 to E29).

mod certificates;
mod elsewhere;
mod signatures;
mod suites;
mod trust;

use hushring::Suite;

use crate::author::*;

const FOLDER: &str = "envelopes";

type Change = fn(&mut Vec<u8>);

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    for suite in Suite::ALL {
        suites::sound(&mut all, suite);
        suites::cleartext(&mut all, suite);
        suites::decryption(&mut all, suite);
        suites::frames(&mut all, suite);
    }
    elsewhere::vectors(&mut all);
    certificates::vectors(&mut all);
    signatures::vectors(&mut all);
    trust::accounts(&mut all);
    trust::times(&mut all);
    all
}

fn new(name: &str, rules: &str, comment: &str) -> Open {
    Open::new(FOLDER, name, rules, comment)
}

fn in_suite(suite: Suite, name: &str, rules: &str, comment: &str) -> Open {
    new(&format!("{suite}-{name}"), rules, comment).in_suite(suite)
}
