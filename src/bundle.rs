//! Bundles: the public half of a prekey, signed by its device, as the server hands it out
//! (spec/envelope.md, "Bundles").

use std::fmt;

use crate::certificate::Certificate;
use crate::encryption::EncryptionKey;
use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::labels::Label;
use crate::limits::MAX_PREKEY_LIFETIME;
use crate::prekey::{Prekey, PrekeyId};
use crate::reader::Reader;
use crate::revocation::Revocation;
use crate::signing::{Signature, ToBeSigned, to_be_signed};
use crate::suite::Suite;
use crate::time::{UnixMillis, UnixSeconds, check_lifetime};

const VERSION: u8 = 1;

/// A verified bundle: what a sender seals to. There is no other way to one than
/// [`PrekeyBundle::verify`], or having signed it oneself.
#[derive(Clone, PartialEq, Eq)]
pub struct PrekeyBundle {
    fields: UnsignedBundle,
    signature: Signature,
}

/// A bundle before its device's signature.
#[derive(Clone, PartialEq, Eq)]
pub struct UnsignedBundle {
    certificate: Certificate,
    offers: u8,
    suite: Suite,
    issued_at: UnixSeconds,
    expires_at: UnixSeconds,
    key: EncryptionKey,
    id: PrekeyId,
}

/// What a bundle is checked against, beside the account that it must belong to.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BundleCheck<'a> {
    /// The time now.
    pub now: UnixMillis,
    /// The account's revocation with the highest floor, if there is one.
    pub revocation: Option<&'a Revocation>,
    /// When devices last published, as far as was seen before.
    pub last_published: &'a [LastPublished],
}

impl<'a> BundleCheck<'a> {
    /// Checks by the clock alone: the account has not revoked, and no bundle was seen before.
    pub const fn at(now: UnixMillis) -> BundleCheck<'a> {
        BundleCheck {
            now,
            revocation: None,
            last_published: &[],
        }
    }

    /// Refuses certificates from before the revocation's floor.
    #[must_use]
    pub const fn with_revocation(self, revocation: &'a Revocation) -> BundleCheck<'a> {
        BundleCheck {
            revocation: Some(revocation),
            ..self
        }
    }

    /// Refuses bundles older than what their device last published.
    #[must_use]
    pub const fn with_last_published(self, last_published: &'a [LastPublished]) -> BundleCheck<'a> {
        BundleCheck {
            last_published,
            ..self
        }
    }
}

/// When a device last published, as far as a sender has seen. Senders keep these, so that no server
/// can bring back what was published before. It counts for all suites at once: a publication is a
/// device's whole statement of what it offers, and a server that showed an older bundle of another
/// suite could hide that it offers a stronger one by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPublished {
    /// The device.
    pub device: DeviceKey,
    /// When it issued its newest bundle.
    pub issued_at: UnixSeconds,
}

/// What [`PrekeyBundle::verify_all`] made of a list.
#[derive(Debug)]
pub struct VerifiedBundles {
    /// The bundles that are in order, in the list's order.
    pub bundles: Vec<PrekeyBundle>,
    /// The places in the list of the others, and why.
    pub rejected: Vec<(usize, KeyError)>,
    /// What to keep and hand in next time: the newest of what was handed in and what is in order.
    pub last_published: Vec<LastPublished>,
}

/// What [`PrekeyBundle::choose`] chose.
#[derive(Debug)]
pub struct Choice<'a> {
    /// The strongest bundle of each device, in the order in which the devices first came.
    pub targets: Vec<&'a PrekeyBundle>,
    /// The devices whose stronger bundle was withheld.
    pub downgraded: Vec<Downgrade>,
}

/// A device says that it offers a stronger suite than the server handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downgrade {
    /// The device's account.
    pub account: AccountKey,
    /// The device.
    pub device: DeviceKey,
    /// The strongest suite that it offers.
    pub offered: Suite,
    /// The strongest suite that the server handed out.
    pub available: Suite,
}

impl PrekeyBundle {
    /// Bytes of a bundle: 259 (`x25519`) or 1,443 (`xwing`).
    pub const fn len_of(suite: Suite) -> usize {
        1 + Certificate::LEN + 1 + 1 + 8 + 8 + suite.public_key_len() + Signature::LEN
    }

    /// Reads and checks a bundle that must be `account`'s.
    ///
    /// # Errors
    /// In this order: `bad_length` (too short to tell), `unsupported_version`,
    /// `unsupported_suite`, `bad_length` (for the suite), `bad_certificate`, `wrong_account`,
    /// `bad_offers`, `bad_lifetime` (not positive, over 90 days, or past the certificate),
    /// `weak_key`, `bad_signature`; then by what is known: `revoked` (or `wrong_account` for
    /// another account's revocation), `certificate_not_yet_valid`, `certificate_expired`,
    /// `bundle_not_yet_valid`, `bundle_expired`, `stale_bundle`.
    pub fn verify(
        bytes: &[u8],
        account: &AccountKey,
        check: &BundleCheck<'_>,
    ) -> Result<PrekeyBundle, KeyError> {
        let bundle = PrekeyBundle::parse(bytes, account)?;
        bundle.check_against(check)?;
        Ok(bundle)
    }

