//! Every place where a point comes in, with every point that the format refuses (rules K6, K7, S5,
//! S6). All around the point is sound, signatures too wherever there is one, so that nothing else
//! refuses it first.

use curve25519_dalek::constants::EIGHT_TORSION;
use hushring::error::KeyError;
use hushring::external::{Signature, UnsignedLinkRequest};
use hushring::{
    AccountKey, Certificate, Device, DeviceKey, Envelope, LinkRequest, LinkSecret, PrekeyBundle,
    Revocation, Suite,
};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::forge::{hpke_key, mac, seed_of, to_be_signed};
use hushring_test_support::pair::{Pair, account, by_clock, device, prekey};
use hushring_test_support::text::unhex;
use x_wing::{Decapsulate, DecapsulationKey};

use crate::by_hand::{self, Signing};

const SPECIFICATION: &str = include_str!("../../spec/envelope.md");

/// The strings of 64 hexadecimal digits in a part of the specification.
fn listed(from: &str, to: &str) -> Vec<[u8; 32]> {
    let (_, part) = SPECIFICATION.split_once(from).unwrap();
    let (part, _) = part.split_once(to).unwrap();
    part.split_whitespace()
        .filter(|word| word.len() == 64)
        .map(|word| unhex(word).try_into().unwrap())
        .collect()
}

/// p + k, little-endian. There are 19 such numbers of 255 bits.
fn p_plus(k: u8) -> [u8; 32] {
    let mut number = [0xff; 32];
    (number[0], number[31]) = (0xed + k, 0x7f);
    number
}

fn with_top_bit(mut bytes: [u8; 32]) -> [u8; 32] {
    bytes[31] |= 0x80;
    bytes
}

struct Weak {
    key: [u8; 32],
    code: &'static str,
}

/// Every Ed25519 key that is of small order or not canonical, and some that are no point.
fn weak_keys() -> Vec<Weak> {
    let by_the_specification = listed("**K6, how to check.**", "y is the y of a point if");
    assert_eq!(by_the_specification.len(), 10);
    let mut weak = Vec::from_iter(by_the_specification.into_iter().map(|key| Weak {
        key,
        code: "weak_key",
    }));
    // Computed beside the crate: for which k the number k is the y of a point.
    const ON_THE_CURVE: [u8; 12] = [0, 1, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18];
    for k in 0..19 {
        let code = match ON_THE_CURVE.contains(&k) {
            true => "weak_key",
            false => "bad_key",
        };
        let key = p_plus(k);
        weak.push(Weak { key, code });
        let key = with_top_bit(key);
        weak.push(Weak { key, code });
    }
    for y in [2, 7, 8] {
        let mut key = [0; 32];
        key[0] = y;
        let code = "bad_key";
        weak.push(Weak { key, code });
    }
    weak
}

/// The u that are of low order or not below p: all 5 and 19, and some that have the top bit set.
fn weak_u() -> Vec<[u8; 32]> {
    let mut weak = listed("**K7, how to check.**", "The other two strings");
    assert_eq!(weak.len(), 5);
    let mut nine = [0; 32];
    nine[0] = 9;
    let top: Vec<_> = weak
        .iter()
        .copied()
        .chain([nine])
        .map(with_top_bit)
        .collect();
    weak.extend(top);
    weak.extend((0..19).map(p_plus));
    weak.extend((0..19).map(|k| with_top_bit(p_plus(k))));
    weak
}

const ACCOUNT: u64 = 1;
const DEVICE: u64 = 2;

fn account_seed() -> [u8; 32] {
    *account(ACCOUNT).export()
}

fn device_seed() -> [u8; 32] {
    seed_of(&device(&account(ACCOUNT), DEVICE))
}

/// Signs under a key that cannot sign: as nothing but K6 refuses, where that is possible.
fn forge(key: &[u8; 32], message: &[u8]) -> [u8; 64] {
    let Some(signature) = by_hand::forge(key, message) else {
        return [1; 64];
    };
    assert!(by_hand::lax_verifier_accepts(key, message, &signature));
    signature
}

