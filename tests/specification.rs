//! The worked examples and the numbers of the specification are what the crate computes.

use std::str::FromStr;
use std::time::Duration;

use hushring::envelope::capacity;
use hushring::limits::{
    CLOCK_TOLERANCE, MAX_ACCOUNTS, MAX_AGE, MAX_CALLS, MAX_CALLS_IN_ALL, MAX_CERTIFICATE_LIFETIME,
    MAX_CONTENT_LEN, MAX_DEPTH, MAX_DEVICE_FLOORS, MAX_DEVICE_FLOORS_IN_ALL, MAX_HELD,
    MAX_HELD_PER_ACCOUNT, MAX_ITEMS, MAX_KEPT, MAX_KEPT_PER_ACCOUNT, MAX_KEPT_PER_CALL,
    MAX_PARTIES, MAX_PARTIES_IN_ALL, MAX_PENDING, MAX_PENDING_PER_ACCOUNT, MAX_PINNED_LEN,
    MAX_PREKEY_LIFETIME, MAX_PREKEYS, MAX_SEEN, MAX_SEEN_IN_ALL,
};
use hushring::{
    Account, CallId, Certificate, DICTIONARY, Device, Envelope, LinkGrant, LinkRequest, LinkSecret,
    MessageId, PendingDevice, Prekey, PrekeyBundle, PrekeyId, Revocation, Suite, UnixMillis,
    UnixSeconds,
};
use hushring_test_support::text::{grouped, hex, unhex};
use sha2::{Digest, Sha256};

const ENVELOPE: &str = include_str!("../spec/envelope.md");
const INBOX: &str = include_str!("../spec/inbox.md");

/// The account of RFC 8032 section 7.1, test 1.
fn account() -> Account {
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    Account::import(&unhex(seed)).unwrap()
}

/// The document without its line breaks and spaces, in which long values are broken.
fn assert_in_specification(value: &str) {
    let joined = |text: &str| text.split_whitespace().collect::<String>();
    assert!(joined(ENVELOPE).contains(&joined(value)), "{value}");
}

#[test]
fn the_account_and_its_fingerprint() {
    let key = *account().public_key();
    assert_in_specification(&hex(key.as_bytes()));
    assert_in_specification(&format!("fingerprint {}", key.fingerprint()));
    assert_eq!(key.fingerprint(), "0994 e72d c8ce bf78 f388 f66c 4832 5317");
}

#[test]
fn the_callkit_uuid() {
    let call_id = CallId::from_str("3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33").unwrap();
    let uuid = call_id.callkit_uuid(account().public_key()).to_string();
    assert_in_specification(&format!("UUID {uuid}"));
    assert_eq!(uuid, "36ceb267-5162-879b-86ba-c67b229395a8");
}

#[test]
fn the_revocation() {
    let floor = UnixSeconds(1_790_000_000);
    let revocation = account()
        .revoke(floor, UnixMillis(1_790_000_000_000))
        .unwrap();
    let bytes = revocation.to_bytes();
    assert_in_specification(&hex(&bytes[33..41]));
    assert_in_specification(&format!("signature {}", hex(&bytes[41..])));
    assert_eq!(bytes[0], 1);
}

#[test]
fn the_dictionary() {
    assert_in_specification(&format!(
        "length of the dictionary | {} bytes",
        DICTIONARY.len()
    ));
    assert_in_specification(&hex(&Sha256::digest(DICTIONARY)));
}

