//! What takes longer than the tests should.

/// Scopes, with how many states each has.
pub const LARGE: [(&str, usize); 1] = [("b=4", 1)];

/// How many random calls, in which scope.
pub const WALKS: [(u64, &str); 2] = [
    (
        100_000,
        "b=4 rings=3 signals=1 crashes=2 busy late timeout reply anytime",
    ),
    (
        100_000,
        "b=4 rings=2 signals=1 crashes=2 busy reply no-cancel no-hang-up",
    ),
];
