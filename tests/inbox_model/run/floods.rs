//! Floods of letters, which are sealed once for all sequences.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use hushring::{MessageId, UnixMillis};

use super::{Run, refusal};
use crate::explanation::check_explanation;
use crate::letters::{About, Caller, Claims, Draft, Kind, Letter, Reason};
use crate::model::{MAX_JOINED_ACCOUNTS_IN_ALL, MAX_LEGS_IN_ALL};
use crate::people::{
    ANN, CAT, CROWD, EVERYBODY, HOUR, MULTITUDE, OWN, Pin, SECOND, START, Term, Who,
};
use crate::steps::{Flood, Which};

impl Run {
    pub(super) fn flood(&mut self, flood: Flood, who: Who, begin: u16, many: u16) {
        let range = begin..begin.saturating_add(many);
        match flood {
            Flood::Messages => range.for_each(|n| self.pour(who, n, Kind::Message(n))),
            Flood::Covers => range.for_each(|n| self.pour(who, n, Kind::Cover)),
            Flood::Ends => range.for_each(|n| self.pour(who, n, end(n))),
            Flood::Invites => range.for_each(|n| self.pour(who, n, invite(n))),
            Flood::Answered => range.for_each(|n| {
                self.pour(who, n, invite(n));
                self.answered(Which::Any(who, n));
                self.joined(Which::Any(who, n), &[CAT]);
            }),
            Flood::Early => range.for_each(|n| self.pour(who, n, Kind::Candidates(n / 6))),
            Flood::EarlyEnds => range.for_each(|n| self.pour(OWN, n, answered_elsewhere(who, n))),
            Flood::Placed => range.for_each(|n| {
                self.place(n, &[who], self.now);
                self.joined(Which::Any(OWN, n), &[CAT]);
            }),
            Flood::Legs => self.crowd_calls(LEGS + begin, false),
            Flood::JoinedCrowd => self.crowd_calls(LEGS + begin, true),
            Flood::Fast => range.for_each(|n| self.pour(who, FAST + n, Kind::Message(n))),
            Flood::Crowd => {
                // An event of the own account, which takes no room of the others.
                let call = LATE + begin;
                self.pour(ANN, call, invite(call));
                self.pour(OWN, call, answered_elsewhere(ANN, call));
                for who in CROWD..EVERYBODY {
                    range
                        .clone()
                        .for_each(|n| self.pour(who, n, Kind::Message(n)));
                }
            }
            Flood::EarlyCrowd => {
                for who in CROWD..EVERYBODY {
                    range
                        .clone()
                        .for_each(|n| self.pour(who, n, Kind::Candidates(n % 4)));
                }
            }
            Flood::FastCrowd => {
                for who in CROWD..EVERYBODY {
                    range
                        .clone()
                        .for_each(|n| self.pour(who, FAST + n, Kind::Message(n)));
                }
            }
            Flood::BlockCrowd => (CROWD..EVERYBODY)
                .step_by(3)
                .for_each(|who| self.block(who)),
            Flood::TrustCrowd => (CROWD..EVERYBODY).for_each(|who| self.trust(who, Pin::Name)),
            Flood::UntrustCrowd => (CROWD..EVERYBODY).for_each(|who| self.untrust(who)),
            Flood::Regain => {
                self.trust(who, Pin::Both);
                (0..begin).for_each(|n| self.pour(who, n, Kind::Message(n)));
                self.untrust(who);
                (0..many).for_each(|n| self.pour(who, LATE + n, Kind::Message(n)));
                self.trust(who, Pin::Both);
            }
            Flood::AcknowledgeSome => {
                let pending = self.events(self.now);
                for event in pending.iter().take(usize::from(many)) {
                    self.acknowledge(event);
                }
            }
        }
        match flood {
            Flood::Invites | Flood::EarlyEnds | Flood::Answered => {
                (0..90).for_each(|call| self.ask(who, invite(call)));
                (0..90).for_each(|call| self.ask(who, Kind::Candidates(call)));
            }
            Flood::Placed | Flood::Legs => {
                (0..90).for_each(|call| self.ask(who, Kind::Answer(call, self.now)))
            }
            _ => {}
        }
        if matches!(flood, Flood::Answered | Flood::Placed) {
            (0..90).for_each(|call| self.ask(CAT, Kind::Candidates(call)));
        }
        for (line, reached) in self.at_bounds() {
            if reached {
                self.reach(line);
            }
        }
    }

    /// Places calls to so many, or joins so many to them, that there is no room for more; then the
    /// one that is the first of all grows.
    fn crowd_calls(&mut self, begin: u16, joins: bool) {
        let everybody: Vec<Who> = (0..MULTITUDE).collect();
        let full = MAX_LEGS_IN_ALL / MULTITUDE;
        assert_eq!(MAX_LEGS_IN_ALL, MAX_JOINED_ACCOUNTS_IN_ALL);
        let rest = MAX_LEGS_IN_ALL % MULTITUDE;
        let first = begin + u16::try_from(full).unwrap();
        let last = first + u16::try_from(full).unwrap();
        let crowd = |run: &mut Run, call: u16, many: usize| {
            let parties = if joins { 1 } else { many };
            run.place(call, &everybody[..parties], run.now);
            run.joined(Which::Any(OWN, call), &everybody[..many]);
        };
        (begin..first).for_each(|call| crowd(self, call, MULTITUDE));
        crowd(self, first, rest);
        (first + 1..=last).for_each(|call| crowd(self, call, MULTITUDE));
        crowd(self, first, rest + 1);
        for call in begin..=last {
            self.ask(ANN, Kind::Answer(call, self.now));
            self.ask(CAT, Kind::Candidates(call));
        }
    }

