//! Account records (spec/inbox.md, "State and bounds").

use std::cmp::Reverse;

use crate::error::InboxError;
use crate::ids::{CallId, MessageId};
use crate::inbox::Inbox;
use crate::inbox::calls::Call;
use crate::inbox::contact::Contact;
use crate::inbox::floors::Floors;
use crate::inbox::recent::Recent;
use crate::inbox::replay::Replay;
use crate::keys::AccountKey;
use crate::limits::{
    MAX_ACCOUNTS, MAX_CALLS_IN_ALL, MAX_PENDING, MAX_PENDING_PER_ACCOUNT, MAX_SEEN_IN_ALL,
};
use crate::time::UnixMillis;

/// An account's key that only names the account. Nothing is verified with it.
pub(super) type AccountBytes = [u8; AccountKey::LEN];

/// The record of one account.
#[derive(Default)]
pub(super) struct AccountRecord {
    /// Present if the account is trusted.
    pub(super) contact: Option<Contact>,
    pub(super) is_blocked: bool,
    pub(super) floors: Floors,
    pub(super) replay: Replay,
    /// The calls that it placed.
    pub(super) calls: Recent<CallId, Call>,
    /// The number of its events in the journal.
    pub(super) pending: usize,
}

impl AccountRecord {
    /// Makes the record of an account that had none. What binds such accounts binds it from then
    /// on.
    pub(super) fn new(replay_floor: Option<UnixMillis>) -> AccountRecord {
        AccountRecord {
            replay: Replay::from_floor(replay_floor),
            ..AccountRecord::default()
        }
    }
}

impl Inbox {
    /// Returns the number of an account's events in the journal.
    pub(super) fn pending_of(&self, account: &AccountKey) -> usize {
        let account = self.accounts.get(account.as_bytes());
        account.map_or(0, |account| account.pending)
    }

    /// Returns whether the journal has room for this many more events of an account. Kept signals
    /// take up room as well. Others cannot take up the own account's, because its ends silence
    /// rings.
    pub(super) fn has_room(&self, account: &AccountKey, count: usize, now: UnixMillis) -> bool {
        let own = self.recipient.account();
        let of_account = self.pending_of(account) + self.kept.count(account, now);
        let of_others =
            self.journal.len() - self.pending_of(own) + self.kept.count_others(own, now);
        of_account + count <= MAX_PENDING_PER_ACCOUNT
            && (account == own || of_others + count <= MAX_PENDING)
    }

    /// Returns the record of an account, and makes one if there is none.
    pub(super) fn account_mut(
        &mut self,
        account: &AccountKey,
    ) -> Result<&mut AccountRecord, InboxError> {
        let is_full = self.accounts.len() >= MAX_ACCOUNTS;
        if is_full && !self.accounts.contains_key(account.as_bytes()) {
            return Err(InboxError::InboxFull);
        }
        let new = || AccountRecord::new(self.freed_floor);
        Ok(self.accounts.entry(*account.as_bytes()).or_insert_with(new))
    }

    /// Remembers the id of an accepted envelope. Of too many in all, the oldest of whoever has most
    /// leaves.
    pub(super) fn remember(&mut self, account: &AccountKey, id: MessageId, sent_at: UnixMillis) {
        let Some(record) = self.accounts.get_mut(account.as_bytes()) else {
            return;
        };
        record.replay.insert(id, sent_at);
        let count = |account: &AccountRecord| account.replay.seen().len();
        if self.accounts.values().map(count).sum::<usize>() > MAX_SEEN_IN_ALL {
            // Of several, `rev` makes it the first, whose key is the smallest.
            let most = self
                .accounts
                .values_mut()
                .rev()
                .max_by_key(|account| count(account));
            most.into_iter()
                .for_each(|account| account.replay.forget_oldest());
        }
    }

    /// Records a call. Of too many in all, the first of whoever has most is forgotten.
    pub(super) fn record(
        &mut self,
        caller: &AccountBytes,
        call_id: CallId,
        call: Call,
        now: UnixMillis,
    ) {
        let Some(record) = self.accounts.get_mut(caller) else {
            return;
        };
        record.calls.set(call_id, call, now);
        let count = |account: &AccountRecord| account.calls.iter().len();
        if self.accounts.values().map(count).sum::<usize>() > MAX_CALLS_IN_ALL {
            let order = |account: &&mut AccountRecord| {
                (
                    count(account),
                    account.calls.first_recorded_at().map(Reverse),
                )
            };
            let most = self.accounts.values_mut().rev().max_by_key(order);
            most.into_iter()
                .for_each(|account| account.calls.forget_first());
        }
    }

    /// Frees the records that nothing depends on any more, and keeps the highest of their replay
    /// floors (spec/inbox.md, N34).
    pub(super) fn free_records(&mut self, oldest: UnixMillis) {
        let own = *self.recipient.account().as_bytes();
        let mut freed = self.freed_floor;
        self.accounts.retain(|key, account| {
            let is_kept = *key == own
                || account.contact.is_some()
                || account.is_blocked
                || account.pending > 0
                || !account.floors.is_empty()
                || account.replay.floor >= Some(oldest)
                || self
                    .held
                    .iter()
                    .any(|held| held.account().as_bytes() == key);
            if !is_kept {
                freed = freed.max(account.replay.floor);
            }
            is_kept
        });
        self.freed_floor = freed;
    }

    /// Returns the pinned contact of an account, which is empty if it is not trusted.
    pub(super) fn contact(&self, account: &AccountKey) -> Contact {
        let account = self.accounts.get(account.as_bytes());
        account
            .and_then(|account| account.contact.clone())
            .unwrap_or_default()
    }
}