/// The tables of constants and of bounds say what the crate keeps.
#[test]
fn the_constants() {
    let seconds = |duration: Duration| usize::try_from(duration.as_secs()).unwrap();
    let suites = |of: fn(Suite) -> usize| Suite::ALL.map(of).to_vec();
    let in_days = |duration| seconds(duration) / (24 * 60 * 60);
    for (row, values) in [
        ("envelope", vec![Envelope::LEN]),
        ("content room, suite 1 / suite 2", suites(capacity)),
        ("content before compression, at most", vec![MAX_CONTENT_LEN]),
        ("nested containers, at most", vec![MAX_DEPTH]),
        (
            "items of arrays and members of maps in one content, at most",
            vec![MAX_ITEMS],
        ),
        ("certificate", vec![Certificate::LEN]),
        ("bundle, suite 1 / suite 2", suites(PrekeyBundle::len_of)),
        (
            "link request / link grant / link secret",
            vec![LinkRequest::LEN, LinkGrant::LEN, LinkSecret::LEN],
        ),
        (
            "revocation of an account / of a device",
            vec![Revocation::LEN, Revocation::DEVICE_LEN],
        ),
        (
            "account export / device export / device export before activation / prekey export",
            vec![
                Account::EXPORT_LEN,
                Device::EXPORT_LEN,
                PendingDevice::EXPORT_LEN,
                Prekey::EXPORT_LEN,
            ],
        ),
        (
            "HPKE public key (Npk), suite 1 / suite 2",
            suites(Suite::public_key_len),
        ),
        (
            "encapsulated key (Nenc), suite 1 / suite 2",
            suites(Suite::encapsulated_key_len),
        ),
        (
            "prekey id / message id / callId",
            vec![PrekeyId::LEN, MessageId::LEN, CallId::LEN],
        ),
    ] {
        let values: Vec<String> = values
            .into_iter()
            .map(|value| grouped(value, ","))
            .collect();
        assert_row(ENVELOPE, row, &values.join(" / "));
    }
    for (row, lifetime) in [
        ("certificate lifetime, at most", MAX_CERTIFICATE_LIFETIME),
        ("prekey and bundle lifetime, at most", MAX_PREKEY_LIFETIME),
    ] {
        let (days, seconds) = (in_days(lifetime), grouped(seconds(lifetime), ","));
        assert_row(ENVELOPE, row, &format!("{days} days = {seconds} s"));
    }
    let tolerance = grouped(seconds(CLOCK_TOLERANCE) * 1000, ",");
    let minutes = seconds(CLOCK_TOLERANCE) / 60;
    let tolerance = format!("{minutes} minutes = {tolerance} ms");
    assert_row(ENVELOPE, "clock tolerance", &tolerance);
    let age = format!(
        "{} days = {} ms",
        in_days(MAX_AGE),
        grouped(seconds(MAX_AGE) * 1000, ",")
    );
    assert_row(ENVELOPE, "age of an envelope, at most", &age);
    // Of one, and of all together.
    let pairs = |bounds: [usize; 2]| bounds.map(|bound| grouped(bound, ",")).join(" / ");
    for (row, bound) in [
        ("prekeys", grouped(MAX_PREKEYS, ",")),
        (
            "account records: trusted or blocked, now or earlier (N34)",
            grouped(MAX_ACCOUNTS, ","),
        ),
        (
            "values of pinned handles, and pinned names, of all accounts together, as cleaned",
            format!("{} bytes of UTF-8", grouped(MAX_PINNED_LEN, ",")),
        ),
        (
            "message ids with their sent_at, of one account / of all",
            pairs([MAX_SEEN, MAX_SEEN_IN_ALL]),
        ),
        (
            "calls, of one caller / of all callers",
            pairs([MAX_CALLS, MAX_CALLS_IN_ALL]),
        ),
        ("placed calls", grouped(MAX_CALLS, ",")),
        ("accounts of one placed call", grouped(MAX_PARTIES, ",")),
        (
            "legs of all placed calls together",
            grouped(MAX_PARTIES_IN_ALL, ","),
        ),
        ("joined calls", grouped(MAX_CALLS, ",")),
        ("accounts of one joined call", grouped(MAX_PARTIES, ",")),
        (
            "accounts of all joined calls together",
            grouped(MAX_PARTIES_IN_ALL, ","),
        ),
        (
            "kept signals, of one call / of one account / in all",
            [MAX_KEPT_PER_CALL, MAX_KEPT_PER_ACCOUNT, MAX_KEPT]
                .map(|bound| grouped(bound, ","))
                .join(" / "),
        ),
        (
            "held envelopes of untrusted accounts, and held for the clock: in all, each",
            grouped(MAX_HELD, ","),
        ),
        (
            "held envelopes of untrusted accounts, and held for the clock: for each account, each",
            grouped(MAX_HELD_PER_ACCOUNT, ","),
        ),
        (
            "device keys with a revocation floor above the account's, of one account / of all",
            pairs([MAX_DEVICE_FLOORS, MAX_DEVICE_FLOORS_IN_ALL]),
        ),
        (
            "journal with kept signals, in all, without those of the own account",
            grouped(MAX_PENDING, ","),
        ),
        (
            "journal with kept signals, for each account, also the own",
            grouped(MAX_PENDING_PER_ACCOUNT, ","),
        ),
    ] {
        assert_row(INBOX, row, &bound);
    }
}

fn assert_row(document: &str, name: &str, value: &str) {
    assert!(
        document.contains(&format!("\n| {name} | {value} |")),
        "{name}: {value}"
    );
}
