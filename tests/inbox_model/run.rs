//! Makes the same steps with an inbox and with the model, and compares whatever can be seen. Beside
//! that it keeps a book of its own, for what must hold whatever the model says.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use hushring::{
    AccountKey, Action, CallId, Content, EndReason, Event, Inbox, MessageId, OpenError, UnixMillis,
};

use crate::explanation::check_explanation;
use crate::letters::{Body, Caller, Claims, Draft, Kind, Letter, Reason, call_id};
use crate::model::{
    MAX_HELD, MAX_HELD_PER_ACCOUNT, MAX_PENDING, MAX_PENDING_PER_ACCOUNT, Model, Outcome, Refused,
    rings_until,
};
use crate::people::{
    ANN, BEN, CAT, CROWD, EVERYBODY, MONTH, OWN, Pin, SECOND, START, TOLERANCE, Term, WORLD, Who,
    key, own, revocation,
};
use crate::seen::{Seen, SeenAction};
use crate::steps::{Flood, Id, Move, Post, Sent, Step};

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
                    assert_eq!(revoked.map_err(|error| error.code()), expected);
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

    // Steps.

    fn trust(&mut self, who: Who, pin: Pin) {
        let (contact, refused) = pin.contact();
        let held: Vec<_> = self
            .model
            .held
            .iter()
            .filter(|held| held.account == key(who))
            .cloned()
            .collect();
        let before = self.inbox.save();
        let now = UnixMillis(self.now);
        let events = self.inbox.trust(key(who), contact.clone(), now);
        let expected = self.model.trust(key(who), &contact, self.now);
        let (events, outcomes) = match (events, expected) {
            (Ok(events), Ok(outcomes)) => (events, outcomes),
            (Err(error), Err(code)) => {
                assert_eq!(error.code(), code);
                if let hushring::InboxError::BadContent { member } = error {
                    assert_eq!(Some(member), refused);
                }
                assert!(before == self.inbox.save(), "a refusal changed something");
                self.reach(&format!("trust {code}"));
                return;
            }
            (events, expected) => {
                panic!(
                    "trust: {:?}, not {expected:?}",
                    events.map(|events| seen(&events))
                );
            }
        };
        let accepted = outcomes
            .iter()
            .filter_map(|outcome| outcome.result.clone().ok());
        assert_eq!(seen(&events), accepted.collect::<Vec<_>>());
        self.reach("trust");
        for (letter, outcome) in held.iter().zip(&outcomes) {
            self.reach("released");
            let line = format!("released: {}", outcome.line);
            self.reach(&line);
            if let Ok(seen) = &outcome.result {
                self.enter(letter, seen);
            }
        }
    }

    fn untrust(&mut self, who: Who) {
        self.inbox.untrust(&key(who));
        self.model.untrust(&key(who));
    }

    fn place(&mut self, call: u16, parties: &[Who]) {
        let accounts: Vec<AccountKey> = parties.iter().map(|who| key(*who)).collect();
        let before = self.inbox.save();
        let id = call_id(call);
        let placed = self.inbox.placed(id, &accounts, UnixMillis(self.now));
        let expected = self.model.placed(id, &accounts, self.now);
        assert_eq!(placed.map_err(|error| error.code()), expected);
        if expected.is_ok() {
            self.book.parties.entry(id).or_default().extend(accounts);
            self.reach("placed");
        } else {
            assert!(before == self.inbox.save(), "a refusal changed something");
            self.reach("placed inbox_full");
        }
    }

    fn acknowledge(&mut self, event: &Event) {
        assert!(self.inbox.acknowledge(event), "it was pending");
        assert!(
            self.model
                .acknowledge(&event.sender.account, event.message_id)
        );
        self.reach("acknowledge");
    }

    /// The event of an earlier letter, pending or not: a duplicate has its account and its id.
    fn acknowledge_old(&mut self, number: u8) {
        let Some(letter) = self.letter(number) else {
            return;
        };
        let Ok(event) = self.inbox.receive(&letter.bytes, UnixMillis(self.now)) else {
            // Refused, or held: the model has to hear of it too.
            self.model.receive(&letter, self.now);
            return;
        };
        let outcome = self.model.receive(&letter, self.now);
        self.check_event(&letter, &event, &outcome);
        let before = self.inbox.save();
        let there = self.inbox.acknowledge(&event);
        assert_eq!(there, self.model.acknowledge(&letter.account, letter.id));
        assert!(there || before == self.inbox.save());
        self.reach(if there {
            "acknowledge again"
        } else {
            "acknowledge unknown"
        });
    }

    fn load(&mut self, bytes: Vec<u8>) {
        let mut inbox = Inbox::load(WORLD.phone.certificate(), &bytes).unwrap();
        assert_eq!(inbox.prekeys().count(), 0);
        assert!(
            *inbox.save() == bytes,
            "loading and saving changed the state"
        );
        for prekey in &self.model.prekeys {
            inbox
                .add_prekey(WORLD.prekeys[*prekey].prekey.clone())
                .unwrap();
        }
        self.inbox = inbox;
    }

    /// The app starts anew from what it saved, and the relay delivers again what came since: the app
    /// tells it what has come after a save only.
    fn crash(&mut self) {
        let came = self.book.came.split_off(self.saved.book.came.len());
        // Prekeys are stored where keys are, and stay deleted.
        let prekeys = std::mem::take(&mut self.model.prekeys);
        self.model = self.saved.model.clone();
        self.model.prekeys = prekeys;
        self.book = self.saved.book.clone();
        self.load(self.saved.bytes.clone());
        self.reach("crash");
        for letter in came {
            self.receive(&letter);
        }
    }

    fn prune(&mut self) {
        let gone = self.inbox.prune(UnixMillis(self.now));
        let expected = self.model.prune(self.now);
        let ids: Vec<_> = expected
            .iter()
            .map(|prekey| WORLD.prekeys[*prekey].id)
            .collect();
        assert_eq!(gone, ids);
        self.reach(if gone.is_empty() {
            "prune"
        } else {
            "prune prekeys"
        });
    }

    // Envelopes.

    fn receive(&mut self, letter: &Rc<Letter>) {
        let now = UnixMillis(self.now);
        let held = self.model.held.clone();
        let before = self.inbox.save();
        let outcome = self.model.receive(letter, self.now);
        let line = outcome.line;
        // Explaining takes as long as receiving: once a sequence for every line, and now and then.
        let first = !self.reached.contains_key(line);
        if first || self.book.came.len().is_multiple_of(4) {
            let explanation = self.inbox.explain(&letter.bytes, now);
            assert!(before == self.inbox.save(), "explaining changed something");
            check_explanation(&explanation, letter, &outcome, self.now);
            self.reach("explain");
        }
        self.book.came.push(letter.clone());
        let result = self.inbox.receive(&letter.bytes, now);
        let after = self.inbox.save();
        match &result {
            Ok(event) => {
                self.check_event(letter, event, &outcome);
                if event.action.reason() == Some("duplicate") {
                    assert!(before == after, "a duplicate changed something");
                } else {
                    assert!(before != after, "what was accepted is not kept");
                }
            }
            Err(error) => {
                assert_eq!(
                    Err(refusal(error)),
                    outcome.result,
                    "{letter:?} at {}",
                    self.now
                );
                let same = held.len() == self.model.held.len()
                    && held
                        .iter()
                        .zip(&self.model.held)
                        .all(|(a, b)| Rc::ptr_eq(a, b));
                assert_eq!(before == after, same, "{line}: what a refusal changes");
                if line == "E40" || line == "N21" {
                    self.reach(if same { "not held again" } else { "held" });
                    if !same && held.len() == MAX_HELD {
                        self.reach("held at the bound");
                    } else if !same && held.len() == self.model.held.len() {
                        self.reach("held at the bound of one");
                    }
                }
            }
        }
        self.reach(line);
        if let Ok(seen) = &outcome.result {
            let action = &seen.action;
            self.reach(&name_of(action));
        }
    }

    fn check_event(&mut self, letter: &Letter, event: &Event, outcome: &Outcome) {
        let seen = Seen::from(event);
        let expected = outcome.result.as_ref();
        assert_eq!(
            Ok(&seen),
            expected,
            "{}: {letter:?} at {}",
            outcome.line,
            self.now
        );
        self.enter(letter, &seen);
    }

    /// What holds of every event, whatever the model says.
    fn enter(&mut self, letter: &Letter, seen: &Seen) {
        if seen.action == SeenAction::Drop("duplicate") {
            let before = |(account, id, _): &([u8; 32], MessageId, u64)| {
                account == letter.account.as_bytes() && *id == letter.id
            };
            assert!(self.book.events.iter().any(before), "never seen before");
            return;
        }
        let Body::Sound(content) = &letter.body else {
            panic!("nothing broken is accepted");
        };
        let new = self
            .book
            .events
            .insert((*letter.account.as_bytes(), letter.id, letter.sent_at));
        assert!(new, "an event twice: {seen:?}");
        if let Content::End(end) = content {
            let sender = *letter.account.as_bytes();
            let caller = end.caller.unwrap_or(sender);
            if may_end(letter, caller, end.reason) {
                let call = (caller, end.call_id, is_elsewhere(end.reason));
                self.book.ended.insert(call);
            }
        }
        match (&seen.action, content) {
            (SeenAction::Ring { expires_at, .. }, Content::Invite(invite)) => {
                assert!(self.now <= rings_until(letter, invite));
                assert_eq!(*expires_at, rings_until(letter, invite));
            }
            (SeenAction::End { call_uuid, .. }, Content::End(end)) => {
                let sender = *letter.account.as_bytes();
                let caller = end.caller.unwrap_or(sender);
                let may = may_end(letter, caller, end.reason);
                let of_caller = AccountKey::from_bytes(&caller)
                    .is_ok_and(|caller| end.call_id.callkit_uuid(&caller) == *call_uuid);
                assert!(may && of_caller || self.is_own(end.call_id, letter, *call_uuid));
            }
            (SeenAction::Signal { call_uuid, .. }, content) => {
                let id = content.call_id().unwrap();
                let of_sender = id.callkit_uuid(&letter.account) == *call_uuid;
                assert!(of_sender || self.is_own(id, letter, *call_uuid));
            }
            _ => {}
        }
    }

    /// Whether it is about a call of this device's account, to the letter's account.
    fn is_own(&self, id: CallId, letter: &Letter, call_uuid: CallId) -> bool {
        let parties = self.book.parties.get(&id);
        call_uuid == id.callkit_uuid(&own())
            && parties.is_some_and(|parties| parties.contains(&letter.account))
    }

    /// What signals of the others to the call of a letter would be: whoever has nothing to say in
    /// their calls changes nothing of it.
    fn ask_others(&mut self, letter: &Letter) -> Vec<String> {
        let (true, Body::Sound(content)) = (self.asks, &letter.body) else {
            return Vec::new();
        };
        let Some(id) = content.call_id() else {
            return Vec::new();
        };
        let mut answers = Vec::new();
        for who in [ANN, BEN] {
            let of_own = match content {
                Content::End(end) if letter.account == own() && is_elsewhere(end.reason) => {
                    end.caller
                }
                _ => None,
            };
            if key(who) == letter.account || of_own == Some(*key(who).as_bytes()) {
                continue;
            }
            let number = u16::from_be_bytes([id.as_bytes()[0], id.as_bytes()[1]]);
            let question = self.question(who, number);
            let explanation = self.inbox.explain(&question.bytes, UnixMillis(self.now));
            let answer = format!("{who}: {:?}", explanation.result());
            self.reach(&format!("asked {:?}", explanation.result()));
            answers.push(answer);
        }
        answers
    }

    fn write(&mut self, post: &Post) -> Rc<Letter> {
        let id = match post.id {
            Id::Shared(number) => MessageId::from_bytes([number; 16]),
            Id::Fresh => {
                self.fresh += 1;
                let mut bytes = [0xee; 16];
                // So that their order is not the order in which they came.
                bytes[..8]
                    .copy_from_slice(&self.fresh.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
                MessageId::from_bytes(bytes)
            }
        };
        let (begins, ends) = post.term.millis();
        let lifetime = match post.kind {
            Kind::Invite { lifetime, .. } => u64::from(lifetime.unwrap_or(60)),
            _ => 60,
        };
        let beside = |time: u64, by: i64| time.saturating_add_signed(by);
        let sent_at = match post.sent {
            Sent::Ago(ago) => self.now.saturating_sub(ago),
            Sent::LastRing(by) => beside(self.now.saturating_sub((lifetime + 30) * SECOND), by),
            Sent::Ahead(by) => beside(self.now.saturating_add(TOLERANCE), by),
            Sent::Month(by) => beside(self.now.saturating_sub(MONTH), by),
            Sent::Ends(by) => beside(ends, by),
            Sent::Begins(by) => beside(begins - TOLERANCE, by),
            Sent::Floor(by) => beside(
                self.model.replay_floor(&key(post.who)).unwrap_or(self.now),
                by,
            ),
            Sent::Like(number) => self
                .letter(number)
                .map_or(self.now, |letter| letter.sent_at),
        };
        Draft {
            who: post.who,
            device: post.device,
            term: post.term,
            prekey: post.prekey,
            id,
            sent_at,
            kind: post.kind,
            fault: post.fault,
        }
        .seal()
    }

    // Floods.

    fn flood(&mut self, flood: Flood, who: Who, begin: u16, many: u16) {
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
    fn ask(&mut self, who: Who, call: u16) {
        let letter = self.question(who, call);
        let outcome = self.model.clone().receive(&letter, self.now);
        let explanation = self.inbox.explain(&letter.bytes, UnixMillis(self.now));
        check_explanation(&explanation, &letter, &outcome, self.now);
        self.reach("asked after a flood");
        self.reach(&format!("asked after a flood: {}", outcome.line));
    }

    /// A signal that is not sent.
    fn question(&self, who: Who, call: u16) -> Rc<Letter> {
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

    fn at_bounds(&self) -> [(&'static str, bool); 8] {
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

    // Comparing.

    fn compare(&mut self) {
        self.compare_pending(self.now);
        let held: Vec<_> = self
            .inbox
            .held()
            .map(|held| {
                let tag = held.envelope_tag().to_string();
                (
                    tag,
                    *held.account(),
                    *held.device(),
                    held.message_id(),
                    held.sent_at().0,
                )
            })
            .collect();
        let expected = self.model.held.iter().map(|letter| {
            (
                letter.tag.clone(),
                letter.account,
                letter.device,
                letter.id,
                letter.sent_at,
            )
        });
        assert_eq!(held, expected.collect::<Vec<_>>());
        assert!(held.len() <= MAX_HELD);
        for (_, account, ..) in &held {
            let of_account = held.iter().filter(|(_, other, ..)| other == account);
            assert!(of_account.count() <= MAX_HELD_PER_ACCOUNT);
        }
        let prekeys: Vec<_> = self.inbox.prekeys().map(|prekey| prekey.id()).collect();
        let expected = self
            .model
            .prekeys
            .iter()
            .map(|prekey| WORLD.prekeys[*prekey].id);
        assert_eq!(prekeys, expected.collect::<Vec<_>>());

        let saved = self.inbox.save();
        assert!(
            saved.len() <= self.most_bytes(),
            "the state grew beyond its bound"
        );
        // Loading checks the keys of all accounts.
        if self.times.len().is_multiple_of(8) {
            let loaded = Inbox::load(WORLD.phone.certificate(), &saved).unwrap();
            assert!(
                loaded.save() == saved,
                "loading and saving changed the state"
            );
        }
    }

    /// What the table of 14.1 allows, with what is in it now: generous for each entry, and
    /// independent of how many there were before.
    fn most_bytes(&self) -> usize {
        let sizes = self.model.sizes();
        256 + sizes.accounts * (128 + 2 * 128)
            + sizes.ids * (16 + 8 + 8)
            + sizes.calls * (16 + 16 + 16)
            + sizes.elsewhere * (32 + 16 + 16)
            + sizes.placed * (16 + 16)
            + sizes.parties * (32 + 8)
            + sizes.journal * 1_024
            + sizes.held * 1_024
    }

    fn compare_pending(&mut self, at: u64) {
        let events = self.events(at);
        let pending = seen(&events);
        let expected = self.model.pending(at);
        assert_eq!(pending.len(), expected.len());
        for (pending, expected) in pending.iter().zip(&expected) {
            assert_eq!(pending, expected, "pending at {at}");
        }
        let of_others = pending.iter().filter(|event| event.account != own());
        assert!(of_others.count() <= MAX_PENDING);
        let mut forgotten = 0;
        let mut of_account: HashMap<AccountKey, usize> = HashMap::new();
        for event in &events {
            let many = of_account.entry(event.sender.account).or_default();
            *many += 1;
            assert!(*many <= MAX_PENDING_PER_ACCOUNT);
            let call = |id: CallId, elsewhere| (*event.sender.account.as_bytes(), id, elsewhere);
            match &event.action {
                Action::Ring(ring) => {
                    assert!(at <= ring.expires_at.0, "it rings too late");
                }
                Action::Missed(missed) if missed.reason.as_str() == "ended" => {
                    let call = call(missed.content.call_id, false);
                    assert!(self.book.ended.contains(&call), "ended by somebody else");
                    if !self.model.records_call(&event.sender.account, call.1) {
                        forgotten += 1;
                    }
                }
                Action::Drop(reason) => {
                    // Of a ring, whose call the own account or the caller has ended elsewhere.
                    assert!(["answeredElsewhere", "declinedElsewhere"].contains(&reason.as_str()));
                    let came = &self.book.came;
                    let letter = came.iter().find(|letter| letter.tag == event.envelope_tag);
                    let Some(Body::Sound(content)) = letter.map(|letter| &letter.body) else {
                        panic!("it never came");
                    };
                    let call = call(content.call_id().unwrap(), true);
                    assert!(self.book.ended.contains(&call), "ended by somebody else");
                }
                _ => {}
            }
        }
        if forgotten > 0 {
            self.reach("pending missed ended, call forgotten");
        }
        for event in &pending {
            let action = &event.action;
            self.reach(&format!("pending {}", name_of(action)));
        }
    }

    // Small things.

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

/// Whether it is for the sender to end a call of this caller: the caller may, and the own account
/// elsewhere.
fn may_end(letter: &Letter, caller: [u8; 32], reason: EndReason) -> bool {
    if is_elsewhere(reason) {
        letter.account == own()
    } else {
        caller == *letter.account.as_bytes()
    }
}

fn is_elsewhere(reason: EndReason) -> bool {
    matches!(
        reason,
        EndReason::AnsweredElsewhere | EndReason::DeclinedElsewhere
    )
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
        code: error.code(),
        account,
        apart,
    }
}
