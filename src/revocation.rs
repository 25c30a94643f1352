//! Revocation of certificates that start before a floor: an account's, or those of one device
//! (spec/envelope.md, "Revocation").

use std::cmp::Ordering;

use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::labels::Label;
use crate::limits::{MAX_DEVICE_FLOORS, MAX_STATEMENTS};
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
    /// read: [`KeyError::TooMany`] (`too_many`). So are sound ones rejected for which there is no
    /// room, of more than 64 devices: they are in `revocations` as well, and checked against now,
    /// but cannot be kept.
    pub fn verify_all<B: AsRef<[u8]>>(
        list: &[B],
        account: &AccountKey,
        now: UnixMillis,
    ) -> VerifiedRevocations {
        let read: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(index, bytes)| match index < MAX_STATEMENTS {
                true => Revocation::verify(bytes.as_ref(), account, now),
                false => Err(KeyError::TooMany),
            })
            .collect();
        let (_, without_room) = Revocation::counting(read.iter().flatten());
        let has_room: Vec<bool> = read
            .iter()
            .map(|read| match read {
                Ok(one) => !without_room.iter().any(|other| std::ptr::eq(*other, one)),
                Err(_) => false,
            })
            .collect();
        let mut verified = VerifiedRevocations {
            revocations: Vec::new(),
            rejected: Vec::new(),
        };
        for (index, (read, has_room)) in read.into_iter().zip(has_room).enumerate() {
            match read {
                Ok(revocation) => {
                    if !has_room {
                        verified.rejected.push((index, KeyError::TooMany));
                    }
                    verified.revocations.push(revocation);
                }
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
    /// account's with the highest floor, then those of devices with higher floors, the first 64
    /// with the highest, in the order of their keys; and those for which there is no room. Of
    /// several with one floor the first counts.
    pub(crate) fn counting<'a>(
        list: impl Iterator<Item = &'a Revocation>,
    ) -> (Vec<&'a Revocation>, Vec<&'a Revocation>) {
        let (of_devices, of_account): (Vec<_>, Vec<_>) =
            list.partition(|one| one.device().is_some());
        let floor = of_account.iter().map(|one| one.floor()).max();
        let of_account = of_account
            .into_iter()
            .find(|one| Some(one.floor()) == floor);
        let mut of_devices = of_devices;
        of_devices.retain(|one| Some(one.floor()) > floor);
        // Sorting is stable: of several with one floor, the first stays the first.
        of_devices.sort_by(BY_FLOOR);
        of_devices.sort_by(BY_DEVICE);
        of_devices.dedup_by_key(|one| one.device());
        of_devices.sort_by(BY_FLOOR);
        let without_room = of_devices.split_off(of_devices.len().min(MAX_DEVICE_FLOORS));
        of_devices.sort_by(BY_DEVICE);
        (
            of_account.into_iter().chain(of_devices).collect(),
            without_room,
        )
    }

    /// Returns whether it revokes a certificate of this device that starts at this time.
    pub(crate) fn revokes(&self, device: &DeviceKey, not_before: UnixSeconds) -> bool {
        let concerns = self.device().is_none_or(|revoked| revoked == device);
        concerns && not_before < self.floor()
    }
}

/// Of one type, so that sorting by either is the same code: it is 3 kB of the WebAssembly.
type Order = fn(&&Revocation, &&Revocation) -> Ordering;

/// The highest floor first.
const BY_FLOOR: Order = |one, other| other.floor().cmp(&one.floor());
const BY_DEVICE: Order = |one, other| one.device().cmp(&other.device());

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
