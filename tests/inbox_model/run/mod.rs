//! Makes the same steps with an inbox and with the model, and compares whatever can be seen. Beside
//! that it keeps a book of its own, for what must hold whatever the model says.

mod calls;
mod compare;
mod crowds;
mod envelopes;
mod floods;
mod scenes;
mod steps;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hushring::error::{ContentError, OpenError};
use hushring::inbox::Event;
use hushring::{AccountKey, CallId, Inbox, MessageId, UnixMillis};

use crate::letters::Letter;
use crate::model::{MAX_PLACED, Model, Refused};
use crate::people::{ANN, BEN, CAT, Pin, START, WORLD};
use crate::seen::{Seen, SeenAction};
use crate::steps::{Flood, Step};

/// How often each line was reached.
pub type Reached = BTreeMap<String, u64>;

pub struct Run {
    inbox: Inbox,
    model: Model,
    now: u64,
    letters: Vec<Rc<Letter>>,
    /// When the steps were made.
    times: Vec<u64>,
    book: Book,
    saved: Saved,
    fresh: u64,
    /// Whether the clock ever did.
    went_back: bool,
    /// Whether it asks others of a call before and after somebody speaks of it.
    asks: bool,
    pub reached: Reached,
}

/// What happened since the last save is forgotten in a crash, so the book goes back as well.
#[derive(Clone, Default)]
struct Book {
    /// Every event but duplicates: account, message id and `sent_at`. A sender who uses an id for two
    /// messages may get both through, in time.
    events: BTreeSet<([u8; 32], MessageId, u64)>,
    /// Cover, which may come again.
    covers: BTreeSet<([u8; 32], MessageId)>,
    /// Those that rang when they came.
    rang: BTreeSet<([u8; 32], MessageId)>,
    /// The rings that the app answered, as they were listed: caller and message id.
    answered: BTreeSet<([u8; 32], MessageId)>,
    /// The calls that the app left, by caller and callId.
    left: BTreeSet<([u8; 32], CallId)>,
    /// The calls that somebody ended who may: caller and callId, and whether elsewhere.
    ended: BTreeSet<([u8; 32], CallId, bool)>,
    /// The calls that were forgotten while a ring of theirs was in the journal.
    forgotten: BTreeSet<([u8; 32], CallId)>,
    /// For each call of this device's account: who was ever called.
    parties: BTreeMap<CallId, Vec<AccountKey>>,
    /// For each call that was ever joined, by caller and callId: with whom.
    joined: BTreeMap<([u8; 32], CallId), Vec<AccountKey>>,
    /// What came, in order.
    came: Vec<Rc<Letter>>,
}

struct Saved {
    bytes: Vec<u8>,
    model: Model,
    book: Book,
}

impl Run {
    /// Ann, Ben and Cat are trusted; the first prekeys are there.
    pub fn new(asks: bool) -> Run {
        let mut inbox = Inbox::new(WORLD.phone.certificate());
        let mut model = Model::new();
        assert_eq!(inbox.revision(), model.revision());
        let bytes = inbox.save().to_vec();
        assert_eq!(inbox.revision(), model.save());
        let mut run = Run {
            saved: Saved {
                bytes,
                model: model.clone(),
                book: Book::default(),
            },
            inbox,
            model,
            now: START,
            letters: Vec::new(),
            times: vec![START],
            book: Book::default(),
            fresh: 0,
            went_back: false,
            asks,
            reached: Reached::new(),
        };
        for prekey in 0..WORLD.prekeys.len() {
            run.step(&Step::AddPrekey(prekey));
        }
        for (who, pin) in [(ANN, Pin::Both), (BEN, Pin::Nothing), (CAT, Pin::Name)] {
            run.step(&Step::Trust(who, pin));
        }
        run.step(&Step::Save);
        run
    }

    pub fn step(&mut self, step: &Step) {
        self.make(step);
        self.find_forgotten(match step {
            Step::Untrust(_) | Step::Flood(Flood::UntrustCrowd | Flood::Regain, ..) => "untrust",
            Step::Prune => "prune",
            _ => "newer calls",
        });
        self.compare();
        self.times.push(self.now);
    }

