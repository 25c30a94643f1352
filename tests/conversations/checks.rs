//! What must hold whenever nothing is in flight or due.

use crate::app::{Gone, LegState, OwnCall, OwnLeg, PhoneId, State, TheirCall};
use crate::conversation::{Conversation, Scene};
use crate::truth::Sent;
use crate::world::{Who, key};

/// How long the inbox keeps a signal that came early (G10).
const KEPT_FOR: u64 = 120_000;

impl Conversation {
    pub fn check(&mut self) {
        if !self.flight.is_empty() || self.is_quiet_somewhere() {
            return;
        }
        self.truth.reach("checked");
        assert!(self.truth.owed.is_empty(), "an event is lost");
        let most = 1 + self.habits.crashes_used();
        assert!(
            self.truth.acts.values().all(|times| *times <= most),
            "an event too often"
        );
        let mut up = 0;
        for phone in 0..self.phones.len() {
            for call in &self.phones[phone].app.own {
                for leg in &call.legs {
                    self.check_leg(phone, call, leg);
                    up += u32::from(leg.is_with().is_some());
                }
            }
            for call in &self.phones[phone].app.theirs {
                self.check_participants(phone, call);
            }
        }
        if self.scene == Scene::Both {
            self.check_crossing(up);
        }
        if up > 0 {
            self.truth.reach("checked while connected");
        }
    }

    /// Whether something is quiet that will ring, or end, by itself.
    fn is_quiet_somewhere(&self) -> bool {
        let mut theirs = self.phones.iter().flat_map(|phone| &phone.app.theirs);
        theirs.any(|call| matches!(call.state, State::Quiet { .. }))
    }

    fn check_leg(&self, caller: PhoneId, call: &OwnCall, leg: &OwnLeg) {
        let name = || {
            format!(
                "{} in the call of {}",
                ["A", "B", "C"][leg.account],
                self.name(caller)
            )
        };
        let truth = &self.truth.legs[&(call.id, leg.account)];
        let who = self.phones[caller].who;
        let devices: Vec<PhoneId> = self
            .phones_of(leg.account)
            .into_iter()
            .filter(|phone| *phone != caller)
            .collect();
        let theirs = |phone: PhoneId| {
            let mut calls = self.phones[phone].app.theirs.iter();
            calls.find(|their| their.caller == who && their.id == call.id)
        };
        let state = |phone: PhoneId| theirs(phone).map_or(State::Idle, |call| call.state);

        let answered = !truth.answered.is_empty() && !truth.ended && leg.gone.is_none();
        if answered {
            let up = leg
                .is_with()
                .is_some_and(|phone| truth.answered.contains(&phone) && state(phone) == State::In);
            let hung_up = leg.state == LegState::Over
                && truth
                    .hung_up
                    .iter()
                    .any(|phone| truth.answered.contains(phone));
            assert!(up || hung_up, "an answered call died: {}", name());
        }
        let within: Vec<_> = devices
            .iter()
            .filter(|phone| state(**phone) == State::In)
            .collect();
        assert!(within.len() <= 1, "two devices are in the call: {}", name());
        for phone in &devices {
            let is_with = leg.is_with() == Some(*phone);
            let is_in = state(*phone) == State::In;
            assert_eq!(
                is_with,
                is_in,
                "they disagree: {}, {}",
                name(),
                self.name(*phone)
            );
            if matches!(state(*phone), State::Ringing(_)) {
                let waits = leg.waits() && theirs(*phone).unwrap().ring == leg.since;
                let timed_out = leg.gone == Some(Gone::Timeout) && leg.state == LegState::Waiting;
                assert!(
                    waits || timed_out,
                    "rings on: {}, {}",
                    name(),
                    self.name(*phone)
                );
            }
            if leg.waits() && truth.answered.is_empty() {
                self.check_rings(*phone, &devices, call, leg, theirs(*phone));
            }
            if let Some(their) = theirs(*phone)
                && their.ring == leg.since
                && matches!(their.state, State::Ringing(_) | State::In)
            {
                self.check_signals(caller, *phone, call, leg, their);
            }
        }
    }

