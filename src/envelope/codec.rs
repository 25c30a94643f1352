//! The envelope's codec (spec/envelope.md, "Envelope"). It holds no cryptography but the tag's
//! hash.

use std::fmt;

use crate::digest::sha256_prefix;
use crate::error::OpenError;
use crate::hex::Hex;
use crate::prekey::PrekeyId;
use crate::suite::Suite;

/// Bytes of the AEAD's tag, at the end of every envelope.
pub(crate) const TAG_LEN: usize = 16;

/// A sealed envelope: always 2,880 bytes, of which the first ten are in clear and depend on the
/// recipient alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    header: Header,
    bytes: Box<[u8; Envelope::LEN]>,
}

impl Envelope {
    /// Bytes of every envelope of every version and suite.
    pub const LEN: usize = 2880;

    /// The version that this crate seals and opens.
    pub const VERSION: u8 = 1;

    /// Reads an envelope's header. Nothing is decrypted.
    ///
    /// # Errors
    /// In this order: [`OpenError::BadLength`] (`bad_length`), [`OpenError::UnsupportedVersion`]
    /// (`unsupported_version`), [`OpenError::UnsupportedSuite`] (`unsupported_suite`).
    pub fn parse(bytes: &[u8]) -> Result<Envelope, OpenError> {
        let bytes: Box<[u8; Envelope::LEN]> =
            Box::new(bytes.try_into().map_err(|_| OpenError::BadLength)?);
        let header = Header::read(&bytes)?;
        Ok(Envelope { header, bytes })
    }

    /// Returns the envelope's 2,880 bytes.
    pub fn as_bytes(&self) -> &[u8; Envelope::LEN] {
        &self.bytes
    }

    /// Returns the suite that it is sealed with.
    pub fn suite(&self) -> Suite {
        self.header.suite
    }

    /// Returns the id of the prekey that it is sealed to.
    pub fn prekey_id(&self) -> PrekeyId {
        self.header.prekey_id
    }

    /// Returns the [`envelope_tag`].
    pub fn tag(&self) -> String {
        envelope_tag(&self.bytes)
    }

    #[expect(
        clippy::expect_used,
        reason = "a suite's frame has the length that its encapsulated key and the rest leave"
    )]
    pub(super) fn from_parts(
        header: Header,
        encapsulated_key: &[u8],
        ciphertext: &[u8],
        tag: &[u8; TAG_LEN],
    ) -> Envelope {
        let bytes = [&header.to_bytes(), encapsulated_key, ciphertext, tag].concat();
        let bytes = bytes
            .into_boxed_slice()
            .try_into()
            .expect("the parts of an envelope have 2,880 bytes");
        Envelope { header, bytes }
    }

    pub(super) fn header(&self) -> Header {
        self.header
    }

    /// Returns the encapsulated key, and the ciphertext with its tag.
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        let (_, sealed) = self.bytes.split_at(Header::LEN);
        sealed.split_at(self.suite().encapsulated_key_len())
    }
}

impl AsRef<[u8]> for Envelope {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_slice()
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("suite", &self.suite())
            .field("prekey_id", &self.prekey_id())
            .field("tag", &self.tag())
            .finish_non_exhaustive()
    }
}

/// Returns the first 4 bytes of SHA-256 over an envelope in lowercase hexadecimal: the one thing of
/// an envelope that sender, relay and phone may log.
pub fn envelope_tag(envelope: &[u8; Envelope::LEN]) -> String {
    EnvelopeTag::of(envelope).to_string()
}

/// See [`envelope_tag`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct EnvelopeTag(pub(crate) [u8; 4]);

impl EnvelopeTag {
    pub(crate) fn of(envelope: &[u8; Envelope::LEN]) -> EnvelopeTag {
        EnvelopeTag(sha256_prefix(&[envelope]))
    }
}

impl fmt::Display for EnvelopeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

/// The ten bytes in clear: version, suite, prekey id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) suite: Suite,
    pub(crate) prekey_id: PrekeyId,
}

impl Header {
    pub(crate) const LEN: usize = 10;

    pub(crate) fn to_bytes(self) -> [u8; Header::LEN] {
        let [a, b, c, d, e, f, g, h] = *self.prekey_id.as_bytes();
        [Envelope::VERSION, self.suite.byte(), a, b, c, d, e, f, g, h]
    }

    fn read(bytes: &[u8; Envelope::LEN]) -> Result<Header, OpenError> {
        let [version, suite, a, b, c, d, e, f, g, h, ..] = *bytes;
        if version != Envelope::VERSION {
            return Err(OpenError::UnsupportedVersion);
        }
        Ok(Header {
            suite: Suite::from_byte(suite).ok_or(OpenError::UnsupportedSuite)?,
            prekey_id: PrekeyId::from_bytes([a, b, c, d, e, f, g, h]),
        })
    }
}
