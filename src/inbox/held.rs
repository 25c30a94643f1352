//! Envelopes of accounts that are not trusted (spec/inbox.md, "Untrusted senders").

use std::fmt;

use crate::envelope::codec::EnvelopeTag;
use crate::envelope::open::Signed;
use crate::ids::MessageId;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::{MAX_HELD, MAX_HELD_PER_ACCOUNT};
use crate::time::UnixMillis;

/// An envelope of an account that is not trusted. Its content has not been read.
pub struct Held {
    pub(super) tag: EnvelopeTag,
    pub(super) signed: Signed,
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
}

impl HeldList {
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Held> {
        self.0.iter()
    }

    /// Returns the number of held envelopes of an account.
    pub(super) fn count(&self, account: &AccountKey) -> usize {
        self.0
            .iter()
            .filter(|held| held.account() == account)
            .count()
    }

    /// Adds an envelope that is not there yet. At a bound, the first one leaves: of its account, or
    /// of all.
    pub(super) fn push(&mut self, new: Held) {
        let is_its = |held: &Held| held.account() == new.account();
        let is_same = |held: &Held| is_its(held) && held.message_id() == new.message_id();
        if self.0.iter().any(is_same) {
            return;
        }
        let leaving = match self.count(new.account()) >= MAX_HELD_PER_ACCOUNT {
            true => self.0.iter().position(is_its),
            false => (self.0.len() >= MAX_HELD).then_some(0),
        };
        if let Some(place) = leaving {
            self.0.remove(place);
        }
        self.0.push(new);
    }

    /// Removes and returns those of an account.
    pub(super) fn release(&mut self, account: &AccountKey) -> Vec<Held> {
        let is_its = |held: &mut Held| held.account() == account;
        self.0.extract_if(.., is_its).collect()
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
            .finish_non_exhaustive()
    }
}
