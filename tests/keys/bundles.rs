//! Bundles (spec/envelope.md, section 9).

use hushring::error::{KeyError, StateError};
use hushring::external::{Signature, UnsignedBundle};
use hushring::limits::MAX_BUNDLES;
use hushring::{
    Device, LastPublished, Prekey, PrekeyBundle, Revocation, Suite, UnixMillis, UnixSeconds,
};
use hushring_test_support::clock::{DAY, MINUTE, NOW, day, with};
use hushring_test_support::forge::{flips, seed_of, sign, to_be_signed};
use hushring_test_support::pair::{self, account, by_clock, device, prekey, validity};
use hushring_test_support::random::TestRng;

use crate::published;

#[test]
fn a_bundle_says_what_its_device_published() {
    let account = account(1);
    let device = device(&account, 2);
    let keys = Suite::ALL.map(|suite| prekey(suite, 3));
    let bundles = device.publish(&[&keys[1], &keys[0]], NOW).unwrap();
    for (bundle, key) in bundles.iter().zip([&keys[1], &keys[0]]) {
        let bytes = bundle.to_bytes();
        assert_eq!(bytes.len(), PrekeyBundle::len_of(key.suite()));
        let verified = PrekeyBundle::verify(&bytes, account.public_key(), &by_clock()).unwrap();
        assert_eq!(verified.id(), key.id());
        assert_eq!(verified.suite(), key.suite());
        assert_eq!(verified.device(), device.public_key());
        assert_eq!(verified.expires_at(), key.expires_at());
        assert!(verified.offers().eq(Suite::ALL));
    }
    assert_eq!(Suite::ALL.map(PrekeyBundle::len_of), [259, 1443]);
}

#[test]
fn every_flipped_bit_of_a_bundle_is_refused() {
    for suite in Suite::ALL {
        let (account, bytes) = published(suite);
        let mut tried = 0;
        for (bit, flipped) in flips(&bytes) {
            let error = PrekeyBundle::verify(&flipped, &account, &by_clock()).unwrap_err();
            let code = error.code().as_str();
            let expected: &[&str] = match bit / 8 {
                0 => &["unsupported_version"],
                1..145 => &["bad_certificate"],
                145 => &["bad_offers", "bad_signature"],
                146 => &["unsupported_suite", "bad_length"],
                147..163 => &["bad_lifetime", "bad_signature"],
                _ => &["weak_key", "bad_signature"],
            };
            assert!(expected.contains(&code), "bit {bit}: {code}");
            tried += 1;
        }
        assert_eq!(tried, bytes.len() * 8);
        for len in [0, 1, 146, 147, 258, 260, 1442, 1444] {
            let mut other = bytes.clone();
            other.resize(len, 0);
            let error = PrekeyBundle::verify(&other, &account, &by_clock()).unwrap_err();
            assert_eq!(error, KeyError::BadLength, "{len}");
        }
    }
}

#[test]
fn a_bundle_of_somebody_else_is_refused() {
    let (_, bytes) = published(Suite::X25519);
    let other = account(77);
    let error = PrekeyBundle::verify(&bytes, other.public_key(), &by_clock()).unwrap_err();
    assert_eq!(error, KeyError::WrongAccount);
}

#[test]
fn a_bundle_is_valid_for_its_time() {
    let (account, bytes) = published(Suite::X25519);
    let code_at = |now| {
        let check = with(by_clock(), |it| {
            it.now = UnixMillis(now);
        });
        PrekeyBundle::verify(&bytes, &account, &check).map_or_else(|e| e.code().as_str(), |_| "ok")
    };
    let ten_minutes = 10 * MINUTE * 1000;
    let ends = day(60).0 * 1000;
    assert_eq!(code_at(NOW.0 - ten_minutes), "ok");
    assert_eq!(code_at(NOW.0 - ten_minutes - 1), "bundle_not_yet_valid");
    assert_eq!(code_at(ends - 1), "ok");
    assert_eq!(code_at(ends), "bundle_expired");
    assert_eq!(code_at(day(100).0 * 1000), "certificate_expired");
    assert_eq!(
        code_at(NOW.0 - DAY * 1000 - ten_minutes - 1),
        "certificate_not_yet_valid"
    );
}

