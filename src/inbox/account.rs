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
    MAX_ACCOUNTS, MAX_CALLS, MAX_CALLS_IN_ALL, MAX_KEPT, MAX_KEPT_PER_ACCOUNT, MAX_PENDING,
    MAX_PENDING_PER_ACCOUNT, MAX_SEEN_IN_ALL,
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

    /// Returns whether a journal that holds events of this account can have been saved. Where the
    /// clock went back, signals that had had their time follow their invitation all the same, though
    /// their room was taken.
    pub(super) fn is_journal_bounded(&self, account: &AccountKey) -> bool {
        let own = self.recipient.account();
        let of_others = self.journal.len() - self.pending_of(own);
        self.pending_of(account) <= MAX_PENDING_PER_ACCOUNT + MAX_KEPT_PER_ACCOUNT
            && (account == own || of_others <= MAX_PENDING + MAX_KEPT)
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
        let record = self.accounts.get_or_insert_with(*account.as_bytes(), new);
        record.ok_or(InboxError::InboxFull)
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

    /// Records a call. Of as many as there may be in all, the first of whoever has most is forgotten
    /// before.
    pub(super) fn record(
        &mut self,
        caller: &AccountBytes,
        call_id: CallId,
        call: Call,
        now: UnixMillis,
    ) {
        let count = |account: &AccountRecord| account.calls.iter().len();
        let needs_room = |account: &AccountRecord| {
            account.calls.get(&call_id).is_none() && count(account) < MAX_CALLS
        };
        if self.accounts.get(caller).is_some_and(needs_room)
            && self.accounts.values().map(count).sum::<usize>() >= MAX_CALLS_IN_ALL
        {
            let order = |account: &&mut AccountRecord| {
                let first = account.calls.first_recorded_at();
                (count(account), first.map(Reverse))
            };
            let most = self.accounts.values_mut().rev().max_by_key(order);
            most.into_iter()
                .for_each(|account| account.calls.forget_first());
        }
        if let Some(record) = self.accounts.get_mut(caller) {
            record.calls.set(call_id, call, now);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::by_key::ByKey;
    use crate::limits::MAX_SEEN;
    use crate::time::UnixSeconds;
    use crate::{Account, Device, Validity};

    fn inbox(accounts: u16) -> Inbox {
        let (now, end) = (UnixMillis(1_790_000_000_000), UnixSeconds(1_800_000_000));
        let own = Account::import(&[9; 32]).unwrap();
        let device = Device::enroll(&own, &Validity::until(end, now)).unwrap();
        let mut inbox = Inbox::new(device.certificate());
        inbox.accounts = ByKey::default();
        for n in 0..accounts {
            inbox
                .accounts
                .push(key(n), AccountRecord::default())
                .unwrap();
        }
        inbox
    }

    fn key(n: u16) -> AccountBytes {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&n.to_be_bytes());
        key
    }

    fn remember(inbox: &mut Inbox, account: u16, n: u64) {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&n.to_be_bytes());
        let account = AccountKey::from_sound(key(account));
        inbox.remember(&account, MessageId::from_bytes(id), UnixMillis(1000 + n));
    }

    fn seen(inbox: &Inbox, account: u16) -> (usize, Option<u64>) {
        let replay = &inbox.accounts.get(&key(account)).unwrap().replay;
        (replay.seen().len(), replay.floor.map(|floor| floor.0))
    }

    #[test]
    fn of_too_many_ids_one_leaves_of_whoever_has_most() {
        // 62 accounts with 512 ids, two with 510, and one with 4: 32,768.
        let mut inbox = inbox(65);
        for account in 0..65 {
            let count = [512, 510, 4][usize::from(account > 61) + usize::from(account > 63)];
            (0..count).for_each(|n| remember(&mut inbox, account, n));
        }
        assert_eq!(seen(&inbox, 0), (512, None));
        remember(&mut inbox, 64, 7);
        assert_eq!(seen(&inbox, 64), (5, None));
        assert_eq!(seen(&inbox, 0), (511, Some(1000)), "the smallest key");
        remember(&mut inbox, 64, 8);
        assert_eq!((seen(&inbox, 0).0, seen(&inbox, 1).0), (511, 511));
        // Its own leaves by its own bound, and then nobody else's.
        remember(&mut inbox, 5, 600);
        assert_eq!(seen(&inbox, 5), (512, Some(1000)));
        // Who has most is asked after the id is there.
        remember(&mut inbox, 63, 510);
        remember(&mut inbox, 63, 511);
        assert_eq!(seen(&inbox, 63), (512, None));
        assert_eq!((seen(&inbox, 2).0, seen(&inbox, 3).0), (511, 511));
        let all: usize = (0..65).map(|account| seen(&inbox, account).0).sum();
        assert_eq!(all, MAX_SEEN_IN_ALL);
        assert_eq!(MAX_SEEN * 64, MAX_SEEN_IN_ALL);
    }

    #[test]
    fn of_too_many_calls_the_first_of_whoever_has_most_is_forgotten() {
        let record = |inbox: &mut Inbox, caller: u16, n: u8, now: u64| {
            let call_id = CallId::from_bytes([n; 16]).unwrap();
            inbox.record(&key(caller), call_id, Call::default(), UnixMillis(now));
        };
        let count = |inbox: &Inbox, caller: u16| {
            inbox.accounts.get(&key(caller)).unwrap().calls.iter().len()
        };
        let mut inbox = inbox(2049);
        // One each: the one that was recorded first, then the smallest key.
        for caller in 0..2048 {
            record(
                &mut inbox,
                caller,
                1,
                if caller == 7 || caller == 9 { 4 } else { 5 },
            );
        }
        assert_eq!(count(&inbox, 7), 1);
        record(&mut inbox, 2048, 1, 6);
        assert_eq!((count(&inbox, 7), count(&inbox, 9)), (0, 1));
        record(&mut inbox, 7, 1, 6);
        assert_eq!((count(&inbox, 7), count(&inbox, 9)), (1, 0));
        record(&mut inbox, 9, 1, 6);
        assert_eq!((count(&inbox, 9), count(&inbox, 0)), (1, 0));
        // Room is made before: whoever has no more than others pushes out one of theirs, once.
        record(&mut inbox, 20, 2, 7);
        assert_eq!((count(&inbox, 20), count(&inbox, 1)), (2, 0));
        record(&mut inbox, 20, 3, 7);
        assert_eq!(count(&inbox, 20), 2);
        let first = CallId::from_bytes([1; 16]).unwrap();
        assert!(
            inbox
                .accounts
                .get(&key(20))
                .unwrap()
                .calls
                .get(&first)
                .is_none()
        );
        // A call that is there already needs no room.
        record(&mut inbox, 20, 3, 8);
        assert_eq!(count(&inbox, 20), 2);
        let all: usize = (0..2049).map(|caller| count(&inbox, caller)).sum();
        assert_eq!(all, MAX_CALLS_IN_ALL);
        assert_eq!(MAX_CALLS * 32, MAX_CALLS_IN_ALL);
    }

    #[test]
    fn who_has_64_calls_takes_no_room_of_others() {
        let mut inbox = inbox(32);
        let mut record = |caller: u16, n: u8| {
            let call_id = CallId::from_bytes([n; 16]).unwrap();
            inbox.record(&key(caller), call_id, Call::default(), UnixMillis(5));
        };
        for caller in 0..32 {
            (0..64).for_each(|n| record(caller, n));
        }
        record(5, 64);
        let count = |account: &AccountRecord| account.calls.iter().len();
        assert!(inbox.accounts.values().map(count).all(|count| count == 64));
    }
}
