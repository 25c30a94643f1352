//! What the app does.

use std::rc::Rc;

use hushring::error::InboxError;
use hushring::inbox::Event;
use hushring::{Inbox, Prekey, Revocation, UnixMillis};

use super::{Run, Saved, seen};
use crate::letters::Letter;
use crate::model::{Outcome, Statement};
use crate::people::{ANN, BEN, Pin, SECOND, TOLERANCE, WORLD, Who, device_key, key, revocation};

impl Run {
    pub(super) fn trust(&mut self, who: Who, pin: Pin) {
        self.trust_with(who, pin, &[]);
    }

    pub(super) fn trust_with(&mut self, who: Who, pin: Pin, revocations: &[Revocation]) {
        let contact = pin.contact();
        let statements: Vec<Statement> = revocations.iter().map(statement).collect();
        let held = self.model.held.iter();
        let held = held.filter(|held| held.letter.account == key(who) && !held.for_clock);
        let held: Vec<Rc<Letter>> = held.map(|held| held.letter.clone()).collect();
        let before = self.save();
        let now = UnixMillis(self.now);
        let was_blocked = self.model.is_blocked(&key(who));
        let had_record = self.model.has_record(&key(who));
        let events = match revocations {
            [] => self.inbox.trust(key(who), contact.clone(), now),
            some => self.inbox.trust_with(key(who), contact.clone(), some, now),
        };
        let expected = self.model.trust(key(who), &contact, &statements, self.now);
        let (events, outcomes) = match (events, expected) {
            (Ok(events), Ok(outcomes)) => (events, outcomes),
            (Err(error), Err((code, member))) => {
                assert_eq!(error.code().as_str(), code);
                if let InboxError::BadContent { member: found, .. } = error {
                    assert_eq!(Some(found), member);
                }
                self.unchanged(&before);
                let member = member.unwrap_or_default();
                self.reach(&format!("trust {code} {member}"));
                return;
            }
            (events, expected) => {
                panic!(
                    "trust: {:?}, not {expected:?}",
                    events.map(|events| seen(&events))
                );
            }
        };
        if !statements.is_empty() {
            self.reach("trust with statements");
        }
        if !had_record && self.model.freed().is_some() {
            self.reach("trust: the record begins with the floor of the freed");
        }
        let released: Vec<_> = held.into_iter().zip(outcomes).collect();
        self.check_released(&events, &released, "released");
        self.reach(if was_blocked {
            "trust unblocks"
        } else {
            "trust"
        });
    }

    /// With floors so far from now, of which some are too far ahead to be stated.
    pub(super) fn trust_with_floors(
        &mut self,
        who: Who,
        pin: Pin,
        floors: &[(Option<usize>, i64)],
        of_other: bool,
    ) {
        let stated = floors.iter().filter_map(|(device, beside)| {
            let floor = self.now.saturating_add_signed(*beside) / SECOND;
            revocation(who, *device, floor, self.now)
        });
        let mut stated: Vec<Revocation> = stated.collect();
        if of_other {
            let other = if who == BEN { ANN } else { BEN };
            stated.extend(revocation(other, None, self.now / SECOND, self.now));
            stated.rotate_right(1);
        }
        self.trust_with(who, pin, &stated);
    }

    /// N13.
    pub(super) fn release(&mut self) {
        let before = self.save();
        let events = self.inbox.release(UnixMillis(self.now));
        let beside = |by| {
            let at = self.now + TOLERANCE + by;
            let mut held = self.model.held.iter();
            held.any(|held| held.for_clock && held.letter.sent_at == at)
        };
        let [is_due, is_early] = [0, 1].map(beside);
        let released = self.model.release(self.now);
        if is_due {
            self.reach("release, 10 minutes ahead");
        }
        if is_early {
            self.reach("release, 10 minutes and 1 ms ahead");
        }
        self.check_released(&events, &released, "released for the clock");
        if released.is_empty() {
            self.unchanged(&before);
            self.reach("release nothing");
        }
    }

    fn check_released(&mut self, events: &[Event], released: &[(Rc<Letter>, Outcome)], name: &str) {
        let outcomes = released.iter().map(|(_, outcome)| outcome);
        let accepted: Vec<_> = outcomes
            .filter_map(|outcome| outcome.result.clone().ok())
            .collect();
        assert_eq!(seen(events), accepted);
        for (letter, outcome) in released {
            self.reach(name);
            self.reach(&format!("{name}: {}", outcome.line));
            let mut held = self.model.held.iter();
            if held.any(|held| held.for_clock && Rc::ptr_eq(&held.letter, letter)) {
                self.reach(&format!("{name}: {}, held for the clock", outcome.line));
            }
            if let Ok(seen) = &outcome.result {
                self.enter(letter, seen);
            }
        }
    }

    pub(super) fn untrust(&mut self, who: Who) {
        let before = self.save();
        self.inbox.untrust(&key(who));
        self.model.untrust(&key(who));
        let changed = before != self.save();
        self.reach(if changed { "untrust" } else { "untrust nobody" });
    }

    pub(super) fn block(&mut self, who: Who) {
        let before = self.save();
        let blocked = self.inbox.block(&key(who));
        let expected = self.model.block(&key(who));
        assert_eq!(blocked.map_err(|error| error.code().as_str()), expected);
        let changed = before != self.save();
        self.reach(if changed { "block" } else { "block nobody" });
        self.check_blocked(who);
    }

    pub(super) fn unblock(&mut self, who: Who) {
        let was_blocked = self.model.is_blocked(&key(who));
        let before = self.save();
        self.inbox.unblock(&key(who), UnixMillis(self.now));
        self.model.unblock(&key(who), self.now);
        if !was_blocked {
            self.unchanged(&before);
        }
        self.reach(if was_blocked {
            "unblock"
        } else {
            "unblock nobody"
        });
        self.check_blocked(who);
    }

