//! Certificates (spec/envelope.md, section 6).

use hushring::error::KeyError;
use hushring::external::{Signature, UnsignedCertificate};
use hushring::{Certificate, Device, PendingDevice, UnixSeconds, Validity};
use hushring_test_support::clock::{DAY, NOW, day, second, with};
use hushring_test_support::forge::{flips, sign};
use hushring_test_support::pair::{account, device, validity};
use hushring_test_support::random::TestRng;

fn enroll(validity: Validity) -> Result<Device, KeyError> {
    Device::enroll_with_rng(&account(1), &validity, &mut TestRng::new(2))
}

#[test]
fn a_certificate_begins_a_day_ago_or_at_the_floor() {
    let a_day_ago = NOW.to_seconds().0 - DAY;
    let begins = |floor| {
        enroll(with(validity(), |it| {
            it.floor = floor;
        }))
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
    let below = enroll(with(validity(), |it| {
        it.not_before = not_before;
        it.floor = floor;
    }));
    assert_eq!(below.unwrap_err(), KeyError::Revoked);
}

#[test]
fn a_certificate_lives_at_most_366_days() {
    let lifetime = |not_before: UnixSeconds, expires_at: UnixSeconds| {
        let not_before = Some(not_before);
        enroll(with(validity(), |it| {
            it.not_before = not_before;
            it.expires_at = expires_at;
        }))
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
    let far = with(validity(), |it| {
        it.not_before = Some(UnixSeconds(u64::MAX - 1000));
        it.expires_at = UnixSeconds(u64::MAX);
    });
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
        UnsignedCertificate::new(key, *device.public_key(), &validity()).unwrap()
    };
    let own = other.public_key().as_bytes();
    let signature = sign(&other.export(), own, unsigned().to_be_signed().as_bytes());
    let finished = unsigned().finish(Signature::from_bytes(signature));
    assert_eq!(finished.unwrap_err(), KeyError::BadSignature);
}
