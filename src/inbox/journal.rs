//! The journal of events that the app has not acknowledged (spec/inbox.md, "Journal").

use std::collections::VecDeque;

use zeroize::Zeroizing;

use crate::content::Content;
use crate::ids::{CallKitUuid, MessageId};
use crate::inbox::Inbox;
use crate::inbox::calls::{self, Elsewhere, ElsewhereReason, LegState};
use crate::inbox::event::{Action, DropReason, Ended, Event, MissedReason, Origin, Second, Signal};
use crate::keys::{AccountKey, DeviceKey};
use crate::time::UnixMillis;

/// The entries, in the order in which they were accepted.
#[derive(Default)]
pub(super) struct Journal {
    entries: VecDeque<(JournalPosition, Entry)>,
    /// That of the next entry.
    next: JournalPosition,
}

/// The place of an event among those that are pending. It stays the same while others are
/// acknowledged, and means nothing to an inbox that is loaded anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct JournalPosition(pub u64);

/// An event, with its content compressed as the frame held it, so that its size has a bound.
pub(super) struct Entry {
    pub(super) origin: Origin,
    pub(super) kind: Kind,
    pub(super) content: Zeroizing<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    End {
        call_uuid: CallKitUuid,
        reason: u8,
        remaining: Option<u16>,
    },
    Missed(CallKitUuid, MissedReason, Since),
    Notify,
    /// It rings until `expires_at`.
    Ring {
        call_uuid: CallKitUuid,
        expires_at: UnixMillis,
        since: Since,
    },
    /// The leg began at `since`, and `taken` was the first to answer.
    Second {
        call_uuid: CallKitUuid,
        taken: DeviceKey,
        since: UnixMillis,
    },
    Signal(CallKitUuid),
}

/// What has become of a ring since it was accepted. It is stored with the ring, because the call
/// itself may be forgotten before the ring is acknowledged.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Since {
    /// A newer ring of its call was accepted.
    pub(super) newer: bool,
    /// A sibling has answered or declined it.
    pub(super) elsewhere: Option<ElsewhereReason>,
    /// The app has answered it, or left its call while that rang.
    pub(super) acted: bool,
}

impl Since {
    /// Returns why nothing is to be shown any more, whether it rang or was missed.
    pub(super) fn dropped(self) -> Option<DropReason> {
        match self.newer {
            true => Some(DropReason::Repeated),
            false => self.elsewhere.map(ElsewhereReason::drop_reason),
        }
    }
}

impl Journal {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    /// Returns the first entry behind a position, or of all.
    pub(super) fn after(&self, last: Option<JournalPosition>) -> Option<(JournalPosition, &Entry)> {
        let place = self
            .entries
            .partition_point(|(position, _)| last.is_some_and(|last| *position <= last));
        let (position, entry) = self.entries.get(place)?;
        Some((*position, entry))
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push_back((self.next, entry));
        self.next.0 += 1;
    }

    pub(super) fn contains(&self, account: &AccountKey, id: MessageId) -> bool {
        self.place(account, id).is_some()
    }

    /// Removes an entry. Returns whether it was there.
    pub(super) fn remove(&mut self, account: &AccountKey, id: MessageId) -> bool {
        let place = self.place(account, id);
        place.and_then(|place| self.entries.remove(place)).is_some()
    }

    /// Stores with the older rings of a call that it has rung since.
    pub(super) fn ring(&mut self, call_uuid: CallKitUuid, rung: UnixMillis) {
        for (time, since) in self.rings_mut(call_uuid) {
            since.newer |= time < rung;
        }
    }

    /// Stores with the rings of a call that a sibling has answered or declined them.
    pub(super) fn answered_elsewhere(&mut self, call_uuid: CallKitUuid, elsewhere: Elsewhere) {
        for (time, since) in self.rings_mut(call_uuid) {
            if time <= elsewhere.until {
                since.elsewhere = Some(elsewhere.reason);
            }
        }
    }

    /// Stores with the newest ring of a call that the app has answered it, or left its call.
    pub(super) fn act(&mut self, call_uuid: CallKitUuid, rung: UnixMillis) {
        for (time, since) in self.rings_mut(call_uuid) {
            since.acted |= time == rung;
        }
    }

    /// Removes the entries of an account.
    pub(super) fn forget_account(&mut self, account: &AccountKey) {
        self.entries
            .retain(|(_, entry)| entry.origin.account != *account);
    }

