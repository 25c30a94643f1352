//! What an app does with an event.

use hushring::inbox::{Action, Event, Ring};
use hushring::{CallId, CallKitUuid, Content, UnixMillis};

use crate::app::{Due, LegState, OwnLeg, PhoneId, State, TheirCall};
use crate::conversation::{Conversation, Crash};
use crate::perform::number_of;
use crate::world::{Who, key, who_has};

impl Conversation {
    pub fn hear(&mut self, phone: PhoneId, event: &Event) -> Result<(), Crash> {
        let from = who_has(&event.sender.account);
        let sent_at = event.sent_at.0;
        self.tell(|| {
            let (kind, reason) = (event.action.kind().as_str(), event.action.reason());
            format!(
                "{} acts on {kind} {}",
                self.name(phone),
                reason.unwrap_or_default()
            )
        });
        let name = (phone, event.sender.account, event.message_id);
        *self.truth.acts.entry(name).or_default() += 1;
        match &event.action {
            Action::Ring(ring) => self.rings(phone, from, event, ring)?,
            Action::Missed(missed) => {
                let id = missed.content.call_id;
                let is_group = missed.content.group_id.is_some();
                let call = self.their_call(phone, from, id, is_group);
                if sent_at > call.ring {
                    call.ring = sent_at;
                    call.state = State::Idle;
                }
                self.truth.somebody_stopped = true;
            }
            Action::End(ended) => {
                let id = ended.content.call_id;
                match ended.remaining {
                    Some(remaining) => {
                        assert_eq!(ended.call_uuid, self.uuid(phone, id));
                        self.leg_ends(phone, from, id, remaining, &ended.content);
                    }
                    None => self.call_ends(phone, ended.call_uuid, id),
                }
            }
            Action::Signal(signal) => {
                let own = self.uuid(phone, signal.content.call_id().unwrap());
                if signal.call_uuid == own && self.has_own(phone, &signal.content) {
                    self.own_signal(phone, from, event, &signal.content)?;
                } else {
                    self.their_signal(phone, from, event, signal.call_uuid, &signal.content)?;
                }
            }
            Action::Second(second) => {
                let id = second.content.call_id;
                assert_eq!(second.call_uuid, self.uuid(phone, id));
                let mut all = self.phones.iter();
                let taken = all.position(|other| other.hardware.key() == second.taken);
                self.end_leg(phone, id, from, taken)?;
            }
            Action::Drop(_) => {}
            _ => panic!("nobody sends such a thing"),
        }
        Ok(())
    }

    fn uuid(&self, phone: PhoneId, id: CallId) -> CallKitUuid {
        id.callkit_uuid(&key(self.phones[phone].who))
    }

    fn has_own(&self, phone: PhoneId, content: &Content) -> bool {
        let own = &self.phones[phone].app.own;
        own.iter().any(|call| Some(call.id) == content.call_id())
    }

    fn their_call(
        &mut self,
        phone: PhoneId,
        caller: Who,
        id: CallId,
        is_group: bool,
    ) -> &mut TheirCall {
        let app = &mut self.phones[phone].app;
        if app.theirs(caller, id).is_none() {
            app.theirs.push(TheirCall {
                caller,
                id,
                is_group,
                ring: 0,
                state: State::Idle,
                joined_at: None,
                sent: 0,
                got: Vec::new(),
            });
        }
        app.theirs(caller, id).unwrap()
    }

    /// Rings, or what 8.6 says.
    fn rings(
        &mut self,
        phone: PhoneId,
        caller: Who,
        event: &Event,
        ring: &Ring,
    ) -> Result<(), Crash> {
        let id = ring.content.call_id;
        let (now, until) = (self.now(phone), ring.expires_at.0);
        assert!(now <= until, "it rings too late");
        let by = self
            .phones
            .iter()
            .position(|other| other.hardware.key() == event.sender.device);
        let by = by.unwrap();
        // A hint, which counts only while the user waits in that call or is in it.
        let crossed = ring.crossed.and_then(|crossed| {
            let leg = self.phones[phone].app.own(crossed).leg(caller)?;
            let counts = leg.waits() || leg.is_with() == Some(by);
            counts.then_some((crossed, leg.waits()))
        });
        let is_busy = self.phones[phone].app.is_busy();
        let is_group = ring.content.group_id.is_some();
        let call = self.their_call(phone, caller, id, is_group);
        if call.ring >= event.sent_at.0 {
            // Reported before a crash.
            return Ok(());
        }
        call.ring = event.sent_at.0;
        call.is_group = is_group;
        assert!(call.state != State::In, "the inbox has it answered");
        call.state = State::Ringing(until);
        match crossed {
            Some((crossed, true)) if id.as_bytes() < crossed.as_bytes() && !is_busy => {
                self.truth.reach("X1");
                let own = self.phones[phone].app.own(crossed);
                own.leg(caller).unwrap().state = LegState::Over;
                if let Some(leg) = self.truth.legs.get_mut(&(crossed, caller)) {
                    leg.ended = true;
                }
                // Two steps of one act: it is saved what is to be done.
                let due = Due::Answer(caller, id, Some(crossed));
                self.phones[phone].app.due = Some(due.clone());
                self.save(phone);
                self.perform(phone, &due)?;
            }
            Some((crossed, waits)) => {
                self.truth.reach(if waits { "X2" } else { "X3" });
                let call = self.phones[phone].app.theirs(caller, id).unwrap();
                call.state = State::Quiet {
                    until,
                    crossed,
                    by,
                    since: now,
                };
            }
            None => {}
        }
        Ok(())
    }

