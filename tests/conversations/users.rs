//! What users may do, and what time does by itself.

use hushring::UnixMillis;

use crate::app::{App, Due, Gone, LegState, OwnCall, OwnLeg, PhoneId, State};
use crate::conversation::{Conversation, Scene};
use crate::truth::{Leg, Signal};
use crate::world::{ALICE, BOB, CAROL, Who, key};

use hushring::CallId;

#[derive(Clone, Debug)]
pub enum Act {
    /// A new call, or another ring of one.
    Place(PhoneId, Option<CallId>, Vec<Who>),
    Signal(PhoneId, Who, Who, CallId),
    End(PhoneId, CallId, Option<Who>),
    /// Does not wait any more, and tells nobody.
    Stop(PhoneId, CallId, Gone),
    Answer(PhoneId, Who, CallId),
    /// A restart that repeats what is due.
    AnswerAgain(PhoneId, Who, CallId),
    Decline(PhoneId, Who, CallId),
    Busy(PhoneId, Who, CallId, bool),
    HangUp(PhoneId, Who, CallId),
    Join(PhoneId, Who, CallId),
}

/// How long a caller waits (M11).
const LIFETIME: u64 = 60_000;

impl Conversation {
    pub fn acts(&self) -> Vec<Act> {
        let mut acts = Vec::new();
        for phone in 0..self.phones.len() {
            let app = &self.phones[phone].app;
            self.new_calls(phone, app, &mut acts);
            for call in &app.own {
                self.acts_of_caller(phone, app, call, &mut acts);
            }
            for call in &app.theirs {
                let (caller, id) = (call.caller, call.id);
                if matches!(call.state, State::Ringing(_)) {
                    if !app.is_busy() {
                        acts.push(Act::Answer(phone, caller, id));
                    }
                    acts.push(Act::Decline(phone, caller, id));
                    if self.habits.says_busy {
                        acts.push(Act::Busy(phone, caller, id, false));
                        acts.push(Act::Busy(phone, caller, id, true));
                    }
                }
                if call.state == State::In {
                    acts.push(Act::HangUp(phone, caller, id));
                    if self.habits.crash > 0 {
                        acts.push(Act::AnswerAgain(phone, caller, id));
                    }
                    if call.sent < 2 {
                        acts.push(Act::Signal(phone, caller, caller, id));
                    }
                    if call.is_group {
                        acts.push(Act::Join(phone, caller, id));
                    }
                    if call.is_group && call.joined_at.is_some() && call.sent < 2 {
                        let other = if self.phones[phone].who == BOB {
                            CAROL
                        } else {
                            BOB
                        };
                        acts.push(Act::Signal(phone, other, caller, id));
                    }
                }
            }
        }
        acts
    }

    /// How often it is done, beside the others.
    pub fn weight(&self, act: &Act) -> u64 {
        match act {
            Act::Place(_, None, _) | Act::Join(..) => 24,
            Act::Answer(..) => 16,
            Act::Signal(..) => 6,
            Act::Place(..) => 3,
            Act::AnswerAgain(..) | Act::Stop(..) => 2,
            Act::Busy(..) => 3,
            Act::Decline(..) => 5 * u64::from(self.habits.declines),
            Act::End(..) | Act::HangUp(..) => u64::from(self.habits.hangs_up),
        }
    }

    fn new_calls(&self, phone: PhoneId, app: &App, acts: &mut Vec<Act>) {
        let first = self.phones_of(self.phones[phone].who)[0] == phone;
        // A user does not place a call on a device that rings or talks.
        let is_idle = app.theirs.iter().all(|call| call.state == State::Idle);
        if !first || !app.own.is_empty() || !is_idle {
            return;
        }
        let accounts = match (self.scene, self.phones[phone].who) {
            (Scene::One | Scene::Both, ALICE) => vec![vec![BOB]],
            (Scene::Both, BOB) => vec![vec![ALICE]],
            (Scene::Own, ALICE) => vec![vec![ALICE]],
            (Scene::Group, ALICE) => vec![vec![BOB], vec![BOB, CAROL]],
            _ => Vec::new(),
        };
        acts.extend(
            accounts
                .into_iter()
                .map(|accounts| Act::Place(phone, None, accounts)),
        );
    }

    fn acts_of_caller(&self, phone: PhoneId, app: &App, call: &OwnCall, acts: &mut Vec<Act>) {
        let id = call.id;
        let is_idle = app.theirs.iter().all(|call| call.state == State::Idle);
        for leg in &call.legs {
            let talks = leg.is_with().is_some();
            let may_ring = !talks || self.habits.rings_anytime;
            if leg.rings < self.habits.rings && may_ring && is_idle {
                acts.push(Act::Place(phone, Some(id), vec![leg.account]));
            }
            if (leg.waits() || talks) && leg.sent < 4 {
                acts.push(Act::Signal(phone, leg.account, self.phones[phone].who, id));
            }
            if call.legs.len() > 1 && (leg.waits() || talks) {
                acts.push(Act::End(phone, id, Some(leg.account)));
            }
            if leg.waits() && leg.declined && call.legs.len() == 1 {
                acts.push(Act::Stop(phone, id, Gone::Declined));
            }
        }
        if call
            .legs
            .iter()
            .any(|leg| leg.waits() || leg.is_with().is_some())
        {
            acts.push(Act::End(phone, id, None));
        }
        if self.scene == Scene::Group && call.legs.len() == 1 {
            acts.push(Act::Place(phone, Some(id), vec![CAROL]));
        }
    }

