//! Tables A, Z and G of spec/inbox.md, section 8, as functions: the state that a device keeps of a
//! call, and what becomes of a letter. Without users, network and time.

use crate::letter::{Content, Letter, Reason};
use crate::rules::{Rule, Rules};
use crate::{Account, Device, LAST, Time};

/// What an inbox keeps of one call: the callId is the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inbox {
    pub device: Device,
    pub account: Account,
    /// The own call, for each account that may be called.
    pub legs: [Leg; 4],
    /// The calls that have this callId, for each caller.
    pub calls: [Call; 4],
}

/// An own call and one called account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leg {
    pub since: Time,
    pub phase: LegPhase,
    /// The device that was taken, or that closed it.
    pub by: Option<Device>,
    pub told: bool,
    pub declined: bool,
}

/// How far a leg is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegPhase {
    /// There is no leg.
    #[default]
    None,
    Open,
    Taken,
    Closed,
}

/// A call of another account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Call {
    pub rung: Time,
    pub over: Time,
    pub elsewhere: Time,
    /// Whether `elsewhere` is because a sibling declined, rather than answered.
    pub declined_elsewhere: bool,
    pub phase: Phase,
    pub kept: Kept,
}

/// How far a call of another account is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    None,
    Ringing,
    Missed,
    Answered,
}

/// The times of kept signals, in the order in which they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    times: [Time; Kept::MOST],
    count: usize,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The line that applied.
    pub line: &'static str,
    pub event: Event,
    /// The kept signals that follow, each an event `signal`.
    pub follow: Vec<Time>,
}

/// An event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Ring,
    Missed(Missed),
    End {
        /// CallKit's.
        reason: u8,
        /// How many legs are then taken, or open and not declined.
        remaining: Option<u8>,
    },
    Signal,
    /// Another device was taken: this one.
    Second(Device),
    Drop(Dropped),
    /// The invitation is refused.
    CallIdTaken,
}

/// Why a call was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    Ended,
    Expired,
}

/// Why a content is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    Answered,
    AnsweredElsewhere,
    DeclinedElsewhere,
    Early,
    Over,
    Own,
    Repeated,
    Taken,
    Unknown,
}

impl Inbox {
    /// Returns an inbox that knows of no call.
    pub fn new(device: Device, account: Account) -> Inbox {
        Inbox {
            device,
            account,
            legs: Default::default(),
            calls: Default::default(),
        }
    }

    /// Takes in a letter of a device of account S. `is_late` says that an invitation is too old to
    /// ring.
    pub fn receive(&mut self, letter: &Letter, s: Account, is_late: bool, rules: Rules) -> Given {
        let from = letter.from;
        if from == self.device {
            return dropped("N14", Dropped::Own);
        }
        let is_placed = self.legs.iter().any(Leg::exists);
        let has_leg = self.legs[s as usize].exists();
        let (leg, call) = (&mut self.legs[s as usize], &mut self.calls[s as usize]);
        let mut given = match letter.content {
            Content::Invite if is_placed => Given::new("A0", Event::CallIdTaken),
            Content::Invite => call.invitation(letter.sent_at, is_late, rules),
            Content::Answer { ring } if has_leg => leg.answer(from, ring, rules),
            Content::Answer { .. } => dropped("Z13", Dropped::Unknown),
            Content::Signal if has_leg => leg.signal(from, rules),
            Content::Signal => call.signal(letter.sent_at, rules),
            Content::End { device, .. }
                if device == Some(self.device) && rules.hold(Rule::Taken) =>
            {
                dropped("Z1", Dropped::Taken)
            }
            Content::End { reason, .. } => call.caller_end(letter.sent_at, reason, rules),
            Content::CalleeEnd {
                caller,
                ring,
                reason,
            } => {
                if caller == self.account && has_leg {
                    leg.end(from, ring, reason, rules)
                } else if s == self.account && reason.is_elsewhere() {
                    self.calls[caller as usize].sibling_end(ring, reason, rules)
                } else {
                    dropped("Z13", Dropped::Unknown)
                }
            }
        };
        if let Event::End { remaining, .. } = &mut given.event
            && matches!(given.line, "Z5" | "Z6" | "Z8")
        {
            *remaining = Some(self.remaining(rules));
        }
        given
    }

    /// How many legs are taken, or open and not declined.
    fn remaining(&self, rules: Rules) -> u8 {
        let remains = |leg: &&Leg| match leg.phase {
            LegPhase::Open => !leg.declined,
            LegPhase::Taken => rules.hold(Rule::Remaining) || !leg.declined,
            LegPhase::None | LegPhase::Closed => false,
        };
        self.legs.iter().filter(remains).count() as u8
    }
}

/// The caller's side: Z4 to Z9, G1 to G7.
impl Leg {
    /// The step `place`.
    pub fn place(&mut self, now: Time) {
        *self = Leg {
            since: now,
            phase: LegPhase::Open,
            ..Leg::default()
        };
    }

    /// The step `left` of the caller.
    pub fn leave(&mut self) {
        self.phase = LegPhase::Closed;
        self.told = true;
        self.by = None;
    }

