//! Revocation (spec/envelope.md, section 7).

use hushring::error::KeyError;
use hushring::{Device, PrekeyBundle, Revocation, Suite, UnixMillis, UnixSeconds};
use hushring_test_support::clock::{MINUTE, NOW, second, with};
use hushring_test_support::forge::flips;
use hushring_test_support::pair::{account, by_clock, device, prekey, validity};

use crate::published;

#[test]
fn a_revoked_device_is_refused_and_a_new_certificate_helps() {
    let bob = account(1);
    let phone = device(&bob, 2);
    let floor = NOW.to_seconds();
    let bytes = bob.revoke(floor, NOW).unwrap().to_bytes();
    assert_eq!(bytes.len(), 105);
    let revocation = Revocation::verify(&bytes, bob.public_key(), NOW).unwrap();
    let revocations = [revocation];
    let check = by_clock().with_revocations(&revocations);
    let verify = |device: &Device| {
        let bundle = device.publish(&[&prekey(Suite::X25519, 3)], NOW).unwrap()[0].to_bytes();
        PrekeyBundle::verify(&bundle, bob.public_key(), &check).map(drop)
    };
    assert_eq!(verify(&phone), Err(KeyError::Revoked));
    let new = Device::enroll(
        &bob,
        &with(validity(), |it| {
            it.floor = Some(floor);
        }),
    )
    .unwrap();
    assert_eq!(verify(&new), Ok(()));

    let other = account(5).revoke(floor, NOW).unwrap();
    let revocations = [other];
    let check = by_clock().with_revocations(&revocations);
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