    /// A user does something. It is saved, so that it is finished after a crash.
    pub fn act(&mut self, act: Act) {
        self.tell(|| format!("act: {act:?}"));
        let (phone, due) = match act {
            Act::Place(phone, id, accounts) => (phone, self.place(phone, id, accounts)),
            Act::Signal(phone, who, caller, id) => (phone, self.new_signal(phone, who, caller, id)),
            Act::End(phone, id, who) => {
                self.truth.somebody_stopped = true;
                (phone, self.end(phone, id, who))
            }
            Act::Stop(phone, id, gone) => {
                self.stop(phone, id, gone);
                return self.save(phone);
            }
            Act::Answer(phone, caller, id) | Act::AnswerAgain(phone, caller, id) => {
                (phone, Due::Answer(caller, id, None))
            }
            Act::Decline(phone, caller, id) => {
                self.truth.somebody_stopped = true;
                let ring = self.stops_ringing(phone, caller, id);
                (phone, Due::Decline(caller, id, ring))
            }
            Act::Busy(phone, caller, id, stops) => {
                let ring = self.phones[phone].app.theirs(caller, id).unwrap().ring;
                if stops {
                    self.truth.somebody_stopped = true;
                    self.stops_ringing(phone, caller, id);
                }
                (phone, Due::Busy(caller, id, ring, stops))
            }
            Act::HangUp(phone, caller, id) => {
                let failed = self.dice.percent(20);
                let call = self.phones[phone].app.theirs(caller, id).unwrap();
                call.state = State::Idle;
                call.joined_at = None;
                let ring = call.ring;
                let who = self.phones[phone].who;
                self.truth.hangs_up(phone, id, who, ring);
                (phone, Due::HangUp(caller, id, ring, failed))
            }
            Act::Join(phone, caller, id) => return self.join(phone, caller, id),
        };
        self.phones[phone].app.due = Some(due);
        self.save(phone);
        self.work_off(phone);
    }

    fn place(&mut self, phone: PhoneId, id: Option<CallId>, accounts: Vec<Who>) -> Due {
        let id = id.unwrap_or_else(|| self.new_call_id());
        let keys: Vec<_> = accounts.iter().map(|who| key(*who)).collect();
        let now = UnixMillis(self.now(phone));
        let at = self.phones[phone]
            .inbox
            .place_call(id, &keys, now)
            .unwrap()
            .0;
        assert!(at >= now.0);
        let is_group = self.scene == Scene::Group;
        let app = &mut self.phones[phone].app;
        if !app.own.iter().any(|call| call.id == id) {
            app.own.push(OwnCall {
                id,
                is_group,
                legs: Vec::new(),
                latest: at,
            });
        }
        let call = app.own(id);
        call.latest = at.max(call.latest);
        for account in &accounts {
            let old = call.leg(*account).cloned();
            call.legs.retain(|leg| leg.account != *account);
            call.legs.push(OwnLeg {
                account: *account,
                since: at,
                state: LegState::Waiting,
                gone: None,
                declined: false,
                rings: old.as_ref().map_or(1, |old| old.rings + 1),
                sent: old.as_ref().map_or(0, |old| old.sent),
                got: old.map_or(Vec::new(), |old| old.got),
            });
            let leg = Leg {
                since: at,
                ..Leg::default()
            };
            self.truth.legs.insert((id, *account), leg);
        }
        Due::Place(id, accounts, at)
    }

    fn new_signal(&mut self, phone: PhoneId, who: Who, caller: Who, id: CallId) -> Due {
        self.count += 1;
        let number = self.count;
        let is_own = self.phones[phone].app.theirs(caller, id).is_none();
        let sent_at = if is_own {
            self.time_of(phone, id)
        } else {
            self.now(phone)
        };
        let app = &mut self.phones[phone].app;
        let after = if is_own {
            app.own(id).leg(who).unwrap().sent += 1;
            0
        } else {
            let call = app.theirs(caller, id).unwrap();
            call.sent += 1;
            call.ring
        };
        self.truth.signals.push(Signal {
            number,
            call: id,
            from: phone,
            to: who,
            sent_at,
            after,
        });
        Due::Signal(who, caller, id, number)
    }

    fn end(&mut self, phone: PhoneId, id: CallId, who: Option<Who>) -> Due {
        let call = self.phones[phone].app.own(id);
        let mut accounts = Vec::new();
        for leg in &mut call.legs {
            if who.is_none_or(|who| who == leg.account) && leg.state.is_open() {
                leg.state = LegState::Over;
                accounts.push(leg.account);
            }
        }
        for account in &accounts {
            self.truth.legs.get_mut(&(id, *account)).unwrap().ended = true;
        }
        Due::End(id, accounts, who.is_none())
    }