fn certificate(account: &[u8; 32], device: &[u8; 32], signing: Signing) -> Vec<u8> {
    let mut bytes = [*account, *device].concat();
    bytes.extend(NOW.to_seconds().0.to_be_bytes());
    bytes.extend(day(100).0.to_be_bytes());
    let signature = signing(&to_be_signed("hushring/1 certificate", &bytes));
    bytes.extend(signature);
    bytes
}

fn sound_certificate() -> Vec<u8> {
    let (account, device) = (account_seed(), device_seed());
    certificate(
        &by_hand::public(&account),
        &by_hand::public(&device),
        &|message| by_hand::sign(&account, message),
    )
}

fn bundle(certificate: &[u8], suite: Suite, key: &[u8], signing: Signing) -> Vec<u8> {
    let mut bytes = [&[1], certificate, &[0b11, suite.byte()]].concat();
    bytes.extend(NOW.to_seconds().0.to_be_bytes());
    bytes.extend(day(60).0.to_be_bytes());
    bytes.extend(key);
    let signature = signing(&to_be_signed("hushring/1 prekey", &bytes));
    bytes.extend(signature);
    bytes
}

/// Verifies a bundle of a sound device that holds an HPKE key.
pub fn bundle_with_key(suite: Suite, key: &[u8]) -> Result<PrekeyBundle, KeyError> {
    let seed = device_seed();
    let signing = |message: &[u8]| by_hand::sign(&seed, message);
    verify(&bundle(&sound_certificate(), suite, key, &signing))
}

fn verify(bundle: &[u8]) -> Result<PrekeyBundle, KeyError> {
    PrekeyBundle::verify(bundle, account(ACCOUNT).public_key(), &by_clock())
}

const SECRET: [u8; 32] = [5; 32];

fn secret() -> LinkSecret {
    LinkSecret::from_bytes(&SECRET).unwrap()
}

fn link_request(device: &[u8; 32], signing: Signing) -> Vec<u8> {
    let fields = [device.as_slice(), &NOW.to_seconds().0.to_be_bytes()].concat();
    let proof = signing(&to_be_signed("hushring/1 link", &fields));
    let mut bytes = [[1].as_slice(), &fields, &proof].concat();
    let mac = mac(&SECRET, "hushring/1 link request", &[&bytes]);
    bytes.extend(mac);
    bytes
}

fn revocation(account: &[u8; 32], signing: Signing) -> Vec<u8> {
    let fields = [account.as_slice(), &NOW.to_seconds().0.to_be_bytes()].concat();
    let signature = signing(&to_be_signed("hushring/1 revocation", &fields));
    [[1].as_slice(), &fields, &signature].concat()
}

/// Opens and authenticates an envelope of this sender, made by hand.
fn receive(suite: Suite, certificate: &[u8], signing: Signing) -> Result<(), &'static str> {
    let pair = Pair::new(suite);
    let encapsulated = encapsulated_to(&pair, None);
    let secret = decapsulated(&pair, &encapsulated);
    let envelope = by_hand::envelope(
        &pair.bundle,
        &encapsulated,
        &secret,
        certificate,
        NOW.0,
        signing,
    );
    open(&pair, &envelope)
}

fn open(pair: &Pair, envelope: &[u8]) -> Result<(), &'static str> {
    let opened = Envelope::parse(envelope)
        .unwrap()
        .open([&pair.prekey], pair.phone.certificate())
        .map_err(|error| error.code().as_str())?;
    opened
        .verify(|_| true)
        .map(drop)
        .map_err(|e| e.code().as_str())
}

/// An encapsulated key whose X25519 half is `u`, or else a sound one.
fn encapsulated_to(pair: &Pair, u: Option<[u8; 32]>) -> Vec<u8> {
    let ephemeral = x25519_dalek::x25519([3; 32], x25519_dalek::X25519_BASEPOINT_BYTES);
    let mut encapsulated = match pair.bundle.suite() {
        Suite::X25519 => Vec::new(),
        // What ML-KEM makes of it is a secret too: it rejects implicitly.
        Suite::XWing => vec![3; 1088],
    };
    encapsulated.extend(u.unwrap_or(ephemeral));
    encapsulated
}

