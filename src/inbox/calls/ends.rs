//! Table Z: ends.

use super::{
    Call, Change, Decision, Elsewhere, ElsewhereReason, KeptChange, Leg, LegState, Phase, dropped,
    leg,
};
use crate::content::{Content, End, EndReason};
use crate::ids::{CallId, CallKitUuid};
use crate::inbox::event::{Action, DropReason, Ended, Origin, Signal};
use crate::inbox::{AccountBytes, Inbox};
use crate::time::UnixMillis;

impl Inbox {
    /// Decides by table Z.
    pub(super) fn decide_end(&self, origin: &Origin, end: &End) -> Decision {
        let sender = origin.account.as_bytes();
        let own = self.recipient.account().as_bytes();
        let (Some(caller), Some(ring)) = (end.caller, end.ring) else {
            return self.decide_end_by_caller(origin, end);
        };
        if caller == *own
            && let Some(legs) = self.placed.get(&end.call_id)
            && let Some(leg) = leg(legs, sender)
        {
            return self.decide_end_of_leg(origin, end, ring, leg, legs);
        }
        if sender == own
            && let Some(reason) = ElsewhereReason::of(end.reason)
        {
            let elsewhere = Elsewhere {
                until: ring,
                reason,
            };
            return self.decide_end_by_sibling(&caller, end, elsewhere);
        }
        if self.is_joined(&caller, &end.call_id, sender) {
            return Action::Signal(Signal {
                call_uuid: end.call_id.callkit_uuid_of(&caller),
                content: Content::End(end.clone()),
            })
            .into();
        }
        dropped(DropReason::Unknown)
    }

    /// Z1 to Z3.
    fn decide_end_by_caller(&self, origin: &Origin, end: &End) -> Decision {
        let (caller, call_id, time) = (*origin.account.as_bytes(), end.call_id, origin.sent_at);
        if end.device.as_ref() == Some(self.recipient.device().as_bytes()) {
            return dropped(DropReason::Taken);
        }
        let recorded = self.recorded(&caller, &call_id);
        let call = self.call(&caller, &call_id).unwrap_or_default();
        let changed = |phase| {
            let over = call.over.max(time);
            let call = Call {
                over,
                phase,
                ..call
            };
            Change::Call(caller, call_id, call, KeptChange::LeaveUpTo(time))
        };
        match call.phase {
            Some(phase) if call.rung <= time => {
                let reason = match phase {
                    Phase::Answered => end.reason.callkit_reason(),
                    Phase::Missed | Phase::Ringing { .. } => {
                        EndReason::RemoteEnded.callkit_reason()
                    }
                };
                let call_uuid = call_id.callkit_uuid(&origin.account);
                Decision {
                    action: ended(call_uuid, reason, None, end),
                    change: changed(None),
                }
            }
            phase => Decision {
                change: changed(phase),
                ..dropped(over_or_unknown(recorded))
            },
        }
    }

    /// Z4 to Z9.
    fn decide_end_of_leg(
        &self,
        origin: &Origin,
        end: &End,
        ring: UnixMillis,
        leg: &Leg,
        legs: &[Leg],
    ) -> Decision {
        let (call_id, by) = (end.call_id, Some(*origin.device.as_bytes()));
        let call_uuid = call_id.callkit_uuid(self.recipient.account());
        if ring < leg.since || ElsewhereReason::of(end.reason).is_some() {
            return dropped(DropReason::Over);
        }
        let end_leg = |changed: Leg| {
            let waits = |leg: &&Leg| match leg.state {
                LegState::Open => !leg.declined,
                LegState::Taken => true,
                LegState::Closed => false,
            };
            let now = |leg: &Leg| match leg.account == changed.account {
                true => changed,
                false => *leg,
            };
            let remaining = legs.iter().map(now).filter(|leg| waits(&leg)).count();
            Decision {
                action: ended(
                    call_uuid,
                    end.reason.callkit_reason(),
                    // At most 256.
                    Some(remaining as u16),
                    end,
                ),
                change: Change::Leg(call_id, changed),
            }
        };
        match (leg.state, end.reason) {
            (LegState::Open, EndReason::Declined) if leg.declined => dropped(DropReason::Over),
            (LegState::Open, EndReason::Declined) => end_leg(Leg {
                declined: true,
                ..*leg
            }),
            (LegState::Open, EndReason::RemoteEnded | EndReason::Failed) => end_leg(Leg {
                state: LegState::Closed,
                by,
                ..*leg
            }),
            (LegState::Open, _) => Action::Signal(Signal {
                call_uuid,
                content: Content::End(end.clone()),
            })
            .into(),
            (LegState::Taken, EndReason::Busy | EndReason::Unanswered | EndReason::Cancelled) => {
                dropped(DropReason::Over)
            }
            (LegState::Taken, _) if leg.by == by => end_leg(Leg {
                state: LegState::Closed,
                ..*leg
            }),
            _ => dropped(DropReason::Over),
        }
    }

    /// Z10 to Z12.
    fn decide_end_by_sibling(
        &self,
        caller: &AccountBytes,
        end: &End,
        elsewhere: Elsewhere,
    ) -> Decision {
        let call_id = end.call_id;
        let Some(call) = self.recorded(caller, &call_id) else {
            let early = self.early_ends.get(&(*caller, call_id)).copied();
            let known = Elsewhere::later(early, elsewhere);
            return Decision {
                change: Change::Elsewhere(*caller, call_id, known, None),
                ..dropped(over_or_unknown(early))
            };
        };
        let changed = |phase| {
            let known = Elsewhere::later(call.elsewhere, elsewhere);
            let call = Call {
                elsewhere: Some(known),
                phase,
                ..call
            };
            Change::Elsewhere(*caller, call_id, known, Some(call))
        };
        match call.phase {
            Some(Phase::Answered) => Decision {
                change: changed(call.phase),
                ..dropped(DropReason::Answered)
            },
            Some(Phase::Missed | Phase::Ringing { .. }) if call.rung <= elsewhere.until => {
                let call_uuid = call_id.callkit_uuid_of(caller);
                Decision {
                    action: ended(call_uuid, end.reason.callkit_reason(), None, end),
                    change: changed(None),
                }
            }
            phase => Decision {
                change: changed(phase),
                ..dropped(DropReason::Over)
            },
        }
    }

    /// Returns what is recorded of a call.
    pub(super) fn recorded(&self, caller: &AccountBytes, call_id: &CallId) -> Option<Call> {
        self.accounts.get(caller)?.calls.get(call_id).copied()
    }

    /// Returns what is known of a call, recorded or by an early end.
    pub(super) fn call(&self, caller: &AccountBytes, call_id: &CallId) -> Option<Call> {
        self.recorded(caller, call_id).or_else(|| {
            let early = self.early_ends.get(&(*caller, *call_id))?;
            Some(Call {
                elsewhere: Some(*early),
                ..Call::default()
            })
        })
    }
}

fn over_or_unknown<T>(known: Option<T>) -> DropReason {
    match known {
        Some(_) => DropReason::Over,
        None => DropReason::Unknown,
    }
}

fn ended(call_uuid: CallKitUuid, reason: u8, remaining: Option<u16>, end: &End) -> Action {
    Action::End(Ended {
        call_uuid,
        ended_reason: reason,
        remaining,
        content: end.clone(),
    })
}
