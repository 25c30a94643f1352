//! Short sequences for what single steps hardly ever lead to. Whatever can be seen is compared
//! between their steps.

use hushring::{MessageId, UnixMillis};

use super::{Run, refusal};
use crate::letters::{About, Caller, Claims, Draft, Kind, Reason};
use crate::model::{KEPT_FOR, MAX_CALLS, MAX_EARLY_ENDS, MAX_PENDING_PER_ACCOUNT};
use crate::people::{ANN, BEN, CAT, DAY, MINUTE, MONTH, OWN, Pin, SECOND, Term, WORLD, Who, key};
use crate::steps::{Scene, Which};

impl Run {
    pub(super) fn play(&mut self, scene: Scene) {
        match scene {
            Scene::Kept { by, joins } => self.kept_to_the_end(by, joins),
            Scene::Room { by } => self.room_beside_kept(by),
            Scene::Forgotten { call, by, then } => self.forgotten(call, by, then),
            Scene::Sibling { call, then } => self.call_of_sibling(call, then),
            Scene::Several { call, caller } => self.joined_to_several(call, caller),
            Scene::HeldTwice { is_first_ahead } => self.held_twice(is_first_ahead),
            Scene::Cover { who } => self.cover_before_message(who),
            Scene::Freed { who, by, then } => self.freed(who, by, then),
            Scene::Floor { who, device, by } => self.floor_forgotten(who, device, by),
        }
    }

    /// G10: a signal is kept for 2 minutes, and follows then, or does not any more.
    fn kept_to_the_end(&mut self, by: i64, joins: bool) {
        self.trust(ANN, Pin::Nothing);
        let call = self.fresh_call();
        // So far ahead that an invitation before it still rings after those minutes.
        let ahead = self.now + MINUTE;
        if joins {
            self.say(CAT, ahead, Kind::Candidates(call));
        }
        self.say(ANN, ahead, Kind::Candidates(call));
        let at_last = self.now + KEPT_FOR;
        if joins {
            self.say(ANN, self.now, invite(call));
            self.answered(Which::Any(ANN, call));
        }
        self.now = at_last.saturating_add_signed(by);
        if joins {
            self.joined(Which::Any(ANN, call), &[CAT]);
        } else {
            self.say(ANN, ahead, invite(call));
        }
        self.look();
    }

    /// A kept signal takes the last place of its account, and gives it back after 2 minutes.
    fn room_beside_kept(&mut self, by: i64) {
        self.trust(BEN, Pin::Nothing);
        for event in self.events(self.now) {
            if event.sender.account == key(BEN) {
                self.acknowledge(&event);
            }
        }
        for number in 1..MAX_PENDING_PER_ACCOUNT {
            self.mumble(BEN, Kind::Message(u16::try_from(number).unwrap()));
        }
        let call = self.fresh_call();
        self.say(BEN, self.now, Kind::Candidates(call));
        self.now = (self.now + KEPT_FOR).saturating_add_signed(by);
        self.say(BEN, self.now, Kind::Message(0));
    }

    /// A call is forgotten whose ring is in the journal, and may come back.
    fn forgotten(&mut self, call: u16, by: i64, then: u8) {
        self.trust(ANN, Pin::Nothing);
        let at = self.now;
        self.say(ANN, at, invite(call));
        if then & 1 > 0 {
            self.answered(Which::Any(ANN, call));
        }
        for number in 0..MAX_CALLS {
            let call = OTHERS + u16::try_from(number).unwrap();
            let (reason, about) = (Reason::Cancelled, About::Call);
            self.mumble(
                ANN,
                Kind::End {
                    call,
                    reason,
                    about,
                },
            );
        }
        self.look();
        if then & 2 > 0 {
            self.say(OWN, at, elsewhere(ANN, call, at, Reason::AnsweredElsewhere));
            if then & 4 > 0 {
                for number in 0..MAX_EARLY_ENDS {
                    let call = OTHERS + u16::try_from(number).unwrap();
                    self.mumble(OWN, elsewhere(BEN, call, at, Reason::AnsweredElsewhere));
                }
            }
            let ring = at.saturating_add_signed(by);
            self.say(
                OWN,
                at,
                elsewhere(ANN, call, ring, Reason::DeclinedElsewhere),
            );
            return;
        }
        self.say(ANN, at.saturating_add_signed(by), invite(call));
        if then & 4 > 0 {
            self.answered(Which::Any(ANN, call));
        } else if then & 8 > 0 {
            self.left(Which::Any(ANN, call));
        }
        self.look();
    }

