//! Work that must not depend on the secrets that it is done with, through the public API, and twins of it
//! that leak.
//!
//! An input stands for a secret. Whatever is made of it beforehand has the same size and is made in the
//! same way, so that nothing but the secret differs during the work.

use std::hint::black_box;
use std::rc::Rc;

use hushring::external::UnsignedEnvelope;
use hushring::{
    Account, Device, Envelope, LinkGrant, LinkRequest, LinkSecret, MessageId, PendingDevice,
    Prekey, PrekeyBundle, SealOptions, Suite,
};
use hushring_test_support::clock::{NOW, day, with};
use hushring_test_support::contents::message;
use hushring_test_support::flate::stored;
use hushring_test_support::forge::{Frame, prekey_export};
use hushring_test_support::pair::{Pair, account, by_clock, device, validity};
use hushring_test_support::random::{Given, TestRng};

use crate::twins;

/// What a secret, or a change to something secret, is made of.
pub type Input = [u8; 64];

/// A change of one bit, in the last byte of either half.
pub const FIXED: Input = {
    let mut input = [0; 64];
    input[31] = 1;
    input[63] = 1;
    input
};

/// Does the same every time.
pub type Work = Box<dyn Fn()>;

/// Something that is done with a secret.
pub struct Case {
    pub name: &'static str,
    /// Whether what is done depends on it, on purpose.
    pub leaks: bool,
    /// Makes ready what all inputs share.
    pub prepare: fn() -> Prepared,
}

/// Makes the work on one input.
pub type Prepared = Box<dyn Fn(&Input) -> Work>;

pub const CASES: &[Case] = &[
    constant("request_mac", || request_mac(|_, _| ())),
    constant("grant_mac", grant_mac),
    constant("link_secret", || link_secret(|_| ())),
    constant("account_key", || account_key(|_| ())),
    constant("device_key", device_key),
    constant("prekey_x25519", prekey_x25519),
    constant("randomness_x25519", || randomness(Suite::X25519)),
    constant("randomness_xwing", || randomness(Suite::XWing)),
    constant("open_key_x25519", open_key_x25519),
    constant("open_content_x25519", || open_content(Suite::X25519)),
    constant("open_content_xwing", || open_content(Suite::XWing)),
    constant("open_padding", open_padding),
    constant("open_tag_x25519", || open_tag(Suite::X25519)),
    constant("open_tag_xwing", || open_tag(Suite::XWing)),
    constant("open_rejection_xwing", open_rejection_xwing),
    twin("twin_early_exit", || {
        request_mac(|mac, given| {
            black_box(twins::early_exit(mac, given));
        })
    }),
    twin("twin_branch", || {
        link_secret(|secret| {
            black_box(twins::branch(secret[0]));
        })
    }),
    twin("twin_table", || {
        let table = Rc::new([7; 4096]);
        account_key(move |seed| {
            black_box(twins::look_up(&table, seed[0]));
        })
    }),
];

const fn constant(name: &'static str, prepare: fn() -> Prepared) -> Case {
    Case {
        name,
        leaks: false,
        prepare,
    }
}

const fn twin(name: &'static str, prepare: fn() -> Prepared) -> Case {
    Case {
        name,
        leaks: true,
        prepare,
    }
}

/// The first and the second half of an input.
fn halves(input: &Input) -> ([u8; 32], [u8; 32]) {
    let (first, second) = input.split_at(32);
    (first.try_into().unwrap(), second.try_into().unwrap())
}