    fn make(&mut self, step: &Step) {
        match step {
            Step::Send(post) => self.send(post),
            Step::Again(number) => {
                if let Some(letter) = self.letter(*number) {
                    self.receive(&letter);
                }
            }
            Step::Trust(who, pin) => self.trust(*who, *pin),
            Step::TrustWith(who, pin, floors, of_other) => {
                self.trust_with_floors(*who, *pin, floors, *of_other);
            }
            Step::Untrust(who) => self.untrust(*who),
            Step::Block(who) => self.block(*who),
            Step::Unblock(who) => self.unblock(*who),
            Step::Discard(who) => self.discard(*who),
            Step::Release => self.release(),
            Step::Revoke(who, device, beside) => self.revoke(*who, *device, *beside),
            Step::Place(call, parties) => self.place(*call, parties, self.now),
            Step::PlaceOthers => (100..)
                .take(MAX_PLACED)
                .for_each(|call| self.place(call, &[BEN], self.now)),
            Step::PlaceBefore(call, parties, by) => self.place_before(*call, parties, *by),
            Step::Answered(which) => self.answered(*which),
            Step::Left(which) => self.left(*which),
            Step::LeftAccounts(call, parties) => self.left_accounts(*call, parties),
            Step::Joined(which, parties) => self.joined(*which, parties),
            Step::Publish(prekeys) => self.publish(prekeys),
            Step::Acknowledge(number) => {
                let pending = self.events(self.now);
                if let Some(event) = pending.get(usize::from(*number) % pending.len().max(1)) {
                    self.acknowledge(event);
                }
            }
            Step::AcknowledgeOld(number) => self.acknowledge_old(*number),
            Step::AcknowledgeAll => {
                for event in self.events(self.now) {
                    self.acknowledge(&event);
                }
                assert_eq!(self.events(self.now).len(), 0);
            }
            Step::Save => self.keep_state(),
            Step::Reload => {
                let saved = self.save();
                self.load(saved);
            }
            Step::Crash => self.crash(),
            Step::Clock(to) => self.now = self.time(*to),
            Step::Prune => self.prune(),
            Step::Pending(at) => self.compare_pending(self.time(*at)),
            Step::AddPrekey(prekey) => self.add_prekey(*prekey),
            Step::Scene(scene) => self.play(*scene),
            Step::Flood(flood, who, begin, many) => self.flood(*flood, *who, *begin, *many),
        }
    }

    fn add_prekey(&mut self, prekey: usize) {
        let added = self.inbox.add_prekey(WORLD.prekeys[prekey].prekey.clone());
        assert!(added.is_ok());
        self.model.add_prekey(prekey);
    }

    fn events(&self, at: u64) -> Vec<Event> {
        self.inbox.pending(UnixMillis(at)).collect()
    }

    fn reach(&mut self, line: &str) {
        match self.reached.get_mut(line) {
            Some(times) => *times += 1,
            None => drop(self.reached.insert(line.to_string(), 1)),
        }
    }

    fn letter(&self, number: u8) -> Option<Rc<Letter>> {
        // Counted from the last: what came lately matters most.
        let place = usize::from(number) % self.letters.len().max(1);
        self.letters.iter().rev().nth(place).cloned()
    }
}

fn name_of(action: &SeenAction) -> String {
    let reason = action.reason().map(|reason| format!(" {reason}"));
    format!("{}{}", action.name(), reason.unwrap_or_default())
}

fn seen(events: &[Event]) -> Vec<Seen> {
    events.iter().map(Seen::from).collect()
}

/// Those that are named here.
const MEMBERS: [&str; 5] = ["callId", "reason", "caller", "ring", "device"];

fn refusal(error: &OpenError) -> Refused {
    let code = error.code().as_str();
    let mut refused = Refused {
        code,
        account: None,
        member: None,
        apart: None,
    };
    match error {
        OpenError::Untrusted { account } => refused.account = Some(*account),
        OpenError::Clock { ahead_ms } => refused.apart = Some(*ahead_ms),
        OpenError::TooOld { age_ms } => refused.apart = Some(*age_ms),
        OpenError::Content(ContentError::BadContent { member, .. }) => {
            let mut members = MEMBERS.into_iter();
            refused.member = members.find(|known| known == member);
        }
        _ => {}
    }
    refused
}