    fn rings_mut(
        &mut self,
        call_uuid: CallKitUuid,
    ) -> impl Iterator<Item = (UnixMillis, &mut Since)> {
        self.entries
            .iter_mut()
            .filter_map(move |(_, entry)| match &mut entry.kind {
                Kind::Missed(uuid, _, since)
                | Kind::Ring {
                    call_uuid: uuid,
                    since,
                    ..
                } if *uuid == call_uuid => Some((entry.origin.sent_at, since)),
                _ => None,
            })
    }

    fn place(&self, account: &AccountKey, id: MessageId) -> Option<usize> {
        let is_it =
            |Entry { origin, .. }: &Entry| origin.message_id == id && origin.account == *account;
        self.iter().position(is_it)
    }
}

impl Inbox {
    /// Returns the kind of entry for an action. A drop has none.
    pub(super) fn kind_of(&self, origin: &Origin, action: &Action) -> Option<Kind> {
        Some(match action {
            Action::Drop(_) => return None,
            Action::End(end) => Kind::End {
                call_uuid: end.call_uuid,
                reason: end.ended_reason,
                remaining: end.remaining,
            },
            Action::Missed(missed) => {
                Kind::Missed(missed.call_uuid, missed.reason, Since::default())
            }
            Action::Notify(_) => Kind::Notify,
            Action::Ring(ring) => Kind::Ring {
                call_uuid: ring.call_uuid,
                expires_at: ring.expires_at,
                since: Since::default(),
            },
            Action::Second(second) => {
                let legs = self.placed.get(&second.content.call_id)?;
                Kind::Second {
                    call_uuid: second.call_uuid,
                    taken: second.taken,
                    since: calls::leg(legs, origin.account.as_bytes())?.since,
                }
            }
            Action::Signal(signal) => Kind::Signal(signal.call_uuid),
        })
    }

    /// Returns the event of an entry, as of `now`.
    ///
    /// Loading does not read contents, because some hundreds of them take seconds. One that does not
    /// match its kind, which no inbox saves, is a `drop`, so that the app acknowledges it.
    pub(super) fn restore(&self, entry: &Entry, now: UnixMillis) -> Event {
        let content = Content::decompress(&entry.content).ok();
        let action = content.and_then(|content| self.action_of(entry, content, now));
        let action = action.unwrap_or(Action::Drop(DropReason::Unknown));
        entry
            .origin
            .event(self.contact(&entry.origin.account), action)
    }

    fn action_of(&self, entry: &Entry, content: Content, now: UnixMillis) -> Option<Action> {
        let origin = &entry.origin;
        Some(match (entry.kind, content) {
            (
                Kind::End {
                    call_uuid,
                    reason,
                    remaining,
                },
                Content::End(content),
            ) => Action::End(Ended {
                call_uuid,
                ended_reason: reason,
                remaining,
                content,
            }),
            (Kind::Missed(_, reason, since), Content::Invite(invite)) => match since.dropped() {
                Some(reason) => Action::Drop(reason),
                None => calls::missed(origin, invite, reason, now),
            },
            (Kind::Notify, content) if is_shown(&content) => Action::Notify(content),
            (
                Kind::Ring {
                    expires_at, since, ..
                },
                Content::Invite(invite),
            ) => self.ring_as_of(origin, invite, (expires_at, since), now),
            (
                Kind::Second {
                    call_uuid,
                    taken,
                    since,
                },
                Content::Answer(content),
            ) => {
                let legs = self.placed.get(&content.call_id);
                let leg = legs.and_then(|legs| calls::leg(legs, origin.account.as_bytes()));
                let is_void = |leg: &calls::Leg| {
                    let was_left = leg.state == LegState::Closed && leg.by.is_none();
                    leg.since != since || was_left
                };
                match leg.is_none_or(is_void) {
                    true => Action::Drop(DropReason::Over),
                    false => Action::Second(Second {
                        call_uuid,
                        taken,
                        content,
                    }),
                }
            }
            (Kind::Signal(call_uuid), content) if content.call_id().is_some() => {
                Action::Signal(Signal { call_uuid, content })
            }
            _ => return None,
        })
    }
}

/// Returns whether it is for people.
fn is_shown(content: &Content) -> bool {
    !matches!(content, Content::Cover(_)) && content.call_id().is_none()
}
