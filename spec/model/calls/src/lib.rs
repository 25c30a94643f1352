//! An explicit-state model of calls between several devices: the tables of spec/inbox.md (section 8),
//! users and a network around them, and what has to hold. README.md says what is modelled.

#![forbid(unsafe_code)]

pub mod ablation;
pub mod confluence;
pub mod invariants;
pub mod large;
pub mod letter;
pub mod rules;
pub mod scope;
pub mod search;
pub mod state;
pub mod steps;
pub mod stranger;
pub mod tables;
pub mod tell;
pub mod walk;

/// A time of the caller's device: a counter, 0 where there is none.
pub type Time = u8;

/// The last time that a state has room for.
pub const LAST: Time = 31;

/// A device: 0 is the caller's, then those of account B, then those of account C.
pub type Device = u8;

/// The caller's device.
pub const CALLER: Device = 0;

/// A device that takes no part in the call.
pub const STRANGER: Device = 7;

/// How many devices there may be.
pub const DEVICES: usize = 8;

/// An account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// Calls.
    A,
    /// Is called.
    B,
    /// Is called as well, in a group.
    C,
    /// Takes no part in the call.
    M,
}

impl Account {
    /// Every account.
    pub const ALL: [Account; 4] = [Account::A, Account::B, Account::C, Account::M];

    /// The accounts that are called.
    pub const CALLED: [Account; 2] = [Account::B, Account::C];
}
