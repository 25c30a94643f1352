//! Of as many ids and calls of all accounts as there may be.

pub const CROWDS: &[(&str, u64)] = &[
    ("2049th call", 8_000),
    ("32769th id", 70),
    ("32769th id, of the sender", 35),
    ("513th id", 20),
    ("asked: E26", 200),
    ("asked: G10", 1_500),
    ("asked: G11 recorded", 180),
    ("asked: N15", 1_300),
    ("asked: Z3", 500),
    ("asked: replayed", 160),
];