/// The KEM's shared secret, by whoever does not look at the encapsulated key.
fn decapsulated(pair: &Pair, encapsulated: &[u8]) -> Vec<u8> {
    let private_key: [u8; 32] = pair.prekey.export()[1..33].try_into().unwrap();
    match pair.bundle.suite() {
        Suite::X25519 => {
            let u = encapsulated.try_into().unwrap();
            let dh = x25519_dalek::x25519(private_key, u);
            let public_key = pair.bundle.to_bytes();
            by_hand::dhkem_secret(&dh, encapsulated, hpke_key(&public_key)).to_vec()
        }
        Suite::XWing => DecapsulationKey::from(private_key)
            .decapsulate(encapsulated.try_into().unwrap())
            .to_vec(),
    }
}

enum Expected {
    /// The code of K6 itself.
    OfTheKey,
    Always(&'static str),
}

type Door = (&'static str, Expected, fn(&[u8; 32]) -> &'static str);

fn code<T>(result: Result<T, KeyError>) -> &'static str {
    result.map_or_else(|error| error.code().as_str(), |_| "ok")
}

fn with_weak_account(key: &[u8; 32]) -> Vec<u8> {
    let device = by_hand::public(&device_seed());
    certificate(key, &device, &|message| forge(key, message))
}

fn with_weak_device(key: &[u8; 32]) -> Vec<u8> {
    let seed = account_seed();
    certificate(&by_hand::public(&seed), key, &|message| {
        by_hand::sign(&seed, message)
    })
}

fn code_of_grant(certificate: &[u8]) -> &'static str {
    let seed = device_seed();
    let request = link_request(&by_hand::public(&seed), &|message| {
        by_hand::sign(&seed, message)
    });
    let mut grant = [&[1], certificate].concat();
    let mac = mac(&SECRET, "hushring/1 link grant", &[&grant, &request]);
    grant.extend(mac);
    let request = LinkRequest::from_bytes(&request, &secret()).unwrap();
    code(hushring::LinkGrant::from_bytes(
        &grant,
        &request,
        &secret(),
        NOW,
    ))
}

fn code_of_bundle(certificate: &[u8], signing: Signing) -> &'static str {
    let published = Pair::new(Suite::X25519).bundle.to_bytes();
    let key = hpke_key(&published);
    code(verify(&bundle(certificate, Suite::X25519, key, signing)))
}

fn code_of_envelope(suite: Suite, certificate: &[u8], signing: Signing) -> &'static str {
    receive(suite, certificate, signing).map_or_else(|code| code, |()| "ok")
}

fn by_device(message: &[u8]) -> [u8; 64] {
    by_hand::sign(&device_seed(), message)
}

const DOORS: [Door; 17] = [
    ("AccountKey", Expected::OfTheKey, |key| {
        code(AccountKey::from_bytes(key))
    }),
    ("DeviceKey", Expected::OfTheKey, |key| {
        code(DeviceKey::from_bytes(key))
    }),
    ("link request", Expected::OfTheKey, |key| {
        let request = link_request(key, &|message| forge(key, message));
        code(LinkRequest::from_bytes(&request, &secret()))
    }),
    ("revocation", Expected::OfTheKey, |key| {
        let revocation = revocation(key, &|message| forge(key, message));
        code(Revocation::from_bytes(&revocation, NOW))
    }),
    // R3 comes before R4.
    (
        "revocation of a known account",
        Expected::Always("wrong_account"),
        |key| {
            let revocation = revocation(key, &|message| forge(key, message));
            let expected = account(ACCOUNT);
            code(Revocation::verify(&revocation, expected.public_key(), NOW))
        },
    ),
    (
        "certificate, account",
        Expected::Always("bad_certificate"),
        |key| code(Certificate::from_bytes(&with_weak_account(key))),
    ),
    (
        "certificate, device",
        Expected::Always("bad_certificate"),
        |key| code(Certificate::from_bytes(&with_weak_device(key))),
    ),
    (
        "device export, account",
        Expected::Always("bad_certificate"),
        |key| {
            let export = [device_seed().as_slice(), &with_weak_account(key)].concat();
            code(Device::import(&export))
        },
    ),
    (
        "device export, device",
        Expected::Always("bad_certificate"),
        |key| {
            let export = [device_seed().as_slice(), &with_weak_device(key)].concat();
            code(Device::import(&export))
        },
    ),
    (
        "link grant, account",
        Expected::Always("bad_certificate"),
        |key| code_of_grant(&with_weak_account(key)),
    ),
    (
        "link grant, device",
        Expected::Always("bad_certificate"),
        |key| code_of_grant(&with_weak_device(key)),
    ),
    (
        "bundle, account",
        Expected::Always("bad_certificate"),
        |key| code_of_bundle(&with_weak_account(key), &by_device),
    ),
    (
        "bundle, device",
        Expected::Always("bad_certificate"),
        |key| code_of_bundle(&with_weak_device(key), &|message| forge(key, message)),
    ),
    (
        "envelope of suite 1, account",
        Expected::Always("bad_certificate"),
        |key| code_of_envelope(Suite::X25519, &with_weak_account(key), &by_device),
    ),
    (
        "envelope of suite 1, device",
        Expected::Always("bad_certificate"),
        |key| {
            let certificate = with_weak_device(key);
            code_of_envelope(Suite::X25519, &certificate, &|message| forge(key, message))
        },
    ),
    (
        "envelope of suite 2, account",
        Expected::Always("bad_certificate"),
        |key| code_of_envelope(Suite::XWing, &with_weak_account(key), &by_device),
    ),
    (
        "envelope of suite 2, device",
        Expected::Always("bad_certificate"),
        |key| {
            let certificate = with_weak_device(key);
            code_of_envelope(Suite::XWing, &certificate, &|message| forge(key, message))
        },
    ),
];

