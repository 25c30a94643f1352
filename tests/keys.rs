//! Accounts, devices, certificates, linking, bundles and revocation, from the outside.

use hushring::{
    Account, AccountKey, BundleCheck, Certificate, Device, KeyError, LinkGrant, LinkRequest,
    LinkSecret, Newest, PendingDevice, Prekey, PrekeyBundle, Revocation, Signature, Suite,
    UnixMillis, UnixSeconds, UnsignedBundle, UnsignedCertificate, Validity,
};
use hushring_test_support::clock::{DAY, MINUTE, NOW, day, second};
use hushring_test_support::forge::flips;
use hushring_test_support::pair::{self, account, by_clock, device, prekey, validity};
use hushring_test_support::random::{BrokenRng, TestRng};

fn enroll(validity: Validity) -> Result<Device, KeyError> {
    Device::enroll_with_rng(&account(1), &validity, &mut TestRng::new(2))
}

#[test]
fn exports_come_back_and_have_their_sizes() {
    let account = account(1);
    let again = Account::import(&*account.export()).unwrap();
    assert_eq!(again.public_key(), account.public_key());

    let device = device(&account, 2);
    let again = Device::import(&*device.export()).unwrap();
    assert_eq!(again.certificate(), device.certificate());

    let pending = PendingDevice::generate_with_rng(&mut TestRng::new(3)).unwrap();
    let again = PendingDevice::import(&*pending.export()).unwrap();
    assert_eq!(again.public_key(), pending.public_key());

    for suite in Suite::ALL {
        let prekey = prekey(suite, 4);
        let again = Prekey::import(&*prekey.export()).unwrap();
        assert_eq!((again.id(), again.suite()), (prekey.id(), suite));
        assert_eq!(again.expires_at(), prekey.expires_at());
    }
    assert_eq!(account.export().len(), 32);
    assert_eq!(device.export().len(), 176);
    assert_eq!(pending.export().len(), 32);
    assert_eq!(prekey(Suite::XWing, 4).export().len(), 41);
}

#[test]
fn exports_of_other_lengths_or_of_two_devices_are_refused() {
    for len in [0, 31, 33, 40, 42, 175, 177] {
        let bytes = vec![1; len];
        assert_eq!(Account::import(&bytes).unwrap_err(), KeyError::BadLength);
        assert_eq!(
            PendingDevice::import(&bytes).unwrap_err(),
            KeyError::BadLength
        );
        assert_eq!(Device::import(&bytes).unwrap_err(), KeyError::BadLength);
        assert_eq!(Prekey::import(&bytes).unwrap_err(), KeyError::BadLength);
    }
    assert_eq!(
        Prekey::import(&[3; 41]).unwrap_err(),
        KeyError::UnsupportedSuite
    );
    let account = account(1);
    let mut mixed = device(&account, 2).export();
    mixed[..32].copy_from_slice(&device(&account, 3).export()[..32]);
    assert_eq!(Device::import(&*mixed).unwrap_err(), KeyError::WrongDevice);
}

#[test]
fn a_certificate_begins_a_day_ago_or_at_the_floor() {
    let a_day_ago = NOW.to_seconds().0 - DAY;
    let begins = |floor| {
        enroll(Validity {
            floor,
            ..validity()
        })
        .unwrap()
        .certificate()
        .not_before()
        .0
    };
    assert_eq!(begins(None), a_day_ago);
    assert_eq!(begins(Some(UnixSeconds(a_day_ago - 5))), a_day_ago);
    assert_eq!(begins(Some(UnixSeconds(a_day_ago + 5))), a_day_ago + 5);
    let not_before = Some(UnixSeconds(a_day_ago));
    let floor = Some(UnixSeconds(a_day_ago + 1));
    let below = enroll(Validity {
        not_before,
        floor,
        ..validity()
    });
    assert_eq!(below.unwrap_err(), KeyError::Revoked);
}

