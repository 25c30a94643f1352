//! Events, which tell the app what to do (spec/inbox.md, "Events").

use std::fmt;

use zeroize::Zeroize;

use crate::content::{Answer, Content, End, Handle, Invite};
use crate::envelope::codec::EnvelopeTag;
use crate::envelope::open::Signed;
use crate::ids::{CallId, CallKitUuid, MessageId};
use crate::inbox::contact::{Claimed, Contact};
use crate::keys::{AccountKey, DeviceKey};
use crate::time::UnixMillis;
use crate::vocabulary::vocabulary;

/// The meaning of one envelope. `Debug` shows no content.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The [`envelope_tag`](crate::envelope::envelope_tag): the only part of an envelope to log.
    pub envelope_tag: String,
    /// The sender.
    pub sender: Sender,
    /// The message's id. Together with the sender's account it names the event.
    pub message_id: MessageId,
    /// The time of sending, by the sender's clock.
    pub sent_at: UnixMillis,
    /// The action to take.
    pub action: Action,
}

/// The sender of an event.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Sender {
    /// The account.
    pub account: AccountKey,
    /// Its device.
    pub device: DeviceKey,
    /// The handle and name that are pinned for the account.
    pub contact: Contact,
}

/// The action that the app takes. `Debug` shows its kind and reason.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// Nothing.
    Drop(DropReason),
    /// Tell CallKit that a call has ended.
    End(Ended),
    /// Show a missed call. Never ring.
    Missed(Missed),
    /// Show a message, or say that a newer version is needed to show it.
    Notify(Content),
    /// Report a call to CallKit.
    Ring(Box<Ring>),
    /// Tell the devices of an account which of them was taken: a second one has answered.
    Second(Second),
    /// Pass it to the call engine.
    Signal(Signal),
}

/// A call that rings.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Ring {
    /// The UUID that CallKit uses for this call.
    pub call_uuid: CallKitUuid,
    /// The facts to report to CallKit.
    pub call_kit: CallKit,
    /// The handle and name that the caller claims.
    pub claimed: Claimed,
    /// The last moment at which it rings: lifetime + 30 s after it was sent, or after it was
    /// received, if it was dated ahead.
    pub expires_at: UnixMillis,
    /// The id of an own call to the same account that this invitation has crossed. It counts only
    /// while that call waits for an answer, or is connected.
    pub crossed: Option<CallId>,
    /// The invitation.
    pub content: Invite,
}

/// A missed call.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Missed {
    /// The UUID that CallKit would use for this call.
    pub call_uuid: CallKitUuid,
    /// Why it does not ring.
    pub reason: MissedReason,
    /// How long ago it was sent, in milliseconds.
    pub age_ms: u64,
    /// The handle and name that the caller claims.
    pub claimed: Claimed,
    /// The invitation.
    pub content: Invite,
}

/// A call that has ended.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Ended {
    /// The UUID that CallKit uses for this call.
    pub call_uuid: CallKitUuid,
    /// CallKit's `CXCallEndedReason`, 1 to 5.
    pub ended_reason: u8,
    /// In a call that was placed here, the number of accounts that have neither ended nor declined
    /// it: tell CallKit once it is 0.
    pub remaining: Option<u16>,
    /// The end that was received.
    pub content: End,
}

/// The answer of a second device, after another was taken.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Second {
    /// The UUID that CallKit uses for this call.
    pub call_uuid: CallKitUuid,
    /// The device that was taken. Name it to all devices of the sender's account:
    /// [`End::taken`].
    pub taken: DeviceKey,
    /// The answer that came second.
    pub content: Answer,
}

/// A signal of a call.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Signal {
    /// The UUID that CallKit uses for this call.
    pub call_uuid: CallKitUuid,
    /// An answer, candidates, a renegotiation, or a signal that only a newer version knows.
    pub content: Content,
}

/// The facts of a call for CallKit. The caller chose only the ids, the times and
/// video.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CallKit {
    /// The UUID that CallKit uses for this call.
    pub call_uuid: CallKitUuid,
    /// The call's id in messages about it.
    pub call_id: CallId,
    /// The caller.
    pub account: AccountKey,
    /// The caller's device.
    pub device: DeviceKey,
    /// The invitation's id.
    pub message_id: MessageId,
    /// The pinned handle, else a generic one with the fingerprint of the caller's account.
    pub handle: Handle,
    /// The pinned name.
    pub caller_name: Option<String>,
    /// Whether the call has video.
    pub has_video: bool,
    /// The time of the ring, by the caller's clock.
    pub sent_at: UnixMillis,
    /// The last moment at which it rings.
    pub expires_at: UnixMillis,
}

