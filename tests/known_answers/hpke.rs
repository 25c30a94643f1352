//! HPKE. Suite 1 is among RFC 9180's vectors. Suite 2 is among nobody's: there are its KEM and KDF
//! with another AEAD, and its KDF and AEAD with another KEM. The key schedule of `by_hand`, which
//! gives the published answers for all of these, then says what the suite itself must give.

use hpke::aead::{Aead, AesGcm256, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::{Kem, X25519HkdfSha256, XWing};
use hpke::{Deserializable, OpModeR, OpModeS, Serializable};
use hpke::{setup_receiver, setup_sender_with_rng};
use hushring::{MessageId, Prekey, PrekeyBundle, SealOptions, Suite};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::contents::message;
use hushring_test_support::forge::{hpke_key, prekey_export};
use hushring_test_support::pair::{account, by_clock, device};
use hushring_test_support::random::Given;
use serde_json::Value;

use crate::by_hand::{self, Ids};
use crate::{array, bytes, cases};

const CASES: &str = include_str!("data/hpke.json");

fn ids(case: &Value) -> Ids {
    ["kem_id", "kdf_id", "aead_id"].map(|id| case[id].as_u64().unwrap().try_into().unwrap())
}

#[test]
fn the_published_cases_are_those_of_both_suites_or_beside_them() {
    let cases: Vec<Ids> = cases(CASES).iter().map(ids).collect();
    assert_eq!(cases, [[0x0020, 1, 3], [0x0020, 1, 2], [0x647a, 1, 3]]);
    assert_eq!(by_hand::ids(Suite::X25519), cases[0]);
    let [_, kdf, aead] = cases[1];
    assert_eq!(by_hand::ids(Suite::XWing), [cases[2][0], kdf, aead]);
}

fn check<A: Aead, K: Kem>(case: &Value) {
    let (info, enc) = (bytes(case, "info"), bytes(case, "enc"));
    let private_key = K::PrivateKey::from_bytes(&bytes(case, "skRm")).unwrap();
    let public_key = K::sk_to_pk(&private_key);
    assert_eq!(public_key.to_bytes().as_slice(), bytes(case, "pkRm"));

    let randomness = bytes(case, "ikmE");
    let rng = &mut Given::new(&randomness);
    let (encapsulated, mut sender) =
        setup_sender_with_rng::<A, HkdfSha256, K>(&OpModeS::Base, &public_key, &info, rng).unwrap();
    assert!(rng.is_spent(), "all of the randomness is used");
    assert_eq!(encapsulated.to_bytes().as_slice(), enc);
    let enc = K::EncappedKey::from_bytes(&enc).unwrap();
    let mut receiver =
        setup_receiver::<A, HkdfSha256, K>(&OpModeR::Base, &private_key, &enc, &info).unwrap();
    for (at, encryption) in case["encryptions"].as_array().unwrap().iter().enumerate() {
        let [aad, plaintext, ciphertext] = ["aad", "pt", "ct"].map(|name| bytes(encryption, name));
        assert_eq!(sender.seal(&plaintext, &aad).unwrap(), ciphertext);
        assert_eq!(receiver.open(&ciphertext, &aad).unwrap(), plaintext);
        if at == 0 {
            let secret = bytes(case, "shared_secret");
            let by_hand = by_hand::seal(ids(case), &secret, &info, &aad, &plaintext);
            assert_eq!(by_hand, ciphertext);
        }
    }
}

#[test]
fn hpke_gives_the_published_answers() {
    let cases = cases(CASES);
    check::<ChaCha20Poly1305, X25519HkdfSha256>(&cases[0]);
    check::<AesGcm256, X25519HkdfSha256>(&cases[1]);
    check::<ChaCha20Poly1305, XWing>(&cases[2]);
}

#[test]
fn the_key_schedule_by_hand_gives_the_published_keys() {
    for case in cases(CASES) {
        let secret = bytes(&case, "shared_secret");
        let (key, nonce) = by_hand::key_schedule(ids(&case), &secret, &bytes(&case, "info"));
        assert_eq!(key, array(&case, "key"));
        assert_eq!(nonce, array(&case, "base_nonce"));
    }
}

#[test]
fn the_dhkem_by_hand_gives_the_published_secrets() {
    for case in &cases(CASES)[..2] {
        let enc = array(case, "enc");
        let dh = x25519_dalek::x25519(array(case, "skRm"), enc);
        let secret = by_hand::dhkem_secret(&dh, &enc, &bytes(case, "pkRm"));
        assert_eq!(secret, array(case, "shared_secret"));
    }
}

/// The public interface: a bundle holds the published key, an envelope the published encapsulated
/// key, and its ciphertext is that of the published shared secret, in the exact suite.
#[test]
fn envelopes_are_sealed_under_the_published_secrets() {
    let cases = cases(CASES);
    for (suite, case) in [(Suite::X25519, &cases[0]), (Suite::XWing, &cases[2])] {
        check_envelope(
            suite,
            array(case, "skRm"),
            &bytes(case, "pkRm"),
            bytes(case, "ikmE"),
            &bytes(case, "enc"),
            &bytes(case, "shared_secret"),
        );
    }
}

/// Seals with the encapsulation's random bytes given, and makes the same envelope by hand.
pub fn check_envelope(
    suite: Suite,
    private_key: [u8; 32],
    public_key: &[u8],
    randomness: Vec<u8>,
    encapsulated: &[u8],
    secret: &[u8],
) {
    let prekey = Prekey::import(&prekey_export(suite, &private_key, day(60))).unwrap();
    let (alice, bob) = (account(1), account(2));
    let (laptop, phone) = (device(&alice, 3), device(&bob, 4));
    let published = phone.publish(&[&prekey], NOW).unwrap()[0].to_bytes();
    assert_eq!(hpke_key(&published), public_key);

    let bundle = PrekeyBundle::verify(&published, bob.public_key(), &by_clock()).unwrap();
    let options = SealOptions::at(NOW).with_message_id(MessageId::from_bytes([7; 16]));
    let rng = &mut Given::new(&randomness);
    let envelope = laptop
        .seal_with_rng(&bundle, &message("Hi"), options, rng)
        .unwrap();
    let bytes = envelope.as_bytes();
    let (header, rest) = bytes.split_at(10);
    let (sealed_key, ciphertext) = rest.split_at(encapsulated.len());
    assert_eq!(sealed_key, encapsulated);

    // The frame, as the receiver's private key gives it, sealed anew under the published secret.
    let (plaintext, info) = (
        open(suite, &private_key, bytes, &bundle),
        by_hand::info(&bundle),
    );
    let by_hand = by_hand::seal(by_hand::ids(suite), secret, &info, header, &plaintext);
    assert!(by_hand == ciphertext, "{suite}");
    let opened = envelope.open([&prekey], phone.certificate()).unwrap();
    assert!(opened.verify(|key| key == alice.public_key()).is_ok());
}

fn open(suite: Suite, private_key: &[u8], envelope: &[u8], bundle: &PrekeyBundle) -> Vec<u8> {
    fn open_in<A: Aead, K: Kem>(key: &[u8], envelope: &[u8], info: &[u8]) -> Vec<u8> {
        let len = K::EncappedKey::size();
        let key = K::PrivateKey::from_bytes(key).unwrap();
        let enc = K::EncappedKey::from_bytes(&envelope[10..10 + len]).unwrap();
        setup_receiver::<A, HkdfSha256, K>(&OpModeR::Base, &key, &enc, info)
            .unwrap()
            .open(&envelope[10 + len..], &envelope[..10])
            .unwrap()
    }
    let info = by_hand::info(bundle);
    match suite {
        Suite::X25519 => {
            open_in::<ChaCha20Poly1305, X25519HkdfSha256>(private_key, envelope, &info)
        }
        Suite::XWing => open_in::<AesGcm256, XWing>(private_key, envelope, &info),
    }
}
