//! Envelopes, and what must hold of every event.

use std::collections::BTreeMap;
use std::rc::Rc;

use hushring::error::ErrorCode;
use hushring::inbox::Event;
use hushring::{AccountKey, CallId, CallKitUuid, Content, MessageId, UnixMillis};

use super::{Run, name_of, refusal};
use crate::explanation::check_explanation;
use crate::letters::{Body, Claims, Kind, Letter};
use crate::model::{Held, MAX_HELD, Outcome, Refused, elsewhere, rings_for};
use crate::people::{ANN, BEN, DAY, Who, key, own};
use crate::seen::{Seen, SeenAction};
use crate::steps::Post;

impl Run {
    pub(super) fn receive(&mut self, letter: &Rc<Letter>) {
        let now = UnixMillis(self.now);
        let held = self.model.held.clone();
        let before = self.save();
        let outcome = self.model.receive(letter, self.now);
        let line = outcome.line;
        // Explaining takes as long as receiving: once a sequence for every line, and now and then.
        let first = !self.reached.contains_key(line);
        if first || self.book.came.len().is_multiple_of(4) {
            let explanation = self.inbox.explain(&letter.bytes, now);
            self.unchanged(&before);
            check_explanation(&explanation, letter, &outcome, self.now);
            self.reach("explain");
        }
        self.book.came.push(letter.clone());
        let result = self.inbox.receive(&letter.bytes, now);
        let after = self.save();
        match &result {
            Ok(event) => {
                self.check_event(letter, event, &outcome);
                if event.action.reason() == Some("duplicate") {
                    assert!(before == after, "a duplicate changed something");
                } else if event.action.reason() == Some("cover") {
                    assert!(before == after, "cover is kept");
                } else {
                    assert!(before != after, "what was accepted is not kept");
                }
            }
            Err(error) => {
                assert_eq!(
                    Err(refusal(error)),
                    outcome.result,
                    "{letter:?} at {}",
                    self.now
                );
                let same = held.len() == self.model.held.len()
                    && held
                        .iter()
                        .zip(&self.model.held)
                        .all(|(a, b)| Rc::ptr_eq(&a.letter, &b.letter));
                assert_eq!(before == after, same, "{line}: what a refusal changes");
                if let Err(Refused {
                    member: Some(member),
                    ..
                }) = &outcome.result
                {
                    self.reach(&format!("bad_content {member}"));
                }
                let for_clock = match line {
                    "E26" | "N10" => "",
                    "clock" => " for the clock",
                    _ => {
                        assert!(same, "held without a reason");
                        return self.reach(line);
                    }
                };
                let of_kind = |held: &&Held| held.for_clock == (line == "clock");
                let many = held.iter().filter(of_kind).count();
                let has_left = !same && held.len() == self.model.held.len();
                self.reach(&match same {
                    true => format!("not held{for_clock}"),
                    false => format!("held{for_clock}"),
                });
                if let Some(bound) = self.bound_of_holding(letter, line, &held) {
                    self.reach(bound);
                }
                if has_left && many == MAX_HELD {
                    self.reach(&format!("held at the bound{for_clock}"));
                } else if has_left {
                    self.reach(&format!("held at the bound of one{for_clock}"));
                }
            }
        }
        if outcome.follow > 0 {
            self.reach(&format!("{line}, followed"));
        }
        self.reach(line);
        if let Ok(seen) = &outcome.result {
            let action = &seen.action;
            self.reach(&name_of(action));
        }
    }

