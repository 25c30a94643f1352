//! Sealing and opening, from the outside.

use hushring::content::{Message, Value};
use hushring::envelope::capacity;
use hushring::error::{OpenError, SealError};
use hushring::external::{Signature, UnsignedEnvelope};
use hushring::{
    Content, Device, Envelope, MessageId, PrekeyBundle, SealOptions, Suite, UnixMillis, Validity,
};
use hushring_test_support::clock::{DAY, MINUTE, NOW, second, with};
use hushring_test_support::contents::{invite, message};
use hushring_test_support::forge::flips;
use hushring_test_support::pair::{
    FIXED_TAGS, Pair, account, by_clock, device, fixed_tags, prekey,
};
use hushring_test_support::random::{BrokenRng, TestRng};

/// Random bytes, so that nothing is gained by compression.
fn incompressible(len: usize) -> Content {
    let mut bytes = vec![0; len];
    rand_core::Rng::fill_bytes(&mut TestRng::new(99), &mut bytes);
    Content::Message(Message {
        data: Some(Value::Bytes(bytes)),
        ..Message::default()
    })
}

#[test]
fn an_envelope_is_its_bytes() {
    let envelope = Pair::new(Suite::X25519).seal(&message("Hi"));
    assert!(envelope.as_ref() == envelope.as_bytes().as_slice());
    assert!(Envelope::parse(envelope.as_ref()).is_ok());
}

#[test]
fn what_is_sealed_is_opened_and_always_has_2880_bytes() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let mut fitted = 0;
        for content in [
            message(""),
            message("Hello \u{feff}\u{1f44b}"),
            message(&"long ".repeat(2000)),
            invite(None),
            invite(Some(&"a=rtpmap:111 opus/48000/2\r\n".repeat(50))),
            incompressible(1),
            incompressible(1000),
            Content::Cover(Default::default()),
        ] {
            let envelope = pair.seal(&content);
            assert_eq!(envelope.as_bytes().len(), 2880);
            let verified = pair.open(envelope.as_bytes()).unwrap();
            assert!(verified.content(NOW).unwrap() == content);
            assert_eq!(verified.account(), pair.alice.public_key());
            assert_eq!(verified.device(), pair.laptop.public_key());
            assert_eq!(verified.sent_at(), NOW);
            fitted += 1;
        }
        assert_eq!(fitted, 8);
    }
}

#[test]
fn the_last_byte_of_room_is_usable_and_the_next_is_too_large() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let room = capacity(suite);
        let needed = |len| incompressible(len).measure().unwrap();
        let fits = (0..room).rev().find(|len| needed(*len) <= room).unwrap();
        assert_eq!(needed(fits), room, "random bytes grow byte by byte");
        assert_eq!(pair.seal(&incompressible(fits)).as_bytes().len(), 2880);
        let options = SealOptions::at(NOW);
        let error = pair
            .laptop
            .seal(&pair.bundle, &incompressible(fits + 1), options);
        assert_eq!(
            error.unwrap_err(),
            SealError::TooLarge {
                needed: room + 1,
                available: room
            }
        );
    }
}

#[test]
fn a_call_and_a_message_differ_in_nothing_but_what_looks_random() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let call = pair
            .laptop
            .seal(&pair.bundle, &invite(None), SealOptions::at(NOW))
            .unwrap();
        let text = pair
            .laptop
            .seal(&pair.bundle, &message("hi"), SealOptions::at(NOW))
            .unwrap();
        assert_eq!(call.as_bytes()[..10], text.as_bytes()[..10]);
        assert_eq!(call.as_bytes()[0], 1);
        assert_eq!(call.as_bytes()[1], suite.byte());
        assert_eq!(call.as_bytes()[2..10], *pair.bundle.id().as_bytes());
        assert_ne!(call.as_bytes()[10..], text.as_bytes()[10..]);
    }
}

/// All 23,040 of them, in both suites.
#[test]
fn every_flipped_bit_is_refused() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let envelope = pair.seal(&message("hi"));
        let mut tried = 0;
        for (bit, flipped) in flips(envelope.as_bytes()) {
            let code = pair.open(&flipped).unwrap_err().code().as_str();
            let expected: &[&str] = match bit / 8 {
                0 => &["unsupported_version"],
                1 => &["unsupported_suite", "unknown_prekey"],
                2..10 => &["unknown_prekey"],
                _ => &["decryption_failed"],
            };
            assert!(expected.contains(&code), "bit {bit}: {code}");
            tried += 1;
        }
        assert_eq!(tried, 23_040);
    }
}

