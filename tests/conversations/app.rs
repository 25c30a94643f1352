//! What an app remembers of its calls. It is saved together with the inbox.

use hushring::CallId;

use crate::world::Who;

/// A device that takes part, by number.
pub type PhoneId = usize;

#[derive(Clone, Default)]
pub struct App {
    pub own: Vec<OwnCall>,
    pub theirs: Vec<TheirCall>,
    /// What the user did that is not finished. After a crash it is done again.
    pub due: Option<Due>,
}

/// A call that the user placed.
#[derive(Clone)]
pub struct OwnCall {
    pub id: CallId,
    pub is_group: bool,
    pub legs: Vec<OwnLeg>,
    /// The time of the newest content for this call. What follows is not dated before it.
    pub latest: u64,
}

#[derive(Clone)]
pub struct OwnLeg {
    pub account: Who,
    pub since: u64,
    pub state: LegState,
    /// The user does not wait any more; nobody was told (N22).
    pub gone: Option<Gone>,
    pub declined: bool,
    pub rings: u32,
    /// Numbers of signals.
    pub sent: u32,
    pub got: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LegState {
    Waiting,
    With(PhoneId),
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gone {
    Declined,
    Timeout,
}

/// A call that somebody placed to this account.
#[derive(Clone)]
pub struct TheirCall {
    pub caller: Who,
    pub id: CallId,
    pub is_group: bool,
    /// The newest ring that the app was told of.
    pub ring: u64,
    pub state: State,
    pub joined_at: Option<u64>,
    pub sent: u32,
    pub got: Vec<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Idle,
    /// Until this time of the device.
    Ringing(u64),
    /// The user calls the account that rings (8.6).
    Quiet {
        until: u64,
        crossed: CallId,
        /// The device that rings.
        by: PhoneId,
        since: u64,
    },
    In,
}

/// An act of the user that takes several steps.
#[derive(Clone, Debug)]
pub enum Due {
    /// The invitation is to be sealed at this time.
    Place(CallId, Vec<Who>, u64),
    /// To this account, of the call of this caller.
    Signal(Who, Who, CallId, u64),
    /// And ends a call of one's own (X1).
    Answer(Who, CallId, Option<CallId>),
    Decline(Who, CallId, u64),
    /// And whether it stops ringing.
    Busy(Who, CallId, u64, bool),
    /// And whether it failed.
    HangUp(Who, CallId, u64, bool),
    /// To these accounts, and whether these are all.
    End(CallId, Vec<Who>, bool),
}

impl App {
    pub fn own(&mut self, id: CallId) -> &mut OwnCall {
        self.own.iter_mut().find(|call| call.id == id).unwrap()
    }

    pub fn theirs(&mut self, caller: Who, id: CallId) -> Option<&mut TheirCall> {
        let mut calls = self.theirs.iter_mut();
        calls.find(|call| call.caller == caller && call.id == id)
    }

    /// Whether the user talks to somebody.
    pub fn is_busy(&self) -> bool {
        let legs = || self.own.iter().flat_map(|call| &call.legs);
        legs().any(|leg| matches!(leg.state, LegState::With(_)))
            || self.theirs.iter().any(|call| call.state == State::In)
    }
}

impl OwnCall {
    pub fn leg(&mut self, account: Who) -> Option<&mut OwnLeg> {
        self.legs.iter_mut().find(|leg| leg.account == account)
    }
}

impl OwnLeg {
    pub fn waits(&self) -> bool {
        self.state == LegState::Waiting && self.gone.is_none()
    }

    pub const fn is_with(&self) -> Option<PhoneId> {
        match self.state {
            LegState::With(phone) => Some(phone),
            _ => None,
        }
    }
}
