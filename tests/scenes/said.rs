//! What people in the scenes say.

use hushring::content::{
    Answer, Candidate, Candidates, Cover, Description, DescriptionType, End, EndReason, Invite,
    Map, Message, Negotiate, Unknown,
};
use hushring::{CallId, Content};
use hushring_test_support::people::account;
use hushring_test_support::{cbor, flate};

/// A callId that is one byte throughout.
pub const fn call_id(byte: u8) -> [u8; 16] {
    [byte; 16]
}

pub fn message(body: &str) -> Content {
    Content::Message(Message {
        body: Some(body.into()),
        ..Message::default()
    })
}

pub fn cover() -> Content {
    Content::Cover(Cover::default())
}

/// One short message as a DEFLATE stream: `message("a")`.
pub fn short() -> Vec<u8> {
    flate::stored(&cbor::message_of_length(21))
}

/// What has to be refused is not read.
pub fn nothing() -> Content {
    cover()
}

/// An invitation that rings for 60 s.
pub fn invite(call: u8) -> Content {
    Content::Invite(plain_invite(call))
}

pub fn invite_for(call: u8, lifetime: u8) -> Content {
    Content::Invite(Invite {
        lifetime: Some(lifetime),
        ..plain_invite(call)
    })
}

pub fn plain_invite(call: u8) -> Invite {
    Invite::new(CallId::from_bytes(call_id(call)), false)
}

/// The end of a call of whoever says it.
pub fn end(call: u8, reason: EndReason) -> Content {
    ending(call, reason, None)
}

pub fn cancel(call: u8) -> Content {
    end(call, EndReason::Cancelled)
}

/// The end of a call of somebody else, or of one's own by name.
pub fn end_of(caller: &str, call: u8, reason: EndReason) -> Content {
    ending(call, reason, Some(*account(caller).public_key().as_bytes()))
}

pub fn answered_elsewhere(caller: &str, call: u8) -> Content {
    end_of(caller, call, EndReason::AnsweredElsewhere)
}

pub fn declined_elsewhere(caller: &str, call: u8) -> Content {
    end_of(caller, call, EndReason::DeclinedElsewhere)
}

fn ending(call: u8, reason: EndReason, caller: Option<[u8; 32]>) -> Content {
    Content::End(End {
        call_id: CallId::from_bytes(call_id(call)),
        reason,
        caller,
        extra: Map::new(),
    })
}

pub fn answer(call: u8) -> Content {
    Content::Answer(Answer {
        call_id: CallId::from_bytes(call_id(call)),
        answer: Some("v=0\r\n".into()),
        data: None,
        extra: Map::new(),
    })
}

pub fn candidates(call: u8) -> Content {
    Content::Candidates(Candidates {
        call_id: CallId::from_bytes(call_id(call)),
        candidates: vec![Candidate {
            candidate: "candidate:1 1 udp 2122260223 192.0.2.1 54321 typ host".into(),
            sdp_mid: Some("0".into()),
            sdp_m_line_index: Some(0),
            username_fragment: None,
            extra: Map::new(),
        }],
        extra: Map::new(),
    })
}

pub fn negotiate(call: u8) -> Content {
    Content::Negotiate(Negotiate {
        call_id: CallId::from_bytes(call_id(call)),
        description: Description {
            kind: DescriptionType::Offer,
            sdp: "v=0\r\n".into(),
            extra: Map::new(),
        },
        extra: Map::new(),
    })
}

/// A type that version 1 does not know.
pub fn unknown(content_type: &str, call: Option<u8>) -> Content {
    Content::Unknown(Unknown {
        content_type: content_type.into(),
        call_id: call.map(|call| CallId::from_bytes(call_id(call))),
        extra: [("mood", "bright")].into_iter().collect(),
    })
}
