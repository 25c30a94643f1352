//! ML-KEM-768: Wycheproof.

use hushring::Suite;
use hushring::error::KeyError;
use ml_kem::kem::{Decapsulate, KeyExport};
use ml_kem::{EncapsulationKey, FromSeed, MlKem768};

use crate::points::bundle_with_key;
use crate::{array, bytes, cases, has_flag};

const DECAPSULATION: &str = include_str!("data/mlkem_768_decapsulation.json");
const ENCAPSULATION: &str = include_str!("data/mlkem_768_encapsulation.json");

/// Key generation from a seed, and decapsulation. Where the ciphertext is not one that was made for
/// the key, the answer is that of implicit rejection.
#[test]
fn decapsulation_gives_the_published_answers() {
    let cases = cases(DECAPSULATION);
    assert_eq!(cases.len(), 17);
    for case in &cases {
        let (private_key, public_key) = MlKem768::from_seed(&array::<64>(case, "seed").into());
        assert_eq!(
            public_key.to_bytes().as_slice(),
            bytes(case, "ek"),
            "{case}"
        );
        let secret = private_key.decapsulate(&array::<1088>(case, "c").into());
        assert_eq!(secret.as_slice(), bytes(case, "K"), "{case}");
    }
    assert!(cases.iter().any(|case| has_flag(case, "Strcmp")));
}

/// Encapsulation, and rule K8: a coefficient that is not below q. The key stands in a bundle whose
/// signature is right.
#[test]
fn encapsulation_gives_the_published_answers() {
    let mut sound = 0;
    let cases = cases(ENCAPSULATION);
    for case in &cases {
        let bytes_of_key: [u8; 1184] = array(case, "ek");
        let key = EncapsulationKey::<MlKem768>::new(&bytes_of_key.into());
        let mut hpke_key = bytes_of_key.to_vec();
        hpke_key.extend([9; 32]);
        let bundle = bundle_with_key(Suite::XWing, &hpke_key);
        if case["result"] == "valid" {
            sound += 1;
            let m = array::<32>(case, "m");
            let (ciphertext, secret) = key.unwrap().encapsulate_deterministic(&m.into());
            assert_eq!(ciphertext.as_slice(), bytes(case, "c"), "{case}");
            assert_eq!(secret.as_slice(), bytes(case, "K"), "{case}");
            assert!(bundle.is_ok(), "{case}");
        } else {
            assert!(key.is_err(), "{case}");
            assert_eq!(bundle.unwrap_err(), KeyError::WeakKey, "{case}");
        }
    }
    assert_eq!((sound, cases.len()), (8, 28));
}