#[test]
fn a_prekey_lives_at_most_90_days_and_a_bundle_no_longer_than_its_certificate() {
    let generate = |expires_at| {
        Prekey::generate_with_rng(Suite::X25519, expires_at, NOW, &mut TestRng::new(3))
    };
    assert!(generate(day(90)).is_ok());
    assert_eq!(
        generate(UnixSeconds(day(90).0 + 1)).unwrap_err(),
        KeyError::BadLifetime
    );
    assert_eq!(generate(day(0)).unwrap_err(), KeyError::BadLifetime);
    let short = Device::enroll(
        &account(1),
        &with(validity(), |it| {
            it.expires_at = day(5);
        }),
    );
    let bundles = short
        .unwrap()
        .publish(&[&generate(day(90)).unwrap()], NOW)
        .unwrap();
    assert_eq!(bundles[0].expires_at(), day(5));
}

#[test]
fn what_cannot_be_published_is_refused() {
    let device = device(&account(1), 2);
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 3));
    let publish = |keys: &[&Prekey], now| device.publish(keys, now).map(drop);
    assert_eq!(publish(&[], NOW), Err(KeyError::NoPrekeys));
    assert_eq!(
        publish(&[&x25519, &xwing, &x25519], NOW),
        Err(KeyError::DuplicateSuite)
    );
    let later = UnixMillis(day(60).0 * 1000);
    assert_eq!(publish(&[&x25519], later), Err(KeyError::PrekeyExpired));
    let much_later = UnixMillis(day(100).0 * 1000);
    assert_eq!(
        publish(&[&x25519], much_later),
        Err(KeyError::CertificateExpired)
    );
}

/// Fields that a sound device would never sign, under a sound signature.
#[test]
fn a_signed_bundle_still_has_to_follow_the_rules() {
    let (account, bytes) = published(Suite::X25519);
    let seed = seed_of(&device(&pair::account(1), 2));
    let signed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut forged = bytes[..bytes.len() - 64].to_vec();
        change(&mut forged);
        let to_sign = to_be_signed("hushring/1 prekey", &forged);
        let own = forged[33..65].try_into().unwrap();
        forged.extend(sign(&seed, &own, &to_sign));
        PrekeyBundle::verify(&forged, &account, &by_clock()).map_err(|error| error.code().as_str())
    };
    assert!(signed(&|_| {}).is_ok());
    // Bits of `offers` that this version does not know are kept, and change nothing.
    let kept = signed(&|bytes| bytes[145] |= 0xf0).unwrap();
    assert_eq!(kept.to_bytes()[145], 0xf1);
    assert!(kept.offers().eq([Suite::X25519]));
    let refused = |code, change: &dyn Fn(&mut Vec<u8>)| {
        assert_eq!(signed(change).unwrap_err(), code);
    };
    refused("bad_offers", &|bytes| bytes[145] = 0b10);
    refused("bad_lifetime", &|bytes| bytes.copy_within(147..155, 155));
    refused("bad_lifetime", &|bytes| bytes[155..163].fill(0xff));
    let past_certificate = day(101).0.to_be_bytes();
    refused("bad_lifetime", &|bytes| {
        bytes[155..163].copy_from_slice(&past_certificate)
    });
    let issued = (day(60).0 - 90 * DAY - 1).to_be_bytes();
    refused("bad_lifetime", &|bytes| {
        bytes[147..155].copy_from_slice(&issued)
    });
    refused("weak_key", &|bytes| bytes[163..195].fill(0));
    refused("weak_key", &|bytes| bytes[163..195].fill(0xff));
}

#[test]
fn a_wrong_signature_makes_no_bundle() {
    let device = device(&account(1), 2);
    let key = prekey(Suite::X25519, 3);
    let unsigned = UnsignedBundle::new_many(device.certificate(), &[&key], NOW).unwrap();
    assert_eq!(unsigned.len(), 1);
    assert_eq!(unsigned[0].issued_at(), NOW.to_seconds());
    for bundle in unsigned {
        let finished = bundle.finish(Signature::from_bytes([7; 64]));
        assert_eq!(finished.unwrap_err(), KeyError::BadSignature);
    }
}

