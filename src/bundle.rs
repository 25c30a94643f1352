//! Bundles: the public half of a prekey, signed by its device, as the server hands it out
//! (spec/envelope.md, "Prekeys and bundles").

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

mod last_published;
mod list;

pub use last_published::LastPublished;

const VERSION: u8 = 1;

/// A verified bundle, to which a sender seals. Obtained only by verifying one
/// ([`PrekeyBundle::verify`]), or by signing it yourself.
#[derive(Clone, PartialEq, Eq)]
pub struct PrekeyBundle {
    fields: UnsignedBundle,
    signature: Signature,
}

/// A bundle before its device's signature.
#[must_use = "it becomes a bundle once it is signed"]
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

/// The time and the knowledge that a bundle is checked against.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BundleCheck<'a> {
    /// The time now.
    pub now: UnixMillis,
    /// The account's revocations: that of its certificates with the highest floor, and those of
    /// single devices.
    pub revocations: &'a [Revocation],
    /// What the account's devices last published, as returned by an earlier check of a list.
    pub last_published: Option<&'a LastPublished>,
}

impl<'a> BundleCheck<'a> {
    /// Checks by the clock alone: the account has not revoked, and no bundle was seen before.
    pub const fn at(now: UnixMillis) -> BundleCheck<'a> {
        BundleCheck {
            now,
            revocations: &[],
            last_published: None,
        }
    }

    /// Refuses certificates from before the revocations' floors.
    #[must_use]
    pub const fn with_revocations(self, revocations: &'a [Revocation]) -> BundleCheck<'a> {
        BundleCheck {
            revocations,
            ..self
        }
    }

    /// Refuses bundles older than what their device last published.
    #[must_use]
    pub const fn with_last_published(self, last_published: &'a LastPublished) -> BundleCheck<'a> {
        BundleCheck {
            last_published: Some(last_published),
            ..self
        }
    }
}

/// The result of [`PrekeyBundle::verify_all`].
#[must_use = "keep what was last published and revoked, or a server can bring it back"]
#[derive(Debug)]
pub struct VerifiedBundles {
    /// The accepted bundles, in the list's order.
    pub bundles: Vec<PrekeyBundle>,
    /// The index and error of each rejected bundle.
    pub rejected: Vec<(usize, KeyError)>,
    /// What the account's devices last published, by what was passed in and the accepted bundles.
    /// Keep it, and pass it in next time.
    pub last_published: LastPublished,
    /// Of the revocations passed in, those that count: at most one of the account, then at most 64
    /// of devices, in the order of their keys. Keep them, and pass them in next time.
    pub revocations: Vec<Revocation>,
}

/// The result of [`PrekeyBundle::choose`].
#[derive(Debug)]
pub struct Choice<'a> {
    /// The bundle to seal to for each device, in the order in which the devices first occur.
    pub targets: Vec<&'a PrekeyBundle>,
    /// The devices whose stronger bundle is missing, in the same order.
    pub downgraded: Vec<Downgrade>,
    /// For each device whose newest bundles have all expired, the strongest of them, in the same
    /// order.
    pub expired: Vec<&'a PrekeyBundle>,
}

