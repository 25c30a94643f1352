//! What may happen: what users and apps do, and what the network does.

use crate::letter::{Content, Letter, Reason};
use crate::rules::Rule;
use crate::scope::Scope;
use crate::state::{State, Stopped};
use crate::tables::{Event, Given, LegPhase, Phase};
use crate::{Account, CALLER, Device, Time};

/// One thing that happens. A step of a user or an app posts what it posts at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The caller rings an account: `place`, then an invitation.
    Place { account: Account },
    /// The caller sends a signal.
    Signal { account: Account },
    /// The caller's user ends the call: an end, then `left`.
    CallerEnds { account: Account, reason: Reason },
    /// The caller's app stops without a word: the call was declined, or timed out.
    CallerStops { account: Account },
    /// The caller had stopped, and an answer came: as `CallerEnds`.
    LateAnswer { account: Account },
    /// The caller says which device it took. It may crash, and say it again.
    SayTaken { account: Account, crashes: bool },
    /// A user answers: `answered`. The answer itself is a step of its own.
    Answer { device: Device },
    /// An app posts its answer.
    PostAnswer { device: Device },
    /// An app that has answered crashes, and does not know whether its answer was posted.
    Crash { device: Device },
    /// A user declines: ends to the caller and the siblings, then `left`.
    Decline { device: Device },
    /// An app says that it is busy, and rings on, or stops: `left`.
    Refuse {
        device: Device,
        reason: Reason,
        stops: bool,
    },
    /// A ring times out.
    TimeOut { device: Device },
    /// A user hangs up: an end to the caller, then `left`.
    HangUp { device: Device, reason: Reason },
    /// A letter arrives. An invitation may be too late to ring.
    Deliver { index: usize, is_late: bool },
    /// A letter is lost.
    Lose { index: usize },
}

/// What a step led to.
pub struct Taken {
    pub state: State,
    /// What became of the letter that was delivered.
    pub given: Option<Given>,
}

impl State {
    /// Returns all that may happen.
    pub fn steps(&self, scope: &Scope) -> Vec<Step> {
        let mut steps = self.steps_without_users(scope);
        if scope.loses() {
            steps.extend(self.distinct().map(|index| Step::Lose { index }));
        }
        for account in scope.accounts() {
            self.steps_of_caller(*account, scope, &mut steps);
        }
        for device in scope.called() {
            self.steps_of_called(device, scope, &mut steps);
        }
        steps
    }

    /// Returns what happens if no user does anything more: deliveries, and acts that are due.
    pub fn steps_without_users(&self, scope: &Scope) -> Vec<Step> {
        let mut steps = Vec::new();
        for index in self.distinct() {
            let letter = &self.letters[index];
            let is_late = false;
            steps.push(Step::Deliver { index, is_late });
            if scope.is_late() && letter.content == Content::Invite {
                let is_late = true;
                steps.push(Step::Deliver { index, is_late });
            }
        }
        for account in scope.accounts().iter().copied() {
            if self.calling[account as usize].due.is_some() {
                for crashes in [false, true] {
                    if !crashes || self.crashes > 0 {
                        steps.push(Step::SayTaken { account, crashes });
                    }
                }
            }
            if self.is_answered_late(account, scope) {
                steps.push(Step::LateAnswer { account });
            }
        }
        for device in scope.called() {
            if self.called[usize::from(device)].due != 0 {
                steps.push(Step::PostAnswer { device });
            }
        }
        steps
    }

    /// Returns whether nothing is on its way or due: the rest is up to users.
    pub fn is_quiet(&self, scope: &Scope) -> bool {
        let is_due = |account: &Account| {
            self.calling[*account as usize].due.is_some() || self.is_answered_late(*account, scope)
        };
        self.letters.is_empty()
            && !scope.accounts().iter().any(is_due)
            && self.called.iter().all(|called| called.due == 0)
    }

    fn is_answered_late(&self, account: Account, scope: &Scope) -> bool {
        self.calling[account as usize].stopped != Stopped::No
            && self.leg(account).phase == LegPhase::Taken
            && scope.rules.hold(Rule::LateAnswer)
    }

    /// Returns the places of letters, of equal ones one. (A decoded state has them in order.)
    fn distinct(&self) -> impl Iterator<Item = usize> {
        let letters = &self.letters;
        (0..letters.len()).filter(|index| *index == 0 || letters[*index] != letters[index - 1])
    }

