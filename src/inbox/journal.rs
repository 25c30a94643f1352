//! The journal of events that the app has not acknowledged (spec/inbox.md, "Journal").

use std::collections::VecDeque;

use zeroize::Zeroizing;

use crate::content::{Content, EndReason};
use crate::ids::{CallKitUuid, MessageId};
use crate::inbox::event::{Action, DropReason, Ended, Event, MissedReason, Origin, Signal};
use crate::inbox::{Inbox, calls};
use crate::keys::AccountKey;
use crate::time::UnixMillis;

/// The entries, in the order in which they were accepted.
#[derive(Default)]
pub(super) struct Journal(VecDeque<Entry>);

/// An event, with its content compressed as the frame held it, so that its size has a bound.
pub(super) struct Entry {
    pub(super) origin: Origin,
    pub(super) kind: Kind,
    pub(super) content: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    End(CallKitUuid),
    /// With how its call has ended since.
    Missed(CallKitUuid, MissedReason, Option<EndReason>),
    Notify,
    /// With how its call has ended since.
    Ring(CallKitUuid, Option<EndReason>),
    Signal(CallKitUuid),
}

impl Journal {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.0.iter()
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.0.push_back(entry);
    }

    pub(super) fn contains(&self, account: &AccountKey, id: MessageId) -> bool {
        self.place(account, id).is_some()
    }

    /// Removes an entry. Returns whether it was there.
    pub(super) fn remove(&mut self, account: &AccountKey, id: MessageId) -> bool {
        let place = self.place(account, id);
        place.and_then(|place| self.0.remove(place)).is_some()
    }

    /// Stores with the invitations to a call how it has ended, because the call itself may be
    /// forgotten before they are acknowledged.
    pub(super) fn end(&mut self, call_uuid: CallKitUuid, reason: EndReason) {
        for entry in &mut self.0 {
            match &mut entry.kind {
                Kind::Missed(uuid, _, ended) | Kind::Ring(uuid, ended) if *uuid == call_uuid => {
                    *ended = Some(reason);
                }
                _ => {}
            }
        }
    }

    fn place(&self, account: &AccountKey, id: MessageId) -> Option<usize> {
        let is_it =
            |Entry { origin, .. }: &Entry| origin.message_id == id && origin.account == *account;
        self.0.iter().position(is_it)
    }
}

impl Kind {
    /// Returns the kind of entry for an action. A drop has none.
    pub(super) fn of(action: &Action) -> Option<Kind> {
        match action {
            Action::Drop(_) => None,
            Action::End(end) => Some(Kind::End(end.call_uuid)),
            Action::Missed(missed) => Some(Kind::Missed(missed.call_uuid, missed.reason, None)),
            Action::Notify(_) => Some(Kind::Notify),
            Action::Ring(ring) => Some(Kind::Ring(ring.call_uuid, None)),
            Action::Signal(signal) => Some(Kind::Signal(signal.call_uuid)),
        }
    }
}

impl Inbox {
    /// Returns the event of an entry, as of `now`. None only if the content does not match the
    /// kind, which loading rules out.
    pub(super) fn restore(&self, entry: &Entry, now: UnixMillis) -> Option<Event> {
        let origin = &entry.origin;
        let content = Content::decompress(&entry.content).ok()?;
        let action = match (entry.kind, content) {
            (Kind::End(call_uuid), Content::End(content)) => Action::End(Ended {
                call_uuid,
                ended_reason: content.reason.callkit_reason(),
                content,
            }),
            (Kind::Missed(_, reason, ended), Content::Invite(invite)) => {
                match ended.and_then(DropReason::elsewhere) {
                    Some(reason) => Action::Drop(reason),
                    None => calls::missed(origin, invite, reason, now),
                }
            }
            (Kind::Notify, content) if is_shown(&content) => Action::Notify(content),
            (Kind::Ring(_, ended), Content::Invite(invite)) => {
                self.ring_as_of(origin, invite, ended, now)
            }
            (Kind::Signal(call_uuid), content) if is_signal(&content) => {
                Action::Signal(Signal { call_uuid, content })
            }
            _ => return None,
        };
        Some(origin.event(self.contact(&origin.account), action))
    }
}

/// Returns whether it is for people.
fn is_shown(content: &Content) -> bool {
    !matches!(content, Content::Cover(_)) && content.call_id().is_none()
}

/// Returns whether it is for the call engine.
fn is_signal(content: &Content) -> bool {
    !matches!(content, Content::Invite(_) | Content::End(_)) && content.call_id().is_some()
}
