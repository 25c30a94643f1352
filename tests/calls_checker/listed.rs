//! Events that wait, and are listed as they stand (spec/inbox.md, N28).

use hushring::inbox::Event;
use hushring_calls_model::state::State;
use hushring_calls_model::tables::{Dropped, Event as Expected, Missed, Phase};
use hushring_calls_model::{Account, Device, Time};

pub struct Listed {
    pub account: Account,
    /// When it was sent.
    pub time: Time,
    /// When the account's leg began, if it has one.
    pub since: Time,
    /// As it was accepted.
    pub was: Expected,
    /// The app has answered this ring, or has left its call while that rang.
    pub is_acted_on: bool,
    pub event: Event,
}

impl Listed {
    /// Returns whether it may be listed otherwise later.
    pub fn changes(&self) -> bool {
        matches!(
            self.was,
            Expected::Ring | Expected::Missed(_) | Expected::Second(_)
        )
    }

    /// Returns how it stands by the state of the model.
    pub fn now(&self, state: &State, device: Device, is_late: bool) -> Expected {
        let call = &state.inboxes[usize::from(device)].calls[self.account as usize];
        let app = &state.calling[self.account as usize];
        let is_of_leg = state.leg(self.account).since == self.since;
        match self.was {
            Expected::Second(_) if app.due.is_none() || !is_of_leg => Expected::Drop(Dropped::Over),
            Expected::Ring | Expected::Missed(_) if call.rung > self.time => {
                Expected::Drop(Dropped::Repeated)
            }
            Expected::Ring if self.is_acted_on && call.phase == Phase::Answered => Expected::Signal,
            Expected::Ring if self.is_acted_on => Expected::Drop(Dropped::Over),
            Expected::Ring | Expected::Missed(_) if call.elsewhere >= self.time => {
                Expected::Drop(match call.declined_elsewhere {
                    true => Dropped::DeclinedElsewhere,
                    false => Dropped::AnsweredElsewhere,
                })
            }
            Expected::Ring if call.phase != Phase::Ringing => Expected::Missed(Missed::Ended),
            Expected::Ring if is_late => Expected::Missed(Missed::Expired),
            as_it_was => as_it_was,
        }
    }

    /// Returns the name of the line of N28 by which it stands so.
    pub fn line(&self, stands: Expected) -> &'static str {
        use Expected::{Drop, Missed as MissedFor, Ring, Second, Signal};
        match (self.was, stands) {
            (Second(_), Drop(_)) => "N28 second, over",
            (_, Drop(Dropped::Repeated)) => "N28 repeated",
            (_, Signal) => "N28 signal",
            (_, Drop(Dropped::Over)) => "N28 over",
            (_, Drop(_)) => "N28 elsewhere",
            (Ring, MissedFor(Missed::Ended)) => "N28 ended",
            (Ring, MissedFor(Missed::Expired)) => "N28 expired",
            _ => "N28 as it was",
        }
    }
}
