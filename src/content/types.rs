//! The content types and their members (spec/envelope.md, "Content types").

use crate::ids::CallId;
use crate::keys::{AccountKey, DeviceKey};
use crate::limits::DEFAULT_RING_SECONDS;
use crate::time::UnixMillis;
use crate::value::{Map, Value};
use crate::vocabulary::vocabulary;

/// An invitation to a call.
#[derive(Clone, PartialEq)]
pub struct Invite {
    /// The call's id.
    pub call_id: CallId,
    /// The handle that the caller claims. A receiver shows the pinned one instead.
    pub handle: Option<Handle>,
    /// The name that the caller claims, at most 256 bytes. A receiver shows the pinned one instead.
    pub caller_name: Option<String>,
    /// Whether the call has video.
    pub has_video: bool,
    /// How long it may ring, 1 to 90 seconds; see [`Invite::lifetime_or_default`].
    pub lifetime: Option<u8>,
    /// The SDP offer.
    pub offer: Option<String>,
    /// The id of the group that is called, at most 128 bytes.
    pub group_id: Option<String>,
    /// Data of the app's own; not null.
    pub data: Option<Value>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// An answer to an invitation.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// The call's id.
    pub call_id: CallId,
    /// The time of the invitation that is answered: its `sent_at`.
    pub ring: UnixMillis,
    /// The SDP answer.
    pub answer: Option<String>,
    /// Data of the app's own; not null.
    pub data: Option<Value>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// A batch of ICE candidates.
#[derive(Clone, PartialEq)]
pub struct Candidates {
    /// The call's id.
    pub call_id: CallId,
    /// The candidates.
    pub candidates: Vec<Candidate>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// An ICE candidate: the browser's `RTCIceCandidateInit` without its null members.
#[derive(Clone, PartialEq)]
pub struct Candidate {
    /// The candidate line.
    pub candidate: String,
    /// The media description's id.
    pub sdp_mid: Option<String>,
    /// The media description's index.
    pub sdp_m_line_index: Option<u16>,
    /// The ICE user name fragment.
    pub username_fragment: Option<String>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// A renegotiation of a call.
#[derive(Clone, PartialEq)]
pub struct Negotiate {
    /// The call's id.
    pub call_id: CallId,
    /// The new description.
    pub description: Description,
    /// Members that this version does not know.
    pub extra: Map,
}

/// An SDP description with its type.
#[derive(Clone, PartialEq)]
pub struct Description {
    /// The description's type.
    pub kind: DescriptionType,
    /// The description. Only a rollback has none.
    pub sdp: Option<String>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// The end of a call.
#[derive(Clone, PartialEq)]
pub struct End {
    /// The call's id.
    pub call_id: CallId,
    /// Why it ended.
    pub reason: EndReason,
    /// The account that called, where a callee speaks; else the caller does. Not checked to be a key.
    pub caller: Option<[u8; 32]>,
    /// The time of the invitation that a callee speaks of: its `sent_at`. Together with `caller`.
    pub ring: Option<UnixMillis>,
    /// The callee's device that the caller has taken, with `answeredElsewhere`. Not checked to be a
    /// key.
    pub device: Option<[u8; 32]>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// A message to a person: text, data of the app's own, or both.
#[derive(Clone, Default, PartialEq)]
pub struct Message {
    /// The text.
    pub body: Option<String>,
    /// Data of the app's own; not null.
    pub data: Option<Value>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// A content that says nothing. It fills gaps in the traffic.
#[derive(Clone, Default, PartialEq)]
pub struct Cover {
    /// Members that this version does not know.
    pub extra: Map,
}

/// Content of a type that this version does not know. With a type that begins with `call.` and a
/// call id, it is a signal for the call engine; otherwise it is a message.
#[derive(Clone, PartialEq)]
pub struct Unknown {
    /// The type.
    pub content_type: String,
    /// The call's id; only in types that begin with `call.`.
    pub call_id: Option<CallId>,
    /// All other members.
    pub extra: Map,
}

/// The address of a caller, as in CallKit's `CXHandle`.
#[derive(Clone, PartialEq)]
pub struct Handle {
    /// The kind of address.
    pub kind: HandleType,
    /// The address, at most 255 bytes.
    pub value: String,
    /// Members that this version does not know.
    pub extra: Map,
}

vocabulary! {
    /// The kinds of `CXHandle`.
    pub enum HandleType {
        /// Any text.
        Generic = "generic",
        /// A phone number.
        PhoneNumber = "phoneNumber",
        /// An e-mail address.
        EmailAddress = "emailAddress",
    }
}

vocabulary! {
    /// The types of a description, as in the browser's `RTCSdpType`.
    pub enum DescriptionType {
        /// An offer.
        Offer = "offer",
        /// An answer.
        Answer = "answer",
        /// A provisional answer.
        Pranswer = "pranswer",
        /// A return to the last stable state.
        Rollback = "rollback",
    }
}

vocabulary! {
    /// The reasons for the end of a call.
    pub enum EndReason {
        /// The call failed.
        Failed = "failed",
        /// The other side ended the call.
        RemoteEnded = "remoteEnded",
        /// Nobody answered.
        Unanswered = "unanswered",
        /// Another device of the callee answered. The end names the caller.
        AnsweredElsewhere = "answeredElsewhere",
        /// Another device of the callee declined. The end names the caller.
        DeclinedElsewhere = "declinedElsewhere",
        /// The callee declined.
        Declined = "declined",
        /// The callee is in another call.
        Busy = "busy",
        /// The caller gave up.
        Cancelled = "cancelled",
    }
}

impl Invite {
    /// Makes an invitation with only the required members.
    pub const fn new(call_id: CallId, has_video: bool) -> Invite {
        Invite {
            call_id,
            handle: None,
            caller_name: None,
            has_video,
            lifetime: None,
            offer: None,
            group_id: None,
            data: None,
            extra: Map::new(),
        }
    }