#[test]
fn a_certificate_lives_at_most_366_days() {
    let lifetime = |not_before: UnixSeconds, expires_at: UnixSeconds| {
        let not_before = Some(not_before);
        enroll(Validity {
            not_before,
            expires_at,
            ..validity()
        })
        .map(drop)
    };
    let begin = second(0);
    assert_eq!(lifetime(begin, day(366)), Ok(()));
    assert_eq!(
        lifetime(begin, UnixSeconds(day(366).0 + 1)),
        Err(KeyError::BadLifetime)
    );
    assert_eq!(lifetime(begin, begin), Err(KeyError::BadLifetime));
    assert_eq!(lifetime(day(2), day(1)), Err(KeyError::BadLifetime));
    assert_eq!(
        lifetime(UnixSeconds(0), UnixSeconds(u64::MAX)),
        Err(KeyError::BadLifetime)
    );
    // It ends in the moment it is made, or has ended before.
    let an_hour_ago = second(-3600);
    assert_eq!(lifetime(an_hour_ago, second(0)), Err(KeyError::BadLifetime));
    assert_eq!(lifetime(an_hour_ago, second(1)), Ok(()));
    let yesterday = second(-(DAY as i64));
    assert_eq!(lifetime(yesterday, second(-1)), Err(KeyError::BadLifetime));
}

#[test]
fn every_flipped_bit_of_a_certificate_is_refused() {
    let bytes = device(&account(1), 2).certificate().to_bytes();
    assert!(Certificate::from_bytes(&bytes).is_ok());
    let tried = flips(&bytes)
        .map(|(bit, flipped)| {
            let error = Certificate::from_bytes(&flipped).unwrap_err();
            assert_eq!(error, KeyError::BadCertificate, "bit {bit}");
        })
        .count();
    assert_eq!(tried, 144 * 8);
    assert_eq!(
        Certificate::from_bytes(&bytes[..143]).unwrap_err(),
        KeyError::BadLength
    );
}

/// Seconds are compared as milliseconds, and those of the end of time saturate.
#[test]
fn times_at_the_end_of_time_do_not_wrap() {
    let far = Validity {
        not_before: Some(UnixSeconds(u64::MAX - 1000)),
        expires_at: UnixSeconds(u64::MAX),
        ..validity()
    };
    let certificate = enroll(far).unwrap().certificate().clone();
    let checked = certificate.check_time(NOW);
    assert_eq!(checked.unwrap_err(), KeyError::CertificateNotYetValid);
}

/// The signature is right: only the rule about the keys refuses it.
#[test]
fn an_account_does_not_certify_itself() {
    let account = account(1);
    let device = PendingDevice::import(&*account.export()).unwrap();
    let error = account
        .enroll(device.public_key(), &validity())
        .unwrap_err();
    assert_eq!(error, KeyError::BadCertificate);
}

#[test]
fn a_wrong_signature_makes_no_certificate() {
    let (account, other) = (account(1), account(2));
    let device = device(&account, 3);
    let unsigned = || {
        let key = *account.public_key();
        UnsignedCertificate::valid_for(key, *device.public_key(), &validity()).unwrap()
    };
    let key = ed25519_dalek::SigningKey::from_bytes(&other.export());
    let signature = ed25519_dalek::Signer::sign(&key, unsigned().to_be_signed().as_bytes());
    let finished = unsigned().finish(Signature::from_bytes(signature.to_bytes()));
    assert_eq!(finished.unwrap_err(), KeyError::BadSignature);
}

// Linking.

struct Linking {
    account: Account,
    device: PendingDevice,
    secret: LinkSecret,
    request: LinkRequest,
    grant: LinkGrant,
}

fn linking() -> Linking {
    let account = account(1);
    let device = PendingDevice::generate_with_rng(&mut TestRng::new(2)).unwrap();
    let secret = LinkSecret::generate_with_rng(&mut TestRng::new(3)).unwrap();
    let request = device.request(&secret, NOW).unwrap();
    let grant = account
        .certify(&request.to_bytes(), &secret, &validity())
        .unwrap();
    Linking {
        account,
        device,
        secret,
        request,
        grant,
    }
}

#[test]
fn a_device_is_linked_by_request_and_grant() {
    let Linking {
        account,
        device,
        secret,
        request,
        grant,
    } = linking();
    let active = device
        .activate(&grant.to_bytes(), &request, &secret, NOW)
        .unwrap();
    assert_eq!(active.account(), account.public_key());
    assert_eq!(active.public_key(), device.public_key());
    assert_eq!(request.to_bytes().len(), 137);
    assert_eq!(grant.to_bytes().len(), 177);
}

