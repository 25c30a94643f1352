//! Table A: invitations, and how they are listed later.

use std::time::Duration;

use super::{Call, Change, Decision, KeptChange, Phase, dropped};
use crate::content::{Content, Invite};
use crate::error::OpenError;
use crate::inbox::Inbox;
use crate::inbox::contact::Claimed;
use crate::inbox::event::{
    Action, CallKit, DropReason, Missed, MissedReason, Origin, Ring, Signal,
};
use crate::inbox::journal::Since;
use crate::limits::RING_TOLERANCE;
use crate::time::UnixMillis;

/// How an envelope comes to be judged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::inbox) enum Arrival {
    /// From the relay.
    Received,
    /// It was held for the clock.
    HeldForClock,
    /// It was held until its account is trusted.
    HeldForTrust,
}

impl Inbox {
    /// Decides by table A.
    ///
    /// # Errors
    /// `call_id_taken`.
    pub(super) fn decide_invite(
        &self,
        origin: &Origin,
        is_certified: bool,
        invite: &Invite,
        arrival: Arrival,
        now: UnixMillis,
    ) -> Result<Decision, OpenError> {
        let (caller, call_id, time) = (*origin.account.as_bytes(), invite.call_id, origin.sent_at);
        if self.placed.get(&call_id).is_some() {
            return Err(OpenError::CallIdTaken);
        }
        let call = self.call(&caller, &call_id).unwrap_or_default();
        if time <= call.rung {
            return Ok(dropped(DropReason::Repeated));
        }
        let rung = |action, phase, kept| Decision {
            action,
            change: Change::Call(
                caller,
                call_id,
                Call {
                    rung: time,
                    phase,
                    ..call
                },
                kept,
            ),
        };
        let missed = |reason| missed(origin, invite.clone(), reason, now);
        if call.phase == Some(Phase::Answered) {
            let action = Action::Signal(Signal {
                call_uuid: call_id.callkit_uuid(&origin.account),
                content: Content::Invite(invite.clone()),
            });
            let kept = KeptChange::Follow(time);
            return Ok(rung(action, Some(Phase::Answered), kept));
        }
        if let Some(elsewhere) = call.elsewhere.filter(|elsewhere| time <= elsewhere.until) {
            let action = Action::Drop(elsewhere.reason.drop_reason());
            return Ok(rung(action, None, KeptChange::Stay));
        }
        if time <= call.over {
            return Ok(rung(missed(MissedReason::Ended), None, KeptChange::Stay));
        }
        let late = if now > rings_until(origin, invite, now) {
            Some(MissedReason::Expired)
        } else if !is_certified {
            Some(MissedReason::Certificate)
        } else if arrival == Arrival::HeldForClock {
            Some(MissedReason::Clock)
        } else {
            None
        };
        Ok(match late {
            Some(reason) => rung(missed(reason), Some(Phase::Missed), KeptChange::Stay),
            None => {
                let until = rings_until(origin, invite, now);
                let action = self.ring(origin, invite.clone(), until, now);
                let kept = KeptChange::Follow(time);
                rung(action, Some(Phase::Ringing { until }), kept)
            }
        })
    }

    /// Returns what an invitation that rang when it came is now (N28).
    pub(in crate::inbox) fn ring_as_of(
        &self,
        origin: &Origin,
        invite: Invite,
        (expires_at, since): (UnixMillis, Since),
        now: UnixMillis,
    ) -> Action {
        let call = self.recorded(origin.account.as_bytes(), &invite.call_id);
        // By this ring: an older one, which was accepted after the call was forgotten, is another.
        let call = call.filter(|call| call.rung == origin.sent_at);
        let phase = call.and_then(|call| call.phase);
        if since.newer {
            Action::Drop(DropReason::Repeated)
        } else if since.acted {
            match phase {
                Some(Phase::Answered) => Action::Signal(Signal {
                    call_uuid: invite.call_id.callkit_uuid(&origin.account),
                    content: Content::Invite(invite),
                }),
                _ => Action::Drop(DropReason::Over),
            }
        } else if let Some(elsewhere) = since.elsewhere {
            Action::Drop(elsewhere.drop_reason())
        } else if !matches!(phase, Some(Phase::Ringing { .. })) {
            missed(origin, invite, MissedReason::Ended, now)
        } else if now > expires_at {
            missed(origin, invite, MissedReason::Expired, now)
        } else {
            self.ring(origin, invite, expires_at, now)
        }
    }

    fn ring(
        &self,
        origin: &Origin,
        invite: Invite,
        expires_at: UnixMillis,
        now: UnixMillis,
    ) -> Action {
        let contact = self.contact(&origin.account);
        let call_uuid = invite.call_id.callkit_uuid(&origin.account);
        let call_kit = CallKit {
            call_uuid,
            call_id: invite.call_id,
            account: origin.account,
            device: origin.device,
            message_id: origin.message_id,
            handle: contact.call_handle(&origin.account),
            caller_name: contact.display_name,
            has_video: invite.has_video,
            sent_at: origin.sent_at,
            expires_at,
        };
        Action::Ring(Box::new(Ring {
            call_uuid,
            call_kit: call_kit.fitted(),
            claimed: Claimed::by(&invite),
            expires_at,
            crossed: self.crossed(origin, &invite, now),
            content: invite,
        }))
    }
}

pub(in crate::inbox) fn missed(
    origin: &Origin,
    invite: Invite,
    reason: MissedReason,
    now: UnixMillis,
) -> Action {
    Action::Missed(Missed {
        call_uuid: invite.call_id.callkit_uuid(&origin.account),
        reason,
        age_ms: now.0.saturating_sub(origin.sent_at.0),
        claimed: Claimed::by(&invite),
        content: invite,
    })
}

/// Returns the last moment at which an invitation rings that is accepted at `now`. By a clock that is
/// fast, it rings for no longer than by one that is right.
fn rings_until(origin: &Origin, invite: &Invite, now: UnixMillis) -> UnixMillis {
    let lifetime = Duration::from_secs(invite.lifetime_or_default().into());
    origin
        .sent_at
        .min(now)
        .saturating_add(lifetime + RING_TOLERANCE)
}
