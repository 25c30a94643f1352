//! Linking (spec/envelope.md, section 8).

use hushring::error::KeyError;
use hushring::{Account, Device, LinkGrant, LinkRequest, LinkSecret, PendingDevice, UnixMillis};
use hushring_test_support::clock::{DAY, MINUTE, NOW, day, with};
use hushring_test_support::forge::{flips, mac};
use hushring_test_support::pair::{account, device, validity};
use hushring_test_support::random::TestRng;

struct Linking {
    account: Account,
    device: PendingDevice,
    secret: LinkSecret,
    request: LinkRequest,
    grant: LinkGrant,
}

impl Linking {
    fn new() -> Linking {
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

    /// What the account says to a request.
    fn certify(&self, request: &[u8]) -> Result<LinkGrant, KeyError> {
        self.account.certify(request, &self.secret, &validity())
    }

    /// What the new device says to a grant.
    fn activate(&self, grant: &[u8]) -> Result<Device, KeyError> {
        self.device
            .activate(grant, &self.request, &self.secret, NOW)
    }
}

#[test]
fn a_device_is_linked_by_request_and_grant() {
    let linking = Linking::new();
    let active = linking.activate(&linking.grant.to_bytes()).unwrap();
    assert_eq!(active.account(), linking.account.public_key());
    assert_eq!(active.public_key(), linking.device.public_key());
    assert_eq!(linking.request.to_bytes().len(), 137);
    assert_eq!(linking.grant.to_bytes().len(), 177);
}

#[test]
fn the_same_two_messages_renew_a_certificate() {
    let linking = Linking::new();
    let active = linking.activate(&linking.grant.to_bytes()).unwrap();
    let secret = LinkSecret::generate_with_rng(&mut TestRng::new(4)).unwrap();
    let request = active.request(&secret, NOW).unwrap();
    let longer = with(validity(), |it| {
        it.expires_at = day(200);
    });
    let renewed_by = |account: &Account| {
        let grant = account.certify(&request.to_bytes(), &secret, &longer);
        active.activate(&grant.unwrap().to_bytes(), &request, &secret, NOW)
    };
    let renewed = renewed_by(&linking.account).unwrap();
    assert_eq!(renewed.certificate().expires_at(), day(200));
    assert_eq!(renewed.public_key(), active.public_key());

    // Another account that was shown the secret does not take the device over.
    assert_eq!(renewed_by(&account(9)).unwrap_err(), KeyError::WrongAccount);
}

#[test]
fn every_flipped_bit_of_a_request_is_refused() {
    let linking = Linking::new();
    let request = linking.request.to_bytes();
    for (bit, flipped) in flips(&request) {
        let error = linking.certify(&flipped).unwrap_err();
        let expected = match bit / 8 {
            0 => KeyError::UnsupportedVersion,
            _ => KeyError::BadMac,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
    let error = linking.certify(&request[1..]).unwrap_err();
    assert_eq!(error, KeyError::BadLength);
}

#[test]
fn every_flipped_bit_of_a_grant_is_refused() {
    let linking = Linking::new();
    for (bit, flipped) in flips(&linking.grant.to_bytes()) {
        let error = linking.activate(&flipped).unwrap_err();
        let expected = match bit / 8 {
            0 => KeyError::UnsupportedVersion,
            _ => KeyError::BadMac,
        };
        assert_eq!(error, expected, "bit {bit}");
    }
}

#[test]
fn the_server_cannot_swap_keys_without_the_secret() {
    let linking = Linking::new();
    let (grant, secret) = (linking.grant.to_bytes(), &linking.secret);
    let guess = LinkSecret::from_bytes(&[0; 32]).unwrap();
    let evil = PendingDevice::generate_with_rng(&mut TestRng::new(66)).unwrap();
    let evil_request = evil.request(&guess, NOW).unwrap();
    let certified = linking.certify(&evil_request.to_bytes());
    assert_eq!(certified.unwrap_err(), KeyError::BadMac);

    // A grant answers one request: an earlier one of the same device and secret does not serve.
    let later = UnixMillis(NOW.0 + 1000);
    let second = linking.device.request(secret, later).unwrap();
    let replayed = linking.device.activate(&grant, &second, secret, later);
    assert_eq!(replayed.unwrap_err(), KeyError::BadMac);
    // And it serves the device that asked.
    let taken = evil.activate(&grant, &linking.request, secret, NOW);
    assert_eq!(taken.unwrap_err(), KeyError::WrongDevice);
}

/// The MAC is right, as a thief of the secret would make it, but the device key is not held.
#[test]
fn a_request_proves_possession_of_its_key() {
    let linking = Linking::new();
    let mut bytes = linking.request.to_bytes();
    bytes[41..105].copy_from_slice(&[7; 64]);
    let secret = linking.secret.to_bytes();
    let mac = mac(&secret, "hushring/1 link request", &[&bytes[..105]]);
    bytes[105..].copy_from_slice(&mac);
    let certified = linking.certify(&bytes);
    assert_eq!(certified.unwrap_err(), KeyError::BadSignature);
}

/// The MAC is right, but the certificate is another device's.
#[test]
fn a_grant_certifies_the_device_that_asked() {
    let linking = Linking::new();
    let other = device(&linking.account, 9).certificate().clone();
    let grant = LinkGrant::new(other, &linking.request, &linking.secret);
    let activated = linking.activate(&grant.to_bytes());
    assert_eq!(activated.unwrap_err(), KeyError::WrongDevice);
}

#[test]
fn a_request_is_fresh_and_its_grant_valid_now() {
    let linking = Linking::new();
    let (request, secret) = (&linking.request, &linking.secret);
    let certify_at = |now| {
        let validity = with(validity(), |it| {
            it.now = UnixMillis(now);
            it.expires_at = day(150);
        });
        let certified = linking
            .account
            .certify(&request.to_bytes(), secret, &validity);
        certified.map(drop)
    };
    let (ten_minutes, thirty_days) = (10 * MINUTE * 1000, 30 * DAY * 1000);
    assert_eq!(certify_at(NOW.0 - ten_minutes), Ok(()));
    assert_eq!(certify_at(NOW.0 - ten_minutes - 1), Err(KeyError::Clock));
    assert_eq!(certify_at(NOW.0 + thirty_days), Ok(()));
    assert_eq!(certify_at(NOW.0 + thirty_days + 1), Err(KeyError::TooOld));
    let expired = UnixMillis(day(100).0 * 1000);
    let grant = linking.grant.to_bytes();
    let activated = linking.device.activate(&grant, request, secret, expired);
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
