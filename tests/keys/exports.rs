//! Keys and exports.

use hushring::error::KeyError;
use hushring::{Account, Device, LinkSecret, PendingDevice, Prekey, Suite};
use hushring_test_support::clock::{NOW, day};
use hushring_test_support::pair::{account, device, prekey, validity};
use hushring_test_support::random::{BrokenRng, TestRng};

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