    fn steps_of_caller(&self, account: Account, scope: &Scope, steps: &mut Vec<Step>) {
        let (leg, app) = (self.leg(account), &self.calling[account as usize]);
        let may_ring = leg.phase != LegPhase::Taken || scope.rings_anytime();
        if usize::from(app.rings) < scope.rings() && may_ring {
            steps.push(Step::Place { account });
        }
        let has_begun = matches!(leg.phase, LegPhase::Open | LegPhase::Taken);
        if !has_begun || app.stopped != Stopped::No {
            return;
        }
        if (app.sent.count_ones() as usize) < scope.signals() {
            steps.push(Step::Signal { account });
        }
        if !scope.no_cancel() {
            let reasons: &[Reason] = match scope.has_reasons() {
                false => &[Reason::Cancelled],
                true => &CALLER_REASONS,
            };
            steps.extend(reasons.iter().map(|reason| Step::CallerEnds {
                account,
                reason: *reason,
            }));
        }
        if leg.phase == LegPhase::Open && (leg.declined || scope.times_out()) {
            steps.push(Step::CallerStops { account });
        }
    }

    fn steps_of_called(&self, device: Device, scope: &Scope, steps: &mut Vec<Step>) {
        let app = &self.called[usize::from(device)];
        if self.rings(device) {
            steps.push(Step::Answer { device });
            if !scope.no_decline() {
                steps.push(Step::Decline { device });
            }
            if scope.is_busy() && !app.was_busy {
                let reasons: &[Reason] = match scope.has_reasons() {
                    false => &[Reason::Busy],
                    true => &[Reason::Busy, Reason::Unanswered, Reason::Cancelled],
                };
                for stops in [false, true] {
                    steps.extend(reasons.iter().map(|reason| Step::Refuse {
                        device,
                        reason: *reason,
                        stops,
                    }));
                }
            }
            if scope.times_out() {
                steps.push(Step::TimeOut { device });
            }
        }
        if self.is_in_call(device) && app.due == 0 {
            if !scope.no_hang_up() {
                let reasons: &[Reason] = match scope.has_reasons() {
                    false => &[Reason::RemoteEnded],
                    true => &[Reason::RemoteEnded, Reason::Failed],
                };
                steps.extend(reasons.iter().map(|reason| Step::HangUp {
                    device,
                    reason: *reason,
                }));
            }
            if self.crashes > 0 {
                steps.push(Step::Crash { device });
            }
        }
    }

    /// Takes a step.
    pub fn take(&self, step: Step, scope: &Scope) -> Taken {
        let mut state = self.clone();
        let given = state.change(step, scope);
        if !scope.no_burial() {
            state.bury(scope);
        }
        Taken { state, given }
    }

    fn change(&mut self, step: Step, scope: &Scope) -> Option<Given> {
        match step {
            Step::Place { account } => self.place(account, scope),
            Step::Signal { account } => {
                let sent_at = self.post(account, Content::Signal, scope);
                self.calling[account as usize].sent |= 1 << sent_at;
            }
            Step::CallerEnds { account, reason } => self.end(account, reason, scope),
            Step::LateAnswer { account } => self.end(account, Reason::Cancelled, scope),
            Step::CallerStops { account } => {
                self.calling[account as usize].stopped = match self.leg(account).declined {
                    true => Stopped::Declined,
                    false => Stopped::TimedOut,
                };
            }
            Step::SayTaken { account, crashes } => {
                let device = self.calling[account as usize].due;
                let reason = Reason::AnsweredElsewhere;
                self.post(account, Content::End { reason, device }, scope);
                if crashes {
                    self.crashes -= 1;
                } else {
                    self.calling[account as usize].due = None;
                }
            }
            Step::Answer { device } => {
                let call = &mut self.inboxes[usize::from(device)].calls[Account::A as usize];
                let ring = call.answered().expect("it rings");
                self.called[usize::from(device)].acted = ring;
                self.has_to_answer(device, ring, scope);
            }
            Step::PostAnswer { device } => self.post_answer(device, scope),
            Step::Crash { device } => {
                self.crashes -= 1;
                self.called[usize::from(device)].due = self.ring(device);
            }
            Step::Decline { device } => {
                let ring = self.ring(device);
                self.called[usize::from(device)].acted = ring;
                self.post_end(device, ring, Reason::Declined);
                self.post_to_siblings(device, ring, Reason::DeclinedElsewhere, scope);
                self.leave(device, scope);
            }
            Step::Refuse {
                device,
                reason,
                stops,
            } => {
                let ring = self.ring(device);
                self.called[usize::from(device)].was_busy = true;
                self.post_end(device, ring, reason);
                if stops {
                    self.called[usize::from(device)].acted = ring;
                    self.leave(device, scope);
                }
            }
            Step::TimeOut { device } => self.called[usize::from(device)].is_away = true,
            Step::HangUp { device, reason } => {
                let ring = self.ring(device);
                self.post_end(device, ring, reason);
                let account = scope.account_of(device);
                if ring >= self.leg(account).since {
                    self.calling[account as usize].hung_up |= 1 << device;
                }
                self.leave(device, scope);
            }
            Step::Deliver { index, is_late } => {
                let letter = self.letters.remove(index);
                return Some(self.deliver(&letter, is_late, scope));
            }
            Step::Lose { index } => {
                self.letters.remove(index);
            }
        }
        None
    }

