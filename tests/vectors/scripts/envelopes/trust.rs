//! E26 to E29: who is trusted, and when.

use hushring_test_support::clock::{self, NOW};

use super::new;
use crate::author::*;

pub fn accounts(all: &mut Vec<Vector>) {
    let mallory = |name: &str, comment: &str| {
        new(name, "E26", comment).by(
            Key::account("mallory"),
            Key::device("mallory", "phone"),
            seconds(-10),
            seconds(300),
        )
    };
    all.push(
        mallory(
            "untrusted",
            "Mallory proves to be Mallory, whom nobody here trusts.",
        )
        .change(|open| open.trusted = vec![Key::account("alice").public])
        .refused("untrusted"),
    );
    all.push(
        mallory(
            "trusted-among-others",
            "The account is one of several that are trusted.",
        )
        .change(|open| open.trusted.insert(0, Key::account("alice").public))
        .gives(&hi()),
    );
    all.push(
        mallory(
            "device-key-that-is-trusted-as-an-account",
            "What is trusted is the key of the device. Accounts are trusted, not devices.",
        )
        .change(|open| open.trusted = vec![Key::device("mallory", "phone").public])
        .refused("untrusted"),
    );
}

pub fn times(all: &mut Vec<Vector>) {
    let now = NOW.0;
    for (name, sent_at) in [
        ("10-minutes-ahead", now + 10 * MINUTE),
        ("30-days-old", now - 30 * DAY),
    ] {
        all.push(
            new(name, "E28 E35", "The limit itself is accepted.")
                .by_alice(seconds(-100), seconds(200))
                .at(now)
                .sent_at(sent_at)
                .gives(&hi()),
        );
    }
    for (name, sent_at, code) in [
        ("more-than-10-minutes-ahead", now + 10 * MINUTE + 1, "clock"),
        ("at-the-end-of-time", u64::MAX, "clock"),
        ("older-than-30-days", now - 30 * DAY - 1, "too_old"),
        ("of-1970", 0, "too_old"),
    ] {
        all.push(
            new(name, "E28", "A millisecond or more beyond the limit.")
                .by_alice(seconds(-100), seconds(200))
                .at(now)
                .sent_at(sent_at)
                .refused(code),
        );
    }
    // Certificates, by the time at which it was sent.
    for (name, from, until, sent_at) in [
        ("certificate-begins-in-10-minutes", 600, 86_400, now),
        ("certificate-ends-in-a-millisecond", -86_400, 0, now - 1),
        (
            "certificate-has-ended-since",
            -86_400,
            -3_600,
            now - 2 * 3_600_000,
        ),
    ] {
        all.push(
            new(
                name,
                "E29 T6",
                "The certificate's times are held against sent_at, whatever the time is now; 10
                 minutes before it begins are granted.",
            )
            .by_alice(at_second(from), at_second(until))
            .at(now)
            .sent_at(sent_at)
            .gives(&hi()),
        );
    }
    for (name, from, until, sent_at, code) in [
        (
            "certificate-begins-later",
            601,
            86_400,
            now + 999,
            "certificate_not_yet_valid",
        ),
        (
            "certificate-ends-now",
            -86_400,
            0,
            now,
            "certificate_expired",
        ),
        (
            "certificate-holds-now-and-not-then",
            -3_600,
            86_400,
            now - 2 * 3_600_000,
            "certificate_not_yet_valid",
        ),
    ] {
        all.push(
            new(name, "E29 T6", "The certificate does not hold at sent_at.")
                .by_alice(at_second(from), at_second(until))
                .at(now)
                .sent_at(sent_at)
                .refused(code),
        );
    }
    let wraps = u64::MAX / 1000 + 1 + at_second(-86_400);
    all.push(
        new(
            "certificate-of-seconds-that-wrap",
            "E29 T6",
            "not_before and expires_at, multiplied by 1,000 with wrapping, would be a day ago and in
             100 days. They saturate.",
        )
        .by_alice(wraps,
            wraps + 101 * 86_400,
        )
        .refused("certificate_not_yet_valid"),
    );
    all.push(
        new(
            "in-1970",
            "E28 E29 T6",
            "Everything is at 0: subtracting a tolerance stops there.",
        )
        .by_alice(0, 86_400)
        .at(0)
        .sent_at(0)
        .gives(&hi()),
    );
    let end = 8_640_000_000_000_000;
    all.push(
        new(
            "in-the-year-275760",
            "E28 E29 T6",
            "The last time that some clocks can show.",
        )
        .by_alice(end / 1000 - 86_400, end / 1000 + 86_400)
        .at(end)
        .sent_at(end)
        .gives(&hi()),
    );
    all.push(
        new(
            "certificate-without-end",
            "E29 T3 T6",
            "expires_at is 2^64 − 1, and not_before 366 days earlier: far ahead.",
        )
        .by_alice(u64::MAX - 366 * 86_400, u64::MAX)
        .refused("certificate_not_yet_valid"),
    );
}

/// Seconds since 1970, so many from the time at which the vectors are.
fn at_second(seconds: i64) -> u64 {
    clock::second(seconds).0
}

impl Open {
    fn by_alice(self, from: u64, until: u64) -> Open {
        self.by(
            Key::account("alice"),
            Key::device("alice", "phone"),
            from,
            until,
        )
    }
}
