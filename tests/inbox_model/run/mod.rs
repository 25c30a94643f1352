//! Makes the same steps with an inbox and with the model, and compares whatever can be seen. Beside
//! that it keeps a book of its own, for what must hold whatever the model says.

mod compare;
mod envelopes;
mod floods;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hushring::error::OpenError;
use hushring::inbox::Event;
use hushring::{AccountKey, CallId, Content, Inbox, MessageId, UnixMillis};

use crate::letters::{Body, Letter};
use crate::model::{Model, Refused, rings_until};
use crate::people::{ANN, BEN, CAT, MONTH, Pin, SECOND, START, TOLERANCE, WORLD, key, revocation};
use crate::seen::{Seen, SeenAction};
use crate::steps::{Move, Step};

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
    /// The calls that somebody ended who may: caller and callId, and whether elsewhere.
    ended: BTreeSet<([u8; 32], CallId, bool)>,
    /// For each call of this device's account: who was ever called.
    parties: BTreeMap<CallId, Vec<AccountKey>>,
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
        let inbox = Inbox::new(WORLD.phone.certificate());
        let mut run = Run {
            saved: Saved {
                bytes: inbox.save().to_vec(),
                model: Model::new(),
                book: Book::default(),
            },
            inbox,
            model: Model::new(),
            now: START,
            letters: Vec::new(),
            times: vec![START],
            book: Book::default(),
            fresh: 0,
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
        self.compare();
        self.times.push(self.now);
    }

    fn make(&mut self, step: &Step) {
        match step {
            Step::Send(post) => {
                if let Some(at) = post.at {
                    self.now = self.time(at);
                }
                let letter = self.write(post);
                self.letters.push(letter.clone());
                let before = self.ask_others(&letter);
                self.receive(&letter);
                assert_eq!(
                    before,
                    self.ask_others(&letter),
                    "{letter:?} changed a call of others"
                );
            }
            Step::Again(number) => {
                if let Some(letter) = self.letter(*number) {
                    self.receive(&letter);
                }
            }
            Step::Trust(who, pin) => self.trust(*who, *pin),
            Step::Untrust(who) => self.untrust(*who),
            Step::Revoke(who, beside) => {
                let floor = self.now.saturating_add_signed(*beside) / SECOND;
                if let Some(revocation) = revocation(*who, floor, self.now) {
                    let revoked = self.inbox.revoke(&revocation);
                    let expected = self.model.revoke(&key(*who), floor);
                    assert_eq!(revoked.map_err(|error| error.code().as_str()), expected);
                    self.reach("revoke");
                }
            }
            Step::Placed(call, parties) => self.place(*call, parties),
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
            Step::Save => {
                self.saved = Saved {
                    bytes: self.inbox.save().to_vec(),
                    model: self.model.clone(),
                    book: self.book.clone(),
                };
            }
            Step::Reload => self.load(self.inbox.save().to_vec()),
            Step::Crash => self.crash(),
            Step::Clock(to) => self.now = self.time(*to),
            Step::Prune => self.prune(),
            Step::Pending(at) => self.compare_pending(self.time(*at)),
            Step::AddPrekey(prekey) => {
                let added = self.inbox.add_prekey(WORLD.prekeys[*prekey].prekey.clone());
                assert!(added.is_ok());
                self.model.add_prekey(*prekey);
            }
            Step::Flood(flood, who, begin, many) => self.flood(*flood, *who, *begin, *many),
        }
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

    fn time(&self, to: Move) -> u64 {
        let month_after = |time: u64| time.saturating_add(MONTH);
        let (time, by) = match to {
            Move::By(by) => (self.now, by),
            Move::LastRing(number, by) => match self.letter(number) {
                Some(letter) => match &letter.body {
                    Body::Sound(Content::Invite(invite)) => (rings_until(&letter, invite), by),
                    _ => (letter.sent_at + 90 * SECOND, by),
                },
                None => (self.now, by),
            },
            Move::Month(number, by) => {
                let sent_at = self
                    .letter(number)
                    .map_or(self.now, |letter| letter.sent_at);
                (month_after(sent_at), by)
            }
            Move::MonthAfterStep(number, by) => {
                let place = usize::from(number) % self.times.len();
                (month_after(self.times[place]), by)
            }
            Move::Ends(term, by) => (term.millis().1, by),
            Move::Begins(term, by) => (term.millis().0 - TOLERANCE, by),
            Move::Prekey(prekey, by) => (month_after(WORLD.prekeys[prekey].expires_at), by),
            Move::Start => (START, 0),
        };
        time.saturating_add_signed(by)
    }
}

fn name_of(action: &SeenAction) -> String {
    let reason = action.reason().map(|reason| format!(" {reason}"));
    format!("{}{}", action.name(), reason.unwrap_or_default())
}

fn seen(events: &[Event]) -> Vec<Seen> {
    events.iter().map(Seen::from).collect()
}

fn refusal(error: &OpenError) -> Refused {
    let (account, apart) = match error {
        OpenError::Untrusted { account } => (Some(*account), None),
        OpenError::Clock { ahead_ms } => (None, Some(*ahead_ms)),
        OpenError::TooOld { age_ms } => (None, Some(*age_ms)),
        _ => (None, None),
    };
    Refused {
        code: error.code().as_str(),
        account,
        apart,
    }
}
