//! Floods of letters, which are sealed once for all sequences.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use hushring::{MessageId, UnixMillis};

use super::{Run, refusal};
use crate::explanation::check_explanation;
use crate::letters::{Caller, Claims, Draft, Kind, Letter, Reason};
use crate::people::{ANN, CROWD, EVERYBODY, OWN, Pin, SECOND, START, Term, Who};
use crate::steps::Flood;

impl Run {
    pub(super) fn flood(&mut self, flood: Flood, who: Who, begin: u16, many: u16) {
        let range = begin..begin.saturating_add(many);
        match flood {
            Flood::Messages => range.for_each(|n| self.pour(who, n, Kind::Message(n))),
            Flood::Covers => range.for_each(|n| self.pour(who, n, Kind::Cover)),
            Flood::Invites => range.for_each(|n| {
                let kind = Kind::Invite {
                    call: n,
                    lifetime: None,
                    claims: Claims::None,
                };
                self.pour(who, n, kind);
            }),
            Flood::Elsewhere => range.for_each(|n| {
                let kind = Kind::End {
                    call: n,
                    reason: Reason::AnsweredElsewhere,
                    caller: Caller::Account(who),
                };
                self.pour(OWN, n, kind);
            }),
            Flood::Placed => range.for_each(|n| self.place(n, &[who])),
            Flood::Crowd => {
                // An event of the own account, which takes no room of the others.
                let call = LATE + begin;
                let invite = Kind::Invite {
                    call,
                    lifetime: None,
                    claims: Claims::None,
                };
                self.pour(ANN, call, invite);
                let end = Kind::End {
                    call,
                    reason: Reason::AnsweredElsewhere,
                    caller: Caller::Account(ANN),
                };
                self.pour(OWN, call, end);
                for who in CROWD..EVERYBODY {
                    range
                        .clone()
                        .for_each(|n| self.pour(who, n, Kind::Message(n)));
                }
            }
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
        if matches!(flood, Flood::Invites | Flood::Elsewhere | Flood::Placed) {
            (0..90).for_each(|call| self.ask(who, call));
        }
        for (line, reached) in self.at_bounds() {
            if reached {
                self.reach(line);
            }
        }
    }

    /// What a signal to a call would be: which calls are known, and which are forgotten.
    pub(super) fn ask(&mut self, who: Who, call: u16) {
        let letter = self.question(who, call);
        let outcome = self.model.clone().receive(&letter, self.now);
        let explanation = self.inbox.explain(&letter.bytes, UnixMillis(self.now));
        check_explanation(&explanation, &letter, &outcome, self.now);
        self.reach("asked after a flood");
        self.reach(&format!("asked after a flood: {}", outcome.line));
    }

    /// A signal that is not sent.
    pub(super) fn question(&self, who: Who, call: u16) -> Rc<Letter> {
        Draft {
            who,
            device: 0,
            term: Term::Long,
            prekey: 0,
            id: MessageId::from_bytes([0xa5; 16]),
            sent_at: self.now,
            kind: Kind::Answer(call),
            fault: None,
        }
        .seal()
    }

    /// One of a pool that is sealed once for all sequences.
    pub(super) fn pour(&mut self, who: Who, number: u16, kind: Kind) {
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

    pub(super) fn at_bounds(&self) -> [(&'static str, bool); 8] {
        let sizes = self.model.sizes();
        [
            ("512 ids", sizes.most_ids == 512),
            ("64 calls", sizes.most_calls == 64),
            ("64 elsewhere", sizes.elsewhere == 64),
            ("64 placed", sizes.placed == 64),
            ("1024 pending", sizes.journal_of_others == 1_024),
            ("64 held", sizes.held == 64),
            ("many calls", sizes.calls > 100),
            ("many ids", sizes.ids > 1_000),
        ]
    }
}

/// From this number on, what is in the pool was sent after all else in it.
const LATE: u16 = 1_000;

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
        Kind::End {
            caller: Caller::Account(who),
            ..
        } => 0x80 + who as u8,
        _ => 4,
    };
    // Neither ids nor times ascend, and some times are the same.
    id[1..3].copy_from_slice(&number.wrapping_mul(40_503).to_be_bytes());
    let spread = u64::from(number) * 7_919 % 400;
    let late = if number >= LATE { 81 * SECOND } else { 0 };
    Draft {
        who,
        device: usize::from(number),
        term: Term::Long,
        prekey: 0,
        id: MessageId::from_bytes(id),
        sent_at: START - 80 * SECOND + spread * 200 + late,
        kind,
        fault: None,
    }
    .seal()
}
