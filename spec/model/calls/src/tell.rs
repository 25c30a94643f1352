//! Steps in words.

use crate::letter::{Content, Letter};
use crate::scope::Scope;
use crate::state::{State, Stopped};
use crate::steps::Step;
use crate::{Account, CALLER, Device, STRANGER};

impl State {
    /// Returns what a step does, in words. The state is that before the step.
    pub fn tell(&self, step: Step, scope: &Scope) -> String {
        let name = |device| name(device, scope);
        let time = self.time + 1;
        match step {
            Step::Place { account } => format!("A rings {account:?} ({time})"),
            Step::Signal { account } => format!("A sends a signal to {account:?} ({time})"),
            Step::CallerEnds { account, reason } => {
                format!(
                    "A ends the call with {account:?}: {} ({time})",
                    reason.name()
                )
            }
            Step::CallerStops { account } if self.leg(account).declined => {
                format!("A stops: {account:?} declined")
            }
            Step::CallerStops { account } => {
                format!("A stops: {account:?} did not answer in time")
            }
            Step::LateAnswer { account } => {
                let why = match self.calling[account as usize].stopped {
                    Stopped::Declined => "declined",
                    _ => "did not answer in time",
                };
                format!("A, which stopped because {account:?} {why}, ends the call ({time})")
            }
            Step::SayTaken { account, crashes } => {
                let taken = self.calling[account as usize]
                    .due
                    .map_or_else(String::new, name);
                let crashes = if crashes {
                    ", crashes, and does not know"
                } else {
                    ""
                };
                format!("A says that it took {taken} ({time}){crashes}")
            }
            Step::Answer { device } => format!("{}'s user answers", name(device)),
            Step::PostAnswer { device } => {
                let ring = self.called[usize::from(device)].due;
                format!("{} posts its answer to ring {ring}", name(device))
            }
            Step::Crash { device } => {
                let device = name(device);
                format!("{device} crashes, and does not know whether it posted its answer")
            }
            Step::Decline { device } => format!("{}'s user declines", name(device)),
            Step::Refuse {
                device,
                reason,
                stops,
            } => {
                let then = if stops { "stops" } else { "rings on" };
                format!("{} says {}, and {then}", name(device), reason.name())
            }
            Step::TimeOut { device } => format!("{}'s time to ring is over", name(device)),
            Step::HangUp { device, reason } => {
                format!("{}'s user hangs up: {}", name(device), reason.name())
            }
            Step::Deliver { index, is_late } => {
                let late = if is_late { ", too late to ring" } else { "" };
                format!("{}{late}", self.letters[index].tell(scope))
            }
            Step::Lose { index } => format!("lost: {}", self.letters[index].tell(scope)),
        }
    }
}

impl Letter {
    /// Returns the arrival of the letter, in words.
    pub fn tell(&self, scope: &Scope) -> String {
        let name = |device| name(device, scope);
        let sent_at = self.sent_at;
        let what = match self.content {
            Content::Invite => format!("invitation {sent_at}"),
            Content::Signal if self.from == CALLER => format!("signal {sent_at}"),
            Content::Signal => "signal".into(),
            Content::Answer { ring } => format!("answer to ring {ring}"),
            Content::End {
                device: Some(device),
                ..
            } => format!("\"I took {}\" {sent_at}", name(device)),
            Content::End { reason, .. } => format!("{} {sent_at}", reason.name()),
            Content::CalleeEnd {
                caller,
                ring,
                reason,
            } => {
                let of = if caller == Account::A {
                    ""
                } else {
                    " of another call"
                };
                format!("{} of ring {ring}{of}", reason.name())
            }
        };
        format!("{} gets {}'s {what}", name(self.to), name(self.from))
    }
}

fn name(device: Device, scope: &Scope) -> String {
    let account = scope.account_of(device);
    let first = match account {
        Account::C => *scope.devices(account).start(),
        _ => 1,
    };
    match device {
        CALLER => "A".into(),
        STRANGER => "the stranger".into(),
        _ => format!("{account:?}{}", device + 1 - first),
    }
}
