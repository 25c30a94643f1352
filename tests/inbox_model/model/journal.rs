//! 14.6 and 14.7: what is shown of an event, and the journal.

use hushring::content::{EndReason, Invite};
use hushring::{AccountKey, Content, MessageId};

use super::{Entry, Model, Was, elsewhere, rings_until};
use crate::letters::{Body, Letter};
use crate::seen::{Said, Seen, SeenAction, SeenCallKit, SeenContact, seen_contact, seen_handle};

impl Model {
    pub fn pending(&self, now: u64) -> Vec<Seen> {
        self.journal
            .iter()
            .map(|entry| self.show(entry, now))
            .collect()
    }

    /// N26.
    pub fn acknowledge(&mut self, account: &AccountKey, id: MessageId) -> bool {
        let meant = |entry: &Entry| entry.letter.account == *account && entry.letter.id == id;
        let place = self.journal.iter().position(meant);
        place.map(|place| self.journal.remove(place)).is_some()
    }

    /// What an entry has become (N28).
    pub(super) fn show(&self, entry: &Entry, now: u64) -> Seen {
        let letter = &entry.letter;
        let Body::Sound(content) = &letter.body else {
            panic!("nothing broken is accepted");
        };
        let encoded = Said::new(content);
        let action = match (&entry.said, content) {
            (Was::Ring(Some(reason)) | Was::Missed(_, Some(reason)), Content::Invite(_))
                if elsewhere(*reason) =>
            {
                SeenAction::Drop(reason.as_str())
            }
            (Was::Missed(reason, _), Content::Invite(invite)) => {
                self.missed(letter, invite, reason, now)
            }
            (Was::Ring(Some(_)), Content::Invite(invite)) => {
                self.missed(letter, invite, "ended", now)
            }
            (Was::Ring(None), Content::Invite(invite)) if now > rings_until(letter, invite) => {
                self.missed(letter, invite, "expired", now)
            }
            (Was::Ring(None), Content::Invite(invite)) => self.ring(letter, invite),
            (Was::End(call_uuid), Content::End(end)) => SeenAction::End {
                call_uuid: *call_uuid,
                ended_reason: match end.reason {
                    EndReason::Failed => 1,
                    EndReason::RemoteEnded
                    | EndReason::Declined
                    | EndReason::Busy
                    | EndReason::Cancelled => 2,
                    EndReason::Unanswered => 3,
                    EndReason::AnsweredElsewhere => 4,
                    EndReason::DeclinedElsewhere => 5,
                },
                content: encoded,
            },
            (Was::Signal(call_uuid), _) => SeenAction::Signal {
                call_uuid: *call_uuid,
                content: encoded,
            },
            (Was::Notify, _) => SeenAction::Notify(encoded),
            _ => panic!("said one thing, and is another"),
        };
        self.event(letter, action)
    }

    /// 14.6.
    pub(super) fn ring(&self, letter: &Letter, invite: &Invite) -> SeenAction {
        let call_uuid = invite.call_id.callkit_uuid(&letter.account);
        let expires_at = rings_until(letter, invite);
        let contact = self.pinned(&letter.account);
        let fingerprint = || ("generic", letter.account.fingerprint());
        SeenAction::Ring {
            call_uuid,
            call_kit: SeenCallKit {
                call_uuid,
                call_id: invite.call_id,
                account: letter.account,
                device: letter.device,
                message_id: letter.id,
                handle: contact
                    .handle
                    .as_ref()
                    .map_or_else(fingerprint, seen_handle),
                caller_name: contact.display_name,
                has_video: invite.has_video,
                group_id: invite.group_id.as_deref().map(clean),
                expires_at,
            },
            claimed: claims(invite),
            expires_at,
            content: Said::new(&Content::Invite(invite.clone())),
        }
    }

    pub(super) fn missed(
        &self,
        letter: &Letter,
        invite: &Invite,
        reason: &'static str,
        now: u64,
    ) -> SeenAction {
        SeenAction::Missed {
            call_uuid: invite.call_id.callkit_uuid(&letter.account),
            reason,
            age_ms: now.saturating_sub(letter.sent_at),
            claimed: claims(invite),
            content: Said::new(&Content::Invite(invite.clone())),
        }
    }

    pub(super) fn event(&self, letter: &Letter, action: SeenAction) -> Seen {
        Seen {
            tag: letter.tag.clone(),
            account: letter.account,
            device: letter.device,
            contact: seen_contact(&self.pinned(&letter.account)),
            id: letter.id,
            sent_at: letter.sent_at,
            action,
        }
    }
}

/// N24.
fn claims(invite: &Invite) -> SeenContact {
    let handle = invite.handle.as_ref();
    let handle = handle.map(|handle| (handle.kind.as_str(), clean(&handle.value)));
    (handle, invite.caller_name.as_deref().map(clean))
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !is_taken_out(*c)).collect()
}

fn is_taken_out(c: char) -> bool {
    matches!(
        c as u32,
        0x0000..=0x001f
            | 0x007f..=0x009f
            | 0x061c
            | 0x200e
            | 0x200f
            | 0x2028..=0x202e
            | 0x2066..=0x206f
    )
}
