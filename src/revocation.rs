//! Revocation of certificates that start before a floor: an account's, or those of one device
//! (spec/envelope.md, "Revocation").

use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::labels::Label;
use crate::limits::MAX_DEVICE_FLOORS;
use crate::limits::MAX_STATEMENTS;
use crate::reader::Reader;
use crate::signing::{Signature, ToBeSigned, to_be_signed};
use crate::time::{UnixMillis, UnixSeconds};

const VERSION: u8 = 1;

/// An account's signed statement that revokes certificates which start before a floor: every one of
/// the account's, or those of one device. Of several, the one with the highest floor counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    fields: UnsignedRevocation,
    signature: Signature,
}

/// A revocation before its signature.
#[must_use = "it becomes a revocation once it is signed"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsignedRevocation {
    account: AccountKey,
    /// None where every certificate of the account is meant.
    device: Option<DeviceKey>,
    floor: UnixSeconds,
}

/// The result of [`Revocation::verify_all`].
#[derive(Debug)]
pub struct VerifiedRevocations {
    /// The sound statements, in the list's order.
    pub revocations: Vec<Revocation>,
    /// The index and error of each statement that is not sound.
    pub rejected: Vec<(usize, KeyError)>,
}

impl Revocation {
    /// Bytes of a revocation of an account's certificates.
    pub const LEN: usize = 105;

    /// Bytes of a revocation of one device's certificates.
    pub const DEVICE_LEN: usize = 137;

    /// Reads and checks a revocation of `account`, of either kind.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): neither 105 nor 137 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::WrongAccount`] (`wrong_account`): it names another account.
    /// - [`KeyError::BadKey`] (`bad_key`), [`KeyError::WeakKey`] (`weak_key`): the device's key is
    ///   not sound.
    /// - [`KeyError::BadSignature`] (`bad_signature`).
    /// - [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    pub fn verify(
        bytes: &[u8],
        account: &AccountKey,
        now: UnixMillis,
    ) -> Result<Revocation, KeyError> {
        Revocation::read(bytes, Some(account), now)
    }

    /// Reads and checks the statements of a list that were kept of `account` or came with its
    /// bundles (spec/envelope.md, B26). One that is not sound does not spoil the others: it is
    /// rejected with the error that [`Revocation::verify`] returns. Those behind the 256th are not
    /// read: [`KeyError::TooMany`] (`too_many`).
    pub fn verify_all<B: AsRef<[u8]>>(
        list: &[B],
        account: &AccountKey,
        now: UnixMillis,
    ) -> VerifiedRevocations {
        let mut verified = VerifiedRevocations {
            revocations: Vec::new(),
            rejected: Vec::new(),
        };
        for (index, bytes) in list.iter().enumerate() {
            let read = match index < MAX_STATEMENTS {
                true => Revocation::verify(bytes.as_ref(), account, now),
                false => Err(KeyError::TooMany),
            };
            match read {
                Ok(revocation) => verified.revocations.push(revocation),
                Err(error) => verified.rejected.push((index, error)),
            }
        }
        verified
    }

    /// Reads and checks a revocation of the account that it names, of either kind.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): neither 105 nor 137 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::BadKey`] (`bad_key`), [`KeyError::WeakKey`] (`weak_key`): the account's or the
    ///   device's key is not sound.
    /// - [`KeyError::BadSignature`] (`bad_signature`).
    /// - [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    pub fn from_bytes(bytes: &[u8], now: UnixMillis) -> Result<Revocation, KeyError> {
        Revocation::read(bytes, None, now)
    }

    fn read(
        bytes: &[u8],
        expected: Option<&AccountKey>,
        now: UnixMillis,
    ) -> Result<Revocation, KeyError> {
        let mut reader = Reader::new(bytes);
        let (Some(version), Some(key)) = (reader.u8(), reader.array::<32>()) else {
            return Err(KeyError::BadLength);
        };
        let device = match bytes.len() {
            Revocation::DEVICE_LEN => reader.array::<32>(),
            _ => None,
        };
        let (Some(floor), Some(signature), true) =
            (reader.u64(), reader.array(), reader.is_empty())
        else {
            return Err(KeyError::BadLength);
        };
        if version != VERSION {
            return Err(KeyError::UnsupportedVersion);
        }
        let account = match expected {
            Some(account) if key != account.as_bytes() => return Err(KeyError::WrongAccount),
            Some(account) => *account,
            None => AccountKey::from_bytes(key)?,
        };
        let device = device.map(|key| DeviceKey::from_bytes(key)).transpose()?;
        let fields = UnsignedRevocation {
            account,
            device,
            floor: UnixSeconds(floor),
        };
        let revocation = fields.finish(Signature::from_bytes(*signature))?;
        check_floor(revocation.floor(), now)?;
        Ok(revocation)
    }

    /// Returns the revocation's bytes: 105, or 137 for one device's.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Revocation::DEVICE_LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.account().as_bytes());
        if let Some(device) = self.device() {
            bytes.extend_from_slice(device.as_bytes());
        }
        bytes.extend_from_slice(&self.floor().0.to_be_bytes());
        bytes.extend_from_slice(self.signature.as_bytes());
        bytes
    }

    /// Returns the account that signed it.
    pub fn account(&self) -> &AccountKey {
        &self.fields.account
    }

    /// Returns the device whose certificates it revokes, if not every device's.
    pub fn device(&self) -> Option<&DeviceKey> {
        self.fields.device.as_ref()
    }

    /// Returns the moment before which a certificate must not start.
    pub fn floor(&self) -> UnixSeconds {
        self.fields.floor
    }

    /// Returns those of one account's revocations that count (spec/envelope.md, R6 and B26): the
    /// account's with the highest floor, then at most 64 of devices with higher floors, in the
    /// order of their keys. Of several with one floor the first counts.
    pub(crate) fn counting(list: &[Revocation]) -> Vec<Revocation> {
        let mut of_account: Option<&Revocation> = None;
        for one in list.iter().filter(|one| one.device().is_none()) {
            if of_account.is_none_or(|known| known.floor() < one.floor()) {
                of_account = Some(one);
            }
        }
        let is_above = |one: &&Revocation| of_account.is_none_or(|all| all.floor() < one.floor());
        // In the order of the keys, and never more than there is room for, so that a long list
        // costs little.
        let mut of_devices: Vec<&Revocation> = Vec::new();
        let of_any_device = list.iter().filter(|one| one.device().is_some());
        for one in of_any_device.filter(is_above) {
            match of_devices.binary_search_by_key(&one.device(), |known| known.device()) {
                Ok(place) => {
                    let known = of_devices.get_mut(place);
                    if let Some(known) = known.filter(|known| known.floor() < one.floor()) {
                        *known = one;
                    }
                }
                Err(place) => of_devices.insert(place, one),
            }
            if of_devices.len() > MAX_DEVICE_FLOORS {
                let lowest = of_devices.iter().map(|known| known.floor()).min();
                let last = of_devices
                    .iter()
                    .rposition(|known| Some(known.floor()) == lowest);
                last.map(|place| of_devices.remove(place));
            }
        }
        of_account.into_iter().chain(of_devices).cloned().collect()
    }

    /// Returns whether it revokes a certificate of this device that starts at this time.
    pub(crate) fn revokes(&self, device: &DeviceKey, not_before: UnixSeconds) -> bool {
        let concerns = self.device().is_none_or(|revoked| revoked == device);
        concerns && not_before < self.floor()
    }
}