#[test]
fn an_older_bundle_than_one_seen_is_refused() {
    let account = account(1);
    let device = device(&account, 2);
    let at = |seconds: u64| UnixMillis(NOW.0 + seconds * 1000);
    let publish = |suite, now| device.publish(&[&prekey(suite, 3)], now).unwrap()[0].to_bytes();
    let old = publish(Suite::X25519, NOW);
    let new = publish(Suite::XWing, at(5));
    let key = account.public_key();
    let check = with(by_clock(), |it| {
        it.now = at(5);
    });
    let seen = PrekeyBundle::verify_all(&[&new], key, &check).last_published;
    let check = check.with_last_published(&seen);
    // Of whichever suite: a publication is the device's whole statement.
    for suite in Suite::ALL {
        let stale = PrekeyBundle::verify(&publish(suite, NOW), key, &check);
        assert_eq!(stale.unwrap_err(), KeyError::StaleBundle);
    }
    assert!(PrekeyBundle::verify(&new, key, &check).is_ok());
    // Another of the same moment was never published.
    let other = PrekeyBundle::verify(&publish(Suite::X25519, at(5)), key, &check);
    assert_eq!(other.unwrap_err(), KeyError::StaleBundle);
    // Another device is not older.
    let tablet = pair::device(&account, 8)
        .publish(&[&prekey(Suite::X25519, 3)], NOW)
        .unwrap();
    assert!(PrekeyBundle::verify(&tablet[0].to_bytes(), key, &check).is_ok());
    // What is remembered only grows.
    let all = PrekeyBundle::verify_all(&[&old], key, &check);
    assert_eq!(all.last_published, seen);
    assert_eq!(all.rejected, [(0, KeyError::StaleBundle)]);
}

#[test]
fn an_older_bundle_than_another_of_the_list_is_refused() {
    let account = account(1);
    let device = device(&account, 2);
    let later = UnixMillis(NOW.0 + 5000);
    let publish = |suite, now| device.publish(&[&prekey(suite, 3)], now).unwrap()[0].to_bytes();
    let (old, new) = (publish(Suite::XWing, NOW), publish(Suite::X25519, later));
    let check = with(by_clock(), |it| {
        it.now = later;
    });
    for (list, index) in [([&old, &new], 0), ([&new, &old], 1)] {
        let all = PrekeyBundle::verify_all(&list, account.public_key(), &check);
        assert_eq!(all.rejected, [(index, KeyError::StaleBundle)]);
        assert_eq!(all.bundles.len(), 1);
        assert_eq!(all.bundles[0].issued_at(), later.to_seconds());
        let newer = PrekeyBundle::verify_all(&[&new], account.public_key(), &check);
        assert_eq!(all.last_published, newer.last_published);
    }
}

/// The server shows the post-quantum bundle once, and later only one from before it was offered.
#[test]
fn a_server_does_not_get_behind_what_was_seen() {
    let account = account(1);
    let device = device(&account, 2);
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 3));
    let before = device.publish(&[&x25519], NOW).unwrap()[0].to_bytes();
    let later = UnixMillis(NOW.0 + 5000);
    let after = device.publish(&[&x25519, &xwing], later).unwrap()[1].to_bytes();
    let check = with(by_clock(), |it| {
        it.now = later;
    });
    let newest = PrekeyBundle::verify_all(&[&after], account.public_key(), &check).last_published;
    let check = with(check, |it| {
        it.last_published = Some(&newest);
    });
    let downgraded = PrekeyBundle::verify_all(&[&before], account.public_key(), &check);
    assert!(downgraded.bundles.is_empty());
    assert_eq!(downgraded.rejected, [(0, KeyError::StaleBundle)]);
}

#[test]
fn one_bad_bundle_does_not_spoil_the_others() {
    let (account, good) = published(Suite::X25519);
    let mut bad = good.clone();
    bad[200] ^= 1;
    let all = PrekeyBundle::verify_all(&[&bad, &good, &vec![]], &account, &by_clock());
    assert_eq!(all.bundles.len(), 1);
    assert_eq!(all.rejected.len(), 2);
    assert_eq!(all.rejected[1], (2, KeyError::BadLength));
    let alone = PrekeyBundle::verify_all(&[&good], &account, &by_clock());
    assert_eq!(all.last_published, alone.last_published);
    assert_ne!(all.last_published, LastPublished::new(account));
}

