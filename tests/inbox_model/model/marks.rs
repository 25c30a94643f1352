//! What is recorded of calls, and what the journal keeps of it (8.1, N28).

use std::cell::Cell;

use hushring::content::EndReason;
use hushring::{AccountKey, CallId};

use super::{
    Call, EarlyEnd, Leg, LegState, MAX_CALLS, MAX_CALLS_IN_ALL, MAX_EARLY_ENDS, Model, Phase,
    Since, Was,
};
use crate::letters::Body;
use crate::people::own;

impl Model {
    /// A call that is recorded. The caller need not be a key (M5).
    pub(super) fn call(&self, caller: &[u8; 32], id: CallId) -> Option<&Call> {
        let mut records = self.records.iter();
        let record = records.find(|record| record.account.as_bytes() == caller)?;
        record.calls.iter().find(|call| call.id == id)
    }

    pub(super) fn call_mut(&mut self, caller: &[u8; 32], id: CallId) -> Option<&mut Call> {
        let mut records = self.records.iter_mut();
        let record = records.find(|record| record.account.as_bytes() == caller)?;
        record.calls.iter_mut().find(|call| call.id == id)
    }

    pub(super) fn rung(&self, caller: &[u8; 32], id: CallId) -> u64 {
        self.call(caller, id).map_or(0, |call| call.rung)
    }

    pub(super) fn over(&self, caller: &[u8; 32], id: CallId) -> u64 {
        self.call(caller, id).map_or(0, |call| call.over)
    }

    pub(super) fn phase(&self, caller: &[u8; 32], id: CallId) -> Option<Phase> {
        self.call(caller, id).and_then(|call| call.phase)
    }

    /// Of the call, or if it is not recorded of its early end.
    pub(super) fn elsewhere(&self, caller: &[u8; 32], id: CallId) -> Option<(u64, EndReason)> {
        match self.call(caller, id) {
            Some(call) => call.elsewhere,
            None => self.early_end(caller, id),
        }
    }

    pub(super) fn early_end(&self, caller: &[u8; 32], id: CallId) -> Option<(u64, EndReason)> {
        let mut ends = self.early_ends.iter();
        let end = ends.find(|end| end.caller == *caller && end.id == id)?;
        Some(end.elsewhere)
    }

    /// The call, which is recorded now if it was not.
    pub(super) fn record_call(&mut self, caller: &AccountKey, id: CallId, now: u64) -> &mut Call {
        let elsewhere = self.early_end(caller.as_bytes(), id);
        if self.call(caller.as_bytes(), id).is_none() {
            self.make_room_for_call(caller);
        }
        let calls = &mut self.record_mut(caller).unwrap().calls;
        if !calls.iter().any(|call| call.id == id) {
            calls.push(Call {
                id,
                rung: 0,
                over: 0,
                elsewhere,
                phase: None,
                rings_until: 0,
                recorded_at: now,
            });
        }
        calls.iter_mut().find(|call| call.id == id).unwrap()
    }

    /// At either bound, a call is forgotten before one of this caller is recorded.
    fn make_room_for_call(&mut self, caller: &AccountKey) {
        let record = self.record_mut(caller).unwrap();
        if record.calls.len() == MAX_CALLS {
            record.calls.remove(0);
            return;
        }
        let in_all: usize = self.records.iter().map(|record| record.calls.len()).sum();
        if in_all == MAX_CALLS_IN_ALL {
            let most = self.records.iter().map(|record| record.calls.len()).max();
            let have_most = self.records.iter_mut();
            let have_most = have_most.filter(|record| Some(record.calls.len()) == most);
            // Of the one whose first was recorded earliest, or else whose key is the smallest.
            let loser = have_most
                .min_by_key(|record| (record.calls[0].recorded_at, *record.account.as_bytes()));
            loser.unwrap().calls.remove(0);
            self.met.push("2049th call");
        }
    }

