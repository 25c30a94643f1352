//! Revocation of every certificate that starts before an account's floor (spec/envelope.md,
//! "Revocation").

use crate::error::KeyError;
use crate::keys::AccountKey;
use crate::labels::Label;
use crate::reader::Reader;
use crate::signing::{Signature, ToBeSigned, to_be_signed};
use crate::time::{UnixMillis, UnixSeconds};

const VERSION: u8 = 1;

/// An account's signed statement that revokes every certificate which starts before a floor. Of
/// several, the one with the highest floor counts. Devices that stay get a new certificate.
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
    floor: UnixSeconds,
}

impl Revocation {
    /// Bytes of a revocation.
    pub const LEN: usize = 105;

    /// Reads and checks a revocation of `account`.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 105 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::WrongAccount`] (`wrong_account`): it names another account.
    /// - [`KeyError::BadSignature`] (`bad_signature`).
    /// - [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    pub fn verify(
        bytes: &[u8],
        account: &AccountKey,
        now: UnixMillis,
    ) -> Result<Revocation, KeyError> {
        Revocation::read(bytes, Some(account), now)
    }

    /// Reads and checks a revocation of the account that it names.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 105 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::BadKey`] (`bad_key`), [`KeyError::WeakKey`] (`weak_key`): the account's key is
    ///   not sound.
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
        let (Some(version), Some(key), Some(floor), Some(signature), true) = (
            reader.u8(),
            reader.array::<32>(),
            reader.u64(),
            reader.array(),
            reader.is_empty(),
        ) else {
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
        let fields = UnsignedRevocation {
            account,
            floor: UnixSeconds(floor),
        };
        let revocation = fields.finish(Signature::from_bytes(*signature))?;
        check_floor(revocation.floor(), now)?;
        Ok(revocation)
    }

    /// Returns the revocation's 105 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Revocation::LEN);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.account().as_bytes());
        bytes.extend_from_slice(&self.floor().0.to_be_bytes());
        bytes.extend_from_slice(self.signature.as_bytes());
        bytes
    }

    /// Returns the account that signed it.
    pub fn account(&self) -> &AccountKey {
        &self.fields.account
    }

    /// Returns the moment before which a certificate must not start.
    pub fn floor(&self) -> UnixSeconds {
        self.fields.floor
    }
}

impl UnsignedRevocation {
    /// Makes a revocation that waits for its account's signature.
    ///
    /// # Errors
    /// [`KeyError::Clock`] (`clock`): the floor is more than 10 minutes ahead of `now`.
    pub fn new(
        account: AccountKey,
        floor: UnixSeconds,
        now: UnixMillis,
    ) -> Result<UnsignedRevocation, KeyError> {
        check_floor(floor, now)?;
        Ok(UnsignedRevocation { account, floor })
    }

    /// Returns the bytes that the account has to sign.
    pub fn to_be_signed(&self) -> ToBeSigned {
        let floor = self.floor.0.to_be_bytes();
        to_be_signed(Label::Revocation, &[self.account.as_bytes(), &floor])
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
