//! N7, N11 to N13: what is held.

use std::rc::Rc;

use hushring::AccountKey;

use super::{Entry, MAX_HELD, MAX_HELD_PER_ACCOUNT, Model, Outcome, Record, stops};
use crate::letters::Letter;
use crate::people::{DAY, TOLERANCE};

#[derive(Clone)]
pub struct Held {
    pub letter: Rc<Letter>,
    /// For the clock (N13); else because its sender is not trusted (N11).
    pub for_clock: bool,
}

impl Model {
    /// Whether E27 to E29 would stop it now, were its sender trusted (N11).
    pub(super) fn would_stop(&self, letter: &Letter, now: u64) -> bool {
        let unknown = Record::new(letter.account, self.freed);
        let record = self.record(&letter.account).unwrap_or(&unknown);
        let same =
            |entry: &Entry| entry.letter.account == letter.account && entry.letter.id == letter.id;
        record.ids.iter().any(|(_, id)| *id == letter.id)
            || self.journal.iter().any(same)
            || stops(record, letter, now).is_some()
    }

    pub(super) fn hold(&mut self, letter: &Rc<Letter>, for_clock: bool) {
        let same =
            |held: &Held| held.letter.account == letter.account && held.letter.id == letter.id;
        if self.held.iter().any(same) {
            return;
        }
        let of_kind = |held: &Held| held.for_clock == for_clock;
        let of_account = |held: &Held| of_kind(held) && held.letter.account == letter.account;
        let count = |is: &dyn Fn(&Held) -> bool| self.held.iter().filter(|held| is(held)).count();
        let first = if count(&of_account) == MAX_HELD_PER_ACCOUNT {
            self.held.iter().position(of_account)
        } else if count(&of_kind) == MAX_HELD {
            self.held.iter().position(of_kind)
        } else {
            None
        };
        if let Some(first) = first {
            self.held.remove(first);
        }
        self.held.push(Held {
            letter: letter.clone(),
            for_clock,
        });
    }

    /// N13, of what was received or is released at trust (N12).
    pub(super) fn hold_for_clock(&mut self, letter: &Rc<Letter>, outcome: &Outcome, now: u64) {
        if outcome.line == "clock" && letter.sent_at <= now.saturating_add(DAY) {
            self.hold(letter, true);
        }
    }

    pub(super) fn held_of(&self, account: &AccountKey, for_clock: bool) -> Vec<Rc<Letter>> {
        let meant = |held: &&Held| held.letter.account == *account && held.for_clock == for_clock;
        let held = self.held.iter().filter(meant);
        held.map(|held| held.letter.clone()).collect()
    }

    /// N7. How many left.
    pub fn discard(&mut self, account: &AccountKey) -> usize {
        let before = self.held.len();
        self.held.retain(|held| held.letter.account != *account);
        before - self.held.len()
    }

    /// N7: account, how many, the earliest and the latest `sent_at`.
    pub fn held_accounts(&self) -> Vec<(AccountKey, usize, u64, u64)> {
        let mut all: Vec<(AccountKey, usize, u64, u64)> = Vec::new();
        for held in &self.held {
            let (account, at) = (held.letter.account, held.letter.sent_at);
            match all.iter_mut().find(|(known, ..)| *known == account) {
                Some((_, count, earliest, latest)) => {
                    *count += 1;
                    *earliest = at.min(*earliest);
                    *latest = at.max(*latest);
                }
                None => all.push((account, 1, at, at)),
            }
        }
        all
    }

    /// N13.
    pub fn release(&mut self, now: u64) -> Vec<(Rc<Letter>, Outcome)> {
        let is_due =
            |held: &&Held| held.for_clock && held.letter.sent_at <= now.saturating_add(TOLERANCE);
        let due: Vec<Held> = self.held.iter().filter(is_due).cloned().collect();
        let mut outcomes = Vec::new();
        for held in due {
            let outcome = self.receive_proven(&held.letter, now, true);
            let stays = matches!(&outcome.result, Err(refused) if refused.code == "inbox_full");
            if !stays {
                let same = |other: &Held| Rc::ptr_eq(&other.letter, &held.letter);
                let place = self.held.iter().position(same).unwrap();
                self.held.remove(place);
            }
            outcomes.push((held.letter, outcome));
        }
        outcomes
    }
}