#[test]
fn weak_ed25519_keys_are_refused_at_every_door() {
    let weak = weak_keys();
    assert_eq!(weak.len(), 10 + 2 * 19 + 3);
    for (door, expected, enter) in &DOORS {
        for Weak { key, code } in &weak {
            let expected = match expected {
                Expected::OfTheKey => *code,
                Expected::Always(code) => *code,
            };
            assert_eq!(enter(key), expected, "{door}: {key:02x?}");
        }
    }
}

/// Of the points themselves: the ten of the specification decode to points of small order, and so
/// do p and p + 1. Without this the forgeries above could be none.
#[test]
fn the_points_of_small_order_are_forged_with() {
    let forged = weak_keys()
        .iter()
        .filter(|weak| by_hand::forge(&weak.key, b"message").is_some())
        .count();
    assert_eq!(forged, 10 + 4);
}

/// What the tables of this file are made with: with sound points every door opens.
#[test]
fn sound_points_pass_every_door() {
    let seed = device_seed();
    let device = by_hand::public(&seed);
    assert_eq!(code(AccountKey::from_bytes(&device)), "ok");
    assert_eq!(code(DeviceKey::from_bytes(&device)), "ok");
    let request = link_request(&device, &by_device);
    assert_eq!(code(LinkRequest::from_bytes(&request, &secret())), "ok");
    let certificate = sound_certificate();
    assert_eq!(code(Certificate::from_bytes(&certificate)), "ok");
    let export = [seed.as_slice(), &certificate].concat();
    assert_eq!(code(Device::import(&export)), "ok");
    assert_eq!(code_of_grant(&certificate), "ok");
    assert_eq!(code_of_bundle(&certificate, &by_device), "ok");
    let account_seed = account_seed();
    let revocation = revocation(&by_hand::public(&account_seed), &|message| {
        by_hand::sign(&account_seed, message)
    });
    assert_eq!(code(Revocation::from_bytes(&revocation, NOW)), "ok");
    for suite in Suite::ALL {
        assert_eq!(code_of_envelope(suite, &certificate, &by_device), "ok");
    }
}

