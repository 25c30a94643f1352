//! Plays what happens in the model to real inboxes, and compares.

use std::collections::BTreeMap;

use hushring::error::{InboxError, OpenError};
use hushring::inbox::{Action, Event};
use hushring::{Inbox, SealOptions, UnixMillis};
use hushring_calls_model::letter::{Content as Said, Letter};
use hushring_calls_model::scope::Scope;
use hushring_calls_model::state::State;
use hushring_calls_model::steps::Step;
use hushring_calls_model::tables::{Event as Expected, Given, Phase};
use hushring_calls_model::walk::{Event as Happening, Happened};
use hushring_calls_model::{Account, CALLER, Device, Time};
use hushring_test_support::contents::call_id;
use hushring_test_support::random::TestRng;

use crate::listed::Listed;
use crate::people::{People, Person};
use crate::said::{IN_TIME, LATE, call_uuid, content, event_of, time};

/// How often each line of the tables and of N28 applied.
pub type Lines = BTreeMap<&'static str, u64>;

pub struct Player<'a> {
    people: &'a People,
    persons: Vec<Person<'a>>,
    inboxes: Vec<Inbox>,
    /// For each inbox, the events that are listed anew each time.
    listed: Vec<Vec<Listed>>,
    /// How often each line applied.
    pub lines: Lines,
    /// What was posted and has not arrived.
    posted: Vec<(Letter, Vec<u8>)>,
    random: TestRng,
    sealed: usize,
}

