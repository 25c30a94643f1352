//! What devices last published, so that no server can bring back what was published before
//! (spec/envelope.md, B14 and B15), and lists of bundles (B25 and B26).

use crate::bundle::{BundleCheck, PrekeyBundle, VerifiedBundles};
use crate::digest::sha256_prefix;
use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::MAX_BUNDLES;
use crate::revocation::Revocation;
use crate::suite::Suite;
use crate::time::UnixSeconds;

/// A device's last publication, as far as a sender has seen it. Senders keep these. A publication
/// counts as a whole, for all suites: a server that showed an older bundle of another suite could
/// hide that the device offers a stronger one by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastPublished {
    /// The device's key. Nothing is verified with it, so that a long list costs no arithmetic.
    pub device: [u8; DeviceKey::LEN],
    /// When it published.
    pub issued_at: UnixSeconds,
    /// The suites that it published, a bit for each: [`Suite::offer_bit`].
    pub offers: u8,
    /// The bundles that were accepted, at most one of each suite.
    pub bundles: Vec<PublishedBundle>,
}

/// A bundle that a sender has accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublishedBundle {
    /// Its suite.
    pub suite: Suite,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
}

impl PrekeyBundle {
    /// Verifies every bundle of a list (spec/envelope.md, B15, B25 and B26). One that is refused
    /// does not spoil the others; one that is older than another of its device, or contradicts
    /// another of the same moment, is `stale_bundle`. Those behind the 512th are `too_many`, and
    /// are not read.
    ///
    /// Read the revocations that came with the list, and those that you kept, with
    /// [`Revocation::verify_all`]. Those of other accounts are passed over.
    pub fn verify_all<B: AsRef<[u8]>>(
        list: &[B],
        account: &AccountKey,
        check: &BundleCheck<'_>,
    ) -> VerifiedBundles {
        let mut revocations = check.revocations.to_vec();
        revocations.retain(|revocation| revocation.account() == account);
        let check = &check.with_revocations(&revocations);
        let verify = |(index, bytes): (usize, &B)| match index < MAX_BUNDLES {
            true => PrekeyBundle::verify(bytes.as_ref(), account, check),
            false => Err(KeyError::TooMany),
        };
        let verified: Vec<_> = list.iter().enumerate().map(verify).collect();
        let good: Vec<&PrekeyBundle> = verified.iter().flatten().collect();
        let is_outdone = |bundle: &PrekeyBundle| {
            let mut of_device = good
                .iter()
                .filter(|other| other.device() == bundle.device());
            of_device.any(|other| other.issued_at() > bundle.issued_at())
        };
        let newest: Vec<&PrekeyBundle> = good
            .iter()
            .copied()
            .filter(|bundle| !is_outdone(bundle))
            .collect();
        // If two of a device contradict each other, one of them contradicts the first of the
        // device, or the first of its suite: so a list costs its square at most.
        let contradicts_first = |bundle: &&&PrekeyBundle| {
            let mut of_device = newest
                .iter()
                .filter(|other| other.device() == bundle.device());
            let mut of_suite = of_device
                .clone()
                .filter(|other| other.suite() == bundle.suite());
            let firsts = [of_device.next(), of_suite.next()];
            firsts
                .iter()
                .flatten()
                .any(|first| first.contradicts(bundle))
        };
        let contradicted: Vec<&DeviceKey> = newest
            .iter()
            .filter(contradicts_first)
            .map(|bundle| bundle.device())
            .collect();
        let is_contradicted = |bundle: &PrekeyBundle| contradicted.contains(&bundle.device());
        let is_stale: Vec<bool> = verified
            .iter()
            .map(|verified| match verified {
                Ok(bundle) => is_outdone(bundle) || is_contradicted(bundle),
                Err(_) => false,
            })
            .collect();
        let mut result = VerifiedBundles {
            bundles: Vec::new(),
            rejected: Vec::new(),
            last_published: check.last_published.to_vec(),
            revocations: Revocation::counting(&revocations),
        };
        for (index, (verified, is_stale)) in verified.into_iter().zip(is_stale).enumerate() {
            match verified {
                Ok(_) if is_stale => result.rejected.push((index, KeyError::StaleBundle)),
                Ok(bundle) => {
                    remember(&mut result.last_published, &bundle);
                    result.bundles.push(bundle);
                }
                Err(error) => result.rejected.push((index, error)),
            }
        }
        result
    }

    /// Returns what a sender remembers of it alone.
    pub fn last_published(&self) -> LastPublished {
        LastPublished {
            device: *self.device().as_bytes(),
            issued_at: self.issued_at(),
            offers: self.fields.offers,
            bundles: vec![self.published()],
        }
    }

    fn published(&self) -> PublishedBundle {
        PublishedBundle {
            suite: self.suite(),
            hash: sha256_prefix(&[&self.to_bytes()]),
        }
    }

    /// Returns whether two bundles of one device and moment cannot be of one publication.
    fn contradicts(&self, other: &PrekeyBundle) -> bool {
        self.fields.offers != other.fields.offers
            || (self.suite() == other.suite() && self != other)
    }
}

impl LastPublished {
    /// Returns whether a bundle is older than this publication, or another of the same moment.
    pub(super) fn rules_out(&self, bundle: &PrekeyBundle) -> bool {
        if self.device != *bundle.device().as_bytes() || bundle.issued_at() > self.issued_at {
            return false;
        }
        if bundle.issued_at() < self.issued_at || bundle.fields.offers != self.offers {
            return true;
        }
        let published = bundle.published();
        self.bundles
            .iter()
            .any(|known| known.suite == published.suite && known.hash != published.hash)
    }
}

/// Brings the store up to date with an accepted bundle.
fn remember(last_published: &mut Vec<LastPublished>, bundle: &PrekeyBundle) {
    let known = last_published
        .iter_mut()
        .find(|known| known.device == *bundle.device().as_bytes());
    match known {
        None => last_published.push(bundle.last_published()),
        Some(known) if known.issued_at < bundle.issued_at() => *known = bundle.last_published(),
        Some(known) => {
            let published = bundle.published();
            if known
                .bundles
                .iter()
                .all(|known| known.suite != published.suite)
            {
                known.bundles.push(published);
            }
        }
    }
}
