//! What is known of calls (spec/inbox.md, "Calls"): legs of calls that were placed here, calls of
//! others, and the decisions about both.

use crate::content::EndReason;
use crate::ids::CallId;
use crate::inbox::AccountBytes;
use crate::inbox::event::{Action, DropReason};
use crate::keys::DeviceKey;
use crate::time::UnixMillis;

mod crossed;
mod ends;
mod invitations;
mod joined;
mod signals;
mod steps;

pub(super) use invitations::{Arrival, missed};
pub(super) use joined::Joined;

/// A call of somebody else, as the app of this device has seen it. Times are the caller's: those of
/// its invitations, and of its ends.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Call {
    /// The time of the newest ring.
    pub(super) rung: UnixMillis,
    /// Rings up to this time have ended.
    pub(super) over: UnixMillis,
    /// Rings up to a time were answered or declined on another device of this account.
    pub(super) elsewhere: Option<Elsewhere>,
    pub(super) phase: Option<Phase>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Answered,
    Missed,
    /// Up to this moment.
    Ringing {
        until: UnixMillis,
    },
}

/// What a sibling has said of a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Elsewhere {
    pub(super) until: UnixMillis,
    pub(super) reason: ElsewhereReason,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ElsewhereReason {
    Answered,
    Declined,
}

/// An account that a call was placed to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Leg {
    pub(super) account: AccountBytes,
    /// The time of the newest invitation to it, or an earlier one.
    pub(super) since: UnixMillis,
    pub(super) state: LegState,
    /// The device that was taken, or that closed the leg.
    pub(super) by: Option<DeviceBytes>,
    /// Nothing is left to tell its devices.
    pub(super) told: bool,
    pub(super) declined: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LegState {
    Open,
    Taken,
    Closed,
}

/// A device's key, which here only names it.
pub(super) type DeviceBytes = [u8; DeviceKey::LEN];

/// The event of an envelope, and the change that it brings.
pub(super) struct Decision {
    pub(super) action: Action,
    pub(super) change: Change,
}

pub(super) enum Change {
    Nothing,
    /// A call gets this state.
    Call(AccountBytes, CallId, Call, KeptChange),
    /// A sibling has answered or declined a call: this is known of it then. A call that is recorded
    /// gets this state; else it is an early end.
    Elsewhere(AccountBytes, CallId, Elsewhere, Option<Call>),
    /// A signal is kept until its invitation comes.
    Keep(CallId),
    /// The sender's leg of a placed call gets this state.
    Leg(CallId, Leg),
}

/// What becomes of the kept signals of a call.
#[derive(Clone, Copy)]
pub(super) enum KeptChange {
    Stay,
    /// Those dated at this time or later become events, the others leave.
    Follow(UnixMillis),
    /// Those dated up to this time leave.
    LeaveUpTo(UnixMillis),
}

impl Elsewhere {
    /// Returns the later of two, and of equal ones the new one.
    fn later(old: Option<Elsewhere>, new: Elsewhere) -> Elsewhere {
        match old {
            Some(old) if old.until > new.until => old,
            _ => new,
        }
    }
}

impl ElsewhereReason {
    pub(super) const fn of(reason: EndReason) -> Option<ElsewhereReason> {
        match reason {
            EndReason::AnsweredElsewhere => Some(ElsewhereReason::Answered),
            EndReason::DeclinedElsewhere => Some(ElsewhereReason::Declined),
            _ => None,
        }
    }

    pub(super) const fn drop_reason(self) -> DropReason {
        match self {
            ElsewhereReason::Answered => DropReason::AnsweredElsewhere,
            ElsewhereReason::Declined => DropReason::DeclinedElsewhere,
        }
    }
}

impl Leg {
    pub(super) fn is_taken_by(&self, device: &DeviceKey) -> bool {
        self.state == LegState::Taken && self.by.as_ref() == Some(device.as_bytes())
    }
}

/// Returns the leg of an account.
pub(super) fn leg<'a>(legs: &'a [Leg], account: &AccountBytes) -> Option<&'a Leg> {
    legs.iter().find(|leg| leg.account == *account)
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
