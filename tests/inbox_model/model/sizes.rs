//! What tests and strategies ask of a model.

use hushring::{AccountKey, CallId, Content};

use super::journal::last_moment;
use super::{Entry, Model, Phase, Was};
use crate::letters::{Body, Letter};
use crate::people::own;

impl Model {
    pub fn replay_floor(&self, account: &AccountKey) -> Option<u64> {
        match self.record(account) {
            Some(record) => record.replay_floor,
            None => self.freed,
        }
    }

    pub fn has_record(&self, account: &AccountKey) -> bool {
        self.record(account).is_some()
    }

    /// The highest replay floor of the records that were freed.
    pub fn freed(&self) -> Option<u64> {
        self.freed
    }

    pub fn records_call(&self, caller: &AccountKey, id: CallId) -> bool {
        self.call(caller.as_bytes(), id).is_some()
    }

    /// The times of a call of this caller: rung, over, elsewhere.
    pub fn times_of(&self, caller: &AccountKey, id: CallId) -> [u64; 3] {
        let elsewhere = self.elsewhere(caller.as_bytes(), id);
        [
            self.rung(caller.as_bytes(), id),
            self.over(caller.as_bytes(), id),
            elsewhere.map_or(0, |(time, _)| time),
        ]
    }

    /// The time of the ring that an answer or end of this account is about, if it is about one.
    pub fn ring_of(&self, caller: &AccountKey, id: CallId, speaker: &AccountKey) -> Option<u64> {
        let leg = self.leg(id, speaker).filter(|_| *caller == own());
        let since = leg.map(|leg| leg.since);
        since.or_else(|| Some(self.rung(caller.as_bytes(), id)).filter(|rung| *rung > 0))
    }

    pub fn has_leg(&self, id: CallId, account: &AccountKey) -> bool {
        self.leg(id, account).is_some()
    }

    /// The time at which a call was placed last.
    pub fn placed_last(&self, id: CallId) -> Option<u64> {
        let placed = self.placed.iter().find(|placed| placed.id == id)?;
        placed.legs.iter().map(|leg| leg.since).max()
    }

    pub fn is_answered(&self, caller: &AccountKey, id: CallId) -> bool {
        self.phase(caller.as_bytes(), id) == Some(Phase::Answered)
    }

    /// Calls that ring here or are up, with their callers.
    pub fn live_calls(&self) -> Vec<(AccountKey, CallId)> {
        let mut live = Vec::new();
        for record in &self.records {
            for call in &record.calls {
                if matches!(call.phase, Some(Phase::Ringing | Phase::Answered)) {
                    live.push((record.account, call.id));
                }
            }
        }
        for placed in &self.placed {
            if self.is_up(&own(), placed.id) {
                live.push((own(), placed.id));
            }
        }
        live
    }

    /// The last moment at which a ring rings that is in the journal.
    pub fn rings_until(&self, letter: &Letter) -> Option<u64> {
        let is_it = |entry: &&Entry| entry.letter.tag == letter.tag;
        let entry = self.journal.iter().find(is_it)?;
        match (&entry.said, &letter.body) {
            (Was::Ring { accepted_at, .. }, Body::Sound(Content::Invite(invite))) => {
                Some(last_moment(letter, invite, *accepted_at))
            }
            _ => None,
        }
    }

    pub fn is_joined_to(&self, account: &AccountKey, id: CallId) -> bool {
        let mut all = self.joined.iter();
        all.any(|joined| joined.id == id && joined.accounts.contains(account))
    }

    pub(super) fn journal_of(&self, account: &AccountKey) -> usize {
        let entries = self.journal.iter();
        entries
            .filter(|entry| entry.letter.account == *account)
            .count()
    }

    pub(super) fn journal_of_others(&self) -> usize {
        self.journal.len() - self.journal_of(&own())
    }

    /// The most signals that are kept of one account, and of one call.
    fn most_kept(&self) -> [usize; 2] {
        let of = |same: fn(&super::Kept, &super::Kept) -> bool| {
            let counts = self.kept.iter().map(|one| {
                let of_it = self.kept.iter().filter(|other| same(one, other));
                of_it.count()
            });
            counts.max().unwrap_or_default()
        };
        [
            of(|one, other| one.letter.account == other.letter.account),
            of(|one, other| one.letter.account == other.letter.account && one.id == other.id),
        ]
    }

    /// How many places each bounded list takes: ids, calls, and so on.
    pub fn sizes(&self, now: u64) -> Sizes {
        let of_records = |count: fn(&super::Record) -> usize| self.records.iter().map(count);
        Sizes {
            accounts: self.records.len(),
            ids: of_records(|record| record.ids.len()).sum(),
            most_ids: of_records(|record| record.ids.len()).max().unwrap(),
            calls: of_records(|record| record.calls.len()).sum(),
            most_calls: of_records(|record| record.calls.len()).max().unwrap(),
            device_floors: of_records(|record| record.device_floors.len()).sum(),
            early_ends: self.early_ends.len(),
            placed: self.placed.len(),
            legs: self.placed.iter().map(|placed| placed.legs.len()).sum(),
            joined: self.joined.len(),
            joined_accounts: self.joined.iter().map(|joined| joined.accounts.len()).sum(),
            kept: self.kept.len(),
            most_kept: self.most_kept(),
            journal: self.journal.len(),
            pending_of_others: self.pending_of_others(now),
            held: self.held.iter().filter(|held| !held.for_clock).count(),
            held_for_clock: self.held.iter().filter(|held| held.for_clock).count(),
        }
    }
}

pub struct Sizes {
    pub accounts: usize,
    pub ids: usize,
    pub most_ids: usize,
    pub calls: usize,
    pub most_calls: usize,
    pub device_floors: usize,
    pub early_ends: usize,
    pub placed: usize,
    pub legs: usize,
    pub joined: usize,
    pub joined_accounts: usize,
    pub kept: usize,
    /// Of one account, of one call.
    pub most_kept: [usize; 2],
    pub journal: usize,
    pub pending_of_others: usize,
    pub held: usize,
    pub held_for_clock: usize,
}
