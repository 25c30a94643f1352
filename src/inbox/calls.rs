//! Decisions about calls (spec/inbox.md, "Calls", tables A, Z and G). Nothing here changes state: a
//! decision names the change.

use std::time::Duration;

use crate::content::{Content, End, EndReason, Invite};
use crate::envelope::open::Signed;
use crate::error::OpenError;
use crate::ids::{CallId, CallKitUuid};
use crate::inbox::contact::{Claimed, clean};
use crate::inbox::event::{
    Action, CallKit, DropReason, Ended, Missed, MissedReason, Origin, Ring, Signal,
};
use crate::inbox::recent::Recent;
use crate::inbox::{AccountBytes, Inbox};
use crate::keys::AccountKey;
use crate::limits::RING_TOLERANCE;
use crate::time::UnixMillis;

/// The state of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CallState {
    /// It rang.
    Ringing,
    /// It came too late to ring.
    Missed,
    /// It ended after it rang or was missed.
    Ended(EndReason),
    /// It ended before its invitation came.
    Tombstone(EndReason),
}

/// An account that was called.
pub(super) struct Party {
    pub(super) account: AccountBytes,
    pub(super) has_ended: bool,
}

/// The event of an envelope, and the change that it brings.
pub(super) struct Decision {
    pub(super) action: Action,
    pub(super) change: Change,
}

pub(super) enum Change {
    Nothing,
    /// A call of this caller gets a new state.
    Call(AccountBytes, CallId, CallState),
    /// The own account has ended a call of this caller that is not known yet.
    Elsewhere(AccountBytes, CallId, EndReason),
    /// The sender has ended a placed call.
    Placed(CallId),
}

/// Calls that the own account ended before they were known here.
pub(super) type Elsewhere = Recent<(AccountBytes, CallId), EndReason>;

impl Inbox {
    /// Decides the event of a content.
    ///
    /// # Errors
    /// `call_id_taken`.
    pub(super) fn decide(
        &self,
        origin: &Origin,
        signed: &Signed,
        content: &Content,
        now: UnixMillis,
    ) -> Result<Decision, OpenError> {
        let is_certified = signed.certificate.check_time(now).is_ok();
        let decision = match (content, content.call_id()) {
            (Content::Invite(invite), _) => {
                return self.decide_invite(origin, is_certified, invite, now);
            }
            (Content::Cover(_), _) => dropped(DropReason::Cover),
            (content, None) => Action::Notify(content.clone()).into(),
            _ if !is_certified => dropped(DropReason::Certificate),
            (Content::End(end), _) => self.decide_end(origin, end),
            (content, Some(call_id)) => self.decide_signal(origin, call_id, content),
        };
        Ok(decision)
    }

    /// Decides by table A.
    fn decide_invite(
        &self,
        origin: &Origin,
        is_certified: bool,
        invite: &Invite,
        now: UnixMillis,
    ) -> Result<Decision, OpenError> {
        let (caller, call_id) = (*origin.account.as_bytes(), invite.call_id);
        if self.placed.get(&call_id).is_some() {
            return Err(OpenError::CallIdTaken);
        }
        if let Some(reason) = self.elsewhere.get(&(caller, call_id)) {
            let reason = DropReason::elsewhere(*reason).unwrap_or(DropReason::Over);
            return Ok(dropped(reason));
        }
        let missed = |reason| missed(origin, invite.clone(), reason, now);
        let (action, state) = match self.call_state(&caller, &call_id) {
            Some(CallState::Tombstone(reason)) => match DropReason::elsewhere(reason) {
                Some(reason) => return Ok(dropped(reason)),
                None => (missed(MissedReason::Ended), CallState::Ended(reason)),
            },
            Some(_) => return Ok(dropped(DropReason::Repeated)),
            None if now > expires_at(origin, invite) => {
                (missed(MissedReason::Expired), CallState::Missed)
            }
            None if !is_certified => (missed(MissedReason::Certificate), CallState::Missed),
            None => (self.ring(origin, invite.clone()), CallState::Ringing),
        };
        let change = Change::Call(caller, call_id, state);
        Ok(Decision { action, change })
    }