    fn stop(&mut self, phone: PhoneId, id: CallId, gone: Gone) {
        self.truth.somebody_stopped = true;
        self.truth.reach(&format!("stopped: {gone:?}"));
        for leg in &mut self.phones[phone].app.own(id).legs {
            if leg.waits() {
                leg.gone = Some(gone);
            }
        }
    }

    fn stops_ringing(&mut self, phone: PhoneId, caller: Who, id: CallId) -> u64 {
        let call = self.phones[phone].app.theirs(caller, id).unwrap();
        call.state = State::Idle;
        let ring = call.ring;
        self.truth.acts_on(phone, id, ring);
        ring
    }

    /// The participants of a group signal each other.
    fn join(&mut self, phone: PhoneId, caller: Who, id: CallId) {
        let others: Vec<_> = [BOB, CAROL]
            .into_iter()
            .filter(|who| *who != self.phones[phone].who)
            .map(key)
            .collect();
        let now = self.now(phone);
        let joined = self.phones[phone]
            .inbox
            .joined(&key(caller), id, &others, UnixMillis(now));
        let events = joined.expect("the call is answered");
        self.phones[phone].app.theirs(caller, id).unwrap().joined_at = Some(now);
        if !events.is_empty() {
            self.truth.reach("joined, followed");
        }
        for event in &events {
            self.truth
                .owed
                .insert((phone, event.sender.account, event.message_id));
        }
        self.save(phone);
        self.work_off(phone);
    }

    /// Everybody hangs up.
    pub fn hang_up_all(&mut self) {
        for phone in 0..self.phones.len() {
            let calls: Vec<_> = self.phones[phone]
                .app
                .own
                .iter()
                .map(|call| call.id)
                .collect();
            for id in calls {
                self.act(Act::End(phone, id, None));
            }
        }
    }

    /// What time does without anybody.
    pub fn let_time_act(&mut self) {
        for phone in 0..self.phones.len() {
            let now = self.now(phone);
            let mut stops = Vec::new();
            let app = &mut self.phones[phone].app;
            for call in &app.own {
                let late = |leg: &OwnLeg| leg.waits() && now.saturating_sub(leg.since) > LIFETIME;
                if !self.habits.is_patient && call.legs.iter().any(late) {
                    stops.push(call.id);
                }
            }
            for id in stops {
                self.stop(phone, id, Gone::Timeout);
            }
            for place in 0..self.phones[phone].app.theirs.len() {
                self.let_ring(phone, place, now);
            }
            self.save(phone);
            self.end_what_crossed(phone);
        }
    }

    /// X2 and X3; and nothing rings for ever.
    fn let_ring(&mut self, phone: PhoneId, place: usize, now: u64) {
        let app = &mut self.phones[phone].app;
        let (caller, state) = (app.theirs[place].caller, app.theirs[place].state);
        let after = match state {
            State::Ringing(until) if now > until => State::Idle,
            State::Quiet { until, .. } if now > until => State::Idle,
            State::Quiet {
                until,
                crossed,
                by,
                since,
            } => {
                let leg = app.own(crossed).leg(caller).unwrap();
                let stays = match leg.state {
                    LegState::With(other) => other == by,
                    _ => leg.waits(),
                };
                let stays = stays && now < since + 5_000;
                if stays { state } else { State::Ringing(until) }
            }
            other => other,
        };
        if after != state {
            self.tell(|| format!("{} is {after:?} now", self.name(phone)));
            self.phones[phone].app.theirs[place].state = after;
            if after == State::Idle {
                self.truth.somebody_stopped = true;
            }
        }
    }

    /// X4: a call that was answered by hand is up, so the own one to the same account ends.
    fn end_what_crossed(&mut self, phone: PhoneId) {
        let who = self.phones[phone].who;
        let app = &self.phones[phone].app;
        let mut ends = None;
        for call in app.theirs.iter().filter(|call| call.state == State::In) {
            let is_up = self.phones.iter().any(|other| {
                let mut own = other.app.own.iter();
                own.any(|own| {
                    let mut legs = own.legs.iter();
                    let is_with = |leg: &OwnLeg| leg.is_with() == Some(phone);
                    own.id == call.id && legs.any(|leg| leg.account == who && is_with(leg))
                })
            });
            let mut own = app.own.iter();
            let crossing = own.find(|own| {
                let leg = &own.legs[0];
                own.legs.len() == 1 && leg.account == call.caller && leg.state.is_open()
            });
            if let Some(own) = crossing.filter(|_| is_up && self.scene == Scene::Both) {
                ends = Some(own.id);
            }
        }
        if let Some(id) = ends {
            self.truth.reach("X4");
            let due = self.end(phone, id, None);
            self.phones[phone].app.due = Some(due);
            self.save(phone);
            self.work_off(phone);
        }
    }
}
