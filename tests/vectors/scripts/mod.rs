//! The vectors, by theme.

mod bundles;
mod contents;
mod envelopes;
mod keys;
mod links;
mod push;
mod revocations;
mod sealing;

use crate::author::Vector;

pub fn all() -> Vec<Vector> {
    let themes = [
        bundles::vectors(),
        contents::vectors(),
        envelopes::vectors(),
        keys::vectors(),
        links::vectors(),
        push::vectors(),
        revocations::vectors(),
        sealing::vectors(),
    ];
    themes.into_iter().flatten().collect()
}
