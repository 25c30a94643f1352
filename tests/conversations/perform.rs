//! What apps send (8.7), in its order: the inbox, save, seal, save. After a crash all of it again.

use hushring::content::{
    Answer, Candidate, Candidates, Content, Description, DescriptionType, End, EndReason, Invite,
    Map, Negotiate,
};
use hushring::{CallId, UnixMillis};

use crate::app::{Due, LegState, PhoneId, State};
use crate::conversation::{Conversation, Crash};
use crate::truth::Sent;
use crate::world::{Who, key};

impl Conversation {
    pub fn perform(&mut self, phone: PhoneId, due: &Due) -> Result<(), Crash> {
        self.survive()?;
        match due {
            Due::Place(id, accounts, at) => self.invite(phone, *id, accounts, *at)?,
            Due::Signal(who, caller, id, number) => {
                self.signal(phone, *who, *caller, *id, *number)?;
            }
            Due::Answer(caller, id, ends) => self.answer(phone, *caller, *id, *ends)?,
            Due::Decline(caller, id, ring) => {
                let end = |reason| {
                    Content::End(End::by_callee(
                        *id,
                        reason,
                        &key(*caller),
                        UnixMillis(*ring),
                    ))
                };
                self.send(phone, *caller, &end(EndReason::Declined))?;
                let own = self.phones[phone].who;
                self.send(phone, own, &end(EndReason::DeclinedElsewhere))?;
                self.survive()?;
                self.phones[phone].inbox.left(&key(*caller), *id);
            }
            Due::Busy(caller, id, ring, stops) => {
                let ring = UnixMillis(*ring);
                let end = End::by_callee(*id, EndReason::Busy, &key(*caller), ring);
                self.send(phone, *caller, &Content::End(end))?;
                if *stops {
                    self.phones[phone].inbox.left(&key(*caller), *id);
                }
            }
            Due::HangUp(caller, id, ring, failed) => {
                let reason = if *failed {
                    EndReason::Failed
                } else {
                    EndReason::RemoteEnded
                };
                let end = End::by_callee(*id, reason, &key(*caller), UnixMillis(*ring));
                self.send(phone, *caller, &Content::End(end))?;
                self.survive()?;
                self.phones[phone].inbox.left(&key(*caller), *id);
            }
            Due::End(id, accounts, all) => {
                for account in accounts {
                    self.end_leg(phone, *id, *account, None)?;
                }
                self.survive()?;
                let own = key(self.phones[phone].who);
                if *all {
                    self.phones[phone].inbox.left(&own, *id);
                } else {
                    let accounts: Vec<_> = accounts.iter().map(|who| key(*who)).collect();
                    self.phones[phone].inbox.left_accounts(*id, &accounts);
                }
            }
        }
        self.phones[phone].app.due = None;
        self.save(phone);
        Ok(())
    }

    /// By the clock of the device.
    fn send(&mut self, phone: PhoneId, who: Who, content: &Content) -> Result<(), Crash> {
        let now = self.now(phone);
        self.post(phone, who, content, Sent::Other, now)
    }

    fn invite(
        &mut self,
        phone: PhoneId,
        id: CallId,
        accounts: &[Who],
        at: u64,
    ) -> Result<(), Crash> {
        let mut invite = Invite::new(id, false);
        if self.phones[phone].app.own(id).is_group {
            invite.group_id = Some("g".to_string());
        }
        let content = Content::Invite(invite);
        for account in accounts {
            self.post(phone, *account, &content, Sent::Ring(id, at), at)?;
        }
        Ok(())
    }

    /// N19. After X1 it ends the own call as well.
    pub fn answer(
        &mut self,
        phone: PhoneId,
        caller: Who,
        id: CallId,
        ends: Option<CallId>,
    ) -> Result<(), Crash> {
        let now = UnixMillis(self.now(phone));
        let Ok(ring) = self.phones[phone].inbox.answered(&key(caller), id, now) else {
            panic!("{}: what rings, or was answered, is over", self.name(phone));
        };
        let call = self.phones[phone].app.theirs(caller, id).unwrap();
        call.state = State::In;
        call.ring = ring.0;
        self.save(phone);
        let who = self.phones[phone].who;
        self.truth.answers(phone, id, who, ring.0);
        self.survive()?;
        self.send(phone, caller, &Content::Answer(Answer::new(id, ring)))?;
        let reason = EndReason::AnsweredElsewhere;
        let elsewhere = End::by_callee(id, reason, &key(caller), ring);
        self.send(phone, who, &Content::End(elsewhere))?;
        if let Some(own) = ends {
            self.end_leg(phone, own, caller, None)?;
            self.survive()?;
            self.phones[phone].inbox.left(&key(who), own);
        }
        Ok(())
    }

    /// The caller's end, or with a device that it took that.
    pub fn end_leg(
        &mut self,
        phone: PhoneId,
        id: CallId,
        who: Who,
        taken: Option<PhoneId>,
    ) -> Result<(), Crash> {
        let end = match taken {
            None => End::by_caller(id, EndReason::Cancelled),
            Some(taken) => End::taken(id, &self.phones[taken].hardware.key()),
        };
        let at = self.time_of(phone, id);
        self.post(phone, who, &Content::End(end), Sent::Other, at)
    }

    /// A time for what is said of an own call: what is newer is not dated before what is older.
    pub fn time_of(&mut self, phone: PhoneId, id: CallId) -> u64 {
        let now = self.now(phone);
        let call = self.phones[phone].app.own(id);
        call.latest = now.max(call.latest);
        call.latest
    }

    fn signal(
        &mut self,
        phone: PhoneId,
        who: Who,
        caller: Who,
        id: CallId,
        number: u64,
    ) -> Result<(), Crash> {
        let is_own = self.phones[phone].app.theirs(caller, id).is_none();
        let at = if is_own {
            self.time_of(phone, id)
        } else {
            self.now(phone)
        };
        let text = number.to_string();
        let content = if is_own || who == caller {
            Content::Candidates(Candidates {
                call_id: id,
                candidates: vec![Candidate {
                    candidate: text,
                    sdp_mid: None,
                    sdp_m_line_index: None,
                    username_fragment: None,
                    extra: Map::new(),
                }],
                extra: Map::new(),
            })
        } else {
            Content::Negotiate(Negotiate {
                call_id: id,
                description: Description {
                    kind: DescriptionType::Offer,
                    sdp: Some(text),
                    extra: Map::new(),
                },
                extra: Map::new(),
            })
        };
        self.post(phone, who, &content, Sent::Signal(number), at)
    }
}

/// The number of a signal.
pub fn number_of(content: &Content) -> Option<u64> {
    let text = match content {
        Content::Candidates(candidates) => &candidates.candidates[0].candidate,
        Content::Negotiate(negotiate) => negotiate.description.sdp.as_ref()?,
        _ => return None,
    };
    text.parse().ok()
}

impl LegState {
    /// Whether its account is told when the caller ends.
    pub fn is_open(self) -> bool {
        self != LegState::Over
    }
}
