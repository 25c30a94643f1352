//! X25519: every case of Wycheproof.

use hushring::Suite;
use hushring::error::KeyError;

use crate::points::bundle_with_key;
use crate::{array, cases, has_flag};

const CASES: &str = include_str!("data/x25519.json");

#[test]
fn x25519_gives_the_published_answers() {
    let cases = cases(CASES);
    assert_eq!(cases.len(), 518);
    for case in cases {
        let secret = x25519_dalek::x25519(array(&case, "private"), array(&case, "public"));
        assert_eq!(secret, array(&case, "shared"), "{case}");
    }
}

/// Wycheproof leaves it to the implementation whether it takes a key of low order, one that is not
/// below p, or one on the twist. The format refuses the first two and takes the third: it has an
/// answer, and the check for it would be another place to disagree.
#[test]
fn keys_of_low_order_and_in_a_second_encoding_are_refused() {
    let mut refused = 0;
    for case in cases(CASES) {
        let public: [u8; 32] = array(&case, "public");
        let weak = has_flag(&case, "LowOrderPublic") || has_flag(&case, "NonCanonicalPublic");
        let bundle = bundle_with_key(Suite::X25519, &public);
        assert_eq!(bundle.err(), weak.then_some(KeyError::WeakKey), "{case}");
        refused += u32::from(weak);
    }
    assert_eq!(refused, 44);
}
