//! Tables A, Z and G (spec/inbox.md, "Calls").

use std::rc::Rc;

use hushring::content::{Answer, End, EndReason, Invite};
use hushring::{AccountKey, CallId};

use super::{
    Decided, Entry, Joined, KEPT_FOR, Kept, LegState, MAX_KEPT, MAX_KEPT_PER_ACCOUNT,
    MAX_KEPT_PER_CALL, Model, Phase, Since, Was, decided, elsewhere, rings_for,
};
use crate::letters::Letter;
use crate::people::{WORLD, own};

impl Model {
    /// Table A. Nothing: the callId is taken.
    pub(super) fn invited(
        &mut self,
        letter: &Letter,
        invite: &Invite,
        now: u64,
        was_held_for_clock: bool,
    ) -> Option<Decided> {
        let (sender, id, i) = (letter.account, invite.call_id, letter.sent_at);
        let caller = sender.as_bytes();
        if self.placed.iter().any(|placed| placed.id == id) {
            return None;
        }
        if i <= self.rung(caller, id) {
            return Some(decided("A1", Err("repeated")));
        }
        let phase = self.phase(caller, id);
        let elsewhere = self.elsewhere(caller, id).filter(|(time, _)| i <= *time);
        let missed = |reason| Ok(Was::Missed(reason, Since::default()));
        let missed_now = Some(Phase::Missed);
        let (line, phase, said) = if phase == Some(Phase::Answered) {
            ("A2", phase, Ok(Was::Signal(id.callkit_uuid(&sender))))
        } else if let Some((_, reason)) = elsewhere {
            ("A3", None, Err(reason.as_str()))
        } else if i <= self.over(caller, id) {
            ("A4", None, missed("ended"))
        } else if now.saturating_sub(i) > rings_for(invite) {
            ("A5 expired", missed_now, missed("expired"))
        } else if !letter.term.holds_at(now) {
            let (_, ends) = letter.term.millis();
            let line = if now >= ends {
                "A5 certificate ended"
            } else {
                "A5 certificate not yet"
            };
            (line, missed_now, missed("certificate"))
        } else if was_held_for_clock {
            ("A5 clock", missed_now, missed("clock"))
        } else {
            let said = Was::Ring {
                since: Since::default(),
                accepted_at: now,
            };
            let line = if i > now { "A6 dated ahead" } else { "A6" };
            (line, Some(Phase::Ringing), Ok(said))
        };
        let call = self.record_call(&sender, id, now);
        call.rung = i;
        call.phase = phase;
        if phase == Some(Phase::Ringing) {
            call.rings_until = i.min(now) + rings_for(invite);
        }
        self.mark(caller, id, |sent_at, since| since.newer_ring |= sent_at < i);
        let mut decided = decided(line, said);
        if line == "A2" || phase == Some(Phase::Ringing) {
            let mut of_call = Vec::new();
            self.kept.retain(|kept| {
                let is = kept.letter.account == sender && kept.id == id;
                if is {
                    of_call.push(kept.clone());
                }
                !is
            });
            of_call.retain(|kept| kept.letter.sent_at >= i);
            self.meet_kept(&of_call, now);
            of_call.retain(|kept| kept.is_still_kept(now));
            decided.follow = of_call.iter().map(|kept| kept.as_entry(&sender)).collect();
        }
        Some(decided)
    }

    /// Table Z.
    pub(super) fn ended(&mut self, letter: &Letter, end: &End, now: u64) -> Decided {
        let (sender, id) = (letter.account, end.call_id);
        let Some(caller) = end.caller else {
            return self.ended_by_caller(letter, end, now);
        };
        let ring = end.ring.unwrap().0;
        if caller == *own().as_bytes() && self.leg(id, &sender).is_some() {
            return self.leg_ended(letter, end, ring);
        }
        if sender == own() && elsewhere(end.reason) {
            return self.ended_elsewhere(letter, end, &caller, ring, now);
        }
        let joined = self.joined.iter().find(|joined| {
            joined.id == id
                && *joined.caller.as_bytes() == caller
                && joined.accounts.contains(&sender)
        });
        match joined {
            Some(joined) => {
                let call_uuid = id.callkit_uuid(&joined.caller);
                decided("Z13 joined", Ok(Was::Signal(call_uuid)))
            }
            None => decided("Z13", Err("unknown")),
        }
    }

