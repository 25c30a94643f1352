//! What tests and strategies ask of a model.

use hushring::{AccountKey, CallId};

use super::Model;

impl Model {
    pub fn replay_floor(&self, account: &AccountKey) -> Option<u64> {
        self.record(account)?.replay_floor
    }

    pub fn records_call(&self, caller: &AccountKey, id: CallId) -> bool {
        self.state(caller.as_bytes(), id).is_some()
    }

    /// How many places each bounded list takes: ids, calls, and so on.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            accounts: self.records.len(),
            ids: self.records.iter().map(|record| record.ids.len()).sum(),
            most_ids: self
                .records
                .iter()
                .map(|record| record.ids.len())
                .max()
                .unwrap(),
            calls: self.records.iter().map(|record| record.calls.len()).sum(),
            most_calls: self
                .records
                .iter()
                .map(|record| record.calls.len())
                .max()
                .unwrap(),
            elsewhere: self.elsewhere.len(),
            placed: self.placed.len(),
            parties: self.placed.iter().map(|placed| placed.accounts.len()).sum(),
            journal: self.journal.len(),
            journal_of_others: self.pending_of_others(),
            held: self.held.len(),
        }
    }
}

pub struct Sizes {
    pub accounts: usize,
    pub ids: usize,
    pub most_ids: usize,
    pub calls: usize,
    pub most_calls: usize,
    pub elsewhere: usize,
    pub placed: usize,
    pub parties: usize,
    pub journal: usize,
    pub journal_of_others: usize,
    pub held: usize,
}
