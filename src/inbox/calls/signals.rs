//! Table G: answers and other signals.

use super::{Change, Decision, Leg, LegState, Phase, dropped, leg};
use crate::content::{Answer, Content};
use crate::envelope::open::Signed;
use crate::error::OpenError;
use crate::ids::CallId;
use crate::inbox::Inbox;
use crate::inbox::calls::Arrival;
use crate::inbox::event::{Action, DropReason, Origin, Second, Signal};
use crate::keys::DeviceKey;
use crate::time::UnixMillis;

impl Inbox {
    /// Decides the event of a content.
    ///
    /// # Errors
    /// `call_id_taken`.
    pub(in crate::inbox) fn decide(
        &self,
        origin: &Origin,
        signed: &Signed,
        content: &Content,
        arrival: Arrival,
        now: UnixMillis,
    ) -> Result<Decision, OpenError> {
        let is_certified = signed.certificate.check_time(now).is_ok();
        let decision = match (content, content.call_id()) {
            (Content::Invite(invite), _) => {
                return self.decide_invite(origin, is_certified, invite, arrival, now);
            }
            (Content::Cover(_), _) => dropped(DropReason::Cover),
            (content, None) => Action::Notify(content.clone()).into(),
            _ if !is_certified => dropped(DropReason::Certificate),
            (Content::End(end), _) => self.decide_end(origin, end),
            (Content::Answer(answer), _) => self.decide_answer(origin, answer),
            (content, Some(call_id)) => self.decide_signal(origin, call_id, content),
        };
        Ok(decision)
    }

    /// G1 to G5.
    fn decide_answer(&self, origin: &Origin, answer: &Answer) -> Decision {
        let call_id = answer.call_id;
        let legs = self.placed.get(&call_id).map_or(&[][..], Vec::as_slice);
        let Some(leg) = leg(legs, origin.account.as_bytes()) else {
            return dropped(DropReason::Unknown);
        };
        let call_uuid = call_id.callkit_uuid(self.recipient.account());
        let by = Some(*origin.device.as_bytes());
        let signal = || {
            let content = Content::Answer(answer.clone());
            Action::Signal(Signal { call_uuid, content })
        };
        if answer.ring < leg.since {
            return dropped(DropReason::Over);
        }
        match leg.state {
            LegState::Open => Decision {
                action: signal(),
                change: Change::Leg(
                    call_id,
                    Leg {
                        state: LegState::Taken,
                        by,
                        ..*leg
                    },
                ),
            },
            LegState::Taken if leg.by == by => signal().into(),
            _ => match leg.by {
                Some(taken) if leg.by != by && !leg.told => Decision {
                    action: Action::Second(Second {
                        call_uuid,
                        taken: DeviceKey::from_sound(taken),
                        content: answer.clone(),
                    }),
                    change: Change::Leg(call_id, Leg { told: true, ..*leg }),
                },
                _ => dropped(DropReason::Over),
            },
        }
    }

    /// G6 to G11.
    fn decide_signal(&self, origin: &Origin, call_id: CallId, content: &Content) -> Decision {
        let (sender, time) = (origin.account.as_bytes(), origin.sent_at);
        let signal = |caller| {
            let call_uuid = call_id.callkit_uuid_of(caller);
            let content = content.clone();
            Action::Signal(Signal { call_uuid, content }).into()
        };
        let legs = self.placed.get(&call_id).map_or(&[][..], Vec::as_slice);
        if let Some(leg) = leg(legs, sender) {
            return match leg.state == LegState::Open || leg.is_taken_by(&origin.device) {
                true => signal(self.recipient.account().as_bytes()),
                false => dropped(DropReason::Over),
            };
        }
        let recorded = self.recorded(sender, &call_id);
        let call = recorded.unwrap_or_default();
        if let Some(Phase::Ringing { .. } | Phase::Answered) = call.phase {
            return match time >= call.rung {
                true => signal(sender),
                false => dropped(DropReason::Over),
            };
        }
        if let Some(caller) = self.joined_caller(&call_id, sender) {
            return signal(&caller);
        }
        if time > call.rung && time > call.over {
            return Decision {
                change: Change::Keep(call_id),
                ..dropped(DropReason::Early)
            };
        }
        dropped(match recorded {
            Some(_) => DropReason::Over,
            None => DropReason::Unknown,
        })
    }
}