impl UnsignedRevocation {
    /// Makes a revocation of every certificate of an account, which waits for the account's
    /// signature.
    ///
    /// # Errors
    /// [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    pub fn new(
        account: AccountKey,
        floor: UnixSeconds,
        now: UnixMillis,
    ) -> Result<UnsignedRevocation, KeyError> {
        check_floor(floor, now)?;
        Ok(UnsignedRevocation {
            account,
            device: None,
            floor,
        })
    }

    /// Makes a revocation of one device's certificates, which waits for the account's signature.
    ///
    /// # Errors
    /// [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    pub fn of_device(
        account: AccountKey,
        device: DeviceKey,
        floor: UnixSeconds,
        now: UnixMillis,
    ) -> Result<UnsignedRevocation, KeyError> {
        let unsigned = UnsignedRevocation::new(account, floor, now)?;
        Ok(UnsignedRevocation {
            device: Some(device),
            ..unsigned
        })
    }

    /// Returns the bytes that the account has to sign.
    pub fn to_be_signed(&self) -> ToBeSigned {
        let (account, floor) = (self.account.as_bytes(), self.floor.0.to_be_bytes());
        match &self.device {
            None => to_be_signed(Label::Revocation, &[account, &floor]),
            Some(device) => to_be_signed(
                Label::DeviceRevocation,
                &[account, device.as_bytes(), &floor],
            ),
        }
    }

    /// Completes the revocation with the account's signature.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`] (`bad_signature`): the signature is not the account's.
    pub fn finish(self, signature: Signature) -> Result<Revocation, KeyError> {
        if !self.account.verify(&self.to_be_signed(), &signature) {
            return Err(KeyError::BadSignature);
        }
        Ok(Revocation {
            fields: self,
            signature,
        })
    }
}

fn check_floor(floor: UnixSeconds, now: UnixMillis) -> Result<(), KeyError> {
    if floor.to_millis().is_ahead_of(now) {
        return Err(KeyError::Clock);
    }
    Ok(())
}
