//! Lists of bundles: what of a device is newest, and what contradicts itself (spec/envelope.md, B15
//! and B25 to B27).

use crate::bundle::{BundleCheck, LastPublished, PrekeyBundle, VerifiedBundles};
use crate::error::KeyError;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::MAX_BUNDLES;
use crate::revocation::Revocation;

impl PrekeyBundle {
    /// Verifies every bundle of a list (spec/envelope.md, B15 and B25 to B27). One that is refused
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
        let known = check.last_published.cloned();
        let (counting, _) = Revocation::counting(revocations.iter());
        let mut result = VerifiedBundles {
            bundles: Vec::new(),
            rejected: Vec::new(),
            last_published: known.unwrap_or_else(|| LastPublished::new(*account)),
            revocations: counting.into_iter().cloned().collect(),
        };
        for (index, (verified, is_stale)) in verified.into_iter().zip(is_stale).enumerate() {
            match verified {
                Ok(_) if is_stale => result.rejected.push((index, KeyError::StaleBundle)),
                Ok(bundle) => result.bundles.push(bundle),
                Err(error) => result.rejected.push((index, error)),
            }
        }
        result.last_published.remember(&result.bundles);
        result
    }

    /// Returns whether two bundles of one device and moment cannot be of one publication.
    fn contradicts(&self, other: &PrekeyBundle) -> bool {
        self.fields.offers != other.fields.offers
            || (self.suite() == other.suite() && self != other)
    }
}