    fn check_blocked(&self, who: Who) {
        let blocked = self.inbox.is_blocked(&key(who));
        assert_eq!(blocked, self.model.is_blocked(&key(who)));
        if blocked {
            assert!(
                self.events(self.now)
                    .iter()
                    .all(|event| event.sender.account != key(who))
            );
        }
    }

    pub(super) fn discard(&mut self, who: Who) {
        let gone = self.inbox.discard(&key(who));
        assert_eq!(gone, self.model.discard(&key(who)));
        self.reach(if gone > 0 {
            "discard"
        } else {
            "discard nothing"
        });
    }

    pub(super) fn revoke(&mut self, who: Who, device: Option<usize>, beside: i64) {
        let floor = self.now.saturating_add_signed(beside) / SECOND;
        let Some(revocation) = revocation(who, device, floor, self.now) else {
            return;
        };
        let device = device.map(|device| device_key(who, device));
        assert_eq!(revocation.device(), device.as_ref());
        let before = self.save();
        let revoked = self.inbox.revoke(&revocation);
        let expected = self.model.revoke(&statement(&revocation));
        assert_eq!(revoked.map_err(|error| error.code().as_str()), expected);
        if expected != Ok(true) {
            self.unchanged(&before);
        }
        self.reach(match (expected, device) {
            (Ok(false), _) => "revoke, without a record",
            (_, Some(_)) => "revoke device",
            (_, None) => "revoke",
        });
    }

    pub(super) fn publish(&mut self, prekeys: &[usize]) {
        let before = self.save();
        let chosen: Vec<&Prekey> = prekeys
            .iter()
            .map(|prekey| &WORLD.prekeys[*prekey].prekey)
            .collect();
        let published = self
            .inbox
            .publish(&WORLD.phone, &chosen, UnixMillis(self.now));
        let published = published.map_err(|error| error.code().as_str());
        let found = published.map(|bundles| {
            let seen = bundles.iter().map(|bundle| {
                let offers = bundle
                    .offers()
                    .fold(0, |offers, suite| offers | suite.byte());
                let (from, until) = (bundle.issued_at().0, bundle.expires_at().0);
                (bundle.suite(), from, until, offers)
            });
            seen.collect::<Vec<_>>()
        });
        let expected = self.model.publish(prekeys, self.now);
        assert_eq!(found, expected);
        match expected {
            Ok(bundles) => {
                let is_later = bundles[0].1 > self.now / SECOND;
                self.reach(if is_later { "publish later" } else { "publish" });
            }
            Err(code) => {
                self.unchanged(&before);
                self.reach(&format!("publish {code}"));
            }
        }
    }

    pub(super) fn acknowledge(&mut self, event: &Event) {
        assert!(self.inbox.acknowledge(event), "it was pending");
        assert!(
            self.model
                .acknowledge(&event.sender.account, event.message_id)
        );
        self.reach("acknowledge");
    }

    /// The event of an earlier letter, pending or not: a duplicate has its account and its id.
    pub(super) fn acknowledge_old(&mut self, number: u8) {
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
        let before = self.save();
        let there = self.inbox.acknowledge(&event);
        assert_eq!(there, self.model.acknowledge(&letter.account, letter.id));
        if !there {
            self.unchanged(&before);
        }
        self.reach(if there {
            "acknowledge again"
        } else {
            "acknowledge unknown"
        });
    }

    /// N35: the app demands what it has kept, and is refused what is older.
    pub(super) fn load(&mut self, bytes: Vec<u8>) {
        let revision = self.model.revision();
        let certificate = WORLD.phone.certificate();
        let load = |revision| Inbox::load_at_least(certificate, &bytes, revision);
        let refused = load(revision + 1).map(|_| ());
        let refused = refused.map_err(|error| error.code().as_str());
        assert_eq!(refused, Err("state_rolled_back"));
        let mut inbox = load(revision).unwrap();
        assert_eq!(inbox.prekeys().count(), 0);
        assert_eq!(inbox.revision(), revision);
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

    /// Saves, and keeps what was saved before.
    pub(super) fn keep_state(&mut self) {
        let bytes = self.save();
        let model = self.model.clone();
        let book = self.book.clone();
        let older = std::mem::replace(&mut self.saved, Saved { bytes, model, book });
        let (before, revision) = (older.model.revision(), self.model.revision());
        let certificate = WORLD.phone.certificate();
        let loaded = Inbox::load_at_least(certificate, &older.bytes, revision);
        let loaded = loaded.map(|_| ()).map_err(|error| error.code().as_str());
        let expected = if before < revision {
            Err("state_rolled_back")
        } else {
            assert!(older.bytes == self.saved.bytes, "one revision of two");
            Ok(())
        };
        assert_eq!(loaded, expected);
        self.reach(match expected {
            Ok(()) => "saved the same again",
            Err(_) => "saved another state",
        });
    }

    /// The app starts anew from what it saved, and the relay delivers again what came since: the app
    /// tells it what has come after a save only.
    pub(super) fn crash(&mut self) {
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
            self.find_forgotten("once more");
        }
    }

    /// Saves, and compares the revision.
    pub(super) fn save(&mut self) -> Vec<u8> {
        let saved = self.inbox.save().to_vec();
        assert_eq!(self.inbox.revision(), self.model.save(), "the revision");
        saved
    }

    pub(super) fn prune(&mut self) {
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
}

fn statement(revocation: &Revocation) -> Statement {
    Statement {
        account: *revocation.account(),
        device: revocation.device().copied(),
        floor: revocation.floor().0,
    }
}