#[test]
fn every_other_length_is_refused() {
    let pair = Pair::new(Suite::X25519);
    let mut bytes = pair.seal(&message("hi")).as_bytes().to_vec();
    bytes.push(0);
    for len in (0..=2881).filter(|len| *len != 2880) {
        assert_eq!(pair.open(&bytes[..len]).unwrap_err(), OpenError::BadLength);
    }
}

#[test]
fn an_envelope_serves_one_device_of_one_account() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let envelope = pair.seal(&message("hi"));
        // Another device of Bob, and a device of Mallory, that hold the very same prekey.
        let tablet = device(&pair.bob, 20);
        let mallory = device(&account(21), 22);
        for other in [&tablet, &mallory, &pair.laptop] {
            let opened = envelope.open([&pair.prekey], other.certificate());
            assert_eq!(opened.unwrap_err(), OpenError::DecryptionFailed);
        }
        let stranger = prekey(suite, 23);
        let opened = envelope.open([&stranger], pair.phone.certificate());
        assert_eq!(opened.unwrap_err(), OpenError::UnknownPrekey);
    }
}

#[test]
fn a_prekey_of_the_other_suite_is_not_taken_for_the_right_one() {
    let pair = Pair::new(Suite::XWing);
    let mut bytes = *pair.seal(&message("hi")).as_bytes();
    bytes[1] = Suite::X25519.byte();
    assert_eq!(pair.open(&bytes).unwrap_err(), OpenError::UnknownPrekey);
}

#[test]
fn an_untrusted_sender_is_named_and_not_read() {
    let pair = Pair::new(Suite::X25519);
    let opened = pair
        .seal(&message("hi"))
        .open([&pair.prekey], pair.phone.certificate());
    let error = opened.unwrap().verify(|_| false).unwrap_err();
    let account = *pair.alice.public_key();
    assert_eq!(error, OpenError::Untrusted { account });
}

#[test]
fn times_are_checked_to_the_millisecond() {
    let pair = Pair::new(Suite::X25519);
    let verified = pair.open(pair.seal(&message("hi")).as_bytes()).unwrap();
    let code_at = |now: u64| {
        verified
            .content(UnixMillis(now))
            .map_or_else(|e| e.code().as_str(), |_| "ok")
    };
    let ten_minutes = 10 * MINUTE * 1000;
    let thirty_days = 30 * DAY * 1000;
    assert_eq!(code_at(NOW.0 - ten_minutes), "ok");
    assert_eq!(code_at(NOW.0 - ten_minutes - 1), "clock");
    assert_eq!(code_at(NOW.0 + thirty_days), "ok");
    assert_eq!(code_at(NOW.0 + thirty_days + 1), "too_old");
    assert_eq!(code_at(0), "clock");
    assert_eq!(code_at(u64::MAX), "too_old");
}

/// A thief of an expired key cannot date a message back into the key's life: see `sent_at`, which
/// is 30 days old at most. What it can do is date it at all, so the receiver judges by `sent_at`.
#[test]
fn the_certificate_counts_when_the_message_was_sent() {
    let pair = Pair::new(Suite::X25519);
    let bounds = Validity::until(second(100), NOW).with_not_before(second(0));
    let short = Device::enroll(&pair.alice, &bounds).unwrap();
    let seal_at = |now: u64| {
        let options = SealOptions::at(UnixMillis(now));
        short
            .seal(&pair.bundle, &message("hi"), options)
            .map_err(|error| error.code().as_str())
    };
    let begins = NOW.0 - 10 * MINUTE * 1000;
    let ends = NOW.0 + 100 * 1000;
    assert_eq!(
        seal_at(begins - 1).unwrap_err(),
        "certificate_not_yet_valid"
    );
    assert_eq!(seal_at(ends).unwrap_err(), "certificate_expired");
    for sent_at in [begins, ends - 1] {
        let verified = pair.open(seal_at(sent_at).unwrap().as_bytes()).unwrap();
        assert!(verified.content(NOW).is_ok());
        assert!(
            verified
                .content(UnixMillis(NOW.0 + 20 * DAY * 1000))
                .is_ok()
        );
    }
}

