//! An explanation agrees with what receiving then does (spec/inbox.md, "Explaining").

use hushring::UnixMillis;
use hushring::error::ErrorCode;
use hushring::inbox::{Check, Explanation, Outcome as CheckOutcome};

use crate::letters::Letter;
use crate::model::Outcome;

/// The checks in order (spec/envelope.md, "Opening"; spec/inbox.md, "Explaining").
const CHECKS: [&str; 19] = [
    "length",
    "version",
    "suite",
    "prekey",
    "decryption",
    "contentLength",
    "padding",
    "certificate",
    "signature",
    "trust",
    "replay",
    "sentAt",
    "revocation",
    "certificateTimes",
    "room",
    "inflation",
    "cbor",
    "members",
    "call",
];

pub fn check_explanation(explanation: &Explanation, letter: &Letter, outcome: &Outcome, now: u64) {
    let context = || format!("{}: {letter:?} at {now}: {explanation}", outcome.line);
    let stopped_at = explanation.stopped_at().map(Check::as_str);
    assert_eq!(stopped_at, outcome.stopped, "{}", context());
    let place = CHECKS
        .iter()
        .position(|check| Some(*check) == outcome.stopped);
    let checks = explanation.checks();
    assert_eq!(checks.len(), CHECKS.len());
    for (number, (check, found)) in checks.enumerate() {
        let expected = match place {
            Some(stopped) if number == stopped => CheckOutcome::Stopped,
            Some(stopped) if number > stopped => CheckOutcome::NotReached,
            _ => CheckOutcome::Passed,
        };
        assert_eq!(
            (check.as_str(), found),
            (CHECKS[number], expected),
            "{}",
            context()
        );
    }
    let expected = match &outcome.result {
        Ok(seen) => Ok((seen.action.name(), seen.action.reason())),
        Err(refused) => Err(refused.code),
    };
    let found = explanation
        .result()
        .map(|(action, reason)| (action.as_str(), reason))
        .map_err(ErrorCode::as_str);
    assert_eq!(found, expected, "{}", context());

    let passed =
        |check| place.is_none_or(|place| CHECKS[place..].iter().all(|other| *other != check));
    let tag = passed("length").then_some(letter.tag.as_str());
    assert_eq!(explanation.envelope_tag(), tag, "{}", context());
    // Nobody is named who has not proved to be the one.
    let sender = passed("signature").then_some((letter.account, letter.device));
    assert_eq!(explanation.sender(), sender, "{}", context());
    if passed("signature") {
        assert_eq!(explanation.message_id(), Some(letter.id));
        assert_eq!(explanation.sent_at(), Some(UnixMillis(letter.sent_at)));
    }
    // Negative where it is dated ahead.
    let age = now.cast_signed() - letter.sent_at.cast_signed();
    assert_eq!(explanation.age_ms(), passed("signature").then_some(age));
}