    /// Returns how long it may ring, in seconds: 60 unless it says otherwise.
    pub fn lifetime_or_default(&self) -> u8 {
        self.lifetime.unwrap_or(DEFAULT_RING_SECONDS)
    }
}

impl Answer {
    /// Makes an answer to the invitation of this time, with nothing but what it needs.
    pub const fn new(call_id: CallId, ring: UnixMillis) -> Answer {
        Answer {
            call_id,
            ring,
            answer: None,
            data: None,
            extra: Map::new(),
        }
    }
}

impl End {
    /// Makes the end that a caller sends to those it called.
    pub const fn by_caller(call_id: CallId, reason: EndReason) -> End {
        End {
            call_id,
            reason,
            caller: None,
            ring: None,
            device: None,
            extra: Map::new(),
        }
    }

    /// Makes the end that a callee sends to the caller, or to the other devices of its account, for
    /// the ring of this time.
    pub fn by_callee(
        call_id: CallId,
        reason: EndReason,
        caller: &AccountKey,
        ring: UnixMillis,
    ) -> End {
        End {
            caller: Some(*caller.as_bytes()),
            ring: Some(ring),
            ..End::by_caller(call_id, reason)
        }
    }

    /// Makes the caller's word of which device it has taken, for when another answered as well.
    pub fn taken(call_id: CallId, device: &DeviceKey) -> End {
        End {
            device: Some(*device.as_bytes()),
            ..End::by_caller(call_id, EndReason::AnsweredElsewhere)
        }
    }
}

impl Message {
    /// Makes a text message.
    pub fn text(body: impl Into<String>) -> Message {
        Message {
            body: Some(body.into()),
            ..Message::default()
        }
    }
}

impl EndReason {
    /// Returns CallKit's `CXCallEndedReason`, 1 to 5.
    pub const fn callkit_reason(self) -> u8 {
        match self {
            EndReason::Failed => 1,
            EndReason::RemoteEnded
            | EndReason::Declined
            | EndReason::Busy
            | EndReason::Cancelled => 2,
            EndReason::Unanswered => 3,
            EndReason::AnsweredElsewhere => 4,
            EndReason::DeclinedElsewhere => 5,
        }
    }
}