    fn place(&mut self, account: Account, scope: &Scope) {
        let since = self.post(account, Content::Invite, scope);
        self.leg_mut(account).place(since);
        let app = &mut self.calling[account as usize];
        *app = crate::state::Calling {
            rings: app.rings + 1,
            due: app.due.filter(|_| !scope.rules.hold(Rule::PlaceVoids)),
            ..Default::default()
        };
    }

    fn end(&mut self, account: Account, reason: Reason, scope: &Scope) {
        let device = None;
        self.post(account, Content::End { reason, device }, scope);
        self.leg_mut(account).leave();
        let app = &mut self.calling[account as usize];
        app.stopped = Stopped::No;
        app.due = None;
        app.ended = true;
    }

    /// A device that is called does not count as called any more, if it registers so.
    fn leave(&mut self, device: Device, scope: &Scope) {
        self.called[usize::from(device)].due = 0;
        if scope.rules.hold(Rule::Left) {
            self.inboxes[usize::from(device)].calls[Account::A as usize].leave();
        } else {
            self.called[usize::from(device)].is_away = true;
        }
    }

    fn ring(&self, device: Device) -> Time {
        self.inboxes[usize::from(device)].calls[Account::A as usize].rung
    }

    fn has_to_answer(&mut self, device: Device, ring: Time, scope: &Scope) {
        self.called[usize::from(device)].due = ring;
        let account = scope.account_of(device);
        if ring >= self.leg(account).since {
            self.calling[account as usize].answered |= 1 << device;
        }
    }

    /// Posts a content of the caller to every device of an account, and returns its time.
    fn post(&mut self, account: Account, content: Content, scope: &Scope) -> Time {
        let sent_at = self.tick();
        self.letters.extend(scope.devices(account).map(|to| Letter {
            from: CALLER,
            to,
            sent_at,
            content,
        }));
        sent_at
    }

    fn post_answer(&mut self, device: Device, scope: &Scope) {
        let ring = std::mem::take(&mut self.called[usize::from(device)].due);
        self.post_to_caller(device, Content::Answer { ring });
        let account = scope.account_of(device);
        if scope.replies() {
            self.post_to_caller(device, Content::Signal);
            if ring >= self.leg(account).since {
                self.calling[account as usize].replied |= 1 << device;
            }
        }
        self.post_to_siblings(device, ring, Reason::AnsweredElsewhere, scope);
    }

    fn post_end(&mut self, from: Device, ring: Time, reason: Reason) {
        let caller = Account::A;
        let content = Content::CalleeEnd {
            caller,
            ring,
            reason,
        };
        self.post_to_caller(from, content);
    }

    fn post_to_caller(&mut self, from: Device, content: Content) {
        self.letters.push(Letter {
            from,
            to: CALLER,
            sent_at: UNDATED,
            content,
        });
    }

    fn post_to_siblings(&mut self, from: Device, ring: Time, reason: Reason, scope: &Scope) {
        let siblings = scope.devices(scope.account_of(from));
        let caller = Account::A;
        self.letters
            .extend(siblings.filter(|to| *to != from).map(|to| Letter {
                from,
                to,
                sent_at: UNDATED,
                content: Content::CalleeEnd {
                    caller,
                    ring,
                    reason,
                },
            }));
    }

    /// Gives a letter to the inbox, and its event to the app.
    pub fn deliver(&mut self, letter: &Letter, is_late: bool, scope: &Scope) -> Given {
        let sender = scope.account_of(letter.from);
        let leg = *self.leg(sender);
        let phase = self.phase(letter.to);
        let inbox = &mut self.inboxes[usize::from(letter.to)];
        let given = inbox.receive(letter, sender, is_late, scope.rules);
        if letter.to == CALLER {
            self.caller_gets(letter, sender, &given, leg.told);
        } else if sender == Account::A || matches!(given.line, "Z10" | "Z11" | "Z12") {
            self.called_gets(letter, phase, &given, scope);
        }
        given
    }