    /// The caller waits: the device rings, or did, or somebody of the account acted.
    fn check_rings(
        &self,
        phone: PhoneId,
        devices: &[PhoneId],
        call: &OwnCall,
        leg: &OwnLeg,
        their: Option<&TheirCall>,
    ) {
        let acted = |phone: &PhoneId| self.truth.acted_on(*phone, call.id) >= leg.since;
        let rang = their.is_some_and(|their| their.ring == leg.since);
        let somebody_acted = devices.iter().any(acted);
        assert!(rang || somebody_acted, "{} does not ring", self.name(phone));
    }

    /// Every signal of the ring that counts has arrived, in both directions.
    fn check_signals(
        &self,
        caller: PhoneId,
        phone: PhoneId,
        call: &OwnCall,
        leg: &OwnLeg,
        their: &TheirCall,
    ) {
        let rang = self
            .truth
            .came
            .get(&(phone, Sent::Ring(call.id, their.ring)));
        let rang = rang.copied().unwrap_or_default();
        for signal in self
            .truth
            .signals
            .iter()
            .filter(|signal| signal.call == call.id)
        {
            let from_caller = signal.from == caller && signal.to == leg.account;
            if from_caller && signal.sent_at >= their.ring {
                let came = self.truth.came.get(&(phone, Sent::Signal(signal.number)));
                let came = came.copied().unwrap_or_default();
                let outlived = rang > came + KEPT_FOR
                    || !self
                        .truth
                        .kept_all(phone, key(self.phones[caller].who), call.id);
                let lost = !their.got.contains(&signal.number);
                assert!(!lost || outlived, "{} lost a signal", self.name(phone));
            }
            // Those that were sent after the answer to this ring.
            let to_caller = signal.from == phone && signal.to == self.phones[caller].who;
            let answered = leg.is_with() == Some(phone) && signal.after >= leg.since;
            if to_caller && answered {
                let got = leg.got.contains(&signal.number);
                assert!(got, "{} lost a signal", self.name(caller));
            }
        }
    }

    /// What participants said to each other, and what came less than two minutes before.
    fn check_participants(&self, phone: PhoneId, call: &TheirCall) {
        let (State::In, Some(joined_at)) = (call.state, call.joined_at) else {
            return;
        };
        let who: Who = self.phones[phone].who;
        for signal in &self.truth.signals {
            let to_here = signal.call == call.id && signal.to == who;
            if !to_here || self.phones[signal.from].who == call.caller {
                continue;
            }
            let came = self.truth.came.get(&(phone, Sent::Signal(signal.number)));
            let from = key(self.phones[signal.from].who);
            let outlived = came.is_none_or(|came| joined_at > came + KEPT_FOR)
                || !self.truth.kept_all(phone, from, call.id);
            let lost = !call.got.contains(&signal.number);
            assert!(
                !lost || outlived,
                "{} lost a participant's signal",
                self.name(phone)
            );
        }
    }

    /// Both call each other, and nobody stops: one call is up, and nobody is in two.
    fn check_crossing(&mut self, up: u32) {
        let placed = self.phones.iter().filter(|phone| !phone.app.own.is_empty());
        if placed.count() == 2 && !self.truth.somebody_stopped {
            let ringing = self.phones.iter().flat_map(|phone| &phone.app.theirs);
            let rings = ringing
                .clone()
                .any(|call| matches!(call.state, State::Ringing(_)));
            assert!(up > 0 || rings, "both called, and nobody talks");
            if up > 0 {
                self.truth.reach("crossed and connected");
            }
        }
        for (number, phone) in self.phones.iter().enumerate() {
            let own = phone.app.own.iter().flat_map(|call| &call.legs);
            let own = own.filter(|leg| leg.is_with().is_some()).count();
            let theirs = phone
                .app
                .theirs
                .iter()
                .filter(|call| call.state == State::In);
            assert!(
                own + theirs.count() <= 1,
                "{} is in two calls",
                self.name(number)
            );
        }
    }

    /// Everybody hung up.
    pub fn check_silence(&self) {
        for (number, phone) in self.phones.iter().enumerate() {
            for call in &phone.app.theirs {
                assert!(
                    call.state != State::In,
                    "{} is still in the call",
                    self.name(number)
                );
            }
            let own = phone.app.own.iter().flat_map(|call| &call.legs);
            for leg in own {
                assert!(
                    leg.is_with().is_none(),
                    "{} is still with somebody",
                    self.name(number)
                );
            }
        }
    }
}