    /// A call of a sibling has the callId of a placed one.
    fn call_of_sibling(&mut self, call: u16, then: u8) {
        let which = Which::Any(OWN, call);
        self.trust(OWN, Pin::Nothing);
        self.say(OWN, self.now, invite(call));
        if then & 1 > 0 {
            self.answered(which);
            self.joined(which, &[CAT]);
        }
        self.look();
        let parties: &[Who] = if then & 2 > 0 { &[BEN] } else { &[] };
        self.place(call, parties, self.now);
        self.look();
        match then >> 2 & 3 {
            0 => self.left(which),
            1 => self.joined(which, &[CAT, ANN]),
            2 => self.answered(which),
            _ => self.left_accounts(call, &[BEN]),
        }
        self.look();
        self.say(CAT, self.now, Kind::Candidates(call));
        self.left(which);
        self.look();
        self.say(CAT, self.now, Kind::Candidates(call));
    }

    /// Two callers chose one callId, and somebody is in both calls (G9, Z13).
    fn joined_to_several(&mut self, call: u16, caller: Who) {
        for who in [BEN, ANN] {
            self.trust(who, Pin::Nothing);
            self.say(who, self.now, invite(call));
            self.answered(Which::Any(who, call));
            self.joined(Which::Any(who, call), &[CAT]);
        }
        self.trust(CAT, Pin::Nothing);
        self.say(CAT, self.now, Kind::Candidates(call));
        let (reason, about) = (
            Reason::RemoteEnded,
            About::Ring(Caller::Account(caller), self.now),
        );
        let end = Kind::End {
            call,
            reason,
            about,
        };
        self.say(CAT, self.now, end);
        self.left(Which::Any(caller, call));
        self.look();
        self.say(CAT, self.now, Kind::Candidates(call));
        self.say(CAT, self.now, end);
    }

    /// What is held for the clock, and what is held as untrusted, have one message id.
    fn held_twice(&mut self, is_first_ahead: bool) {
        self.untrust(OWN);
        let ahead = [self.now, self.now + 60 * MINUTE];
        let id = self.fresh_id();
        for place in [usize::from(is_first_ahead), usize::from(!is_first_ahead)] {
            let letter = Draft {
                id,
                ..draft(OWN, ahead[place], Kind::Message(1))
            };
            self.deliver(letter);
        }
        self.now += 50 * MINUTE;
        self.release();
        self.look();
    }

    /// N17: cover keeps no id.
    fn cover_before_message(&mut self, who: Who) {
        let id = self.fresh_id();
        for kind in [
            Kind::Cover,
            Kind::Cover,
            Kind::Message(1),
            Kind::Cover,
            Kind::Message(1),
        ] {
            self.deliver(Draft {
                id,
                ..draft(who, self.now, kind)
            });
        }
    }

