//! X-Wing: the vectors of draft-connolly-cfrg-xwing-kem.

use hushring::Suite;
use x_wing::{Decapsulate, DecapsulationKey, Decapsulator, KeyExport};

use crate::hpke::check_envelope;
use crate::{array, bytes, cases};

const CASES: &str = include_str!("data/xwing.json");

#[test]
fn xwing_gives_the_published_answers() {
    let cases = cases(CASES);
    assert_eq!(cases.len(), 3);
    for case in cases {
        let private_key = DecapsulationKey::from(array(&case, "seed"));
        let public_key = private_key.encapsulation_key();
        assert_eq!(public_key.to_bytes().as_slice(), bytes(&case, "pk"));
        let (ciphertext, secret) =
            public_key.encapsulate_deterministic(&array::<64>(&case, "eseed").into());
        assert_eq!(ciphertext.as_slice(), bytes(&case, "ct"));
        assert_eq!(secret.as_slice(), bytes(&case, "ss"));
        let secret = private_key.decapsulate(&ciphertext);
        assert_eq!(secret.as_slice(), bytes(&case, "ss"));
    }
}

/// The same through the public interface, in the exact suite.
#[test]
fn bundles_and_envelopes_hold_the_published_keys() {
    for case in cases(CASES) {
        check_envelope(
            Suite::XWing,
            array(&case, "seed"),
            &bytes(&case, "pk"),
            bytes(&case, "eseed"),
            &bytes(&case, "ct"),
            &bytes(&case, "ss"),
        );
    }
}
