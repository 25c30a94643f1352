//! The content types and their members (spec/envelope.md, "Content types").

use crate::ids::CallId;
use crate::limits::DEFAULT_RING_SECONDS;
use crate::value::{Map, Value};
use crate::vocabulary::vocabulary;

/// An invitation to a call.
#[derive(Clone, PartialEq)]
pub struct Invite {
    /// The call's id.
    pub call_id: CallId,
    /// What the caller says its handle is. A receiver shows what it has pinned.
    pub handle: Option<Handle>,
    /// What the caller says its name is, at most 128 bytes. A receiver shows what it has pinned.
    pub caller_name: Option<String>,
    /// Whether the call has video.
    pub has_video: bool,
    /// How long it may ring, 1 to 90 whole seconds; see [`Invite::lifetime_or_default`].
    pub lifetime: Option<u8>,
    /// The SDP offer.
    pub offer: Option<String>,
    /// The group that is called, at most 64 bytes.
    pub group_id: Option<String>,
    /// Whatever the app adds; not null.
    pub data: Option<Value>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// An answer to an invitation.
#[derive(Clone, PartialEq)]
pub struct Answer {
    /// The call's id.
    pub call_id: CallId,
    /// The SDP answer.
    pub answer: Option<String>,
    /// Whatever the app adds; not null.
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

/// An ICE candidate, as the browser's `RTCIceCandidateInit` without its null members.
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
    /// The description.
    pub sdp: String,
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
    /// The account that called, which the two `*Elsewhere` reasons need. Not checked to be a key.
    pub caller: Option<[u8; 32]>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// A text message, or whatever the app makes of it.
#[derive(Clone, Default, PartialEq)]
pub struct Message {
    /// The text.
    pub body: Option<String>,
    /// Whatever the app adds; not null.
    pub data: Option<Value>,
    /// Members that this version does not know.
    pub extra: Map,
}

/// Nothing.
#[derive(Clone, Default, PartialEq)]
pub struct Cover {
    /// Members that this version does not know.
    pub extra: Map,
}

/// Content of a type that this version does not know. A `call.*` type with a call id is a signal
/// for the call engine; any other is a message marked unknown.
#[derive(Clone, PartialEq)]
pub struct Unknown {
    /// The type.
    pub content_type: String,
    /// The call's id; only in types that begin with `call.`.
    pub call_id: Option<CallId>,
    /// All other members.
    pub extra: Map,
}

/// How a caller is addressed, as CallKit's `CXHandle`.
#[derive(Clone, PartialEq)]
pub struct Handle {
    /// What kind of address it is.
    pub kind: HandleType,
    /// The address, at most 128 bytes.
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
    /// The types of a description, those of the browser's `RTCSdpType`.
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
    /// Why a call ended.
    pub enum EndReason {
        /// The call failed.
        Failed = "failed",
        /// The other side ended the call.
        RemoteEnded = "remoteEnded",
        /// Nobody answered.
        Unanswered = "unanswered",
        /// Another device of the callee answered. Names the caller.
        AnsweredElsewhere = "answeredElsewhere",
        /// Another device of the callee declined. Names the caller.
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
    /// An invitation with nothing but what it needs.
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

    /// How long it may ring, in seconds.
    pub fn lifetime_or_default(&self) -> u8 {
        self.lifetime.unwrap_or(DEFAULT_RING_SECONDS)
    }
}

impl Answer {
    /// Makes an answer with nothing but what it needs.
    pub const fn new(call_id: CallId) -> Answer {
        Answer {
            call_id,
            answer: None,
            data: None,
            extra: Map::new(),
        }
    }
}

impl End {
    /// Makes an end with nothing but what it needs.
    pub const fn new(call_id: CallId, reason: EndReason) -> End {
        End {
            call_id,
            reason,
            caller: None,
            extra: Map::new(),
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