    /// What a letter about a call would be: which calls are known, and which are forgotten.
    fn ask(&mut self, who: Who, kind: Kind) {
        let letter = self.question(who, kind);
        let outcome = self.model.clone().receive(&letter, self.now);
        let explanation = self.inbox.explain(&letter.bytes, UnixMillis(self.now));
        check_explanation(&explanation, &letter, &outcome, self.now);
        self.reach("asked after a flood");
        self.reach(&format!("asked after a flood: {}", outcome.line));
    }

    /// A letter that is not sent.
    pub(super) fn question(&self, who: Who, kind: Kind) -> Rc<Letter> {
        Draft {
            who,
            device: 0,
            term: Term::Long,
            prekey: 0,
            id: MessageId::from_bytes([0xa5; 16]),
            sent_at: self.now,
            kind,
            fault: None,
        }
        .seal()
    }

    /// One of a pool that is sealed once for all sequences.
    fn pour(&mut self, who: Who, number: u16, kind: Kind) {
        let letter = POOL.with_borrow_mut(|pool| {
            let entry = pool.entry((who, number, kind));
            entry.or_insert_with(|| pooled(who, number, kind)).clone()
        });
        let now = UnixMillis(self.now);
        // A look at everything takes long, and a flood changes little with each drop.
        if number.is_multiple_of(16) {
            return self.receive(&letter);
        }
        self.book.came.push(letter.clone());
        let result = self.inbox.receive(&letter.bytes, now);
        let outcome = self.model.receive(&letter, self.now);
        match result {
            Ok(event) => self.check_event(&letter, &event, &outcome),
            Err(error) => assert_eq!(Err(refusal(&error)), outcome.result),
        }
        self.reach(outcome.line);
    }

    fn at_bounds(&self) -> [(&'static str, bool); 15] {
        let sizes = self.model.sizes(self.now);
        [
            ("512 ids", sizes.most_ids == 512),
            ("64 calls", sizes.most_calls == 64),
            ("64 early ends", sizes.early_ends == 64),
            ("64 placed", sizes.placed == 64),
            ("64 joined", sizes.joined == 64),
            ("64 kept", sizes.kept == 64),
            ("8 kept of one", sizes.most_kept[0] == 8),
            ("4 kept of a call", sizes.most_kept[1] == 4),
            ("256 pending", sizes.pending_of_others == 256),
            ("many legs", sizes.legs > 1_900),
            ("many joined", sizes.joined_accounts > 1_900),
            ("64 held", sizes.held == 64),
            ("64 held for the clock", sizes.held_for_clock == 64),
            ("many calls", sizes.calls > 100),
            ("many ids", sizes.ids > 700),
        ]
    }
}

const fn invite(call: u16) -> Kind {
    Kind::Invite {
        call,
        lifetime: None,
        claims: Claims::None,
    }
}

const fn end(call: u16) -> Kind {
    Kind::End {
        call,
        reason: Reason::Cancelled,
        about: About::Call,
    }
}

/// By a sibling, for the ring that is in the pool.
fn answered_elsewhere(who: Who, call: u16) -> Kind {
    Kind::End {
        call,
        reason: Reason::AnsweredElsewhere,
        about: About::Ring(Caller::Account(who), pooled_at(call)),
    }
}

/// From this number on, what is in the pool was sent after all else in it.
const LATE: u16 = 1_000;

/// From this number on, calls that are placed to everybody.
const LEGS: u16 = 3_000;

/// From this number on, by a clock that is an hour fast.
const FAST: u16 = 2_000;

type Pool = HashMap<(Who, u16, Kind), Rc<Letter>>;

thread_local! {
    static POOL: RefCell<Pool> = RefCell::default();
}

fn pooled(who: Who, number: u16, kind: Kind) -> Rc<Letter> {
    let mut id = [0xfd; 16];
    id[0] = match kind {
        Kind::Message(_) => 1,
        Kind::Cover => 2,
        Kind::Invite { .. } => 3,
        Kind::Candidates(_) => 4,
        Kind::End {
            about: About::Ring(Caller::Account(who), _),
            ..
        } => 0x80 + u8::try_from(who).unwrap(),
        _ => 5,
    };
    // Neither ids nor times ascend, and some times are the same.
    id[1..3].copy_from_slice(&number.wrapping_mul(40_503).to_be_bytes());
    Draft {
        who,
        device: usize::from(number),
        term: Term::Long,
        prekey: 0,
        id: MessageId::from_bytes(id),
        sent_at: pooled_at(number),
        kind,
        fault: None,
    }
    .seal()
}

fn pooled_at(number: u16) -> u64 {
    let spread = u64::from(number) * 7_919 % 400;
    let late = match number {
        0..LATE => 0,
        LATE..FAST => 81 * SECOND,
        FAST.. => HOUR,
    };
    START - 80 * SECOND + spread * 200 + late
}