/// A device that offers a stronger suite than the server handed out. Treat it as an attack until
/// the missing bundle arrives.
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
    /// Returns the bytes of a bundle of this suite: 259 (`x25519`) or 1,443 (`xwing`).
    pub const fn len_of(suite: Suite) -> usize {
        1 + Certificate::LEN + 1 + 1 + 8 + 8 + suite.public_key_len() + Signature::LEN
    }

    /// Reads and checks a bundle that must be `account`'s.
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::BadLength`] (`bad_length`): less than 147 bytes.
    /// - [`KeyError::UnsupportedVersion`] (`unsupported_version`).
    /// - [`KeyError::UnsupportedSuite`] (`unsupported_suite`).
    /// - [`KeyError::BadLength`] (`bad_length`): not [the length](PrekeyBundle::len_of) of its
    ///   suite.
    /// - [`KeyError::BadCertificate`] (`bad_certificate`).
    /// - [`KeyError::WrongAccount`] (`wrong_account`): the certificate is not `account`'s.
    /// - [`KeyError::BadOffers`] (`bad_offers`).
    /// - [`KeyError::BadLifetime`] (`bad_lifetime`): not positive, over 90 days, or past the
    ///   certificate's end.
    /// - [`KeyError::WeakKey`] (`weak_key`).
    /// - [`KeyError::BadSignature`] (`bad_signature`).
    /// - [`KeyError::WrongAccount`] (`wrong_account`): the revocation, or what was last published, is
    ///   not `account`'s.
    /// - [`KeyError::Revoked`] (`revoked`).
    /// - [`KeyError::CertificateNotYetValid`] (`certificate_not_yet_valid`),
    ///   [`KeyError::CertificateExpired`] (`certificate_expired`): by `now`.
    /// - [`KeyError::BundleNotYetValid`] (`bundle_not_yet_valid`): issued more than 10 minutes
    ///   ahead of `now`.
    /// - [`KeyError::BundleExpired`] (`bundle_expired`).
    /// - [`KeyError::StaleBundle`] (`stale_bundle`): issued before its device last published.
    pub fn verify(
        bytes: &[u8],
        account: &AccountKey,
        check: &BundleCheck<'_>,
    ) -> Result<PrekeyBundle, KeyError> {
        let bundle = PrekeyBundle::parse(bytes, account)?;
        bundle.check_against(check)?;
        Ok(bundle)
    }

    /// Chooses the strongest bundle of each device's newest publication that has not expired by
    /// `now`, and reports the devices whose stronger bundle is missing, and those whose bundles have
    /// all expired (spec/envelope.md, B16 to B19). Every bundle signs which suites its device
    /// offers.
    #[must_use]
    pub fn choose(bundles: &[PrekeyBundle], now: UnixMillis) -> Choice<'_> {
        PrekeyBundle::choose_of(bundles, None, now)
    }

    /// Does what [`PrekeyBundle::choose`] does, but leaves a device out, such as one's own among
    /// those of one's own account.
    #[must_use]
    pub fn choose_except<'b>(
        bundles: &'b [PrekeyBundle],
        except: &DeviceKey,
        now: UnixMillis,
    ) -> Choice<'b> {
        PrekeyBundle::choose_of(bundles, Some(except), now)
    }

    fn choose_of<'b>(
        bundles: &'b [PrekeyBundle],
        except: Option<&DeviceKey>,
        now: UnixMillis,
    ) -> Choice<'b> {
        let mut choice = Choice {
            targets: Vec::new(),
            downgraded: Vec::new(),
            expired: Vec::new(),
        };
        for (index, bundle) in bundles.iter().enumerate() {
            let same_device = |other: &&PrekeyBundle| {
                other.device() == bundle.device() && other.account() == bundle.account()
            };
            let is_repeated = bundles.iter().take(index).any(|other| same_device(&other));
            if is_repeated || Some(bundle.device()) == except {
                continue;
            }
            let of_device = || bundles.iter().filter(same_device);
            let newest = of_device().map(PrekeyBundle::issued_at).max();
            let published = || of_device().filter(|bundle| Some(bundle.issued_at()) == newest);
            let current = published().filter(|bundle| !bundle.has_expired(now));
            let Some(target) = current.max_by_key(|bundle| bundle.suite()) else {
                choice
                    .expired
                    .extend(published().max_by_key(|bundle| bundle.suite()));
                continue;
            };
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

    /// Returns the bundle's bytes, for the server.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.fields.to_bytes();
        bytes.extend_from_slice(self.signature.as_bytes());
        bytes
    }

    /// Returns the recipient's account.
    pub fn account(&self) -> &AccountKey {
        self.fields.certificate.account()
    }

    /// Returns the recipient's device.
    pub fn device(&self) -> &DeviceKey {
        self.fields.certificate.device()
    }

    /// Returns the suite of its key.
    pub fn suite(&self) -> Suite {
        self.fields.suite
    }

    /// Returns the suites that the device offers, weakest first. Suites that this version does not
    /// know are left out here, and kept in [`PrekeyBundle::to_bytes`].
    pub fn offers(&self) -> impl Iterator<Item = Suite> + use<> {
        let offers = self.fields.offers;
        Suite::ALL
            .into_iter()
            .filter(move |suite| offers & suite.offer_bit() != 0)
    }

    /// Returns the id of its prekey, which the envelope's header carries.
    pub fn id(&self) -> PrekeyId {
        self.fields.id
    }

    /// Returns when the device signed it.
    pub fn issued_at(&self) -> UnixSeconds {
        self.fields.issued_at
    }

    /// Returns when it ends.
    pub fn expires_at(&self) -> UnixSeconds {
        self.fields.expires_at
    }

    pub(crate) fn encryption_key(&self) -> &EncryptionKey {
        &self.fields.key
    }

    /// Checks everything that the bundle and its account decide.
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

    /// Checks everything that depends on the time, on revocation and on earlier bundles.
    fn check_against(&self, check: &BundleCheck<'_>) -> Result<(), KeyError> {
        let certificate = &self.fields.certificate;
        let known = check.last_published.map(LastPublished::account);
        if known.is_some_and(|account| account != self.account()) {
            return Err(KeyError::WrongAccount);
        }
        for revocation in check.revocations {
            if revocation.account() != self.account() {
                return Err(KeyError::WrongAccount);
            }
            if revocation.revokes(self.device(), certificate.not_before()) {
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
        if check
            .last_published
            .is_some_and(|known| known.rules_out(self))
        {
            return Err(KeyError::StaleBundle);
        }
        Ok(())
    }

    pub(crate) fn has_expired(&self, now: UnixMillis) -> bool {
        now >= self.expires_at().to_millis()
    }
}

impl UnsignedBundle {
    /// Makes a bundle for each prekey, in their order, that waits for its device's signature. All
    /// of them offer the suites of all prekeys, and are issued at `now`. To publish again, use
    /// [`Inbox::publish`](crate::Inbox::publish) or [`UnsignedBundle::new_many_after`].
    ///
    /// # Errors
    /// In this order:
    /// - [`KeyError::NoPrekeys`] (`no_prekeys`).
    /// - [`KeyError::CertificateNotYetValid`] (`certificate_not_yet_valid`),
    ///   [`KeyError::CertificateExpired`] (`certificate_expired`): by `now`.
    /// - [`KeyError::DuplicateSuite`] (`duplicate_suite`): two prekeys of one suite.
    /// - [`KeyError::PrekeyExpired`] (`prekey_expired`), [`KeyError::BadLifetime`]
    ///   (`bad_lifetime`): the first prekey that has expired, or whose bundle would live longer
    ///   than 90 days.
    pub fn new_many(
        certificate: &Certificate,
        prekeys: &[&Prekey],
        now: UnixMillis,
    ) -> Result<Vec<UnsignedBundle>, KeyError> {
        UnsignedBundle::new_many_after(certificate, prekeys, None, now)
    }

    /// Does what [`UnsignedBundle::new_many`] does, at least one second after the device's last
    /// publication.
    ///
    /// # Errors
    /// Those of [`UnsignedBundle::new_many`]; after `duplicate_suite` [`KeyError::Clock`]
    /// (`clock`): the bundles would be issued more than 10 minutes ahead of `now`; and
    /// [`KeyError::BadLifetime`] (`bad_lifetime`) also for a bundle that would expire by then.
    pub fn new_many_after(
        certificate: &Certificate,
        prekeys: &[&Prekey],
        last_issued_at: Option<UnixSeconds>,
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
        let next = last_issued_at.map(|last| UnixSeconds(last.0.saturating_add(1)));
        let issued_at = now.to_seconds().max(next.unwrap_or_default());
        if issued_at.to_millis().is_ahead_of(now) {
            return Err(KeyError::Clock);
        }
        prekeys
            .iter()
            .map(|prekey| {
                let expires_at = prekey.expires_at().min(certificate.expires_at());
                if expires_at <= now.to_seconds() {
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

    /// Returns when the bundle is issued.
    pub fn issued_at(&self) -> UnixSeconds {
        self.issued_at
    }

    /// Returns the bytes that the device has to sign.
    pub fn to_be_signed(&self) -> ToBeSigned {
        to_be_signed(Label::Prekey, &[&self.to_bytes()])
    }

    /// Completes the bundle with the device's signature.
    ///
    /// # Errors
    /// [`KeyError::BadSignature`] (`bad_signature`): the signature is not the device's.
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

    /// Returns every byte before the signature.
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
