//! What authenticated senders say (spec/envelope.md, E31 to E33; sections 14 to 16).

mod encoding;
mod ends;
mod members;
mod streams;
mod types;
mod values;

use hushring_test_support::cbor;
use hushring_test_support::flate::with_dictionary;
use serde_json::Value as Json;

use crate::author::*;

const FOLDER: &str = "contents";

pub fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    types::sound(&mut all);
    values::sound(&mut all);
    values::at_bounds(&mut all);
    streams::sound(&mut all);
    streams::refused(&mut all);
    encoding::refused(&mut all);
    members::refused(&mut all);
    ends::refused(&mut all);
    all
}

fn new(name: &str, rules: &str, comment: &str) -> Open {
    Open::new(FOLDER, name, rules, comment)
}

fn good(all: &mut Vec<Vector>, name: &str, rules: &str, comment: &str, content: &Json) {
    let bytes = cbor::content(content);
    all.push(
        new(name, rules, comment)
            .stream(with_dictionary(&bytes), Some(bytes))
            .gives(content),
    );
}

const CALL: &str = "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33";