vocabulary! {
    /// The kind of an [`Action`].
    #[non_exhaustive]
    pub enum ActionKind {
        /// [`Action::Ring`].
        Ring = "ring",
        /// [`Action::Missed`].
        Missed = "missed",
        /// [`Action::End`].
        End = "end",
        /// [`Action::Signal`].
        Signal = "signal",
        /// [`Action::Second`].
        Second = "second",
        /// [`Action::Notify`].
        Notify = "notify",
        /// [`Action::Drop`].
        Drop = "drop",
    }
}

vocabulary! {
    /// The reasons why a call is missed.
    #[non_exhaustive]
    pub enum MissedReason {
        /// The certificate of the caller's device is not valid now.
        Certificate = "certificate",
        /// The invitation was dated ahead, and held until its time came.
        Clock = "clock",
        /// The call ended before.
        Ended = "ended",
        /// The invitation came more than 30 s after its lifetime.
        Expired = "expired",
    }
}

vocabulary! {
    /// The reasons why nothing is to be done.
    #[non_exhaustive]
    pub enum DropReason {
        /// This device has answered the call, and a sibling says that it did, or declined.
        Answered = "answered",
        /// Another device of this account answered the call.
        AnsweredElsewhere = "answeredElsewhere",
        /// A device whose certificate is not valid now spoke about a call.
        Certificate = "certificate",
        /// The content is cover: it says nothing.
        Cover = "cover",
        /// Another device of this account declined the call.
        DeclinedElsewhere = "declinedElsewhere",
        /// The envelope was received before.
        Duplicate = "duplicate",
        /// A signal came before its invitation, and is kept for it.
        Early = "early",
        /// The call is over, or was never this one.
        Over = "over",
        /// This device sent it.
        Own = "own",
        /// The ring was received before, or a newer one.
        Repeated = "repeated",
        /// The caller has taken this device.
        Taken = "taken",
        /// The sender has no part in the call, or nobody here knows it.
        Unknown = "unknown",
    }
}

/// The source of an event.
#[derive(Clone, Copy)]
pub(super) struct Origin {
    pub(super) tag: EnvelopeTag,
    pub(super) account: AccountKey,
    pub(super) device: DeviceKey,
    pub(super) message_id: MessageId,
    pub(super) sent_at: UnixMillis,
}

impl Origin {
    pub(super) fn of(tag: EnvelopeTag, signed: &Signed) -> Origin {
        Origin {
            tag,
            account: *signed.certificate.account(),
            device: *signed.certificate.device(),
            message_id: signed.message_id,
            sent_at: signed.sent_at,
        }
    }

    pub(super) fn event(&self, contact: Contact, action: Action) -> Event {
        Event {
            envelope_tag: self.tag.to_string(),
            sender: Sender {
                account: self.account,
                device: self.device,
                contact,
            },
            message_id: self.message_id,
            sent_at: self.sent_at,
            action,
        }
    }
}

impl Action {
    /// Returns the action's kind.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Action::Drop(_) => ActionKind::Drop,
            Action::End(_) => ActionKind::End,
            Action::Missed(_) => ActionKind::Missed,
            Action::Notify(_) => ActionKind::Notify,
            Action::Ring(_) => ActionKind::Ring,
            Action::Second(_) => ActionKind::Second,
            Action::Signal(_) => ActionKind::Signal,
        }
    }

    /// Returns why a call is missed, or an envelope dropped.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Action::Drop(reason) => Some(reason.as_str()),
            Action::Missed(missed) => Some(missed.reason.as_str()),
            _ => None,
        }
    }
}

/// Wipes the content, and leaves a `drop`.
impl Zeroize for Event {
    fn zeroize(&mut self) {
        self.action.zeroize();
    }
}

impl Zeroize for Action {
    fn zeroize(&mut self) {
        let mut content = match std::mem::replace(self, Action::Drop(DropReason::Cover)) {
            Action::Drop(_) => return,
            Action::End(ended) => Content::End(ended.content),
            Action::Missed(mut missed) => {
                missed.claimed.zeroize();
                Content::Invite(missed.content)
            }
            Action::Notify(content) => content,
            Action::Ring(mut ring) => {
                ring.claimed.zeroize();
                Content::Invite(ring.content)
            }
            Action::Second(second) => Content::Answer(second.content),
            Action::Signal(signal) => signal.content,
        };
        content.zeroize();
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("envelope_tag", &self.envelope_tag)
            .field("account", &self.sender.account)
            .field("message_id", &self.message_id)
            .field("sent_at", &self.sent_at)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// Writes the action's kind and reason.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().as_str())?;
        match self.reason() {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}
