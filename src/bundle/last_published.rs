//! What an account's devices last published, so that no server can bring back what was published
//! before (spec/envelope.md, B14, B15 and B27 to B32).

use std::fmt;

use crate::bundle::PrekeyBundle;
use crate::digest::sha256_prefix;
use crate::error::StateError;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::MAX_PUBLICATIONS;
use crate::reader::Reader;
use crate::suite::Suite;
use crate::time::UnixSeconds;

const VERSION: u8 = 1;

/// What an account's devices last published, as far as a sender has seen. Senders keep it for each
/// account, as [bytes](LastPublished::to_bytes). A publication counts as a whole, for all suites: a
/// server that showed an older bundle of another suite could hide that the device offers a stronger
/// one by now.
#[derive(Clone, PartialEq, Eq)]
pub struct LastPublished {
    account: AccountKey,
    /// Bundles from before it are refused of devices that have no entry.
    floor: UnixSeconds,
    /// In ascending order of the devices' keys, at most [`MAX_PUBLICATIONS`].
    entries: Vec<Publication>,
}

/// A device's last publication.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Publication {
    /// Nothing is verified with it, so that a long list costs no arithmetic.
    device: [u8; DeviceKey::LEN],
    issued_at: UnixSeconds,
    offers: u8,
    /// The hashes of the bundles that were accepted.
    x25519: Option<Hash>,
    xwing: Option<Hash>,
}

/// SHA-256 of a bundle's bytes.
type Hash = [u8; 32];

impl LastPublished {
    /// The least bytes: of an account of which nothing has been seen.
    pub const MIN_LEN: usize = 1 + AccountKey::LEN + 8 + CHECKSUM_LEN;

    /// The most bytes: of 2,048 devices with a bundle of each suite.
    pub const MAX_LEN: usize = LastPublished::MIN_LEN + MAX_PUBLICATIONS * MAX_ENTRY_LEN;

    /// Makes what is known of an account of which nothing has been seen.
    pub const fn new(account: AccountKey) -> LastPublished {
        LastPublished {
            account,
            floor: UnixSeconds(0),
            entries: Vec::new(),
        }
    }

    /// Reads what [`LastPublished::to_bytes`] returned of this account.
    ///
    /// # Errors
    /// Keep the bytes, and do not go on with nothing, because a server could bring back what it
    /// showed before. In this order:
    /// - [`StateError::StateTooNew`] (`state_too_new`): a later version wrote it.
    /// - [`StateError::BadState`] (`bad_state`): the version is 0, or the checksum is wrong.
    /// - [`StateError::WrongAccount`] (`wrong_account`).
    /// - [`StateError::BadState`] (`bad_state`): not in the one allowed encoding.
    pub fn from_bytes(bytes: &[u8], account: &AccountKey) -> Result<LastPublished, StateError> {
        match bytes.first() {
            Some(&VERSION) => {}
            Some(version) if *version > VERSION => return Err(StateError::StateTooNew),
            _ => return Err(StateError::BadState),
        }
        let (fields, checksum) = bytes
            .split_last_chunk::<CHECKSUM_LEN>()
            .ok_or(StateError::BadState)?;
        let mut reader = Reader::new(fields);
        let (Some(_), Some(key), Some(floor), true) = (
            reader.u8(),
            reader.array(),
            reader.u64(),
            sha256_prefix(&[fields]) == *checksum,
        ) else {
            return Err(StateError::BadState);
        };
        if key != account.as_bytes() {
            return Err(StateError::WrongAccount);
        }
        Ok(LastPublished {
            account: *account,
            floor: UnixSeconds(floor),
            entries: read_entries(&mut reader).ok_or(StateError::BadState)?,
        })
    }

