//! What really happened, whatever any device knows of it. A crash undoes none of it.

use std::collections::{BTreeMap, BTreeSet};

use hushring::{AccountKey, CallId, MessageId};

use crate::app::PhoneId;
use crate::world::Who;

#[derive(Default)]
pub struct Truth {
    pub legs: BTreeMap<(CallId, Who), Leg>,
    /// The newest ring on which a device acted.
    pub acted: BTreeMap<(PhoneId, CallId), u64>,
    /// When a device received a ring or a signal, by its clock.
    pub came: BTreeMap<(PhoneId, Sent), u64>,
    /// How many signals of an account came early to a device, for a call.
    pub early: BTreeMap<(PhoneId, AccountKey, CallId), u32>,
    /// Signals, with whom they are for: call, the account and the device that sent it, time.
    pub signals: Vec<Signal>,
    /// Events that a device accepted and has not acted on, and how often it acted on them.
    pub owed: BTreeSet<(PhoneId, AccountKey, MessageId)>,
    pub acts: BTreeMap<(PhoneId, AccountKey, MessageId), u32>,
    /// Whether somebody declined, hung up, stopped to wait, or was not rung in time.
    pub somebody_stopped: bool,
    pub reached: BTreeMap<String, u64>,
}

/// Of an account, in its newest ring.
#[derive(Default)]
pub struct Leg {
    pub since: u64,
    /// Devices whose user answered.
    pub answered: BTreeSet<PhoneId>,
    /// Those of them whose user hung up after that.
    pub hung_up: BTreeSet<PhoneId>,
    /// The caller's user hung up.
    pub ended: bool,
}

/// What can be told apart of what was sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Sent {
    Ring(CallId, u64),
    Signal(u64),
    Other,
}

pub struct Signal {
    pub number: u64,
    pub call: CallId,
    pub from: PhoneId,
    pub to: Who,
    pub sent_at: u64,
    /// The newest ring that its device had answered.
    pub after: u64,
}

impl Truth {
    pub fn reach(&mut self, line: &str) {
        *self.reached.entry(line.to_string()).or_default() += 1;
    }

    /// A user answered a ring, or a device did what the user had done before.
    pub fn answers(&mut self, phone: PhoneId, call: CallId, who: Who, ring: u64) {
        self.acts_on(phone, call, ring);
        if let Some(leg) = self.legs.get_mut(&(call, who))
            && ring >= leg.since
        {
            leg.answered.insert(phone);
        }
    }

    pub fn hangs_up(&mut self, phone: PhoneId, call: CallId, who: Who, ring: u64) {
        self.somebody_stopped = true;
        if let Some(leg) = self.legs.get_mut(&(call, who))
            && ring >= leg.since
        {
            leg.hung_up.insert(phone);
        }
    }

    /// Whether the inbox kept all that came early (spec/inbox.md, "State and bounds"): of one call
    /// it keeps four.
    pub fn kept_all(&self, phone: PhoneId, account: AccountKey, call: CallId) -> bool {
        let early = self.early.get(&(phone, account, call));
        early.is_none_or(|many| *many <= 4)
    }

    pub fn acts_on(&mut self, phone: PhoneId, call: CallId, ring: u64) {
        let acted = self.acted.entry((phone, call)).or_default();
        *acted = ring.max(*acted);
    }

    pub fn acted_on(&self, phone: PhoneId, call: CallId) -> u64 {
        self.acted.get(&(phone, call)).copied().unwrap_or_default()
    }
}
