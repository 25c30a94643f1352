//! Held envelopes: of accounts that are not trusted, and dated ahead (spec/inbox.md, "Untrusted
//! senders").

use std::fmt;

use crate::envelope::codec::EnvelopeTag;
use crate::envelope::open::Signed;
use crate::ids::MessageId;
use crate::inbox::calls::Arrival;
use crate::inbox::event::Origin;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::{MAX_HELD, MAX_HELD_PER_ACCOUNT};
use crate::time::UnixMillis;
use crate::vocabulary::vocabulary;

/// An envelope that is held. Its content has not been read.
pub struct Held {
    pub(super) tag: EnvelopeTag,
    pub(super) signed: Signed,
    pub(super) reason: HeldReason,
}

vocabulary! {
    /// Why an envelope is held.
    #[non_exhaustive]
    pub enum HeldReason {
        /// It is dated more than 10 minutes ahead. [`Inbox::release`](crate::Inbox::release)
        /// receives it when its time has come.
        Clock = "clock",
        /// Its account is not trusted. [`Inbox::trust`](crate::Inbox::trust) receives it.
        Untrusted = "untrusted",
    }
}

/// An account of which envelopes are held, whether for trust or for the clock: [`Held::reason`]
/// says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldAccount {
    /// The account.
    pub account: AccountKey,
    /// How many are held.
    pub count: usize,
    /// The earliest time of sending, by the sender's clock.
    pub earliest: UnixMillis,
    /// The latest time of sending, by the sender's clock.
    pub latest: UnixMillis,
}

/// The held envelopes, in the order in which they came.
#[derive(Default)]
pub(super) struct HeldList(Vec<Held>);

impl Held {
    /// Returns the [`envelope_tag`](crate::envelope::envelope_tag).
    pub fn envelope_tag(&self) -> String {
        self.tag.to_string()
    }

    /// Returns the account that sent it, as certificate and signature prove.
    pub fn account(&self) -> &AccountKey {
        self.signed.certificate.account()
    }

    /// Returns the device that sent it.
    pub fn device(&self) -> &DeviceKey {
        self.signed.certificate.device()
    }

    /// Returns the message's id.
    pub fn message_id(&self) -> MessageId {
        self.signed.message_id
    }

    /// Returns the time of sending, by the sender's clock.
    pub fn sent_at(&self) -> UnixMillis {
        self.signed.sent_at
    }

    /// Returns why it is held.
    pub fn reason(&self) -> HeldReason {
        self.reason
    }

    pub(super) fn origin(&self) -> Origin {
        Origin::of(self.tag, &self.signed)
    }

    pub(super) fn arrival(&self) -> Arrival {
        match self.reason {
            HeldReason::Clock => Arrival::HeldForClock,
            HeldReason::Untrusted => Arrival::HeldForTrust,
        }
    }
}

impl HeldList {
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Held> {
        self.0.iter()
    }

    pub(super) fn get(&self, place: usize) -> Option<&Held> {
        self.0.get(place)
    }

    pub(super) fn remove(&mut self, place: usize) -> Held {
        self.0.remove(place)
    }

    /// Counts the envelopes of an account that are held for a reason.
    pub(super) fn count(&self, account: &AccountKey, reason: HeldReason) -> usize {
        let counts = |held: &&Held| held.account() == account && held.reason == reason;
        self.0.iter().filter(counts).count()
    }

    pub(super) fn accounts(&self) -> Vec<HeldAccount> {
        let mut accounts: Vec<HeldAccount> = Vec::new();
        for held in &self.0 {
            let sent_at = held.sent_at();
            match accounts
                .iter_mut()
                .find(|known| known.account == *held.account())
            {
                Some(known) => {
                    known.count += 1;
                    known.earliest = known.earliest.min(sent_at);
                    known.latest = known.latest.max(sent_at);
                }
                None => accounts.push(HeldAccount {
                    account: *held.account(),
                    count: 1,
                    earliest: sent_at,
                    latest: sent_at,
                }),
            }
        }
        accounts
    }

    /// Adds an envelope that is not there yet. At a bound, the first one of those held for the same
    /// reason leaves: of its account, or of all.
    pub(super) fn push(&mut self, new: Held) {
        let is_its = |held: &Held| held.account() == new.account();
        let is_same = |held: &Held| is_its(held) && held.message_id() == new.message_id();
        if self.0.iter().any(is_same) {
            return;
        }
        let is_alike = |held: &Held| held.reason == new.reason;
        let is_full = self.0.iter().filter(|held| is_alike(held)).count() >= MAX_HELD;
        let leaving = match self.count(new.account(), new.reason) >= MAX_HELD_PER_ACCOUNT {
            true => self
                .0
                .iter()
                .position(|held| is_alike(held) && is_its(held)),
            false if is_full => self.0.iter().position(is_alike),
            false => None,
        };
        if let Some(place) = leaving {
            self.0.remove(place);
        }
        self.0.push(new);
    }

    /// Removes and returns those that `is_wanted`.
    pub(super) fn take(&mut self, is_wanted: impl Fn(&Held) -> bool) -> Vec<Held> {
        self.0.extract_if(.., |held| is_wanted(held)).collect()
    }

    pub(super) fn forget_before(&mut self, time: UnixMillis) {
        self.0.retain(|held| held.sent_at() >= time);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("envelope_tag", &self.envelope_tag())
            .field("account", self.account())
            .field("message_id", &self.message_id())
            .field("sent_at", &self.sent_at())
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