    /// `elsewhere` is at least `ring`, with this reason.
    pub(super) fn raise_elsewhere(
        &mut self,
        caller: &[u8; 32],
        id: CallId,
        ring: u64,
        reason: EndReason,
        now: u64,
    ) {
        let raised = |before: Option<(u64, EndReason)>| match before {
            Some((time, reason)) if time > ring => (time, reason),
            _ => (ring, reason),
        };
        let elsewhere = raised(self.elsewhere(caller, id));
        if let Some(call) = self.call_mut(caller, id) {
            call.elsewhere = Some(elsewhere);
        } else if let Some(end) = self
            .early_ends
            .iter_mut()
            .find(|end| end.caller == *caller && end.id == id)
        {
            end.elsewhere = elsewhere;
        } else {
            if self.early_ends.len() == MAX_EARLY_ENDS {
                self.early_ends.remove(0);
            }
            self.early_ends.push(EarlyEnd {
                caller: *caller,
                id,
                elsewhere,
                recorded_at: now,
            });
        }
        let (time, reason) = elsewhere;
        let is_again = Cell::new(false);
        self.mark(caller, id, |sent_at, since| {
            if sent_at <= time {
                let before = since.elsewhere.replace(reason);
                is_again.set(is_again.get() || before.is_some_and(|before| before != reason));
            }
        });
        if is_again.get() {
            self.met.push("elsewhere again, for another reason");
        }
    }

    /// Goes through the invitations of a call that are in the journal.
    pub(super) fn mark(&mut self, caller: &[u8; 32], id: CallId, change: impl Fn(u64, &mut Since)) {
        for entry in &mut self.journal {
            if let Was::Ring { since, .. } | Was::Missed(_, since) = &mut entry.said
                && let Body::Sound(content) = &entry.letter.body
                && entry.letter.account.as_bytes() == caller
                && content.call_id() == Some(id)
            {
                change(entry.letter.sent_at, since);
            }
        }
    }

    pub(super) fn leg(&self, id: CallId, account: &AccountKey) -> Option<&Leg> {
        let placed = self.placed.iter().find(|placed| placed.id == id)?;
        placed.legs.iter().find(|leg| leg.account == *account)
    }

    pub(super) fn leg_mut(&mut self, id: CallId, account: &AccountKey) -> Option<&mut Leg> {
        let placed = self.placed.iter_mut().find(|placed| placed.id == id)?;
        placed.legs.iter_mut().find(|leg| leg.account == *account)
    }

    /// How many legs are taken, or open and not declined.
    pub(super) fn remaining(&self, id: CallId) -> u16 {
        let placed = self.placed.iter().find(|placed| placed.id == id).unwrap();
        let counts = |leg: &&Leg| match leg.state {
            LegState::Open => !leg.declined,
            LegState::Taken => true,
            LegState::Closed => false,
        };
        u16::try_from(placed.legs.iter().filter(counts).count()).unwrap()
    }

    /// Whether a call can be joined: it was answered here, or was placed here and has a leg that is
    /// not closed.
    pub(super) fn is_up(&self, caller: &AccountKey, id: CallId) -> bool {
        if *caller == own() && self.is_placed(id) {
            return self.has_open_leg(id);
        }
        self.is_answered(caller, id)
    }

    pub fn is_placed(&self, id: CallId) -> bool {
        self.placed.iter().any(|placed| placed.id == id)
    }

    /// A leg that is not closed.
    pub(super) fn has_open_leg(&self, id: CallId) -> bool {
        let mut of_call = self.placed.iter().filter(|placed| placed.id == id);
        of_call.any(|placed| {
            let mut legs = placed.legs.iter();
            legs.any(|leg| leg.state != LegState::Closed)
        })
    }

    /// A joined call lapses when it is not up any more (8.2).
    pub(super) fn let_lapse(&mut self) {
        let joined = std::mem::take(&mut self.joined);
        let up = joined
            .into_iter()
            .filter(|joined| self.is_up(&joined.caller, joined.id));
        self.joined = up.collect();
    }
}
