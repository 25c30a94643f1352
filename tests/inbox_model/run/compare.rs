//! Compares whatever can be seen of the inbox with the model.

use std::collections::HashMap;

use hushring::inbox::Action;
use hushring::{AccountKey, CallId, Inbox};

use super::{Run, name_of, seen};
use crate::letters::Body;
use crate::model::{MAX_HELD, MAX_HELD_PER_ACCOUNT, MAX_PENDING, MAX_PENDING_PER_ACCOUNT};
use crate::people::{WORLD, own};

impl Run {
    pub(super) fn compare(&mut self) {
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
    pub(super) fn most_bytes(&self) -> usize {
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

    pub(super) fn compare_pending(&mut self, at: u64) {
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
}