impl<'a> Player<'a> {
    pub fn new(people: &'a People, scope: &Scope, seed: u64) -> Player<'a> {
        let persons = people.of(scope);
        let inboxes: Vec<_> = persons.iter().map(|person| people.inbox(person)).collect();
        Player {
            people,
            listed: inboxes.iter().map(|_| Vec::new()).collect(),
            persons,
            inboxes,
            lines: Lines::new(),
            posted: Vec::new(),
            random: TestRng::new(seed),
            sealed: 0,
        }
    }

    /// Plays one thing that happens, and compares.
    pub fn play(&mut self, happening: &Happening) {
        match happening.happened {
            Happened::Step(step) => {
                self.before_posting(step, happening);
                for letter in &happening.posted {
                    let envelope = self.seal(letter);
                    self.posted.push((*letter, envelope));
                }
                self.after_posting(step, happening);
            }
            Happened::Arrived { letter, is_late } => {
                let envelope = self.take_posted(&letter);
                self.receive(&letter, &envelope, is_late, happening);
            }
            Happened::Said { letter, is_late } => {
                let envelope = self.seal(&letter);
                self.receive(&letter, &envelope, is_late, happening);
            }
            Happened::Lost { letter } => {
                self.take_posted(&letter);
            }
        }
        if let Some(given) = &happening.given {
            *self.lines.entry(given.line).or_default() += 1;
        }
        for device in 0..self.inboxes.len() {
            self.compare_listed(device, &happening.after);
        }
    }

    /// Makes the step of the app that comes before the envelope.
    fn before_posting(&mut self, step: Step, happening: &Happening) {
        match step {
            Step::Place { account } => {
                let sent_at = happening.posted[0].sent_at;
                let called = [self.people.account(account)];
                let inbox = &mut self.inboxes[usize::from(CALLER)];
                let placed = inbox.place_call(call_id(), &called, time(sent_at)).unwrap();
                assert_eq!(placed, time(sent_at));
            }
            Step::Answer { device } => {
                let ring = happening.after.called[usize::from(device)].due;
                self.answers(device, ring);
                self.acts_on(device, ring);
            }
            Step::PostAnswer { device } => match happening.posted[0].content {
                Said::Answer { ring } => self.answers(device, ring),
                _ => panic!("an answer is posted first"),
            },
            _ => {}
        }
    }

    /// Makes the step of the app that comes after the envelope.
    fn after_posting(&mut self, step: Step, happening: &Happening) {
        let caller = self.people.account(Account::A);
        match step {
            Step::CallerEnds { account, .. } | Step::LateAnswer { account } => {
                let called = [self.people.account(account)];
                self.inboxes[usize::from(CALLER)].left_accounts(call_id(), &called);
            }
            Step::SayTaken {
                account,
                crashes: false,
            } => self.has_said(account),
            Step::Decline { device }
            | Step::Refuse {
                device,
                stops: true,
                ..
            } => {
                self.inboxes[usize::from(device)].left(&caller, call_id());
                let ring = happening.after.called[usize::from(device)].acted;
                self.acts_on(device, ring);
            }
            Step::HangUp { device, .. } => {
                self.inboxes[usize::from(device)].left(&caller, call_id());
            }
            _ => {}
        }
    }

    fn answers(&mut self, device: Device, ring: Time) {
        let caller = self.people.account(Account::A);
        let answered = self.inboxes[usize::from(device)].answered(&caller, call_id(), IN_TIME);
        assert_eq!(answered.unwrap(), time(ring));
    }

    /// The app has answered this ring, or has left the call while it rang: no other one rings.
    fn acts_on(&mut self, device: Device, ring: Time) {
        let is_of_ring = |listed: &&mut Listed| {
            listed.account == Account::A && listed.was == Expected::Ring && listed.time == ring
        };
        let listed = self.listed[usize::from(device)].iter_mut();
        listed
            .filter(is_of_ring)
            .for_each(|listed| listed.is_acted_on = true);
    }

    fn seal(&mut self, letter: &Letter) -> Vec<u8> {
        self.sealed += 1;
        let content = content(
            &letter.content,
            self.sealed,
            |account| *self.people.account(account).as_bytes(),
            |device| self.persons[usize::from(device)].key(),
        );
        let options = SealOptions::at(time(letter.sent_at));
        let bundle = self.persons[usize::from(letter.to)].bundle;
        let device = self.persons[usize::from(letter.from)].device;
        let sealed = device.seal_with_rng(bundle, &content, options, &mut self.random);
        sealed.unwrap().as_bytes().to_vec()
    }

    fn take_posted(&mut self, letter: &Letter) -> Vec<u8> {
        let place = self.posted.iter().position(|(posted, _)| posted == letter);
        self.posted.remove(place.expect("it was posted")).1
    }

    /// The app has told which device was taken, and is done with the event.
    fn has_said(&mut self, account: Account) {
        let caller = usize::from(CALLER);
        let of_account = |listed: &mut Listed| {
            matches!(listed.was, Expected::Second(_)) && listed.account == account
        };
        for said in self.listed[caller].extract_if(.., of_account) {
            assert!(self.inboxes[caller].acknowledge(&said.event));
        }
    }

    /// Receives an envelope, and compares what becomes of it.
    fn receive(&mut self, letter: &Letter, envelope: &[u8], is_late: bool, happening: &Happening) {
        let given = happening.given.as_ref().expect("it arrived");
        let now = if is_late { LATE } else { IN_TIME };
        let to = usize::from(letter.to);
        let event = match self.inboxes[to].receive(envelope, now) {
            Ok(event) => event,
            Err(OpenError::CallIdTaken) => {
                assert_eq!(given.event, Expected::CallIdTaken);
                return;
            }
            Err(error) => panic!("{error}"),
        };
        assert_eq!(self.expected_of(&event.action), given.event);
        if let Some(uuid) = call_uuid(&event.action) {
            let caller = self.caller_of(letter, given.line, &happening.after);
            assert_eq!(uuid, call_id().callkit_uuid(&self.people.account(caller)));
        }
        self.compare_journal(to, &event, given, &happening.after, now);
        // Once more, it is a duplicate, and changes nothing.
        let again = self.inboxes[to].receive(envelope, now).unwrap();
        assert_eq!(again.action.reason(), Some("duplicate"));
        self.compare_refusal(letter.to, happening);
    }

    /// Returns whose call a letter is about, by the line that applied.
    fn caller_of(&self, letter: &Letter, line: &str, state: &State) -> Account {
        match (letter.content, line) {
            (Said::CalleeEnd { caller, .. }, _) => caller,
            (_, "G2" | "G3" | "G4" | "G6") => state.inboxes[usize::from(letter.to)].account,
            _ => state.inboxes[usize::from(letter.from)].account,
        }
    }

    fn expected_of(&self, action: &Action) -> Expected {
        event_of(action, |key| {
            let place = self.persons.iter().position(|person| person.key() == *key);
            place.expect("one of the devices") as Device
        })
    }

    /// The journal has the event, unless it is a `drop`, and the kept signals that follow it. The
    /// app is done at once with what does not change later.
    fn compare_journal(
        &mut self,
        to: usize,
        event: &Event,
        given: &Given,
        after: &State,
        now: UnixMillis,
    ) {
        let is_new = |event: &Event| {
            let mut known = self.listed[to].iter();
            !known.any(|listed| listed.event.message_id == event.message_id)
        };
        let pending: Vec<Event> = self.inboxes[to].pending(now).filter(is_new).collect();
        let is_pending = !matches!(event.action, Action::Drop(_));
        let (itself, follow) = pending.split_at(usize::from(is_pending));
        assert!(itself.iter().all(|pending| pending == event));
        let sent: Vec<UnixMillis> = follow.iter().map(|event| event.sent_at).collect();
        let expected: Vec<UnixMillis> = given.follow.iter().copied().map(time).collect();
        assert_eq!(sent, expected);
        for event in follow {
            assert_eq!(self.expected_of(&event.action), Expected::Signal);
        }
        for event in pending {
            let account = self.people.party(&event.sender.account);
            let listed = Listed {
                account,
                since: after.leg(account).since,
                time: (event.sent_at.0 - time(0).0) as Time,
                was: self.expected_of(&event.action),
                is_acted_on: false,
                event,
            };
            if listed.changes() {
                self.listed[to].push(listed);
            } else {
                assert!(self.inboxes[to].acknowledge(&listed.event));
            }
        }
    }

    /// Everything that is listed anew stands as the model's state says.
    fn compare_listed(&mut self, device: usize, after: &State) {
        for now in [IN_TIME, LATE] {
            let pending: Vec<Event> = self.inboxes[device].pending(now).collect();
            assert_eq!(pending.len(), self.listed[device].len());
            for (event, listed) in pending.iter().zip(&self.listed[device]) {
                let expected = listed.now(after, device as Device, now == LATE);
                assert_eq!(self.expected_of(&event.action), expected, "listed");
                *self.lines.entry(listed.line(expected)).or_default() += 1;
            }
        }
    }

    /// A call that neither rings nor was answered cannot be answered.
    fn compare_refusal(&mut self, device: Device, happening: &Happening) {
        let phase = happening.after.phase(device);
        if !matches!(phase, Phase::Ringing | Phase::Answered) {
            let caller = self.people.account(Account::A);
            let answered = self.inboxes[usize::from(device)].answered(&caller, call_id(), IN_TIME);
            assert_eq!(answered, Err(InboxError::CallOver));
        }
    }
}
