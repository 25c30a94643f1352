//! What the app does.

use std::rc::Rc;

use hushring::error::InboxError;
use hushring::inbox::Event;
use hushring::{Inbox, Prekey, UnixMillis};

use super::{Run, seen};
use crate::letters::Letter;
use crate::model::Outcome;
use crate::people::{Pin, SECOND, TOLERANCE, WORLD, Who, device_key, key, revocation};

impl Run {
    pub(super) fn trust(&mut self, who: Who, pin: Pin) {
        let contact = pin.contact();
        let held = self.model.held.iter();
        let held = held.filter(|held| held.letter.account == key(who) && !held.for_clock);
        let held: Vec<Rc<Letter>> = held.map(|held| held.letter.clone()).collect();
        let before = self.inbox.save();
        let now = UnixMillis(self.now);
        let was_blocked = self.model.is_blocked(&key(who));
        let events = self.inbox.trust(key(who), contact.clone(), now);
        let expected = self.model.trust(key(who), &contact, self.now);
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
        let released: Vec<_> = held.into_iter().zip(outcomes).collect();
        self.check_released(&events, &released, "released");
        self.reach(if was_blocked {
            "trust unblocks"
        } else {
            "trust"
        });
    }

    /// N13.
    pub(super) fn release(&mut self) {
        let before = self.inbox.save();
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
        let before = self.inbox.save();
        self.inbox.untrust(&key(who));
        self.model.untrust(&key(who));
        let changed = before != self.inbox.save();
        self.reach(if changed { "untrust" } else { "untrust nobody" });
    }

    pub(super) fn block(&mut self, who: Who) {
        let before = self.inbox.save();
        let blocked = self.inbox.block(&key(who));
        let expected = self.model.block(&key(who));
        assert_eq!(blocked.map_err(|error| error.code().as_str()), expected);
        let changed = before != self.inbox.save();
        self.reach(if changed { "block" } else { "block nobody" });
        self.check_blocked(who);
    }

    pub(super) fn unblock(&mut self, who: Who) {
        let was_blocked = self.model.is_blocked(&key(who));
        let before = self.inbox.save();
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
        let revoked = self.inbox.revoke(&revocation);
        let device = device.map(|device| device_key(who, device));
        assert_eq!(revocation.device(), device.as_ref());
        let expected = self.model.revoke(&key(who), device.as_ref(), floor);
        assert_eq!(revoked.map_err(|error| error.code().as_str()), expected);
        self.reach(if device.is_some() {
            "revoke device"
        } else {
            "revoke"
        });
    }

    pub(super) fn publish(&mut self, prekeys: &[usize]) {
        let before = self.inbox.save();
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
        let before = self.inbox.save();
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

    pub(super) fn load(&mut self, bytes: Vec<u8>) {
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