    /// Returns the bytes to store, 73 to 217,161.
    pub fn to_bytes(&self) -> Vec<u8> {
        let entries = self.entries.iter().map(Publication::encoded_len);
        let mut bytes = Vec::with_capacity(LastPublished::MIN_LEN + entries.sum::<usize>());
        bytes.push(VERSION);
        bytes.extend_from_slice(self.account.as_bytes());
        bytes.extend_from_slice(&self.floor.0.to_be_bytes());
        for entry in &self.entries {
            entry.write(&mut bytes);
        }
        let checksum: [u8; CHECKSUM_LEN] = sha256_prefix(&[&bytes]);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Returns the account.
    pub const fn account(&self) -> &AccountKey {
        &self.account
    }

    /// Returns whether a bundle is older than its device's publication, or another of the same
    /// moment.
    pub(super) fn rules_out(&self, bundle: &PrekeyBundle) -> bool {
        let place = place_of(&self.entries, bundle.device().as_bytes());
        match place.ok().and_then(|place| self.entries.get(place)) {
            Some(known) => known.rules_out(bundle),
            None => bundle.issued_at() < self.floor,
        }
    }

    /// Takes note of bundles that were accepted.
    pub(super) fn remember(&mut self, accepted: &[PrekeyBundle]) {
        for bundle in accepted {
            let publication = Publication::of(bundle);
            match place_of(&self.entries, &publication.device) {
                Ok(place) => {
                    if let Some(known) = self.entries.get_mut(place) {
                        known.update(&publication);
                    }
                }
                Err(place) => self.entries.insert(place, publication),
            }
        }
        self.forget();
    }

    /// Frees the oldest publications where there are too many. The floor then refuses what they
    /// refused. No clock is asked, because one that is fast for an hour must not free what is needed
    /// in the next.
    fn forget(&mut self) {
        while self.entries.len() > MAX_PUBLICATIONS {
            let entries = self.entries.iter().enumerate();
            // Of several, the last has the largest key.
            let Some((place, oldest)) = entries.rev().min_by_key(|(_, entry)| entry.issued_at)
            else {
                return;
            };
            let after = UnixSeconds(oldest.issued_at.0.saturating_add(1));
            self.floor = self.floor.max(after);
            self.entries.remove(place);
        }
    }
}

impl fmt::Debug for LastPublished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastPublished")
            .field("account", &self.account)
            .field("floor", &self.floor)
            .field("devices", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Publication {
    fn of(bundle: &PrekeyBundle) -> Publication {
        let mut publication = Publication {
            device: *bundle.device().as_bytes(),
            issued_at: bundle.issued_at(),
            offers: bundle.fields.offers,
            x25519: None,
            xwing: None,
        };
        *publication.hash_mut(bundle.suite()) = Some(hash_of(bundle));
        publication
    }

    const fn hash(&self, suite: Suite) -> Option<&Hash> {
        match suite {
            Suite::X25519 => self.x25519.as_ref(),
            Suite::XWing => self.xwing.as_ref(),
        }
    }

    const fn hash_mut(&mut self, suite: Suite) -> &mut Option<Hash> {
        match suite {
            Suite::X25519 => &mut self.x25519,
            Suite::XWing => &mut self.xwing,
        }
    }

    fn rules_out(&self, bundle: &PrekeyBundle) -> bool {
        if bundle.issued_at() != self.issued_at {
            return bundle.issued_at() < self.issued_at;
        }
        let known = self.hash(bundle.suite());
        bundle.fields.offers != self.offers || known.is_some_and(|hash| *hash != hash_of(bundle))
    }

    /// Takes note of what was accepted beside it: a newer publication, or another bundle of this
    /// one.
    fn update(&mut self, accepted: &Publication) {
        if self.issued_at < accepted.issued_at {
            *self = *accepted;
            return;
        }
        for suite in Suite::ALL {
            let hash = accepted.hash(suite).copied();
            let known = self.hash_mut(suite);
            *known = known.or(hash);
        }
    }

    fn suites(&self) -> impl Iterator<Item = (Suite, &Hash)> {
        Suite::ALL
            .into_iter()
            .filter_map(|suite| Some((suite, self.hash(suite)?)))
    }

    fn encoded_len(&self) -> usize {
        ENTRY_LEN + self.suites().count() * size_of::<Hash>()
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.device);
        out.extend_from_slice(&self.issued_at.0.to_be_bytes());
        out.push(self.offers);
        out.push(self.suites().map(|(suite, _)| suite.offer_bit()).sum());
        for (_, hash) in self.suites() {
            out.extend_from_slice(hash);
        }
    }

    /// None if it is not what [`Publication::write`] writes.
    fn read(reader: &mut Reader<'_>) -> Option<Publication> {
        let mut publication = Publication {
            device: *reader.array()?,
            issued_at: UnixSeconds(reader.u64()?),
            offers: reader.u8()?,
            x25519: None,
            xwing: None,
        };
        let mut suites = reader.u8()?;
        if suites == 0 || suites & publication.offers != suites {
            return None;
        }
        for suite in Suite::ALL {
            if suites & suite.offer_bit() != 0 {
                suites ^= suite.offer_bit();
                *publication.hash_mut(suite) = Some(*reader.array()?);
            }
        }
        (suites == 0).then_some(publication)
    }
}

const CHECKSUM_LEN: usize = 32;
/// Of an entry, without its hashes.
const ENTRY_LEN: usize = DeviceKey::LEN + 8 + 1 + 1;
const MAX_ENTRY_LEN: usize = ENTRY_LEN + Suite::ALL.len() * size_of::<Hash>();

fn read_entries(reader: &mut Reader<'_>) -> Option<Vec<Publication>> {
    let most = reader.rest().len() / (ENTRY_LEN + size_of::<Hash>());
    let mut entries: Vec<Publication> = Vec::with_capacity(most.min(MAX_PUBLICATIONS));
    while !reader.is_empty() {
        let entry = Publication::read(reader)?;
        let ascends = entries.last().is_none_or(|last| last.device < entry.device);
        if !ascends || entries.len() == MAX_PUBLICATIONS {
            return None;
        }
        entries.push(entry);
    }
    Some(entries)
}

fn place_of(entries: &[Publication], device: &[u8; DeviceKey::LEN]) -> Result<usize, usize> {
    entries.binary_search_by_key(&device, |entry| &entry.device)
}

fn hash_of(bundle: &PrekeyBundle) -> Hash {
    sha256_prefix(&[&bundle.to_bytes()])
}
