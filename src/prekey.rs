//! Prekeys: the HPKE key pairs that envelopes are sealed to (spec/envelope.md, "Prekeys and
//! bundles").

use std::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::digest::sha256_prefix;
use crate::encryption::{DecryptionKey, EncryptionKey};
use crate::error::KeyError;
use crate::hex::Hex;
use crate::limits::MAX_PREKEY_LIFETIME;
use crate::random::{self, SysRng};
use crate::reader::Reader;
use crate::suite::Suite;
use crate::time::{UnixMillis, UnixSeconds, check_lifetime};

/// The first 8 bytes of SHA-256 over the HPKE public key. A receiver finds the private key by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrekeyId([u8; PrekeyId::LEN]);

impl PrekeyId {
    /// Bytes of a prekey id.
    pub const LEN: usize = 8;

    pub(crate) const fn from_bytes(bytes: [u8; PrekeyId::LEN]) -> PrekeyId {
        PrekeyId(bytes)
    }

    pub(crate) fn of(key: &EncryptionKey) -> PrekeyId {
        PrekeyId(sha256_prefix(&[key.as_bytes()]))
    }

    /// Returns the id's 8 bytes.
    pub const fn as_bytes(&self) -> &[u8; PrekeyId::LEN] {
        &self.0
    }
}

/// Writes 16 lowercase hexadecimal digits.
impl fmt::Display for PrekeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for PrekeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrekeyId({self})")
    }
}

/// An HPKE key pair of one suite. Delete it 30 days after `expires_at`: no push and no mailbox
/// keeps an envelope for longer, and what was sealed to it stays secret once it is gone.
/// [`Inbox::prune`](crate::Inbox::prune) says when.
#[derive(Clone)]
pub struct Prekey {
    key: DecryptionKey,
    public_key: EncryptionKey,
    id: PrekeyId,
    expires_at: UnixSeconds,
}

impl Prekey {
    /// Bytes of an exported prekey.
    pub const EXPORT_LEN: usize = 41;

    /// Generates a prekey. Store it and add it to the inbox before you upload its bundle.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLifetime`] (`bad_lifetime`): `expires_at` is not after `now`, or is more
    ///   than 90 days after it.
    /// - [`KeyError::NoRandomness`] (`no_randomness`).
    pub fn generate(
        suite: Suite,
        expires_at: UnixSeconds,
        now: UnixMillis,
    ) -> Result<Prekey, KeyError> {
        Prekey::generate_with_rng(suite, expires_at, now, &mut SysRng)
    }

    /// Does what [`Prekey::generate`] does with 32 bytes of `rng`, which become the private key.
    ///
    /// # Errors
    /// Those of [`Prekey::generate`].
    pub fn generate_with_rng<R: TryCryptoRng + ?Sized>(
        suite: Suite,
        expires_at: UnixSeconds,
        now: UnixMillis,
        rng: &mut R,
    ) -> Result<Prekey, KeyError> {
        check_lifetime(now.to_seconds(), expires_at, MAX_PREKEY_LIFETIME)?;
        let private_key = random::take(rng)?;
        Prekey::from_parts(suite, &private_key, expires_at)
    }

    /// Reads the prekey that [`Prekey::export`] wrote. It may have expired, because envelopes that
    /// were sealed to it may still arrive.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): not 41 bytes.
    /// - [`KeyError::UnsupportedSuite`] (`unsupported_suite`).
    pub fn import(bytes: &[u8]) -> Result<Prekey, KeyError> {
        let mut reader = Reader::new(bytes);
        let (Some(suite), Some(private_key), Some(expires_at), true) =
            (reader.u8(), reader.array(), reader.u64(), reader.is_empty())
        else {
            return Err(KeyError::BadLength);
        };
        let suite = Suite::from_byte(suite).ok_or(KeyError::UnsupportedSuite)?;
        Prekey::from_parts(suite, private_key, UnixSeconds(expires_at))
    }

    /// Returns suite (1 byte) ‖ private key (32) ‖ `expires_at` in seconds (8, big-endian): 41
    /// bytes, which are a secret.
    pub fn export(&self) -> Zeroizing<[u8; Prekey::EXPORT_LEN]> {
        let mut bytes = Zeroizing::new([0; Prekey::EXPORT_LEN]);
        let (suite, rest) = bytes.split_at_mut(1);
        let (private_key, expires_at) = rest.split_at_mut(DecryptionKey::LEN);
        suite.copy_from_slice(&[self.suite().byte()]);
        private_key.copy_from_slice(&*self.key.to_bytes());
        expires_at.copy_from_slice(&self.expires_at.0.to_be_bytes());
        bytes
    }

    /// Returns the suite of the key.
    pub fn suite(&self) -> Suite {
        self.key.suite()
    }

    /// Returns the id that identifies the prekey in an envelope's header.
    pub fn id(&self) -> PrekeyId {
        self.id
    }

    /// Returns when senders stop using it.
    pub fn expires_at(&self) -> UnixSeconds {
        self.expires_at
    }

    pub(crate) fn encryption_key(&self) -> &EncryptionKey {
        &self.public_key
    }

    pub(crate) fn decryption_key(&self) -> &DecryptionKey {
        &self.key
    }

    fn from_parts(
        suite: Suite,
        private_key: &[u8; DecryptionKey::LEN],
        expires_at: UnixSeconds,
    ) -> Result<Prekey, KeyError> {
        let key = DecryptionKey::from_bytes(suite, private_key)?;
        let public_key = key.encryption_key();
        let id = PrekeyId::of(&public_key);
        Ok(Prekey {
            key,
            public_key,
            id,
            expires_at,
        })
    }
}

impl fmt::Debug for Prekey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prekey")
            .field("suite", &self.suite())
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