    fn ended_by_caller(&mut self, letter: &Letter, end: &End, now: u64) -> Decided {
        let (sender, id, e) = (letter.account, end.call_id, letter.sent_at);
        let caller = sender.as_bytes();
        if end.device == Some(*WORLD.phone.public_key().as_bytes()) {
            return decided("Z1", Err("taken"));
        }
        let is_recorded = self.call(caller, id).is_some();
        let phase = self.phase(caller, id);
        let ends = phase.is_some() && self.rung(caller, id) <= e;

        let call = self.record_call(&sender, id, now);
        call.over = call.over.max(e);
        if ends {
            call.phase = None;
        }
        self.kept.retain(|kept| {
            kept.letter.account != sender || kept.id != id || kept.letter.sent_at > e
        });
        if !ends && is_recorded {
            return decided("Z3 recorded", Err("over"));
        }
        if !ends {
            return decided("Z3", Err("unknown"));
        }
        let (line, ended_reason) = match phase {
            Some(Phase::Answered) => ("Z2 answered", ended_reason(end.reason)),
            Some(Phase::Missed) => ("Z2 missed", 2),
            _ => ("Z2 ringing", 2),
        };
        let said = Was::End {
            call_uuid: id.callkit_uuid(&sender),
            ended_reason,
            remaining: None,
        };
        decided(line, Ok(said))
    }

    fn leg_ended(&mut self, letter: &Letter, end: &End, ring: u64) -> Decided {
        let (id, reason) = (end.call_id, end.reason);
        let leg = self.leg_mut(id, &letter.account).unwrap();
        let is_by_taken = leg.by == Some(letter.device);
        let is_of_others = matches!(
            reason,
            EndReason::Busy | EndReason::Unanswered | EndReason::Cancelled
        );
        let line = if ring < leg.since {
            return decided("Z4 older", Err("over"));
        } else if elsewhere(reason) {
            return decided("Z4 elsewhere", Err("over"));
        } else if leg.state == LegState::Open && reason == EndReason::Declined {
            if leg.declined {
                return decided("Z5 again", Err("over"));
            }
            leg.declined = true;
            "Z5"
        } else if leg.state == LegState::Open
            && matches!(reason, EndReason::RemoteEnded | EndReason::Failed)
        {
            leg.state = LegState::Closed;
            leg.by = Some(letter.device);
            "Z6"
        } else if leg.state == LegState::Open {
            return decided("Z7", Ok(Was::Signal(id.callkit_uuid(&own()))));
        } else if leg.state == LegState::Taken && is_by_taken && !is_of_others {
            leg.state = LegState::Closed;
            "Z8"
        } else {
            return decided("Z9", Err("over"));
        };
        let said = Was::End {
            call_uuid: id.callkit_uuid(&own()),
            ended_reason: ended_reason(reason),
            remaining: Some(self.remaining(id)),
        };
        decided(line, Ok(said))
    }

    fn ended_elsewhere(
        &mut self,
        letter: &Letter,
        end: &End,
        caller: &[u8; 32],
        ring: u64,
        now: u64,
    ) -> Decided {
        assert_eq!(letter.account, own());
        let (id, reason) = (end.call_id, end.reason);
        let phase = self.phase(caller, id);
        let is_recorded = self.call(caller, id).is_some();
        let had_early_end = self.early_end(caller, id).is_some();
        self.raise_elsewhere(caller, id, ring, reason, now);
        if phase == Some(Phase::Answered) {
            return decided("Z10", Err("answered"));
        }
        if phase.is_some() && self.rung(caller, id) <= ring {
            self.call_mut(caller, id).unwrap().phase = None;
            let caller = AccountKey::from_bytes(caller).unwrap();
            let said = Was::End {
                call_uuid: id.callkit_uuid(&caller),
                ended_reason: ended_reason(reason),
                remaining: None,
            };
            return decided("Z11", Ok(said));
        }
        match (is_recorded, had_early_end) {
            (true, _) => decided("Z12 recorded", Err("over")),
            (false, true) => decided("Z12 early end", Err("over")),
            (false, false) => decided("Z12", Err("unknown")),
        }
    }

    /// Table G, of an answer.
    pub(super) fn answer_came(&mut self, letter: &Letter, answer: &Answer) -> Decided {
        let id = answer.call_id;
        let Some(leg) = self.leg_mut(id, &letter.account) else {
            return decided("G without a leg", Err("unknown"));
        };
        let signal = Ok(Was::Signal(id.callkit_uuid(&own())));
        let is_by = leg.by == Some(letter.device);
        if answer.ring.0 < leg.since {
            return decided("G1", Err("over"));
        }
        if leg.state == LegState::Open {
            leg.state = LegState::Taken;
            leg.by = Some(letter.device);
            return decided("G2", signal);
        }
        if leg.state == LegState::Taken && is_by {
            return decided("G3", signal);
        }
        if let Some(taken) = leg.by
            && !is_by
            && !leg.told
        {
            let line = if leg.state == LegState::Taken {
                "G4 taken"
            } else {
                "G4 closed"
            };
            leg.told = true;
            let since = leg.since;
            return decided(line, Ok(Was::Second { taken, since }));
        }
        decided("G5", Err("over"))
    }

