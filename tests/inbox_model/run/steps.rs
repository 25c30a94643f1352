//! What the app does.

use hushring::inbox::Event;
use hushring::{AccountKey, Inbox, UnixMillis};

use super::{Run, seen};
use crate::letters::call_id;
use crate::people::{Pin, WORLD, Who, key};

impl Run {
    pub(super) fn trust(&mut self, who: Who, pin: Pin) {
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
                assert_eq!(error.code().as_str(), code);
                if let hushring::error::InboxError::BadContent { member } = error {
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

    pub(super) fn untrust(&mut self, who: Who) {
        self.inbox.untrust(&key(who));
        self.model.untrust(&key(who));
    }

    pub(super) fn place(&mut self, call: u16, parties: &[Who]) {
        let accounts: Vec<AccountKey> = parties.iter().map(|who| key(*who)).collect();
        let before = self.inbox.save();
        let id = call_id(call);
        let placed = self.inbox.place_call(id, &accounts, UnixMillis(self.now));
        let expected = self.model.place_call(id, &accounts, self.now);
        assert_eq!(placed.map_err(|error| error.code().as_str()), expected);
        if expected.is_ok() {
            self.book.parties.entry(id).or_default().extend(accounts);
            self.reach("placed");
        } else {
            assert!(before == self.inbox.save(), "a refusal changed something");
            self.reach("placed inbox_full");
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
        assert!(there || before == self.inbox.save());
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
