//! The vectors of vectors/ but for the scenes: one input each, and what comes of it.
//! `UPDATE_VECTORS=1 cargo test --test vectors the_files` writes them anew.

mod author;
mod packed;
mod play;
mod points;
mod scripts;

use std::collections::{BTreeMap, BTreeSet};

use hushring_test_support::files::{change_leaf, count_leaves, in_the_tree, write_or_compare};
use serde_json::Value as Json;

const FOLDERS: [&str; 10] = [
    "bundles",
    "certificates",
    "contents",
    "envelopes",
    "identifiers",
    "keys",
    "links",
    "push",
    "revocations",
    "sealing",
];

/// By folder, file names and what they hold.
fn written() -> BTreeMap<&'static str, BTreeMap<String, String>> {
    let mut folders: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for vector in scripts::all() {
        let text = serde_json::to_string_pretty(&vector.to_json()).unwrap() + "\n";
        let files = folders.entry(vector.folder).or_default();
        let old = files.insert(format!("{}.json", vector.name), text);
        assert!(old.is_none(), "two vectors are {}", vector.name);
    }
    assert!(folders.keys().copied().eq(FOLDERS));
    folders
}

#[test]
fn the_files_are_what_the_program_writes() {
    for (folder, files) in written() {
        write_or_compare(folder, &files);
    }
}

#[test]
fn every_vector_holds() {
    let mut failures = Vec::new();
    for folder in FOLDERS {
        for (name, text) in in_the_tree(folder) {
            let vector: Json = serde_json::from_str(&text).unwrap();
            if let Err(failure) = play::play(&vector) {
                failures.push(format!("{folder}/{name}: {failure}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn refusals_outnumber_the_rest() {
    let all = scripts::all();
    let refusals = all.iter().filter(|vector| vector.is_refusal()).count();
    assert!(all.len() > 400, "{}", all.len());
    assert!(refusals * 2 > all.len(), "{refusals} of {}", all.len());
}

/// Every rule is cited by a vector, or by a scene, or stands here with the reason why none can show
/// it; and only such rules stand here.
#[test]
fn every_rule_is_shown() {
    let specification = concat!(
        include_str!("../../spec/envelope.md"),
        include_str!("../../spec/inbox.md"),
        include_str!("../../spec/relay.md"),
    );
    let rules: BTreeSet<&str> = specification
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" |"))
        .map(|(rule, _)| rule)
        .filter(|rule| {
            let mut characters = rule.chars();
            characters
                .next()
                .is_some_and(|first| first.is_ascii_uppercase())
                && rule.len() > 1
                && characters.all(|digit| digit.is_ascii_digit())
        })
        .collect();
    assert!(rules.len() > 200, "{}", rules.len());
    let vectors = scripts::all();
    let mut shown: BTreeSet<String> = vectors
        .iter()
        .flat_map(|vector| vector.rules.iter().cloned())
        .collect();
    for vector in &vectors {
        for rule in &vector.rules {
            assert!(rules.contains(rule.as_str()), "{}: {rule}", vector.name);
        }
    }
    for text in in_the_tree("scenes").values() {
        let scene: Json = serde_json::from_str(text).unwrap();
        let cited = scene["rules"].as_array().unwrap().iter();
        shown.extend(cited.filter_map(Json::as_str).map(Into::into));
    }
    let hidden: BTreeSet<&str> = HIDDEN
        .iter()
        .flat_map(|(rules, _)| rules.split(' '))
        .collect();
    let missing: Vec<_> = rules
        .iter()
        .filter(|rule| !shown.contains(**rule) && !hidden.contains(**rule))
        .collect();
    assert!(missing.is_empty(), "nothing shows {missing:?}");
    let needless: Vec<_> = hidden
        .iter()
        .filter(|rule| shown.contains(**rule) || !rules.contains(**rule))
        .collect();
    assert!(needless.is_empty(), "{needless:?} need no reason");
}

/// Rules that no vector can show, and why.
const HIDDEN: &[(&str, &str)] = &[
    ("B22 B23 B24", "when a device publishes, and what it stores"),
    (
        "C14",
        "follows from the other rules of the encoding: nothing breaks it alone",
    ),
    (
        "E5 M14 M15",
        "what a writer chooses, and what it does beside the envelope",
    ),
    ("E36 E38 N30", "what a reader does with the result"),
    ("H4 K1", "where random bytes come from"),
    (
        "K4",
        "making a prekey: its expiry is not checked when it is read",
    ),
    ("L2", "that a secret serves once"),
    ("N19 N20 N21 N22", "what an app sends, and when"),
    ("P2 P3 P5 P12", "what a relay does beside the push"),
    ("V5", "what later editions may change"),
    (
        "X1 X2 X3 X4",
        "what an app does about a call that crosses its own",
    ),
];

/// Every expectation is looked at: whatever is changed in one, its vector fails.
#[test]
fn a_wrong_expectation_fails() {
    let mut tried = 0;
    for vector in scripts::all() {
        let vector = vector.to_json();
        // Pushes are played by the npm package alone, and what sealing gives beside envelopes shows
        // in them.
        if matches!(vector["kind"].as_str(), Some("audit" | "push")) {
            continue;
        }
        for leaf in 0..count_leaves(&vector["expect"]).min(40) {
            let mut wrong = vector.clone();
            change_leaf(&mut wrong["expect"], &mut { leaf });
            for name in ["messageId", "stream"] {
                if vector["kind"] == "seal" && wrong["expect"][name] != vector["expect"][name] {
                    wrong["expect"]["envelopes"] = "something else".into();
                }
            }
            assert!(play::play(&wrong).is_err(), "{}: {leaf}", vector["name"]);
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}