    /// Table G, of any other signal.
    pub(super) fn signalled(&mut self, letter: &Rc<Letter>, id: CallId, now: u64) -> Decided {
        let (sender, s) = (letter.account, letter.sent_at);
        let caller = sender.as_bytes();
        if let Some(leg) = self.leg(id, &sender) {
            let is_taken_by = leg.state == LegState::Taken && leg.by == Some(letter.device);
            if leg.state == LegState::Open || is_taken_by {
                return decided("G6", Ok(Was::Signal(id.callkit_uuid(&own()))));
            }
            return decided("G7", Err("over"));
        }
        let phase = self.phase(caller, id);
        if matches!(phase, Some(Phase::Ringing | Phase::Answered)) {
            if s >= self.rung(caller, id) {
                return decided("G8", Ok(Was::Signal(id.callkit_uuid(&sender))));
            }
            return decided("G8 older", Err("over"));
        }
        let mut all = self.joined.iter();
        let is_to = |joined: &&Joined| joined.id == id && joined.accounts.contains(&sender);
        // Of several, the one joined first.
        if let Some(joined) = all.find(is_to) {
            let line = if all.any(|joined| is_to(&joined)) {
                "G9 of several"
            } else {
                "G9"
            };
            return decided(line, Ok(Was::Signal(id.callkit_uuid(&joined.caller))));
        }
        if s > self.rung(caller, id) && s > self.over(caller, id) {
            self.keep(letter, id, now);
            return decided("G10", Err("early"));
        }
        if self.call(caller, id).is_some() {
            return decided("G11 recorded", Err("over"));
        }
        decided("G11", Err("unknown"))
    }

    /// Kept signals would follow: those at the end of their time are counted.
    pub(super) fn meet_kept(&mut self, all: &[Kept], now: u64) {
        let ages = all.iter().map(|kept| now.saturating_sub(kept.kept_at));
        let met = ages.filter_map(|age| match age.checked_sub(KEPT_FOR)? {
            0 => Some("follows at the last moment"),
            1 => Some("does not follow, 1 ms late"),
            _ => Some("does not follow, late"),
        });
        self.met.extend(met.collect::<Vec<_>>());
    }

    /// G10, within its bounds (spec/inbox.md, "State and bounds").
    fn keep(&mut self, letter: &Rc<Letter>, id: CallId, now: u64) {
        self.kept.retain(|kept| kept.is_still_kept(now));
        self.kept.push(Kept {
            letter: letter.clone(),
            id,
            kept_at: now,
        });
        let of_account = |kept: &Kept| kept.letter.account == letter.account;
        let of_call = |kept: &Kept| of_account(kept) && kept.id == id;
        let any = |_: &Kept| true;
        let bounds: [(IsOf, usize); 3] = [
            (&of_call, MAX_KEPT_PER_CALL),
            (&of_account, MAX_KEPT_PER_ACCOUNT),
            (&any, MAX_KEPT),
        ];
        for (is_of, most) in bounds {
            if self.kept.iter().filter(|kept| is_of(kept)).count() > most {
                let first = self.kept.iter().position(is_of).unwrap();
                self.kept.remove(first);
            }
        }
    }
}

/// Whether a kept signal counts towards a bound.
type IsOf<'a> = &'a dyn Fn(&Kept) -> bool;

impl Kept {
    pub(super) fn is_still_kept(&self, now: u64) -> bool {
        now <= self.kept_at.saturating_add(KEPT_FOR)
    }

    /// The event that it becomes, in a call of this caller.
    pub(super) fn as_entry(&self, caller: &AccountKey) -> Entry {
        Entry {
            letter: self.letter.clone(),
            said: Was::Signal(self.id.callkit_uuid(caller)),
        }
    }
}

/// Those of `CXCallEndedReason` (spec/inbox.md, "Events").
fn ended_reason(reason: EndReason) -> u8 {
    match reason {
        EndReason::Failed => 1,
        EndReason::RemoteEnded | EndReason::Declined | EndReason::Busy | EndReason::Cancelled => 2,
        EndReason::Unanswered => 3,
        EndReason::AnsweredElsewhere => 4,
        EndReason::DeclinedElsewhere => 5,
    }
}