    /// What N11 and N13 say of a letter, if it is beside one of their bounds.
    fn bound_of_holding(&self, letter: &Letter, line: &str, held: &[Held]) -> Option<&'static str> {
        let is_for_clock = line == "clock";
        let of_other_kind = |held: &&Held| {
            held.for_clock != is_for_clock
                && held.letter.account == letter.account
                && held.letter.id == letter.id
        };
        if held.iter().any(|held| of_other_kind(&held)) {
            return Some(match is_for_clock {
                true => "not held for the clock, held as untrusted",
                false => "not held, held for the clock",
            });
        }
        let ahead = letter.sent_at.saturating_sub(self.now);
        let has_record = self.model.has_record(&letter.account);
        match self.model.replay_floor(&letter.account) {
            Some(floor) if !has_record && letter.sent_at == floor => {
                Some("not held, at the floor of the freed")
            }
            Some(floor) if !has_record && letter.sent_at == floor + 1 => {
                Some("untrusted, 1 ms after the floor of the freed")
            }
            _ if is_for_clock && ahead == DAY => Some("clock, 24 hours ahead"),
            _ if is_for_clock && ahead == DAY + 1 => Some("clock, 24 hours and 1 ms ahead"),
            Some(floor) if letter.sent_at == floor => Some("not held, at the floor"),
            Some(floor) if letter.sent_at == floor + 1 => Some("untrusted, 1 ms after the floor"),
            _ => None,
        }
    }

    pub(super) fn check_event(&mut self, letter: &Letter, event: &Event, outcome: &Outcome) {
        let seen = Seen::from(event);
        let expected = outcome.result.as_ref();
        assert_eq!(
            Ok(&seen),
            expected,
            "{}: {letter:?} at {}",
            outcome.line,
            self.now
        );
        self.enter(letter, &seen);
    }

    /// What holds of every event, whatever the model says.
    pub(super) fn enter(&mut self, letter: &Letter, seen: &Seen) {
        if seen.action == SeenAction::Drop("duplicate") {
            let before = |(account, id, _): &([u8; 32], MessageId, u64)| {
                account == letter.account.as_bytes() && *id == letter.id
            };
            assert!(self.book.events.iter().any(before), "never seen before");
            return;
        }
        let Body::Sound(content) = &letter.body else {
            panic!("nothing broken is accepted");
        };
        if seen.action == SeenAction::Drop("cover") {
            // Received again, it is the same event again (N17).
            let id = (*letter.account.as_bytes(), letter.id);
            if !self.book.covers.insert(id) {
                self.reach("cover again");
            }
            return;
        }
        if self
            .book
            .covers
            .contains(&(*letter.account.as_bytes(), letter.id))
        {
            self.reach("an id of cover");
        }
        let new = self
            .book
            .events
            .insert((*letter.account.as_bytes(), letter.id, letter.sent_at));
        assert!(new, "an event twice: {seen:?}");
        if let Content::End(end) = content {
            match end.caller {
                None => {
                    let call = (*letter.account.as_bytes(), end.call_id, false);
                    self.book.ended.insert(call);
                }
                Some(caller) if letter.account == own() && elsewhere(end.reason) => {
                    self.book.ended.insert((caller, end.call_id, true));
                }
                Some(_) => {}
            }
        }
        match (&seen.action, content) {
            (
                SeenAction::Ring {
                    expires_at,
                    crossed,
                    ..
                },
                Content::Invite(invite),
            ) => {
                assert!(*crossed != Some(invite.call_id));
                self.book
                    .rang
                    .insert((*letter.account.as_bytes(), letter.id));
                let begins = letter.sent_at.min(self.now);
                assert!(self.now <= begins + rings_for(invite));
                assert_eq!(*expires_at, begins + rings_for(invite));
            }
            (
                SeenAction::End {
                    call_uuid,
                    remaining,
                    ..
                },
                Content::End(end),
            ) => {
                let sender = *letter.account.as_bytes();
                let caller = end.caller.unwrap_or(sender);
                let may = caller == sender || letter.account == own() && elsewhere(end.reason);
                let of_caller = AccountKey::from_bytes(&caller)
                    .is_ok_and(|caller| end.call_id.callkit_uuid(&caller) == *call_uuid);
                let of_leg = remaining.is_some() && self.is_own(end.call_id, letter, *call_uuid);
                assert!(may && of_caller && remaining.is_none() || of_leg);
            }
            (
                SeenAction::Second {
                    call_uuid, taken, ..
                },
                Content::Answer(answer),
            ) => {
                assert!(self.is_own(answer.call_id, letter, *call_uuid));
                assert!(*taken != letter.device);
            }
            (SeenAction::Signal { call_uuid, .. }, content) => {
                let id = content.call_id().unwrap();
                let of_sender = id.callkit_uuid(&letter.account) == *call_uuid;
                let of_others = self.is_joined(id, letter, *call_uuid);
                assert!(of_sender || of_others || self.is_own(id, letter, *call_uuid));
            }
            _ => {}
        }
    }

    /// Whether it is about a call of this device's account, to the letter's account.
    pub(super) fn is_own(&self, id: CallId, letter: &Letter, call_uuid: CallKitUuid) -> bool {
        let parties = self.book.parties.get(&id);
        call_uuid == id.callkit_uuid(&own())
            && parties.is_some_and(|parties| parties.contains(&letter.account))
    }

    /// Whether it is about a call that was joined with the letter's account.
    fn is_joined(&self, id: CallId, letter: &Letter, call_uuid: CallKitUuid) -> bool {
        self.book.joined.iter().any(|((caller, call), with)| {
            let caller = AccountKey::from_bytes(caller).unwrap();
            *call == id && id.callkit_uuid(&caller) == call_uuid && with.contains(&letter.account)
        })
    }

    pub(super) fn send(&mut self, post: &Post) {
        if let Some(at) = post.at {
            self.now = self.time(at);
        }
        let letter = self.write(post);
        self.letters.push(letter.clone());
        let before = self.ask_others(&letter);
        self.receive(&letter);
        let mut after = self.ask_others(&letter);
        // Joined accounts are told apart when the call ends: that is for its parties to say.
        after.retain(|who, _| before.contains_key(who));
        let mut before = before;
        before.retain(|who, _| after.contains_key(who));
        assert_eq!(before, after, "{letter:?} changed a call of others");
    }

    /// What signals of the others to the call of a letter would be: whoever has nothing to say in
    /// their calls changes nothing of it.
    fn ask_others(&mut self, letter: &Letter) -> BTreeMap<Who, Vec<String>> {
        let (true, Body::Sound(content)) = (self.asks, &letter.body) else {
            return BTreeMap::new();
        };
        let Some(id) = content.call_id() else {
            return BTreeMap::new();
        };
        let mut answers = BTreeMap::new();
        for who in [ANN, BEN] {
            let of_own = match content {
                Content::End(end) if letter.account == own() => end.caller,
                _ => None,
            };
            let concerns = key(who) == letter.account
                || of_own == Some(*key(who).as_bytes())
                || self.model.is_joined_to(&key(who), id);
            if concerns {
                continue;
            }
            let number = u16::from_be_bytes([id.as_bytes()[0], id.as_bytes()[1]]);
            let questions = [
                Kind::Answer(number, self.now),
                Kind::Candidates(number),
                Kind::Invite {
                    call: number,
                    lifetime: None,
                    claims: Claims::Group,
                },
            ];
            for kind in questions {
                let question = self.question(who, kind);
                let explanation = self.inbox.explain(&question.bytes, UnixMillis(self.now));
                let asked = explanation
                    .result()
                    .map(|(action, reason)| (action.as_str(), reason))
                    .map_err(ErrorCode::as_str);
                self.reach(&format!("asked {asked:?}"));
                let answer = format!("{:?}", explanation.result());
                answers.entry(who).or_insert_with(Vec::new).push(answer);
            }
        }
        answers
    }
}
