//! The worked examples and the numbers of spec/envelope.md are what the crate computes.

use std::str::FromStr;

use hushring::{Account, CallId, DICTIONARY, UnixMillis, UnixSeconds};
use hushring_test_support::text::{hex, unhex};
use sha2::{Digest, Sha256};

const SPECIFICATION: &str = include_str!("../spec/envelope.md");

/// The account of RFC 8032 section 7.1, test 1.
fn account() -> Account {
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    Account::import(&unhex(seed)).unwrap()
}

/// The document without its line breaks and spaces, in which long values are broken.
fn assert_in_specification(value: &str) {
    let joined = |text: &str| text.split_whitespace().collect::<String>();
    assert!(joined(SPECIFICATION).contains(&joined(value)), "{value}");
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

/// Every code of the crate has a row in the table of codes.
#[test]
fn the_codes() {
    let source = [
        include_str!("../src/error/content.rs"),
        include_str!("../src/error/inbox.rs"),
        include_str!("../src/error/key.rs"),
        include_str!("../src/error/open.rs"),
        include_str!("../src/error/seal.rs"),
    ]
    .concat();
    let codes: Vec<&str> = source
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(codes.len() > 40);
    let (_, table) = SPECIFICATION.split_once("\n## 21. Codes").unwrap();
    for code in codes {
        assert!(table.contains(&format!("`{code}`")), "{code}");
    }
}