fn mix(bytes: &mut [u8], mask: &[u8]) {
    for (byte, mask) in bytes.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

/// Refuses a request whose MAC differs in the last bit alone, or everywhere.
fn request_mac(beside: impl Fn(&[u8], &[u8]) + Clone + 'static) -> Prepared {
    let secret = LinkSecret::from_bytes(&[1; 32]).unwrap();
    let device = PendingDevice::import(&[2; 32]).unwrap();
    let request = device.request(&secret, NOW).unwrap().to_bytes();
    Box::new(move |input| {
        let (secret, mut bytes, beside) = (secret.clone(), request.clone(), beside.clone());
        let mac = request[105..].to_vec();
        mix(&mut bytes[105..], &halves(input).1);
        Box::new(move || {
            assert!(LinkRequest::from_bytes(black_box(&bytes), &secret).is_err());
            beside(&mac, &bytes[105..]);
        })
    })
}

/// The same, of a grant.
fn grant_mac() -> Prepared {
    let secret = LinkSecret::from_bytes(&[1; 32]).unwrap();
    let device = PendingDevice::import(&[2; 32]).unwrap();
    let request = device.request(&secret, NOW).unwrap();
    let grant = account(3).certify(&request.to_bytes(), &secret, &validity());
    let grant = grant.unwrap().to_bytes();
    Box::new(move |input| {
        let (secret, request, mut bytes) = (secret.clone(), request.clone(), grant.clone());
        mix(&mut bytes[145..], &halves(input).1);
        Box::new(move || {
            assert!(LinkGrant::from_bytes(black_box(&bytes), &request, &secret, NOW).is_err());
        })
    })
}

/// Makes a MAC with different secrets.
fn link_secret(beside: impl Fn(&[u8; 32]) + Clone + 'static) -> Prepared {
    let secret = LinkSecret::from_bytes(&[1; 32]).unwrap();
    let device = PendingDevice::import(&[2; 32]).unwrap();
    let request = device.request(&secret, NOW).unwrap();
    let certificate = account(3).enroll(request.device(), &validity()).unwrap();
    Box::new(move |input| {
        let (bytes, beside) = (halves(input).0, beside.clone());
        let (certificate, request) = (certificate.clone(), request.clone());
        Box::new(move || {
            let secret = LinkSecret::from_bytes(black_box(&bytes)).unwrap();
            black_box(LinkGrant::new(certificate.clone(), &request, &secret));
            beside(&bytes);
        })
    })
}

/// Reads account keys and computes their public keys.
fn account_key(beside: impl Fn(&[u8; 32]) + Clone + 'static) -> Prepared {
    Box::new(move |input| {
        let (seed, beside) = (halves(input).0, beside.clone());
        Box::new(move || {
            black_box(Account::import(black_box(&seed)).unwrap());
            beside(&seed);
        })
    })
}

/// Reads devices whose key is not that of the certificate.
fn device_key() -> Prepared {
    let certificate = device(&account(1), 2).certificate().to_bytes();
    Box::new(move |input| {
        let bytes = [halves(input).0.as_slice(), &certificate].concat();
        Box::new(move || assert!(Device::import(black_box(&bytes)).is_err()))
    })
}

/// Reads prekeys and computes their public keys. Not of suite 2, whose public matrix is drawn by
/// rejection from a public seed, which the private one gives.
fn prekey_x25519() -> Prepared {
    Box::new(move |input| {
        let bytes = prekey_export(Suite::X25519, &halves(input).0, day(60));
        Box::new(move || {
            black_box(Prekey::import(black_box(&bytes)).unwrap());
        })
    })
}

/// Seals, up to the signature, with different randomness.
fn randomness(suite: Suite) -> Prepared {
    let pair = Rc::new(Pair::new(suite));
    Box::new(move |input| {
        let (pair, randomness) = (pair.clone(), *input);
        let (content, message_id) = (message("hi"), Some(MessageId::from_bytes([7; 16])));
        let options = with(SealOptions::at(NOW), |it| {
            it.message_id = message_id;
        });
        Box::new(move || {
            let certificate = pair.laptop.certificate();
            let rng = &mut Given::new(black_box(&randomness));
            let begun =
                UnsignedEnvelope::new_with_rng(certificate, &pair.bundle, &content, options, rng);
            let _ = black_box(begun.unwrap());
        })
    })
}

/// Opens what was sealed to different prekeys with the same randomness.
fn open_key_x25519() -> Prepared {
    let pair = Rc::new(Pair::new(Suite::X25519));
    Box::new(move |input| {
        let export = prekey_export(Suite::X25519, &halves(input).0, day(60));
        let prekey = Prekey::import(&export).unwrap();
        let bundle = pair.phone.publish(&[&prekey], NOW).unwrap()[0].to_bytes();
        let bundle = PrekeyBundle::verify(&bundle, pair.bob.public_key(), &by_clock()).unwrap();
        let sealed = pair
            .laptop
            .seal_with_rng(
                &bundle,
                &message("hi"),
                SealOptions::at(NOW),
                &mut Given::new(&[9; 64]),
            )
            .unwrap();
        opening(&pair, prekey, sealed, true)
    })
}

/// Opens, up to the signature, contents that differ in everything but their compressed size.
fn open_content(suite: Suite) -> Prepared {
    let pair = Rc::new(Pair::new(suite));
    Box::new(move |input| {
        let content = stored(&input.repeat(3));
        let frame = Frame::of(&pair.laptop, [7; 16], NOW.0, content);
        let bytes = frame.seal(&pair.bundle, TestRng::new(8));
        let sealed = Envelope::parse(&bytes).unwrap();
        opening(&pair, pair.prekey.clone(), sealed, true)
    })
}

/// Refuses a frame whose padding is wrong in different places.
fn open_padding() -> Prepared {
    let pair = Rc::new(Pair::new(Suite::X25519));
    Box::new(move |input| {
        // The frame's fields end at 240, and it has 2,822 bytes.
        let place = 240 + usize::from(input[63]) * 10;
        let mut frame = Frame::of(&pair.laptop, [7; 16], NOW.0, stored(&[0xa0]));
        frame.flips[1].push((place, 1));
        let sealed = Envelope::parse(&frame.seal(&pair.bundle, TestRng::new(8))).unwrap();
        opening(&pair, pair.prekey.clone(), sealed, false)
    })
}

/// Refuses an envelope whose tag differs in the last bit alone, or everywhere.
fn open_tag(suite: Suite) -> Prepared {
    let pair = Rc::new(Pair::new(suite));
    let sealed = *pair.seal(&message("hi")).as_bytes();
    Box::new(move |input| {
        let mut bytes = sealed;
        mix(&mut bytes[Envelope::LEN - 16..], &input[48..]);
        opening(
            &pair,
            pair.prekey.clone(),
            Envelope::parse(&bytes).unwrap(),
            false,
        )
    })
}

/// Refuses an envelope whose ML-KEM ciphertext is sound, or not: nobody may learn which.
fn open_rejection_xwing() -> Prepared {
    let pair = Rc::new(Pair::new(Suite::XWing));
    let sealed = *pair.seal(&message("hi")).as_bytes();
    Box::new(move |input| {
        let mut bytes = sealed;
        if *input != FIXED {
            mix(&mut bytes[10..74], input);
        }
        bytes[Envelope::LEN - 1] ^= 1;
        opening(
            &pair,
            pair.prekey.clone(),
            Envelope::parse(&bytes).unwrap(),
            false,
        )
    })
}

fn opening(pair: &Rc<Pair>, prekey: Prekey, sealed: Envelope, opens: bool) -> Work {
    let pair = pair.clone();
    Box::new(move || {
        let opened = black_box(&sealed).open([&prekey], pair.phone.certificate());
        assert_eq!(opened.is_ok(), opens);
    })
}