    /// Verifies every bundle of a list. One that is refused does not spoil the others; one that is
    /// older than another of its device is `stale_bundle`.
    pub fn verify_all<B: AsRef<[u8]>>(
        list: &[B],
        account: &AccountKey,
        check: &BundleCheck<'_>,
    ) -> VerifiedBundles {
        let verify = |bytes: &B| PrekeyBundle::verify(bytes.as_ref(), account, check);
        let verified: Vec<_> = list.iter().map(verify).collect();
        let mut last_published = check.last_published.to_vec();
        for bundle in verified.iter().flatten() {
            remember(&mut last_published, bundle.last_published());
        }
        let mut result = VerifiedBundles {
            bundles: Vec::with_capacity(list.len()),
            rejected: Vec::new(),
            last_published,
        };
        for (index, verified) in verified.into_iter().enumerate() {
            match verified {
                Ok(bundle) if bundle.is_stale(&result.last_published) => {
                    result.rejected.push((index, KeyError::StaleBundle));
                }
                Ok(bundle) => result.bundles.push(bundle),
                Err(error) => result.rejected.push((index, error)),
            }
        }
        result
    }

    /// Chooses the strongest bundle of each device's newest publication, and finds the devices
    /// whose stronger bundle was withheld: every bundle signs which suites its device offers.
    pub fn choose(bundles: &[PrekeyBundle]) -> Choice<'_> {
        let mut choice = Choice {
            targets: Vec::new(),
            downgraded: Vec::new(),
        };
        for (index, bundle) in bundles.iter().enumerate() {
            let same_device = |other: &&PrekeyBundle| {
                other.device() == bundle.device() && other.account() == bundle.account()
            };
            if bundles.iter().take(index).any(|other| same_device(&other)) {
                continue;
            }
            let of_device = || bundles.iter().filter(same_device);
            let newest = of_device().map(PrekeyBundle::issued_at).max();
            let published = || of_device().filter(|bundle| Some(bundle.issued_at()) == newest);
            let target = published().max_by_key(|bundle| bundle.suite());
            let target = target.unwrap_or(bundle);
            let strongest_offer = published().flat_map(PrekeyBundle::offers).max();
            if let Some(offered) = strongest_offer.filter(|offered| *offered > target.suite()) {
                choice.downgraded.push(Downgrade {
                    account: *target.account(),
                    device: *target.device(),
                    offered,
                    available: target.suite(),
                });
            }
            choice.targets.push(target);
        }
        choice
    }

    /// The bundle's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.fields.to_bytes();
        bytes.extend_from_slice(self.signature.as_bytes());
        bytes
    }

    /// The recipient's account.
    pub fn account(&self) -> &AccountKey {
        self.fields.certificate.account()
    }

    /// The recipient's device.
    pub fn device(&self) -> &DeviceKey {
        self.fields.certificate.device()
    }

    /// The suite of its key.
    pub fn suite(&self) -> Suite {
        self.fields.suite
    }

    /// The suites that the device offers, weakest first. Bits that this version does not know are
    /// left out here, and kept in [`PrekeyBundle::to_bytes`].
    pub fn offers(&self) -> impl Iterator<Item = Suite> + use<> {
        let offers = self.fields.offers;
        Suite::ALL
            .into_iter()
            .filter(move |suite| offers & suite.offer_bit() != 0)
    }

    /// The id of its prekey, which the envelope's header carries.
    pub fn id(&self) -> PrekeyId {
        self.fields.id
    }

    /// When the device signed it.
    pub fn issued_at(&self) -> UnixSeconds {
        self.fields.issued_at
    }

    /// When it ends.
    pub fn expires_at(&self) -> UnixSeconds {
        self.fields.expires_at
    }

    /// Returns what a sender remembers of it.
    pub fn last_published(&self) -> LastPublished {
        LastPublished {
            device: *self.device(),
            issued_at: self.issued_at(),
        }
    }

    pub(crate) fn encryption_key(&self) -> &EncryptionKey {
        &self.fields.key
    }

    /// Everything that does not depend on what is known outside the bundle.
    fn parse(bytes: &[u8], account: &AccountKey) -> Result<PrekeyBundle, KeyError> {
        let mut reader = Reader::new(bytes);
        let (Some(version), Some(certificate), Some(offers), Some(suite)) = (
            reader.u8(),
            reader.slice(Certificate::LEN),
            reader.u8(),
            reader.u8(),
        ) else {
            return Err(KeyError::BadLength);
        };
        if version != VERSION {
            return Err(KeyError::UnsupportedVersion);
        }
        let suite = Suite::from_byte(suite).ok_or(KeyError::UnsupportedSuite)?;
        let (Some(issued_at), Some(expires_at), Some(key), Some(signature), true) = (
            reader.u64(),
            reader.u64(),
            reader.slice(suite.public_key_len()),
            reader.array(),
            reader.is_empty(),
        ) else {
            return Err(KeyError::BadLength);
        };
        let certificate = Certificate::from_bytes(certificate)?;
        if certificate.account() != account {
            return Err(KeyError::WrongAccount);
        }
        if offers & suite.offer_bit() == 0 {
            return Err(KeyError::BadOffers);
        }
        let (issued_at, expires_at) = (UnixSeconds(issued_at), UnixSeconds(expires_at));
        check_lifetime(issued_at, expires_at, MAX_PREKEY_LIFETIME)?;
        if expires_at > certificate.expires_at() {
            return Err(KeyError::BadLifetime);
        }
        let key = EncryptionKey::from_bytes(suite, key)?;
        let id = PrekeyId::of(&key);
        UnsignedBundle {
            certificate,
            offers,
            suite,
            issued_at,
            expires_at,
            key,
            id,
        }
        .finish(Signature::from_bytes(*signature))
    }

    /// Everything that depends on the time, on revocation and on what was seen before.
    fn check_against(&self, check: &BundleCheck<'_>) -> Result<(), KeyError> {
        let certificate = &self.fields.certificate;
        if let Some(revocation) = check.revocation {
            if revocation.account() != self.account() {
                return Err(KeyError::WrongAccount);
            }
            if certificate.not_before() < revocation.floor() {
                return Err(KeyError::Revoked);
            }
        }
        certificate.check_time(check.now)?;
        if self.issued_at().to_millis().is_ahead_of(check.now) {
            return Err(KeyError::BundleNotYetValid);
        }
        if self.has_expired(check.now) {
            return Err(KeyError::BundleExpired);
        }
        if self.is_stale(check.last_published) {
            return Err(KeyError::StaleBundle);
        }
        Ok(())
    }

    fn is_stale(&self, last_published: &[LastPublished]) -> bool {
        last_published
            .iter()
            .any(|seen| seen.device == *self.device() && self.issued_at() < seen.issued_at)
    }

    pub(crate) fn has_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at().to_millis()
    }
}