#[test]
fn nothing_is_sealed_to_an_expired_bundle() {
    let pair = Pair::new(Suite::X25519);
    let ends = pair.bundle.expires_at().0 * 1000;
    let seal_at = |now| {
        pair.laptop
            .seal(&pair.bundle, &message("hi"), SealOptions::at(now))
    };
    assert!(seal_at(UnixMillis(ends - 1)).is_ok());
    assert_eq!(
        seal_at(UnixMillis(ends)).unwrap_err(),
        SealError::BundleExpired
    );
}

#[test]
fn many_devices_get_one_message_in_order_or_none_does() {
    let pair = Pair::new(Suite::X25519);
    let tablet = device(&pair.bob, 30);
    let tablet_prekey = prekey(Suite::XWing, 31);
    let published = tablet.publish(&[&tablet_prekey], NOW).unwrap();
    let bundles = [&pair.bundle, &published[0]];
    let options = SealOptions::at(NOW);
    let envelopes = pair
        .laptop
        .seal_many(&bundles, &message("hi"), options)
        .unwrap();
    let first = pair.open(envelopes[0].as_bytes()).unwrap();
    let second = envelopes[1]
        .open([&tablet_prekey], tablet.certificate())
        .unwrap()
        .verify(|_| true)
        .unwrap();
    assert_eq!(first.message_id(), second.message_id());
    assert!(second.content(NOW).unwrap() == message("hi"));

    // It fits the first and not the second.
    let large = pair
        .laptop
        .seal_many(&bundles, &incompressible(2000), options)
        .unwrap_err();
    assert!(matches!(
        large,
        SealError::TooLarge {
            available: 1500,
            ..
        }
    ));
    assert_eq!(
        pair.laptop.seal_many(&[], &message("hi"), options).unwrap(),
        []
    );
}

#[test]
fn a_message_id_of_ones_own_is_used() {
    let pair = Pair::new(Suite::X25519);
    let message_id = Some(MessageId::from_bytes([7; 16]));
    let options = with(SealOptions::at(NOW), |it| {
        it.message_id = message_id;
    });
    let envelope = pair
        .laptop
        .seal(&pair.bundle, &message("hi"), options)
        .unwrap();
    assert_eq!(
        Some(pair.open(envelope.as_bytes()).unwrap().message_id()),
        message_id
    );
}

#[test]
fn the_same_random_bytes_give_the_same_envelope() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        assert_eq!(pair.seal(&message("hi")), pair.seal(&message("hi")));
        let seal = || {
            pair.laptop
                .seal(&pair.bundle, &message("hi"), SealOptions::at(NOW))
                .unwrap()
        };
        assert_ne!(seal(), seal());
    }
}

#[test]
fn without_random_bytes_there_is_no_envelope() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        for message_id in [None, Some(MessageId::from_bytes([7; 16]))] {
            let options = with(SealOptions::at(NOW), |it| {
                it.message_id = message_id;
            });
            let sealed =
                pair.laptop
                    .seal_with_rng(&pair.bundle, &message("hi"), options, &mut BrokenRng);
            assert_eq!(sealed.unwrap_err(), SealError::NoRandomness);
        }
    }
}

/// Signs with the key of a device by another library.
fn outside_signer(device: &Device) -> impl Fn(&UnsignedEnvelope) -> [u8; 64] {
    let seed: [u8; 32] = device.export()[..32].try_into().unwrap();
    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
    move |unsigned| {
        let to_sign = unsigned.to_be_signed().as_bytes();
        ed25519_dalek::Signer::sign(&key, to_sign).to_bytes()
    }
}