/// R of small order or not canonical, with S = k·a, in everything that is signed.
#[test]
fn weak_r_is_refused_in_every_signature() {
    let (account_seed, seed) = (account_seed(), device_seed());
    let device = by_hand::public(&seed);
    let mut accepted_by_lax = 0;
    for Weak { key: r, .. } in weak_keys() {
        let by_account = |message: &[u8]| by_hand::sign_with_r(&account_seed, &r, message);
        let by_device = |message: &[u8]| by_hand::sign_with_r(&seed, &r, message);
        let lax = by_hand::lax_verifier_accepts(&device, b"message", &by_device(b"message"));
        accepted_by_lax += u32::from(lax);

        let account = by_hand::public(&account_seed);
        let weak = certificate(&account, &device, &by_account);
        assert_eq!(code(Certificate::from_bytes(&weak)), "bad_certificate");
        let weak = revocation(&account, &by_account);
        assert_eq!(code(Revocation::from_bytes(&weak, NOW)), "bad_signature");
        let weak = link_request(&device, &by_device);
        assert_eq!(
            code(LinkRequest::from_bytes(&weak, &secret())),
            "bad_signature"
        );
        let sound = sound_certificate();
        assert_eq!(code_of_bundle(&sound, &by_device), "bad_signature");
        for suite in Suite::ALL {
            assert_eq!(code_of_envelope(suite, &sound, &by_device), "bad_signature");
        }
        // An outside signer's (S2).
        let unsigned = UnsignedLinkRequest::new(DeviceKey::from_bytes(&device).unwrap(), NOW);
        let signature = Signature::from_bytes(by_device(unsigned.to_be_signed().as_bytes()));
        assert_eq!(code(unsigned.finish(signature, &secret())), "bad_signature");
    }
    // The identity in its one canonical encoding: the rest is refused by comparing R.
    assert_eq!(accepted_by_lax, 1);
}

/// A key of mixed order is a key (spec/envelope.md, "Signatures"). Signatures under it that only
/// the equation with the cofactor accepts are refused, and those that hold without it are not: rule
/// S6.
#[test]
fn under_a_key_of_mixed_order_the_equation_has_no_cofactor() {
    let seed = account_seed();
    let device = by_hand::public(&device_seed());
    let sound = by_hand::point(&by_hand::public(&seed)).unwrap();
    for torsion in &EIGHT_TORSION[1..] {
        let mixed = (sound + torsion).compress().to_bytes();
        assert!(AccountKey::from_bytes(&mixed).is_ok());
        assert!(DeviceKey::from_bytes(&mixed).is_ok());
        for (cancels, expected) in [(true, "ok"), (false, "bad_certificate")] {
            let signed = certificate(&mixed, &device, &|message| {
                by_hand::sign_for_mixed(&seed, &mixed, torsion, cancels, message)
            });
            assert_eq!(code(Certificate::from_bytes(&signed)), expected);
        }
    }
}

#[test]
fn weak_x25519_keys_are_refused_in_bundles_of_both_suites() {
    let xwing = prekey(Suite::XWing, 5);
    let phone = device(&account(ACCOUNT), DEVICE);
    let published = phone.publish(&[&xwing], NOW).unwrap()[0].to_bytes();
    let mlkem = &hpke_key(&published)[..1184];
    let code_of = |suite, u: &[u8; 32]| {
        let key = match suite {
            Suite::X25519 => u.to_vec(),
            Suite::XWing => [mlkem, u].concat(),
        };
        code(bundle_with_key(suite, &key))
    };
    for suite in Suite::ALL {
        assert_eq!(code_of(suite, &[9; 32]), "ok");
        for u in weak_u() {
            assert_eq!(code_of(suite, &u), "weak_key", "{suite}: {u:02x?}");
        }
    }
}

/// Sealed soundly under what X25519 gives for the weak key: rule H6 alone keeps them out, and H7
/// those of suite 1 whose secret is zero.
#[test]
fn weak_encapsulated_keys_are_refused_in_both_suites() {
    let weak = weak_u();
    assert_eq!(weak.len(), 5 + 6 + 2 * 19);
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let certificate = pair.laptop.certificate().to_bytes();
        let seed = seed_of(&pair.laptop);
        let code_of = |u| {
            let encapsulated = encapsulated_to(&pair, u);
            let secret = decapsulated(&pair, &encapsulated);
            let signing = |message: &[u8]| by_hand::sign(&seed, message);
            let envelope = by_hand::envelope(
                &pair.bundle,
                &encapsulated,
                &secret,
                &certificate,
                NOW.0,
                &signing,
            );
            open(&pair, &envelope)
        };
        assert_eq!(code_of(None), Ok(()));
        for u in &weak {
            assert_eq!(
                code_of(Some(*u)),
                Err("decryption_failed"),
                "{suite}: {u:02x?}"
            );
        }
    }
}