    /// Returns whether the account was called.
    pub fn exists(&self) -> bool {
        self.phase != LegPhase::None
    }

    fn is_taken_by(&self, device: Device) -> bool {
        self.phase == LegPhase::Taken && self.by == Some(device)
    }

    fn is_open(&self) -> bool {
        self.phase == LegPhase::Open
    }

    fn close(&mut self, by: Device) {
        self.phase = LegPhase::Closed;
        self.by = Some(by);
    }

    fn answer(&mut self, from: Device, ring: Time, rules: Rules) -> Given {
        if ring < self.since && rules.hold(Rule::AnswerRing) {
            dropped("G1", Dropped::Over)
        } else if self.is_open() {
            self.phase = LegPhase::Taken;
            self.by = Some(from);
            Given::new("G2", Event::Signal)
        } else if self.is_taken_by(from) {
            Given::new("G3", Event::Signal)
        } else if let Some(by) = self.by
            && by != from
            && (!self.told || !rules.hold(Rule::Told))
            && rules.hold(Rule::Second)
            && (self.phase == LegPhase::Taken || rules.hold(Rule::SecondClosed))
        {
            self.told = true;
            Given::new("G4", Event::Second(by))
        } else {
            dropped("G5", Dropped::Over)
        }
    }

    fn signal(&self, from: Device, rules: Rules) -> Given {
        if self.is_open() && rules.hold(Rule::SignalsOpen) || self.is_taken_by(from) {
            Given::new("G6", Event::Signal)
        } else {
            dropped("G7", Dropped::Over)
        }
    }

    fn end(&mut self, from: Device, ring: Time, reason: Reason, rules: Rules) -> Given {
        use Reason::{Busy, Cancelled, Declined, Failed, RemoteEnded, Unanswered};
        let is_older = ring < self.since && rules.hold(Rule::EndRing);
        if is_older || reason.is_elsewhere() {
            dropped("Z4", Dropped::Over)
        } else if self.is_open() && reason == Declined {
            if !rules.hold(Rule::Declined) {
                self.close(from);
            }
            let is_first = !self.declined;
            self.declined = true;
            if is_first {
                end("Z5", reason)
            } else {
                dropped("Z5", Dropped::Over)
            }
        } else if self.is_open() && matches!(reason, RemoteEnded | Failed) {
            if rules.hold(Rule::HungUpFirst) {
                self.close(from);
            }
            end("Z6", reason)
        } else if self.is_open() {
            if !rules.hold(Rule::Refused) {
                self.close(from);
            }
            Given::new("Z7", Event::Signal)
        } else if (self.is_taken_by(from)
            || self.phase == LegPhase::Taken && !rules.hold(Rule::Others))
            && (!matches!(reason, Busy | Unanswered | Cancelled) || !rules.hold(Rule::BusyTaken))
        {
            self.phase = LegPhase::Closed;
            end("Z8", reason)
        } else {
            dropped("Z9", Dropped::Over)
        }
    }
}

/// A callee's side: table A, Z2, Z3, Z10 to Z12, G8, G10, G11.
impl Call {
    /// The step `answered`: returns the ring to name in the answer, unless the call is over.
    pub fn answered(&mut self) -> Option<Time> {
        if self.phase == Phase::Ringing {
            self.phase = Phase::Answered;
        }
        (self.phase == Phase::Answered).then_some(self.rung)
    }

    /// The step `left` of a callee.
    pub fn leave(&mut self) {
        self.phase = Phase::None;
        self.over = self.over.max(self.rung);
    }

    fn is_recorded(&self) -> bool {
        self.rung != 0 || self.over != 0
    }

    fn has_phase(&self) -> bool {
        self.phase != Phase::None
    }

    fn unless_recorded(&self) -> Dropped {
        if self.is_recorded() {
            Dropped::Over
        } else {
            Dropped::Unknown
        }
    }

    fn invitation(&mut self, i: Time, is_late: bool, rules: Rules) -> Given {
        let rang = self.rung != 0;
        if i <= self.rung && rules.hold(Rule::Older) {
            dropped("A1", Dropped::Repeated)
        } else if self.phase == Phase::Answered {
            if !rules.hold(Rule::Anew) {
                return dropped("A2", Dropped::Repeated);
            }
            self.rung = i;
            self.rings("A2", Event::Signal, rules)
        } else if rang && !rules.hold(Rule::Newer) {
            dropped("A6", Dropped::Repeated)
        } else if i <= self.elsewhere && rules.hold(Rule::Silenced) {
            let reason = if self.declined_elsewhere {
                Dropped::DeclinedElsewhere
            } else {
                Dropped::AnsweredElsewhere
            };
            self.does_not_ring(i, Phase::None, rules);
            dropped("A3", reason)
        } else if i <= self.over && rules.hold(Rule::Ended) {
            self.does_not_ring(i, Phase::None, rules);
            Given::new("A4", Event::Missed(Missed::Ended))
        } else if is_late {
            self.does_not_ring(i, Phase::Missed, rules);
            Given::new("A5", Event::Missed(Missed::Expired))
        } else {
            self.rung = i;
            self.phase = Phase::Ringing;
            self.rings("A6", Event::Ring, rules)
        }
    }