/// What is kept of one account would say nothing of another's devices.
#[test]
fn what_another_account_published_is_refused() {
    let (account, bundle) = published(Suite::X25519);
    let foreign = LastPublished::new(*pair::account(9).public_key());
    let check = with(by_clock(), |it| {
        it.last_published = Some(&foreign);
    });
    let alone = PrekeyBundle::verify(&bundle, &account, &check);
    assert_eq!(alone.unwrap_err(), KeyError::WrongAccount);
    let all = PrekeyBundle::verify_all(&[&bundle], &account, &check);
    assert_eq!(all.rejected, [(0, KeyError::WrongAccount)]);
    assert_eq!(all.last_published, foreign);
    let stored = LastPublished::from_bytes(&foreign.to_bytes(), &account);
    assert_eq!(stored.unwrap_err(), StateError::WrongAccount);
}

/// Each byte of it is read, and none is left out.
#[test]
fn what_was_last_published_is_stored_and_read_in_one_encoding() {
    let (account, bundle) = published(Suite::X25519);
    let all = PrekeyBundle::verify_all(&[&bundle], &account, &by_clock());
    let stored = all.last_published.to_bytes();
    assert_eq!(stored.len(), LastPublished::MIN_LEN + 74);
    assert_eq!(
        (LastPublished::MIN_LEN, LastPublished::MAX_LEN),
        (73, 217_161)
    );
    assert!(format!("{:?}", all.last_published).starts_with("LastPublished"));
    assert_eq!(
        LastPublished::from_bytes(&stored, &account),
        Ok(all.last_published)
    );
    let nothing = LastPublished::new(account);
    assert_eq!(nothing.to_bytes().len(), LastPublished::MIN_LEN);
    for place in 0..stored.len() {
        let mut changed = stored.clone();
        changed[place] ^= 1;
        let refused = LastPublished::from_bytes(&changed, &account).unwrap_err();
        // Version 0 is one that nothing wrote.
        assert_eq!(refused, StateError::BadState, "{place}");
        let cut = LastPublished::from_bytes(&stored[..place], &account);
        assert_eq!(cut.unwrap_err(), StateError::BadState, "{place}");
    }
}

#[test]
fn a_list_gives_back_the_revocations_that_count() {
    let account = account(1);
    let lost = device(&account, 2);
    let bundle = lost.publish(&[&prekey(Suite::X25519, 3)], NOW).unwrap()[0].to_bytes();
    let key = account.public_key();
    let floor = NOW.to_seconds();
    let of_lost = account
        .revoke_device(lost.public_key(), floor, NOW)
        .unwrap();
    let foreign = pair::account(9).revoke(floor, NOW).unwrap();

    let came = [foreign.to_bytes(), of_lost.to_bytes(), Vec::new()];
    let read = Revocation::verify_all(&came, key, NOW);
    assert_eq!(read.revocations, std::slice::from_ref(&of_lost));
    let rejected = [(0, KeyError::WrongAccount), (2, KeyError::BadLength)];
    assert_eq!(read.rejected, rejected);

    // One of another account is passed over here too.
    let passed = [foreign, of_lost];
    let check = with(by_clock(), |it| {
        it.revocations = &passed;
    });
    let all = PrekeyBundle::verify_all(&[&bundle], key, &check);
    assert_eq!(all.rejected, [(0, KeyError::Revoked)]);
    assert_eq!(all.revocations, read.revocations);
}

#[test]
fn bundles_behind_the_512th_are_not_read() {
    let (account, good) = published(Suite::X25519);
    let mut list = vec![Vec::new(); MAX_BUNDLES - 1];
    list.extend([good.clone(), good, Vec::new()]);
    let all = PrekeyBundle::verify_all(&list, &account, &by_clock());
    assert_eq!(all.bundles.len(), 1);
    let too_many = [(512, KeyError::TooMany), (513, KeyError::TooMany)];
    assert!(all.rejected.ends_with(&too_many));
    assert_eq!(all.rejected.len(), MAX_BUNDLES + 1);
}