    fn caller_gets(&mut self, letter: &Letter, sender: Account, given: &Given, was_told: bool) {
        let app = &mut self.calling[sender as usize];
        match given.event {
            Event::Second(taken) => {
                app.due = Some(taken);
                if was_told {
                    self.broken = Some("SAID: the caller says once more which device it took");
                }
            }
            Event::Signal if letter.content == Content::Signal => app.heard |= 1 << letter.from,
            Event::End {
                remaining: Some(0), ..
            } => {
                let legs = self.inboxes[usize::from(CALLER)].legs;
                if legs.iter().any(|leg| leg.phase == LegPhase::Taken) {
                    self.broken = Some("HUNG UP: the caller hears of the last end in a call");
                }
            }
            _ => {}
        }
    }

    fn called_gets(&mut self, letter: &Letter, phase: Phase, given: &Given, scope: &Scope) {
        let (device, sent_at) = (letter.to, letter.sent_at);
        let is_away = self.called[usize::from(device)].is_away;
        match (given.event, letter.content) {
            (Event::Ring, _) => self.called[usize::from(device)].is_away = false,
            (Event::Signal, Content::Invite) if is_away => {}
            (Event::Signal, Content::Invite) => self.has_to_answer(device, sent_at, scope),
            (Event::Signal, _) => self.gets_signal(device, sent_at),
            (Event::End { reason, .. }, _) => {
                self.called[usize::from(device)].due = 0;
                if given.line == "Z2" && phase != Phase::Answered && matches!(reason, 4 | 5) {
                    self.broken = Some("SILENCED: the caller passes a call off as answered here");
                }
            }
            _ => {}
        }
        for time in &given.follow {
            self.gets_signal(device, *time);
        }
    }

    fn gets_signal(&mut self, device: Device, time: Time) {
        if time < self.ring(device) {
            self.broken = Some("STALE: a signal of an older ring is given to a newer one");
        }
        let app = &mut self.called[usize::from(device)];
        if app.got >> time & 1 == 1 {
            self.broken = Some("TWICE: a signal is given twice");
        }
        app.got |= 1 << time;
    }

    /// Takes away letters that cannot change anything any more: times only grow.
    fn bury(&mut self, scope: &Scope) {
        if !scope.rules.are_whole() || scope.loses() {
            return;
        }
        let mut letters = std::mem::take(&mut self.letters);
        letters.retain(|letter| match letter.to {
            CALLER => self.may_matter_to_caller(letter, scope),
            _ => self.may_matter_to_called(letter),
        });
        self.letters = letters;
    }

    fn may_matter_to_caller(&self, letter: &Letter, scope: &Scope) -> bool {
        let leg = self.leg(scope.account_of(letter.from));
        let is_by = leg.by == Some(letter.from);
        match letter.content {
            Content::Answer { ring } => {
                ring >= leg.since
                    && match leg.phase {
                        LegPhase::Closed => !is_by && !leg.told,
                        LegPhase::Taken => is_by || !leg.told,
                        _ => true,
                    }
            }
            Content::CalleeEnd { ring, .. } => {
                ring >= leg.since
                    && match leg.phase {
                        LegPhase::Closed => false,
                        LegPhase::Taken => is_by,
                        _ => true,
                    }
            }
            _ => true,
        }
    }

    fn may_matter_to_called(&self, letter: &Letter) -> bool {
        let call = &self.inboxes[usize::from(letter.to)].calls[Account::A as usize];
        match letter.content {
            Content::Invite => letter.sent_at > call.rung,
            Content::Signal => letter.sent_at > call.over && letter.sent_at >= call.rung,
            Content::End { device, .. } => device != Some(letter.to) && letter.sent_at > call.over,
            Content::CalleeEnd { ring, .. } => ring > call.elsewhere,
            Content::Answer { .. } => true,
        }
    }
}

/// The time of what a callee says: it matters to nobody.
const UNDATED: Time = 1;

/// The reasons that a caller gives.
pub const CALLER_REASONS: [Reason; 4] = [
    Reason::Cancelled,
    Reason::Unanswered,
    Reason::RemoteEnded,
    Reason::Failed,
];