#[test]
fn an_outside_signer_seals_to_several_what_the_device_would() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let sign = outside_signer(&pair.laptop);
        let key = prekey(suite, 70);
        let other = pair.phone.publish(&[&key], NOW).unwrap().remove(0);
        let (bundles, content) = ([&pair.bundle, &other], message("hi"));
        let options = SealOptions::at(NOW);
        let envelopes: Vec<Envelope> = UnsignedEnvelope::new_many_with_rng(
            pair.laptop.certificate(),
            &bundles,
            &content,
            options,
            &mut TestRng::new(71),
        )
        .unwrap()
        .into_iter()
        .map(|unsigned| {
            let signature = sign(&unsigned);
            unsigned.finish(Signature::from_bytes(signature)).unwrap()
        })
        .collect();
        let by_device = pair
            .laptop
            .seal_many_with_rng(&bundles, &content, options, &mut TestRng::new(71))
            .unwrap();
        assert_eq!(envelopes.len(), 2);
        assert!(envelopes == by_device);
    }
}

#[test]
fn an_outside_signer_gets_few_bytes_and_is_checked() {
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let sign = outside_signer(&pair.laptop);
        let begin = || {
            let certificate = pair.laptop.certificate();
            let options = SealOptions::at(NOW);
            UnsignedEnvelope::new(certificate, &pair.bundle, &message("hi"), options).unwrap()
        };
        let unsigned = begin();
        assert!(unsigned.to_be_signed().as_bytes().len() <= 128);
        let signature = sign(&unsigned);
        let envelope = unsigned.finish(Signature::from_bytes(signature)).unwrap();
        assert!(
            pair.open(envelope.as_bytes())
                .unwrap()
                .content(NOW)
                .unwrap()
                == message("hi")
        );

        // The same signature over another envelope, no signature at all, and one bit off.
        assert_eq!(
            begin()
                .finish(Signature::from_bytes(signature))
                .unwrap_err(),
            SealError::BadSignature
        );
        assert_eq!(
            begin().finish(Signature::from_bytes([0; 64])).unwrap_err(),
            SealError::BadSignature
        );
        for bit in 0..512 {
            let unsigned = begin();
            let mut signature = sign(&unsigned);
            signature[bit / 8] ^= 1 << (bit % 8);
            let sealed = unsigned.finish(Signature::from_bytes(signature));
            assert_eq!(sealed.unwrap_err(), SealError::BadSignature);
        }
    }
}

#[test]
fn the_tag_is_the_beginning_of_the_hash() {
    use sha2::{Digest, Sha256};
    let envelope = Pair::new(Suite::X25519).seal(&message("hi"));
    let digest = Sha256::digest(envelope.as_bytes());
    let hex: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(envelope.tag(), hex);
    assert_eq!(hushring::envelope::envelope_tag(envelope.as_bytes()), hex);
}

#[test]
fn a_contact_cannot_pass_on_what_it_received() {
    // Mallory publishes Bob's HPKE key as its own. What Alice seals to Mallory, Mallory sends on
    // to Bob, who holds the private key: it is bound to Mallory and does not open.
    let pair = Pair::new(Suite::X25519);
    let mallory = account(40);
    let mallory_device = device(&mallory, 41);
    let stolen = mallory_device.publish(&[&pair.prekey], NOW).unwrap()[0].to_bytes();
    let bundle = PrekeyBundle::verify(&stolen, mallory.public_key(), &by_clock()).unwrap();
    let options = SealOptions::at(NOW);
    let envelope = pair
        .laptop
        .seal(&bundle, &message("to Mallory"), options)
        .unwrap();
    let passed_on: Envelope = Envelope::parse(envelope.as_bytes()).unwrap();
    assert_eq!(
        pair.open(passed_on.as_bytes()).unwrap_err(),
        OpenError::DecryptionFailed
    );
}

#[test]
fn fixed_random_bytes_give_fixed_envelopes() {
    assert_eq!(fixed_tags(), FIXED_TAGS);
}

/// Made from the specification alone (tests/data/README.md). What is refused here opens if the check
/// of the encapsulated key is left out.
#[test]
fn encapsulated_keys_are_judged_as_the_specification_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    for suite in Suite::ALL {
        let pair = Pair::new(suite);
        let open = |name| {
            let file = folder.join(format!("{suite}-{name}.envelope"));
            pair.open(&std::fs::read(file).unwrap())
        };
        let sound = open("sound").unwrap().content(NOW).unwrap();
        assert!(sound == message("from a writer that shares no code"));
        for name in ["low-order", "not-below-p", "top-bit"] {
            let refused = open(name).unwrap_err();
            assert_eq!(refused, OpenError::DecryptionFailed, "{suite} {name}");
        }
    }
}
