//! Random walks: of users and network, and of whoever says anything to anybody.

use crate::letter::{Content, Letter, Reason};
use crate::scope::Scope;
use crate::state::State;
use crate::steps::{CALLER_REASONS, Step};
use crate::tables::Given;
use crate::{Account, CALLER, Device, STRANGER, Time};

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    pub happened: Happened,
    /// What was posted.
    pub posted: Vec<Letter>,
    /// What became of the letter that arrived.
    pub given: Option<Given>,
    /// In words.
    pub told: String,
    pub after: State,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A step of a user or an app.
    Step(Step),
    /// A letter that was posted arrived.
    Arrived { letter: Letter, is_late: bool },
    /// A letter arrived that nobody should have written.
    Said { letter: Letter, is_late: bool },
    /// A letter was lost.
    Lost { letter: Letter },
}

/// What happened in a walk.
pub struct Walk {
    pub events: Vec<Event>,
    /// The invariant that the last event broke.
    pub broken: Option<&'static str>,
}

/// Walks at random for a while, then delivers everything, with no act of a user any more.
pub fn walk(scope: &Scope, numbers: &mut Numbers) -> Walk {
    let length = 5 + numbers.below(60);
    // How much slower the network is than the users.
    let slowness = numbers.below(4);
    let mut state = State::new(scope);
    let mut events = Vec::new();
    loop {
        let steps = match events.len() < length {
            true => state.steps(scope),
            false => state.steps_without_users(scope),
        };
        let steps = match steps.is_empty() {
            true => state.steps_without_users(scope),
            false => steps,
        };
        if steps.is_empty() {
            break;
        }
        let mut step = numbers.one_of(&steps);
        for _ in 0..slowness {
            if matches!(step, Step::Deliver { .. }) {
                step = numbers.one_of(&steps);
            }
        }
        events.push(take(&mut state, step, scope));
        if let broken @ Some(_) = state.check(scope) {
            return Walk { events, broken };
        }
    }
    let broken = None;
    Walk { events, broken }
}

/// Walks at random, and now and then somebody says anything to anybody. No invariant holds then;
/// the tables do.
pub fn wild_walk(scope: &Scope, numbers: &mut Numbers) -> Walk {
    let mut state = State::new(scope);
    let mut events = Vec::new();
    for _ in 0..20 + numbers.below(60) {
        let steps = state.steps(scope);
        if steps.is_empty() || numbers.below(3) == 0 {
            let letter = any_letter(state.time, scope, numbers);
            events.push(say(&mut state, letter, numbers.below(4) == 0, scope));
        } else {
            let step = numbers.one_of(&steps);
            events.push(take(&mut state, step, scope));
        }
    }
    let broken = None;
    Walk { events, broken }
}

fn take(state: &mut State, step: Step, scope: &Scope) -> Event {
    let told = state.tell(step, scope);
    let happened = match step {
        Step::Deliver { index, is_late } => Happened::Arrived {
            letter: state.letters[index],
            is_late,
        },
        Step::Lose { index } => Happened::Lost {
            letter: state.letters[index],
        },
        step => Happened::Step(step),
    };
    let before = state.letters.len();
    let taken = state.take(step, scope);
    *state = taken.state;
    let posted = match happened {
        // Without burial, what was posted stands behind what was there.
        Happened::Step(_) => state.letters.get(before..).unwrap_or_default().to_vec(),
        _ => Vec::new(),
    };
    Event {
        happened,
        posted,
        given: taken.given,
        told,
        after: state.clone(),
    }
}

fn say(state: &mut State, letter: Letter, is_late: bool, scope: &Scope) -> Event {
    let is_late = is_late && letter.content == Content::Invite;
    let given = state.deliver(&letter, is_late, scope);
    Event {
        happened: Happened::Said { letter, is_late },
        posted: Vec::new(),
        given: Some(given),
        told: format!("{}, which is made up", letter.tell(scope)),
        after: state.clone(),
    }
}

/// A letter that anybody might write, within M5 (spec/envelope.md, section 16). The more of them are
/// about the call, the more they do.
fn any_letter(now: Time, scope: &Scope, numbers: &mut Numbers) -> Letter {
    let devices: Vec<Device> = [CALLER].into_iter().chain(scope.called()).collect();
    let mut senders = devices.clone();
    senders.extend([STRANGER, CALLER, CALLER]);
    let callers = [
        Account::A,
        Account::A,
        Account::A,
        Account::B,
        Account::C,
        Account::M,
    ];
    let time = |numbers: &mut Numbers| 1 + numbers.below(usize::from(now) + 2) as Time;
    let content = match numbers.below(8) {
        0 => Content::Invite,
        1 => Content::Signal,
        2 => Content::Answer {
            ring: time(numbers),
        },
        3 => Content::End {
            reason: numbers.one_of(&CALLER_REASONS),
            device: None,
        },
        4 => Content::End {
            reason: Reason::AnsweredElsewhere,
            device: Some(numbers.one_of(&senders)),
        },
        _ => Content::CalleeEnd {
            caller: numbers.one_of(&callers),
            ring: time(numbers),
            reason: numbers.one_of(&Reason::ALL),
        },
    };
    Letter {
        from: numbers.one_of(&senders),
        to: numbers.one_of(&devices),
        sent_at: time(numbers),
        content,
    }
}

/// Pseudorandom numbers (xorshift).
pub struct Numbers(u64);

impl Numbers {
    /// Returns the numbers of this seed.
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below this one.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end
    }

    /// Returns one of them.
    pub fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
