//! What takes longer than the tests should.

/// Scopes, with how many states each has.
pub const LARGE: [(&str, usize); 12] = [
    ("b=3 signals=1 busy late reply", 20_136_035),
    ("b=2 rings=2 signals=1 busy late", 14_563_303),
    ("b=3 rings=2", 12_438_548),
    (
        "b=1 rings=4 signals=1 crashes=1 busy late timeout reply",
        9_553_745,
    ),
    ("b=2 rings=2 no-burial", 4_596_347),
    ("b=2 c=1 rings=2 no-cancel", 3_338_364),
    ("b=2 c=2", 3_265_567),
    ("b=2 rings=3", 2_579_577),
    ("b=2 rings=2 crashes=1 busy late timeout anytime", 2_571_373),
    ("b=2 rings=2 loss no-cancel", 2_173_872),
    ("b=2 c=1 busy strangers", 592_739),
    ("b=4", 244_267),
];

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