#[test]
fn the_same_two_messages_renew_a_certificate() {
    let Linking {
        account,
        device,
        secret,
        request,
        grant,
    } = linking();
    let active = device
        .activate(&grant.to_bytes(), &request, &secret, NOW)
        .unwrap();
    let secret = LinkSecret::generate_with_rng(&mut TestRng::new(4)).unwrap();
    let request = active.request(&secret, NOW).unwrap();
    let longer = Validity {
        expires_at: day(200),
        ..validity()
    };
    let grant = account
        .certify(&request.to_bytes(), &secret, &longer)
        .unwrap();
    let renewed = active
        .activate(&grant.to_bytes(), &request, &secret, NOW)
        .unwrap();
    assert_eq!(renewed.certificate().expires_at(), day(200));
    assert_eq!(renewed.public_key(), active.public_key());

    // Another account that was shown the secret does not take the device over.
    let other = pair::account(9);
    let grant = other
        .certify(&request.to_bytes(), &secret, &longer)
        .unwrap();
    let error = active
        .activate(&grant.to_bytes(), &request, &secret, NOW)
        .unwrap_err();
    assert_eq!(error, KeyError::WrongAccount);
}

#[test]
fn every_flipped_bit_of_a_request_is_refused() {
    let Linking {
        account,
        secret,
        request,
        ..
    } = linking();
    for (bit, flipped) in flips(&request.to_bytes()) {
        let error = account.certify(&flipped, &secret, &validity()).unwrap_err();
        let expected = match bit / 8 {
            0 => KeyError::UnsupportedVersion,
            _ => KeyError::BadMac,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
    let error = account
        .certify(&request.to_bytes()[1..], &secret, &validity())
        .unwrap_err();
    assert_eq!(error, KeyError::BadLength);
}

#[test]
fn every_flipped_bit_of_a_grant_is_refused() {
    let Linking {
        device,
        secret,
        request,
        grant,
        ..
    } = linking();
    for (bit, flipped) in flips(&grant.to_bytes()) {
        let error = device
            .activate(&flipped, &request, &secret, NOW)
            .unwrap_err();
        let expected = match bit / 8 {
            0 => KeyError::UnsupportedVersion,
            _ => KeyError::BadMac,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
}

#[test]
fn the_server_cannot_swap_keys_without_the_secret() {
    let Linking {
        account,
        device,
        secret,
        request,
        grant,
    } = linking();
    let guess = LinkSecret::from_bytes(&[0; 32]).unwrap();
    let evil = PendingDevice::generate_with_rng(&mut TestRng::new(66)).unwrap();
    let evil_request = evil.request(&guess, NOW).unwrap();
    let certified = account.certify(&evil_request.to_bytes(), &secret, &validity());
    assert_eq!(certified.unwrap_err(), KeyError::BadMac);

    // A grant answers one request: an earlier one of the same device and secret does not serve.
    let later = UnixMillis(NOW.0 + 1000);
    let second = device.request(&secret, later).unwrap();
    let replayed = device.activate(&grant.to_bytes(), &second, &secret, later);
    assert_eq!(replayed.unwrap_err(), KeyError::BadMac);
    // And it serves the device that asked.
    let taken = evil.activate(&grant.to_bytes(), &request, &secret, NOW);
    assert_eq!(taken.unwrap_err(), KeyError::WrongDevice);
}

/// The MAC is right, as a thief of the secret would make it, but the device key is not held.
#[test]
fn a_request_proves_possession_of_its_key() {
    use hmac::{Hmac, KeyInit, Mac};
    let Linking {
        account,
        secret,
        request,
        ..
    } = linking();
    let mut bytes = request.to_bytes();
    bytes[41..105].copy_from_slice(&[7; 64]);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&*secret.to_bytes()).unwrap();
    mac.update(b"hushring/1 link request\0");
    mac.update(&bytes[..105]);
    bytes[105..].copy_from_slice(&mac.finalize().into_bytes());
    let certified = account.certify(&bytes, &secret, &validity());
    assert_eq!(certified.unwrap_err(), KeyError::BadSignature);
}

/// The MAC is right, but the certificate is another device's.
#[test]
fn a_grant_certifies_the_device_that_asked() {
    let Linking {
        account,
        device,
        secret,
        request,
        ..
    } = linking();
    let other = pair::device(&account, 9).certificate().clone();
    let grant = LinkGrant::new(other, &request, &secret).to_bytes();
    let activated = device.activate(&grant, &request, &secret, NOW);
    assert_eq!(activated.unwrap_err(), KeyError::WrongDevice);
}

#[test]
fn a_request_is_fresh_and_its_grant_valid_now() {
    let Linking {
        account,
        device,
        secret,
        request,
        grant,
    } = linking();
    let certify_at = |now| {
        let validity = Validity {
            now: UnixMillis(now),
            expires_at: day(150),
            ..validity()
        };
        account
            .certify(&request.to_bytes(), &secret, &validity)
            .map(drop)
    };
    assert_eq!(certify_at(NOW.0 - 10 * MINUTE * 1000), Ok(()));
    assert_eq!(
        certify_at(NOW.0 - 10 * MINUTE * 1000 - 1),
        Err(KeyError::Clock)
    );
    assert_eq!(certify_at(NOW.0 + 30 * DAY * 1000), Ok(()));
    assert_eq!(
        certify_at(NOW.0 + 30 * DAY * 1000 + 1),
        Err(KeyError::TooOld)
    );
    let expired = UnixMillis(day(100).0 * 1000);
    let activated = device.activate(&grant.to_bytes(), &request, &secret, expired);
    assert_eq!(activated.unwrap_err(), KeyError::CertificateExpired);
}

#[test]
fn a_link_secret_has_32_bytes() {
    assert_eq!(
        LinkSecret::from_bytes(&[0; 31]).unwrap_err(),
        KeyError::BadLength
    );
    let secret = LinkSecret::generate().unwrap();
    assert_ne!(
        *secret.to_bytes(),
        *LinkSecret::generate().unwrap().to_bytes()
    );
}

// Bundles.

fn published(suite: Suite) -> (AccountKey, Vec<u8>) {
    let account = account(1);
    let bundles = device(&account, 2)
        .publish(&[&prekey(suite, 3)], NOW)
        .unwrap();
    (*account.public_key(), bundles[0].to_bytes())
}

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
            let code = error.code();
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
        let check = BundleCheck {
            now: UnixMillis(now),
            ..by_clock()
        };
        PrekeyBundle::verify(&bytes, &account, &check).map_or_else(|e| e.code(), |_| "ok")
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
        &Validity {
            expires_at: day(5),
            ..validity()
        },
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
    let key = ed25519_dalek::SigningKey::from_bytes(
        device(&pair::account(1), 2).export()[..32]
            .try_into()
            .unwrap(),
    );
    let sign = |change: &dyn Fn(&mut Vec<u8>)| {
        use sha2::{Digest, Sha512};
        let mut forged = bytes[..bytes.len() - 64].to_vec();
        change(&mut forged);
        let mut to_sign = b"hushring/1 prekey\0".to_vec();
        to_sign.extend_from_slice(&Sha512::digest(&forged));
        forged.extend_from_slice(&ed25519_dalek::Signer::sign(&key, &to_sign).to_bytes());
        PrekeyBundle::verify(&forged, &account, &by_clock()).map_err(|error| error.code())
    };
    assert!(sign(&|_| {}).is_ok());
    // Bits of `offers` that this version does not know are kept, and change nothing.
    let kept = sign(&|bytes| bytes[145] |= 0xf0).unwrap();
    assert_eq!(kept.to_bytes()[145], 0xf1);
    assert!(kept.offers().eq([Suite::X25519]));
    let refused = |code, change: &dyn Fn(&mut Vec<u8>)| {
        assert_eq!(sign(change).unwrap_err(), code);
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
    let unsigned = UnsignedBundle::begin(device.certificate(), &[&key], NOW).unwrap();
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
    let check = BundleCheck {
        now: at(5),
        ..by_clock()
    };
    let seen = PrekeyBundle::verify_all(&[&new], key, &check).newest;
    let check = BundleCheck {
        newest: &seen,
        ..check
    };
    // Of whichever suite: a publication is the device's whole statement.
    for suite in Suite::ALL {
        let stale = PrekeyBundle::verify(&publish(suite, NOW), key, &check);
        assert_eq!(stale.unwrap_err(), KeyError::StaleBundle);
        assert!(PrekeyBundle::verify(&publish(suite, at(5)), key, &check).is_ok());
    }
    // Another device is not older.
    let tablet = pair::device(&account, 8)
        .publish(&[&prekey(Suite::X25519, 3)], NOW)
        .unwrap();
    assert!(PrekeyBundle::verify(&tablet[0].to_bytes(), key, &check).is_ok());
    // What is remembered only grows.
    let all = PrekeyBundle::verify_all(&[&old], key, &check);
    assert_eq!(all.newest, seen);
    assert_eq!(all.rejected, [(0, KeyError::StaleBundle)]);
}

#[test]
fn an_older_bundle_than_another_of_the_list_is_refused() {
    let account = account(1);
    let device = device(&account, 2);
    let later = UnixMillis(NOW.0 + 5000);
    let publish = |suite, now| device.publish(&[&prekey(suite, 3)], now).unwrap()[0].to_bytes();
    let (old, new) = (publish(Suite::XWing, NOW), publish(Suite::X25519, later));
    let check = BundleCheck {
        now: later,
        ..by_clock()
    };
    for (list, index) in [([&old, &new], 0), ([&new, &old], 1)] {
        let all = PrekeyBundle::verify_all(&list, account.public_key(), &check);
        assert_eq!(all.rejected, [(index, KeyError::StaleBundle)]);
        assert_eq!(all.bundles.len(), 1);
        assert_eq!(all.newest, [all.bundles[0].newest()]);
        assert_eq!(all.newest[0].issued_at, later.to_seconds());
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
    let check = BundleCheck {
        now: later,
        ..by_clock()
    };
    let newest = PrekeyBundle::verify_all(&[&after], account.public_key(), &check).newest;
    let check = BundleCheck {
        newest: &newest,
        ..check
    };
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
    let newest: Vec<Newest> = all.bundles.iter().map(PrekeyBundle::newest).collect();
    assert_eq!(all.newest, newest);
}

// Choosing.

#[test]
fn the_strongest_bundle_of_each_device_is_chosen() {
    let bob = account(1);
    let (phone, tablet) = (device(&bob, 2), device(&bob, 3));
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 4));
    let mut bundles = phone.publish(&[&x25519, &xwing], NOW).unwrap();
    bundles.extend(tablet.publish(&[&x25519], NOW).unwrap());
    let choice = PrekeyBundle::choose(&bundles);
    let chosen: Vec<_> = choice
        .targets
        .iter()
        .map(|b| (*b.device(), b.suite()))
        .collect();
    assert_eq!(
        chosen,
        [
            (*phone.public_key(), Suite::XWing),
            (*tablet.public_key(), Suite::X25519)
        ]
    );
    assert_eq!(choice.downgraded, []);
    assert!(PrekeyBundle::choose(&[]).targets.is_empty());
}

#[test]
fn a_withheld_stronger_bundle_is_noticed() {
    let bob = account(1);
    let phone = device(&bob, 2);
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 4));
    let bundles = phone.publish(&[&x25519, &xwing], NOW).unwrap();
    let choice = PrekeyBundle::choose(&bundles[..1]);
    assert_eq!(choice.targets[0].suite(), Suite::X25519);
    assert_eq!(choice.downgraded.len(), 1);
    let downgrade = choice.downgraded[0];
    assert_eq!(downgrade.device, *phone.public_key());
    assert_eq!(downgrade.account, *bob.public_key());
    assert_eq!(
        (downgrade.offered, downgrade.available),
        (Suite::XWing, Suite::X25519)
    );
}

