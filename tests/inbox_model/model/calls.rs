//! 14.5: calls.

use hushring::content::{End, EndReason, Invite};
use hushring::{AccountKey, CallId};

use super::{
    Call, Decided, Elsewhere, MAX_CALLS, MAX_ELSEWHERE, Model, State, Was, decided, elsewhere,
    rings_until,
};
use crate::letters::{Body, Letter};
use crate::people::own;

impl Model {
    /// Table A. Nothing: the callId is taken.
    pub(super) fn invited(
        &mut self,
        letter: &Letter,
        invite: &Invite,
        now: u64,
    ) -> Option<Decided> {
        let (sender, id) = (letter.account, invite.call_id);
        if self.placed.iter().any(|placed| placed.id == id) {
            return None;
        }
        if let Some(ended) = self.ended_elsewhere(sender.as_bytes(), id) {
            return Some(decided("A2", Err(ended.as_str())));
        }
        match self.state(sender.as_bytes(), id) {
            Some(State::Tombstone(reason)) if elsewhere(reason) => {
                return Some(decided("A3", Err(reason.as_str())));
            }
            Some(State::Tombstone(reason)) => {
                self.set_state(sender.as_bytes(), id, State::Ended(reason), now);
                return Some(decided("A4", Ok(Was::Missed("ended", None))));
            }
            Some(_) => return Some(decided("A5", Err("repeated"))),
            None => {}
        }
        if now > rings_until(letter, invite) {
            self.set_state(sender.as_bytes(), id, State::Missed, now);
            return Some(decided("A6", Ok(Was::Missed("expired", None))));
        }
        if !letter.term.holds_at(now) {
            self.set_state(sender.as_bytes(), id, State::Missed, now);
            let (_, ends) = letter.term.millis();
            let line = if now >= ends {
                "A7 ended"
            } else {
                "A7 not yet"
            };
            return Some(decided(line, Ok(Was::Missed("certificate", None))));
        }
        self.set_state(sender.as_bytes(), id, State::Ringing, now);
        Some(decided("A8", Ok(Was::Ring(None))))
    }

    /// Table Z.
    pub(super) fn ended(&mut self, sender: AccountKey, end: &End, now: u64) -> Decided {
        let (id, reason) = (end.call_id, end.reason);
        if elsewhere(reason) && sender != own() {
            return decided("Z1", Err("unknown"));
        }
        let of_mine = end.caller.is_none_or(|caller| caller == *own().as_bytes());
        if let Some(placed) = self.placed.iter_mut().find(|placed| placed.id == id)
            && of_mine
        {
            if !placed.accounts.contains(&sender) {
                return decided("Z4", Err("unknown"));
            }
            if placed.ended_by.contains(&sender) {
                return decided("Z3", Err("over"));
            }
            placed.ended_by.push(sender);
            return decided("Z2", Ok(Was::End(id.callkit_uuid(&own()))));
        }

        let caller = end.caller.unwrap_or(*sender.as_bytes());
        let by_caller = caller == *sender.as_bytes();
        if !by_caller && !elsewhere(reason) {
            return decided("Z5", Err("unknown"));
        }
        let state = self.state(&caller, id);
        let ended_before = self.ended_elsewhere(&caller, id).is_some();
        match state {
            Some(State::Ringing | State::Missed) => {
                self.set_state(&caller, id, State::Ended(reason), now);
                self.call_ended(&caller, id, reason);
                let caller = AccountKey::from_bytes(&caller).unwrap();
                let line = if by_caller { "Z6 caller" } else { "Z6 own" };
                decided(line, Ok(Was::End(id.callkit_uuid(&caller))))
            }
            None if !by_caller && !ended_before => {
                if self.elsewhere.len() == MAX_ELSEWHERE {
                    self.elsewhere.remove(0);
                }
                self.elsewhere.push(Elsewhere {
                    caller,
                    id,
                    reason,
                    recorded_at: now,
                });
                self.call_ended(&caller, id, reason);
                decided("Z7", Err("unknown"))
            }
            Some(State::Tombstone(_)) if !by_caller => {
                self.set_state(&caller, id, State::Tombstone(reason), now);
                self.call_ended(&caller, id, reason);
                decided("Z8", Err("unknown"))
            }
            Some(State::Ended(_)) if !by_caller => {
                self.set_state(&caller, id, State::Ended(reason), now);
                self.call_ended(&caller, id, reason);
                decided("Z9", Err("over"))
            }
            None if !by_caller => {
                for ended in &mut self.elsewhere {
                    if ended.caller == caller && ended.id == id {
                        ended.reason = reason;
                    }
                }
                self.call_ended(&caller, id, reason);
                decided("Z10", Err("over"))
            }
            Some(_) => decided("Z11 recorded", Err("over")),
            None if ended_before => decided("Z11 elsewhere", Err("over")),
            None => {
                self.set_state(&caller, id, State::Tombstone(reason), now);
                self.call_ended(&caller, id, reason);
                decided("Z12", Err("unknown"))
            }
        }
    }

    /// Table G.
    pub(super) fn signalled(&self, sender: AccountKey, id: CallId) -> Decided {
        if let Some(placed) = self.placed.iter().find(|placed| placed.id == id) {
            if !placed.accounts.contains(&sender) {
                return decided("G3", Err("unknown"));
            }
            if placed.ended_by.contains(&sender) {
                return decided("G2", Err("over"));
            }
            return decided("G1", Ok(Was::Signal(id.callkit_uuid(&own()))));
        }
        match self.state(sender.as_bytes(), id) {
            Some(State::Ringing) => decided("G4", Ok(Was::Signal(id.callkit_uuid(&sender)))),
            Some(_) => decided("G5 recorded", Err("over")),
            None if self.ended_elsewhere(sender.as_bytes(), id).is_some() => {
                decided("G5 elsewhere", Err("over"))
            }
            None => decided("G6", Err("unknown")),
        }
    }

    pub(super) fn state(&self, caller: &[u8; 32], id: CallId) -> Option<State> {
        let call = self
            .record_of(caller)?
            .calls
            .iter()
            .find(|call| call.id == id)?;
        Some(call.state)
    }

    /// Records a call, or changes one that is recorded: it keeps its place.
    pub(super) fn set_state(&mut self, caller: &[u8; 32], id: CallId, state: State, now: u64) {
        let mut records = self.records.iter_mut();
        let calls = &mut records
            .find(|record| record.account.as_bytes() == caller)
            .unwrap()
            .calls;
        if let Some(call) = calls.iter_mut().find(|call| call.id == id) {
            call.state = state;
            return;
        }
        if calls.len() == MAX_CALLS {
            calls.remove(0);
        }
        calls.push(Call {
            id,
            state,
            recorded_at: now,
        });
    }

    pub(super) fn ended_elsewhere(&self, caller: &[u8; 32], id: CallId) -> Option<EndReason> {
        let mut all = self.elsewhere.iter();
        let ended = all.find(|ended| ended.caller == *caller && ended.id == id)?;
        Some(ended.reason)
    }

    /// A call has ended: the journal keeps that with its invitations (N28), whatever is forgotten of
    /// the call later.
    pub(super) fn call_ended(&mut self, caller: &[u8; 32], id: CallId, reason: EndReason) {
        for entry in &mut self.journal {
            if let Was::Ring(ended) | Was::Missed(_, ended) = &mut entry.said
                && let Body::Sound(content) = &entry.letter.body
                && entry.letter.account.as_bytes() == caller
                && content.call_id() == Some(id)
            {
                *ended = Some(reason);
            }
        }
    }
}
