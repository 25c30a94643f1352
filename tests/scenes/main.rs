//! The scenes of vectors/scenes: what an inbox makes of a sequence of steps (spec/inbox.md).
//! `UPDATE_VECTORS=1 cargo test --test scenes the_files` writes them anew.

mod author;
mod play;
mod said;
mod scripts;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use hushring_test_support::files::{self, change_leaf, count_leaves, in_the_tree};
use serde_json::Value as Json;

/// The rules of the inbox, and of opening an envelope, that a scene can show.
const RULES: &str = "A0 A1 A2 A3 A4 A5 A6 B20 B21 C12 E17 E18 E19 E20 E21 E22 E23 E24 E25 E26 E27 \
    E28 E29 E30 E31 E32 E33 E34 E35 E37 G1 G2 G3 G4 G5 G6 G7 G8 G9 G10 G11 N1 N2 N3 N4 N5 N6 N7 \
    N8 N9 N10 N11 N12 N13 N14 N15 N16 N17 N18 N23 N24 N25 N26 N27 N28 N29 N31 N32 N33 R6 T5 T6 Z1 \
    Z2 Z3 Z4 Z5 Z6 Z7 Z8 Z9 Z10 Z11 Z12 Z13";

const FOLDER: &str = "scenes";

/// File names and what they hold.
fn written() -> BTreeMap<String, String> {
    let scenes = scripts::all();
    let files: BTreeMap<String, String> = scenes
        .iter()
        .map(|scene| {
            let text = serde_json::to_string_pretty(&scene.to_json()).unwrap();
            (format!("{}.json", scene.name), text + "\n")
        })
        .collect();
    assert_eq!(files.len(), scenes.len(), "two scenes have one name");
    files
}

#[test]
fn the_files_are_what_the_program_writes() {
    files::write_or_compare(FOLDER, &written());
}

#[test]
fn every_scene_plays() {
    let mut failures = Vec::new();
    for (name, text) in in_the_tree(FOLDER) {
        let scene: Json = serde_json::from_str(&text).unwrap();
        if let Err(failure) = play::play(&scene) {
            failures.push(format!("{name}: {failure}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_rule_is_shown() {
    let scenes = scripts::all();
    assert!(scenes.len() > 400, "{}", scenes.len());
    let shown: BTreeSet<&str> = scenes
        .iter()
        .flat_map(|scene| scene.rules.iter().map(String::as_str))
        .collect();
    let missing: Vec<&str> = RULES
        .split_whitespace()
        .filter(|rule| !shown.contains(rule))
        .collect();
    assert!(missing.is_empty(), "no scene shows {missing:?}");
}

/// A rule that is cited stands in the specification.
#[test]
fn cited_rules_exist() {
    let specification = concat!(
        include_str!("../../spec/envelope.md"),
        include_str!("../../spec/inbox.md"),
        include_str!("../../spec/relay.md"),
    );
    for scene in scripts::all() {
        for rule in &scene.rules {
            assert!(
                specification.contains(&format!("\n| {rule} |")),
                "{}: {rule}",
                scene.name
            );
        }
    }
}

/// Every expectation is looked at: whatever is changed in one, its scene fails. Floods, which take
/// long, are left out.
#[test]
fn a_wrong_expectation_fails() {
    let mut tried = 0;
    for scene in scripts::all() {
        let scene = scene.to_json();
        let steps = scene["steps"].as_array().unwrap();
        if steps.iter().any(|step| step.get("flood").is_some()) {
            continue;
        }
        // The last step is enough: the ones before are played on the way.
        let with_expectation = steps.iter().rposition(|step| step.get("expect").is_some());
        let place = with_expectation.unwrap();
        // One content has four thousand items: the first members will do.
        for leaf in 0..count_leaves(&steps[place]["expect"]).min(200) {
            let mut wrong = scene.clone();
            change_leaf(&mut wrong["steps"][place]["expect"], &mut { leaf });
            assert!(play::play(&wrong).is_err(), "{}: {leaf}", scene["name"]);
            tried += 1;
        }
    }
    assert!(tried > 1000, "{tried}");
}