#[test]
fn the_newest_bundle_says_what_is_offered() {
    let bob = account(1);
    let phone = device(&bob, 2);
    let [x25519, xwing] = Suite::ALL.map(|suite| prekey(suite, 4));
    let later = UnixMillis(NOW.0 + 60_000);
    // The phone gave up the stronger suite: its newest bundle says so, and nothing is withheld.
    let mut bundles = phone.publish(&[&x25519, &xwing], NOW).unwrap();
    bundles.truncate(1);
    bundles.extend(phone.publish(&[&x25519], later).unwrap());
    let choice = PrekeyBundle::choose(&bundles);
    assert_eq!(choice.downgraded, []);
    assert_eq!(choice.targets.len(), 1);
    assert_eq!(choice.targets[0].issued_at(), later.to_seconds());
    // The other way round it is withheld.
    let mut bundles = phone.publish(&[&x25519, &xwing], later).unwrap();
    bundles.truncate(1);
    bundles.extend(phone.publish(&[&x25519], NOW).unwrap());
    assert_eq!(PrekeyBundle::choose(&bundles).downgraded.len(), 1);
    // An old bundle of the stronger suite does not stand in for the new one.
    let mut bundles = phone.publish(&[&x25519, &xwing], later).unwrap();
    bundles.truncate(1);
    bundles.push(phone.publish(&[&xwing], NOW).unwrap().remove(0));
    let choice = PrekeyBundle::choose(&bundles);
    assert_eq!(choice.targets[0].suite(), Suite::X25519);
    assert_eq!(choice.downgraded.len(), 1);
}

