//! The network: it loses nothing. It delivers in any order, with any delay, and some twice.

use std::rc::Rc;

use hushring::inbox::{Action, ActionKind, Event};
use hushring::{CallId, Content, SealOptions, UnixMillis};
use hushring_test_support::random::TestRng;

use crate::app::PhoneId;
use crate::conversation::{Conversation, Crash, Rung};
use crate::truth::Sent;
use crate::world::Who;

pub struct Envelope {
    to: PhoneId,
    bytes: Vec<u8>,
    what: Sent,
    call: CallId,
    /// For who reads along.
    name: String,
}

impl Conversation {
    /// Seals a content to all devices of an account but the one that seals, and posts it.
    pub fn post(
        &mut self,
        from: PhoneId,
        who: Who,
        content: &Content,
        what: Sent,
        at: u64,
    ) -> Result<(), Crash> {
        let targets = self
            .phones_of(who)
            .into_iter()
            .filter(|phone| *phone != from);
        let targets: Vec<_> = targets.collect();
        self.count += 1;
        let bundles: Vec<_> = targets
            .iter()
            .map(|phone| &self.phones[*phone].hardware.bundle)
            .collect();
        let sealed = self.phones[from].hardware.device.seal_many_with_rng(
            &bundles,
            content,
            SealOptions::at(UnixMillis(at)),
            &mut TestRng::new(self.count),
        );
        for (to, envelope) in targets.into_iter().zip(sealed.unwrap()) {
            // Not all of them reach the relay in a crash.
            self.survive()?;
            let said = match content {
                Content::End(end) => format!("call.end {}", end.reason.as_str()),
                other => other.content_type().to_string(),
            };
            let name = format!("{said} of {}, to {}", self.name(from), self.name(to));
            self.tell(|| format!("  posts {name}, dated {}", at % 10_000_000));
            self.flight.push(Rc::new(Envelope {
                to,
                bytes: envelope.as_bytes().to_vec(),
                what,
                call: content.call_id().unwrap(),
                name,
            }));
        }
        Ok(())
    }

    /// An envelope, and perhaps others for the same device, in one drain.
    pub fn deliver_some(&mut self, first: usize) {
        let to = self.flight[first].to;
        let mut drain = vec![self.flight[first].clone()];
        while self.dice.percent(25) {
            let more: Vec<_> = self
                .flight
                .iter()
                .filter(|other| other.to == to && !drain.iter().any(|it| Rc::ptr_eq(it, other)))
                .collect();
            if more.is_empty() {
                break;
            }
            drain.push(more[self.dice.place(more.len())].clone());
        }
        if self.deliver(to, &drain).is_err() {
            self.restart(to);
        }
        self.work_off(to);
    }

    fn deliver(&mut self, to: PhoneId, drain: &[Rc<Envelope>]) -> Result<(), Crash> {
        let now = self.now(to);
        let mut owed = Vec::new();
        let mut rung = self.phones[to].rung.clone();
        for envelope in drain {
            let event = self.phones[to]
                .inbox
                .receive(&envelope.bytes, UnixMillis(now));
            let event = event.unwrap_or_else(|error| panic!("{}: {error}", envelope.name));
            self.tell(|| {
                let kind = event.action.kind().as_str();
                let reason = event.action.reason().unwrap_or_default();
                format!(
                    "{} receives {}: {kind} {reason}",
                    self.name(to),
                    envelope.name
                )
            });
            if event.action.kind() != ActionKind::Drop {
                owed.push((to, event.sender.account, event.message_id));
                self.check_age(to, envelope, &event, &mut rung);
            }
            let reason = event.action.reason().unwrap_or_default();
            if reason == "early" {
                let call = (to, event.sender.account, envelope.call);
                *self.truth.early.entry(call).or_default() += 1;
            }
            self.truth
                .reach(&format!("{} {reason}", event.action.kind().as_str()));
            self.survive()?;
        }
        self.save(to);
        self.truth.owed.extend(owed);
        self.phones[to].rung = rung;
        for envelope in drain {
            self.truth.came.entry((to, envelope.what)).or_insert(now);
        }
        self.survive()?;
        for envelope in drain {
            if self.dice.percent(self.habits.again) {
                continue;
            }
            self.flight.retain(|other| !Rc::ptr_eq(other, envelope));
        }
        Ok(())
    }

    /// No signal of an older ring is given to a newer one, nor follows it.
    fn check_age(&mut self, to: PhoneId, envelope: &Envelope, event: &Event, rung: &mut Rung) {
        let sender = event.sender.account;
        match (envelope.what, &event.action) {
            (Sent::Ring(id, at), _) => {
                let newest = rung.entry((sender, id)).or_default();
                *newest = at.max(*newest);
                let pending = self.phones[to].inbox.pending(UnixMillis(self.time));
                let is_it = |other: &Event| {
                    other.sender.account == sender && other.message_id == event.message_id
                };
                let mut follow = pending.skip_while(|other| !is_it(other)).skip(1).peekable();
                if follow.peek().is_some() {
                    self.truth.reach("kept signals follow");
                }
                for kept in follow {
                    assert!(kept.sent_at.0 >= at, "a kept signal of an older ring");
                }
            }
            (Sent::Signal(_), Action::Signal(signal)) => {
                let id = signal.content.call_id().unwrap();
                let rung = rung.get(&(sender, id));
                assert!(
                    rung.is_none_or(|rung| event.sent_at.0 >= *rung),
                    "an older signal"
                );
            }
            (Sent::Signal(_), _) => panic!("{}: not a signal", envelope.name),
            (Sent::Other, _) => {}
        }
    }

    /// Finishes what the user did, and acts on what is pending.
    pub fn work_off(&mut self, phone: PhoneId) {
        while self.work(phone).is_err() {
            self.restart(phone);
        }
    }

    fn work(&mut self, phone: PhoneId) -> Result<(), Crash> {
        if let Some(due) = self.phones[phone].app.due.clone() {
            self.perform(phone, &due)?;
        }
        loop {
            let now = UnixMillis(self.now(phone));
            let Some(event) = self.phones[phone].inbox.pending(now).next() else {
                return Ok(());
            };
            self.survive()?;
            self.hear(phone, &event)?;
            self.survive()?;
            assert!(self.phones[phone].inbox.acknowledge(&event));
            self.save(phone);
            let name = (phone, event.sender.account, event.message_id);
            self.truth.owed.remove(&name);
            self.survive()?;
        }
    }
}