    /// N34: a record is freed once its floor is a month old, and the floor stays.
    fn freed(&mut self, who: Who, by: i64, then: u8) {
        self.trust(who, Pin::Name);
        let at = self.now;
        if then & 1 > 0 {
            self.say(who, at, Kind::Message(1));
        } else {
            self.say(who, at - 1, Kind::Candidates(1));
        }
        if then & 2 > 0 {
            for event in self.events(self.now) {
                if event.sender.account == key(who) {
                    self.acknowledge(&event);
                }
            }
        }
        self.untrust(who);
        match then >> 2 & 7 {
            0 => self.block(who),
            1 => self.say(who, at + 1, Kind::Message(2)),
            2 => self.revoke(who, Some(0), -400 * DAY.cast_signed()),
            _ => {}
        }
        if then & 32 > 0 {
            self.discard(who);
        }
        let floor = self.model.replay_floor(&key(who)).unwrap_or(at);
        self.prune_at((floor + MONTH).saturating_add_signed(by));
        self.look();
        for sent_at in [floor, floor + 1] {
            self.say(who, sent_at, Kind::Message(3));
        }
        if then & 64 > 0 {
            self.trust(who, Pin::Nothing);
            for sent_at in [floor, floor + 1, floor + 2] {
                self.say(who, sent_at, Kind::Message(4));
            }
        }
    }

    /// N5: a revocation floor is forgotten after 397 days.
    fn floor_forgotten(&mut self, who: Who, device: Option<usize>, by: i64) {
        self.trust(who, Pin::Nothing);
        let ahead = self.now + 5 * MINUTE;
        self.revoke(who, device, 0);
        self.say(who, ahead, Kind::Message(1));
        let floor = self.now / SECOND * SECOND;
        self.prune_at((floor + 397 * DAY).saturating_add_signed(by));
        self.look();
        self.say(who, ahead, Kind::Message(1));
    }

    /// With a clock that goes back then. Prekeys are added again.
    fn prune_at(&mut self, time: u64) {
        let back = std::mem::replace(&mut self.now, time);
        self.prune();
        self.find_forgotten("prune");
        self.now = back;
        (0..WORLD.prekeys.len()).for_each(|prekey| self.add_prekey(prekey));
    }

    /// Somebody says something, and all is compared.
    fn say(&mut self, who: Who, sent_at: u64, kind: Kind) {
        let id = self.fresh_id();
        self.deliver(Draft {
            id,
            ..draft(who, sent_at, kind)
        });
    }

    fn deliver(&mut self, draft: Draft) {
        let letter = draft.seal();
        self.letters.push(letter.clone());
        self.receive(&letter);
        self.look();
    }

    /// As `say`, but nothing is compared except what comes of it.
    fn mumble(&mut self, who: Who, kind: Kind) {
        let id = self.fresh_id();
        let draft = Draft {
            id,
            ..draft(who, self.now - SECOND, kind)
        };
        let letter = draft.seal();
        self.book.came.push(letter.clone());
        let result = self.inbox.receive(&letter.bytes, UnixMillis(self.now));
        let outcome = self.model.receive(&letter, self.now);
        match result {
            Ok(event) => self.check_event(&letter, &event, &outcome),
            Err(error) => assert_eq!(Err(refusal(&error)), outcome.result),
        }
        self.reach(outcome.line);
    }

    fn look(&mut self) {
        self.find_forgotten("newer calls");
        self.compare();
    }

    /// A call that nobody has spoken of.
    fn fresh_call(&mut self) -> u16 {
        self.fresh += 1;
        FRESH + u16::try_from(self.fresh).unwrap()
    }
}

/// From this number on, calls that push others out.
const OTHERS: u16 = 300;

/// From this number on, each call is of one scene.
const FRESH: u16 = 10_000;

fn draft(who: Who, sent_at: u64, kind: Kind) -> Draft {
    Draft {
        who,
        device: 0,
        term: Term::Long,
        prekey: 0,
        id: MessageId::from_bytes([0; 16]),
        sent_at,
        kind,
        fault: None,
    }
}

const fn invite(call: u16) -> Kind {
    Kind::Invite {
        call,
        lifetime: None,
        claims: Claims::None,
    }
}

const fn elsewhere(caller: Who, call: u16, ring: u64, reason: Reason) -> Kind {
    Kind::End {
        call,
        reason,
        about: About::Ring(Caller::Account(caller), ring),
    }
}