    /// The kept signals that are dated as the ring or later follow, and the others leave.
    fn rings(&mut self, line: &'static str, event: Event, rules: Rules) -> Given {
        let older = !rules.hold(Rule::KeptOlder);
        let kept = std::mem::take(&mut self.kept);
        let follow = kept.times().filter(|s| *s >= self.rung || older);
        Given {
            line,
            event,
            follow: follow.collect(),
        }
    }

    fn does_not_ring(&mut self, i: Time, phase: Phase, rules: Rules) {
        self.rung = i;
        self.phase = phase;
        if !rules.hold(Rule::KeptStay) {
            self.kept = Kept::default();
        }
    }

    fn caller_end(&mut self, e: Time, reason: Reason, rules: Rules) -> Given {
        let has_ended = self.has_phase() && (self.rung <= e || !rules.hold(Rule::EndOlder));
        let given = if has_ended {
            // Siblings alone may say that a call was answered elsewhere.
            let is_answered = self.phase == Phase::Answered || !rules.hold(Rule::EndReason);
            self.phase = Phase::None;
            let reason = if is_answered {
                reason
            } else {
                Reason::Cancelled
            };
            end("Z2", reason)
        } else {
            dropped("Z3", self.unless_recorded())
        };
        if has_ended || self.is_recorded() || rules.hold(Rule::EndFirst) {
            let up_to = if rules.hold(Rule::EndDated) { e } else { LAST };
            self.over = self.over.max(up_to);
        }
        self.kept.leave_up_to(e);
        given
    }

    fn sibling_end(&mut self, ring: Time, reason: Reason, rules: Rules) -> Given {
        let mut ring_recorded = ring;
        let given = if self.phase == Phase::Answered && rules.hold(Rule::Stays) {
            if !rules.hold(Rule::StaysRecorded) {
                return dropped("Z10", Dropped::Answered);
            }
            dropped("Z10", Dropped::Answered)
        } else if self.has_phase() && (self.rung <= ring || !rules.hold(Rule::SiblingRing)) {
            self.phase = Phase::None;
            end("Z11", reason)
        } else {
            let is_known = self.is_recorded() || self.elsewhere != 0;
            let given = dropped(
                "Z12",
                if is_known {
                    Dropped::Over
                } else {
                    Dropped::Unknown
                },
            );
            if !self.is_recorded() && !rules.hold(Rule::SiblingFirst) {
                return given;
            }
            given
        };
        if !rules.hold(Rule::SiblingDated) {
            ring_recorded = LAST;
        }
        // A time that does not grow keeps its reason, but for an equal one.
        if ring_recorded >= self.elsewhere {
            self.elsewhere = ring_recorded;
            self.declined_elsewhere = reason == Reason::DeclinedElsewhere;
        }
        given
    }

    fn signal(&mut self, s: Time, rules: Rules) -> Given {
        if matches!(self.phase, Phase::Ringing | Phase::Answered) {
            if s >= self.rung || !rules.hold(Rule::SignalOlder) {
                Given::new("G8", Event::Signal)
            } else {
                dropped("G8", Dropped::Over)
            }
        } else if s > self.rung && s > self.over && rules.hold(Rule::Kept) {
            self.kept.push(s);
            dropped("G10", Dropped::Early)
        } else {
            dropped("G11", self.unless_recorded())
        }
    }
}

impl Kept {
    /// How many signals are kept of one call.
    pub const MOST: usize = 4;

    /// Returns the times.
    pub fn times(&self) -> impl Iterator<Item = Time> {
        self.times.into_iter().take(self.count)
    }

    /// Keeps one more. The one kept first leaves when there is no room.
    pub fn push(&mut self, time: Time) {
        if self.count == Kept::MOST {
            self.times.rotate_left(1);
            self.count -= 1;
        }
        self.times[self.count] = time;
        self.count += 1;
    }

    fn leave_up_to(&mut self, time: Time) {
        for kept in std::mem::take(self).times().filter(|kept| *kept > time) {
            self.push(kept);
        }
    }
}

impl Given {
    fn new(line: &'static str, event: Event) -> Given {
        Given {
            line,
            event,
            follow: Vec::new(),
        }
    }
}

fn dropped(line: &'static str, reason: Dropped) -> Given {
    Given::new(line, Event::Drop(reason))
}

/// An end with the ended reason of CallKit (section 7).
fn end(line: &'static str, reason: Reason) -> Given {
    let reason = match reason {
        Reason::Failed => 1,
        Reason::RemoteEnded | Reason::Declined | Reason::Busy | Reason::Cancelled => 2,
        Reason::Unanswered => 3,
        Reason::AnsweredElsewhere => 4,
        Reason::DeclinedElsewhere => 5,
    };
    let remaining = None;
    Given::new(line, Event::End { reason, remaining })
}
