//! Who plays: accounts, devices and prekeys, made of their names alone. Their private keys are
//! therefore public.

use hushring::{
    Account, Device, PendingDevice, Prekey, PrekeyBundle, Suite, UnixMillis, UnixSeconds, Validity,
};
use sha2::{Digest, Sha256};

use crate::clock::{NOW, day};
use crate::forge::prekey_export;
use crate::pair::by_clock;

/// 32 bytes that a name stands for.
pub fn seed(of: &str) -> [u8; 32] {
    Sha256::digest(format!("hushring scenes: {of}")).into()
}

pub fn account(name: &str) -> Account {
    Account::import(&seed(&format!("account of {name}"))).unwrap()
}

/// A device whose certificate holds long before and after the scenes.
pub fn device(owner: &str, name: &str) -> Device {
    device_between(owner, name, day(-100), day(200))
}

pub fn device_between(owner: &str, name: &str, from: UnixSeconds, until: UnixSeconds) -> Device {
    let key = seed(&format!("device {name} of {owner}"));
    let validity = Validity::until(until, UnixMillis(from.0 * 1000)).with_not_before(from);
    let public_key = *PendingDevice::import(&key).unwrap().public_key();
    let certificate = account(owner).enroll(&public_key, &validity).unwrap();
    Device::import(&[key.as_slice(), &certificate.to_bytes()].concat()).unwrap()
}

pub fn prekey(suite: Suite, name: &str, expires_at: UnixSeconds) -> Prekey {
    let private_key = seed(&format!("prekey {name} of suite {suite}"));
    Prekey::import(&prekey_export(suite, &private_key, expires_at)).unwrap()
}

/// The bundle by which others seal to this prekey of a device.
pub fn bundle(device: &Device, prekey: &Prekey) -> PrekeyBundle {
    let published = device.publish_after(&[prekey], None, NOW).unwrap()[0].to_bytes();
    PrekeyBundle::verify(&published, device.account(), &by_clock()).unwrap()
}