    /// Decides by table Z.
    fn decide_end(&self, origin: &Origin, end: &End) -> Decision {
        let (sender, call_id, reason) = (origin.account.as_bytes(), end.call_id, end.reason);
        let own = self.recipient.account();
        let is_elsewhere = DropReason::elsewhere(reason).is_some();
        let by_own = sender == own.as_bytes();
        if is_elsewhere && !by_own {
            return dropped(DropReason::Unknown);
        }
        if end.caller.is_none_or(|caller| caller == *own.as_bytes())
            && let Some(parties) = self.placed.get(&call_id)
        {
            return match party(parties, sender) {
                Some(party) if !party.has_ended => Decision {
                    action: ended(call_id.callkit_uuid(own), end),
                    change: Change::Placed(call_id),
                },
                party => dropped_of(party),
            };
        }
        let caller = end.caller.unwrap_or(*sender);
        let by_caller = caller == *sender;
        if !by_caller && !is_elsewhere {
            return dropped(DropReason::Unknown);
        }
        let state = |state| Change::Call(caller, call_id, state);
        match self.call_state(&caller, &call_id) {
            Some(CallState::Ringing | CallState::Missed) => Decision {
                action: ended(call_id.callkit_uuid_of(&caller), end),
                change: state(CallState::Ended(reason)),
            },
            Some(CallState::Tombstone(_)) if !by_caller => Decision {
                change: state(CallState::Tombstone(reason)),
                ..dropped(DropReason::Unknown)
            },
            Some(CallState::Ended(_)) if !by_caller => Decision {
                change: state(CallState::Ended(reason)),
                ..dropped(DropReason::Over)
            },
            Some(_) => dropped(DropReason::Over),
            None if by_caller && self.is_ended_elsewhere(&caller, &call_id) => {
                dropped(DropReason::Over)
            }
            None if by_caller => Decision {
                change: state(CallState::Tombstone(reason)),
                ..dropped(DropReason::Unknown)
            },
            None => Decision {
                change: Change::Elsewhere(caller, call_id, reason),
                ..dropped(match self.is_ended_elsewhere(&caller, &call_id) {
                    true => DropReason::Over,
                    false => DropReason::Unknown,
                })
            },
        }
    }

    /// Decides by table G.
    fn decide_signal(&self, origin: &Origin, call_id: CallId, content: &Content) -> Decision {
        let sender = origin.account.as_bytes();
        let signal = |caller: &AccountKey| {
            let call_uuid = call_id.callkit_uuid(caller);
            let content = content.clone();
            Action::Signal(Signal { call_uuid, content }).into()
        };
        if let Some(parties) = self.placed.get(&call_id) {
            return match party(parties, sender) {
                Some(party) if !party.has_ended => signal(self.recipient.account()),
                party => dropped_of(party),
            };
        }
        match self.call_state(sender, &call_id) {
            Some(CallState::Ringing) => signal(&origin.account),
            Some(_) => dropped(DropReason::Over),
            None if self.is_ended_elsewhere(sender, &call_id) => dropped(DropReason::Over),
            None => dropped(DropReason::Unknown),
        }
    }

    /// Returns the action, at `now`, of an invitation that rang when it came (N28).
    pub(super) fn ring_as_of(
        &self,
        origin: &Origin,
        invite: Invite,
        ended: Option<EndReason>,
        now: UnixMillis,
    ) -> Action {
        match ended.map(DropReason::elsewhere) {
            Some(Some(reason)) => Action::Drop(reason),
            Some(None) => missed(origin, invite, MissedReason::Ended, now),
            None if now > expires_at(origin, &invite) => {
                missed(origin, invite, MissedReason::Expired, now)
            }
            None => self.ring(origin, invite),
        }
    }

    fn ring(&self, origin: &Origin, invite: Invite) -> Action {
        let contact = self.contact(&origin.account);
        let call_uuid = invite.call_id.callkit_uuid(&origin.account);
        let expires_at = expires_at(origin, &invite);
        Action::Ring(Box::new(Ring {
            call_uuid,
            call_kit: CallKit {
                call_uuid,
                call_id: invite.call_id,
                account: origin.account,
                device: origin.device,
                message_id: origin.message_id,
                handle: contact.call_handle(&origin.account),
                caller_name: contact.display_name,
                has_video: invite.has_video,
                group_id: invite.group_id.as_deref().map(clean),
                expires_at,
            },
            claimed: Claimed::by(&invite),
            expires_at,
            content: invite,
        }))
    }

    fn is_ended_elsewhere(&self, caller: &AccountBytes, call_id: &CallId) -> bool {
        self.elsewhere.get(&(*caller, *call_id)).is_some()
    }

    fn call_state(&self, caller: &AccountBytes, call_id: &CallId) -> Option<CallState> {
        self.accounts.get(caller)?.calls.get(call_id).copied()
    }
}

pub(super) fn missed(
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

/// Returns the last moment at which an invitation rings.
fn expires_at(origin: &Origin, invite: &Invite) -> UnixMillis {
    let lifetime = Duration::from_secs(invite.lifetime_or_default().into());
    origin.sent_at.saturating_add(lifetime + RING_TOLERANCE)
}

fn ended(call_uuid: CallKitUuid, end: &End) -> Action {
    Action::End(Ended {
        call_uuid,
        ended_reason: end.reason.callkit_reason(),
        content: end.clone(),
    })
}

pub(super) fn party<'a>(parties: &'a [Party], account: &AccountBytes) -> Option<&'a Party> {
    parties.iter().find(|party| party.account == *account)
}

/// Returns the drop for an account that has ended the call, or was not called.
fn dropped_of(party: Option<&Party>) -> Decision {
    dropped(match party {
        Some(_) => DropReason::Over,
        None => DropReason::Unknown,
    })
}

fn dropped(reason: DropReason) -> Decision {
    Action::Drop(reason).into()
}

impl From<Action> for Decision {
    fn from(action: Action) -> Decision {
        let change = Change::Nothing;
        Decision { action, change }
    }
}