    fn call_ends(&mut self, phone: PhoneId, uuid: CallKitUuid, id: CallId) {
        let app = &mut self.phones[phone].app;
        let of_uuid =
            |call: &&mut TheirCall| call.id == id && id.callkit_uuid(&key(call.caller)) == uuid;
        // A call that never rang here: its end came with it.
        if let Some(call) = app.theirs.iter_mut().find(of_uuid) {
            call.state = State::Idle;
            call.joined_at = None;
        }
    }

    fn leg_ends(
        &mut self,
        phone: PhoneId,
        from: Who,
        id: CallId,
        remaining: u16,
        end: &hushring::content::End,
    ) {
        use hushring::content::EndReason::Declined;
        let call = self.phones[phone].app.own(id);
        let leg = call.leg(from).unwrap();
        if end.reason == Declined && leg.state == LegState::Waiting {
            leg.declined = true;
        } else {
            leg.state = LegState::Over;
        }
        let open = call
            .legs
            .iter()
            .filter(|leg| leg.state.is_open() && (!leg.declined || leg.is_with().is_some()));
        let open = open.count();
        // CallKit hears of the end once none remain. The event counts as of when it was accepted; since
        // then the app may have ended a late answer itself, because its user had given up (N22).
        let has_ended = |leg: &&OwnLeg| leg.gone.is_some() && !leg.state.is_open();
        let ended = call.legs.iter().filter(has_ended).count();
        let remaining = usize::from(remaining);
        assert!((open..=open + ended).contains(&remaining), "remaining");
    }

    /// In a call that was placed here.
    fn own_signal(
        &mut self,
        phone: PhoneId,
        from: Who,
        event: &Event,
        content: &Content,
    ) -> Result<(), Crash> {
        let id = content.call_id().unwrap();
        let mut all = self.phones.iter();
        let by = all
            .position(|other| other.hardware.key() == event.sender.device)
            .unwrap();
        let leg = self.phones[phone].app.own(id).leg(from).unwrap();
        match content {
            Content::Answer(answer) => {
                assert!(answer.ring.0 >= leg.since, "an answer to an older ring");
                match leg.state {
                    LegState::Waiting if leg.gone.is_some() => {
                        // N22: the user does not wait any more.
                        leg.state = LegState::Over;
                        self.truth.reach("late answer");
                        self.end_leg(phone, id, from, None)?;
                        let account = key(from);
                        self.phones[phone].inbox.left_accounts(id, &[account]);
                    }
                    LegState::Waiting => {
                        leg.state = LegState::With(by);
                        self.truth.reach("connected");
                    }
                    LegState::With(other) => assert_eq!(other, by, "another device was taken"),
                    LegState::Over => {}
                }
            }
            Content::End(_) => self.truth.reach("busy"),
            other => {
                if let Some(number) = number_of(other)
                    && !leg.got.contains(&number)
                {
                    leg.got.push(number);
                }
            }
        }
        Ok(())
    }

    /// In a call that somebody placed to this account.
    fn their_signal(
        &mut self,
        phone: PhoneId,
        from: Who,
        event: &Event,
        uuid: CallKitUuid,
        content: &Content,
    ) -> Result<(), Crash> {
        let id = content.call_id().unwrap();
        if uuid == id.callkit_uuid(&key(from)) {
            // Its ring may follow: the one before which it was accepted is not listed any more.
            self.their_call(phone, from, id, false);
        }
        let mut theirs = self.phones[phone].app.theirs.iter_mut();
        let call = theirs.find(|call| call.id == id && id.callkit_uuid(&key(call.caller)) == uuid);
        let call = call.expect("a signal of no call");
        if let Content::Invite(_) = content {
            // A2: the caller rang anew, and this device had answered. A newer ring may have come
            // meanwhile: what it answers is always the newest.
            let caller = call.caller;
            if call.state == State::In {
                self.truth.reach("A2");
                // It may have ended since, and that be the next event.
                let now = UnixMillis(self.now(phone));
                let inbox = &mut self.phones[phone].inbox;
                if inbox.answered(&key(caller), id, now).is_ok() {
                    self.answer(phone, caller, id, None)?;
                }
            }
            return Ok(());
        }
        if from == call.caller {
            if event.sent_at.0 < call.ring {
                // It was accepted before the ring that this device has answered meanwhile.
                self.truth.reach("older signal");
                return Ok(());
            }
        } else {
            assert!(call.joined_at.is_some(), "nobody joined");
            self.truth.reach("participant's signal");
        }
        if let Some(number) = number_of(content)
            && !call.got.contains(&number)
        {
            call.got.push(number);
        }
        Ok(())
    }
}