impl UnsignedBundle {
    /// A bundle for each prekey that waits for its device's signature. All sign the same offers.
    ///
    /// # Errors
    /// `no_prekeys`. `duplicate_suite`: two prekeys of one suite. `certificate_not_yet_valid`,
    /// `certificate_expired`, `prekey_expired`: by `now`. `bad_lifetime`: more than 90 days.
    pub fn new_many(
        certificate: &Certificate,
        prekeys: &[&Prekey],
        now: UnixMillis,
    ) -> Result<Vec<UnsignedBundle>, KeyError> {
        if prekeys.is_empty() {
            return Err(KeyError::NoPrekeys);
        }
        certificate.check_time(now)?;
        let mut offers = 0;
        for prekey in prekeys {
            let bit = prekey.suite().offer_bit();
            if offers & bit != 0 {
                return Err(KeyError::DuplicateSuite);
            }
            offers |= bit;
        }
        let issued_at = now.to_seconds();
        prekeys
            .iter()
            .map(|prekey| {
                let expires_at = prekey.expires_at().min(certificate.expires_at());
                if expires_at <= issued_at {
                    return Err(KeyError::PrekeyExpired);
                }
                check_lifetime(issued_at, expires_at, MAX_PREKEY_LIFETIME)?;
                Ok(UnsignedBundle {
                    certificate: certificate.clone(),
                    offers,
                    suite: prekey.suite(),
                    issued_at,
                    expires_at,
                    key: prekey.encryption_key().clone(),
                    id: prekey.id(),
                })
            })
            .collect()
    }

    /// What the device has to sign.
    pub fn to_be_signed(&self) -> ToBeSigned {
        to_be_signed(Label::Prekey, &[&self.to_bytes()])
    }

    /// The bundle, if the signature is its device's.
    ///
    /// # Errors
    /// `bad_signature`.
    pub fn finish(self, signature: Signature) -> Result<PrekeyBundle, KeyError> {
        let device = self.certificate.device();
        if !device.verify(&self.to_be_signed(), &signature) {
            return Err(KeyError::BadSignature);
        }
        Ok(PrekeyBundle {
            fields: self,
            signature,
        })
    }

    /// Every byte before the signature.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PrekeyBundle::len_of(self.suite));
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.certificate.to_bytes());
        bytes.extend_from_slice(&[self.offers, self.suite.byte()]);
        bytes.extend_from_slice(&self.issued_at.0.to_be_bytes());
        bytes.extend_from_slice(&self.expires_at.0.to_be_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        bytes
    }
}

impl fmt::Debug for PrekeyBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fields.fmt(f)
    }
}

impl fmt::Debug for UnsignedBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrekeyBundle")
            .field("account", self.certificate.account())
            .field("device", self.certificate.device())
            .field("suite", &self.suite)
            .field("id", &self.id)
            .field("issued_at", &self.issued_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Keeps the later of what was known and what was seen.
fn remember(last_published: &mut Vec<LastPublished>, seen: LastPublished) {
    match last_published
        .iter_mut()
        .find(|known| known.device == seen.device)
    {
        Some(known) => known.issued_at = known.issued_at.max(seen.issued_at),
        None => last_published.push(seen),
    }
}