// Revocation.

#[test]
fn a_revoked_device_is_refused_and_a_new_certificate_helps() {
    let bob = account(1);
    let phone = device(&bob, 2);
    let floor = NOW.to_seconds();
    let bytes = bob.revoke(floor, NOW).unwrap().to_bytes();
    assert_eq!(bytes.len(), 105);
    let revocation = Revocation::verify(&bytes, bob.public_key(), NOW).unwrap();
    let check = BundleCheck {
        revocation: Some(&revocation),
        ..by_clock()
    };
    let verify = |device: &Device| {
        let bundle = device.publish(&[&prekey(Suite::X25519, 3)], NOW).unwrap()[0].to_bytes();
        PrekeyBundle::verify(&bundle, bob.public_key(), &check).map(drop)
    };
    assert_eq!(verify(&phone), Err(KeyError::Revoked));
    let new = Device::enroll(
        &bob,
        &Validity {
            floor: Some(floor),
            ..validity()
        },
    )
    .unwrap();
    assert_eq!(verify(&new), Ok(()));

    let other = account(5).revoke(floor, NOW).unwrap();
    let check = BundleCheck {
        revocation: Some(&other),
        ..by_clock()
    };
    let (account, bundle) = published(Suite::X25519);
    let error = PrekeyBundle::verify(&bundle, &account, &check).unwrap_err();
    assert_eq!(error, KeyError::WrongAccount);
}

