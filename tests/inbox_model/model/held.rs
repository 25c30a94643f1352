//! 14.8: what is held.

use std::rc::Rc;

use super::{Entry, MAX_HELD, MAX_HELD_PER_ACCOUNT, Model, Record, stops};
use crate::letters::Letter;

impl Model {
    /// Whether E27 to E29 would stop it now, were its sender trusted (N11).
    pub(super) fn would_stop(&self, letter: &Letter, now: u64) -> bool {
        let unknown = Record::new(letter.account);
        let record = self.record(&letter.account).unwrap_or(&unknown);
        let same =
            |entry: &Entry| entry.letter.account == letter.account && entry.letter.id == letter.id;
        record.ids.iter().any(|(_, id)| *id == letter.id)
            || self.journal.iter().any(same)
            || stops(record, letter, now).is_some()
    }

    pub(super) fn hold(&mut self, letter: &Rc<Letter>) {
        let same = |held: &Rc<Letter>| held.account == letter.account && held.id == letter.id;
        if self.held.iter().any(same) {
            return;
        }
        if self.held_of(&letter.account).len() == MAX_HELD_PER_ACCOUNT {
            let of_account = |held: &Rc<Letter>| held.account == letter.account;
            let first = self.held.iter().position(of_account).unwrap();
            self.held.remove(first);
        }
        if self.held.len() == MAX_HELD {
            self.held.remove(0);
        }
        self.held.push(letter.clone());
    }
}
