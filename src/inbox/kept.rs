//! Signals that came before the invitation that they belong to (spec/inbox.md, "Answers and other
//! signals", G10).

use zeroize::Zeroizing;

use crate::ids::{CallId, MessageId};
use crate::inbox::event::Origin;
use crate::keys::AccountKey;
use crate::limits::{KEPT_TIME, MAX_KEPT, MAX_KEPT_PER_ACCOUNT, MAX_KEPT_PER_CALL};
use crate::time::UnixMillis;

/// A signal that waits for its invitation.
pub(super) struct Kept {
    pub(super) origin: Origin,
    pub(super) call_id: CallId,
    /// Compressed, as the frame held it.
    pub(super) content: Zeroizing<Vec<u8>>,
    pub(super) kept_at: UnixMillis,
}

/// In the order in which they came.
#[derive(Default)]
pub(super) struct KeptList(Vec<Kept>);

impl Kept {
    fn has_expired(&self, now: UnixMillis) -> bool {
        now > self.kept_at.saturating_add(KEPT_TIME)
    }
}

impl KeptList {
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Kept> {
        self.0.iter()
    }

    /// Counts those of an account that have not had their time.
    pub(super) fn count(&self, account: &AccountKey, now: UnixMillis) -> usize {
        let counts = |kept: &&Kept| kept.origin.account == *account && !kept.has_expired(now);
        self.0.iter().filter(counts).count()
    }

    /// Counts those of all accounts but one that have not had their time.
    pub(super) fn count_others(&self, own: &AccountKey, now: UnixMillis) -> usize {
        let counts = |kept: &&Kept| kept.origin.account != *own && !kept.has_expired(now);
        self.0.iter().filter(counts).count()
    }

    /// Returns whether there is a signal of this name, also one that has had its time.
    pub(super) fn contains(&self, account: &AccountKey, id: MessageId) -> bool {
        let is_it = |kept: &Kept| kept.origin.message_id == id && kept.origin.account == *account;
        self.0.iter().any(is_it)
    }

    /// Keeps a signal. At a bound the first leaves: of its call, of its account, or of all.
    pub(super) fn push(&mut self, new: Kept) {
        self.expire(new.kept_at);
        self.add(new);
    }

    fn add(&mut self, new: Kept) {
        let (account, call_id) = (new.origin.account, new.call_id);
        let of_account = |kept: &Kept| kept.origin.account == account;
        self.make_room(MAX_KEPT_PER_CALL, |kept| {
            of_account(kept) && kept.call_id == call_id
        });
        self.make_room(MAX_KEPT_PER_ACCOUNT, of_account);
        self.make_room(MAX_KEPT, |_| true);
        self.0.push(new);
    }

    /// Lets the first of those that share a bound leave, if it is reached.
    fn make_room(&mut self, bound: usize, shares: impl Fn(&Kept) -> bool) {
        if self.0.iter().filter(|kept| shares(kept)).count() >= bound
            && let Some(first) = self.0.iter().position(shares)
        {
            self.0.remove(first);
        }
    }

    /// Adds a signal as it was saved. None if another had to leave for it, which no inbox saves.
    pub(super) fn restore(&mut self, kept: Kept) -> Option<()> {
        let before = self.0.len();
        self.add(kept);
        (self.0.len() > before).then_some(())
    }

    /// Takes out those that `is_wanted`, and returns the ones that have not had their time.
    pub(super) fn take(&mut self, now: UnixMillis, is_wanted: impl Fn(&Kept) -> bool) -> Vec<Kept> {
        self.0
            .extract_if(.., |kept| is_wanted(kept))
            .filter(|kept| !kept.has_expired(now))
            .collect()
    }

    /// Forgets those that `is_unwanted`.
    pub(super) fn forget(&mut self, is_unwanted: impl Fn(&Kept) -> bool) {
        self.0.retain(|kept| !is_unwanted(kept));
    }

    /// Forgets those that have had their time.
    pub(super) fn expire(&mut self, now: UnixMillis) {
        self.forget(|kept| kept.has_expired(now));
    }
}