#[test]
fn every_flipped_bit_of_a_revocation_is_refused() {
    let bob = account(1);
    let bytes = bob.revoke(NOW.to_seconds(), NOW).unwrap().to_bytes();
    for (bit, flipped) in flips(&bytes) {
        let error = Revocation::verify(&flipped, bob.public_key(), NOW).unwrap_err();
        let expected = match bit / 8 {
            0 => KeyError::UnsupportedVersion,
            1..33 => KeyError::WrongAccount,
            _ => KeyError::BadSignature,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
    for len in [0, 104] {
        let error = Revocation::verify(&bytes[..len], bob.public_key(), NOW).unwrap_err();
        assert_eq!(error, KeyError::BadLength);
    }
}

#[test]
fn a_floor_is_not_far_ahead() {
    let bob = account(1);
    let ahead = second(10 * MINUTE as i64);
    let revocation = bob.revoke(ahead, NOW).unwrap();
    assert!(Revocation::verify(&revocation.to_bytes(), bob.public_key(), NOW).is_ok());
    let too_far = UnixSeconds(ahead.0 + 1);
    assert_eq!(bob.revoke(too_far, NOW).unwrap_err(), KeyError::Clock);
    let earlier = UnixMillis(NOW.0 - 1);
    let error = Revocation::verify(&revocation.to_bytes(), bob.public_key(), earlier);
    assert_eq!(error.unwrap_err(), KeyError::Clock);
}

#[test]
fn without_random_bytes_there_is_no_key() {
    assert_eq!(
        Account::generate_with_rng(&mut BrokenRng).unwrap_err(),
        KeyError::NoRandomness
    );
    let error = PendingDevice::generate_with_rng(&mut BrokenRng).unwrap_err();
    assert_eq!(error, KeyError::NoRandomness);
    assert_eq!(
        LinkSecret::generate_with_rng(&mut BrokenRng).unwrap_err(),
        KeyError::NoRandomness
    );
    let error = Device::enroll_with_rng(&account(1), &validity(), &mut BrokenRng).unwrap_err();
    assert_eq!(error, KeyError::NoRandomness);
    for suite in Suite::ALL {
        let error = Prekey::generate_with_rng(suite, day(60), NOW, &mut BrokenRng).unwrap_err();
        assert_eq!(error, KeyError::NoRandomness);
    }
}
