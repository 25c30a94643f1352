//! What people in the scenes say.

use hushring::content::{
    Answer, Candidate, Candidates, Cover, Description, DescriptionType, End, EndReason, Invite,
    Map, Message, Negotiate, Unknown,
};
use hushring::{CallId, Content, DeviceKey, UnixMillis};
use hushring_test_support::people::account;
use hushring_test_support::{cbor, flate};

use crate::author::OWN;

/// A callId that is one byte throughout.
pub const fn call_id(byte: u8) -> [u8; 16] {
    [byte; 16]
}

pub fn id_of(call: u8) -> CallId {
    CallId::from_bytes(call_id(call)).unwrap()
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
    Invite::new(id_of(call), false)
}

/// The end of a call of whoever says it.
pub fn end(call: u8, reason: EndReason) -> Content {
    Content::End(End::by_caller(id_of(call), reason))
}

pub fn cancel(call: u8) -> Content {
    end(call, EndReason::Cancelled)
}

/// The caller has taken this device of whom it called.
pub fn taken(call: u8, device: &[u8; 32]) -> Content {
    let device = DeviceKey::from_bytes(device).unwrap();
    Content::End(End::taken(id_of(call), &device))
}

/// What somebody who was called says of a ring: to the caller, or to the devices of its account.
pub fn end_of(caller: &str, call: u8, ring: u64, reason: EndReason) -> Content {
    let caller = *account(caller).public_key();
    Content::End(End::by_callee(
        id_of(call),
        reason,
        &caller,
        UnixMillis(ring),
    ))
}

/// To Bob, who placed the call.
pub fn declined(call: u8, ring: u64) -> Content {
    end_of(OWN, call, ring, EndReason::Declined)
}

/// To Bob, who placed the call.
pub fn hung_up(call: u8, ring: u64) -> Content {
    end_of(OWN, call, ring, EndReason::RemoteEnded)
}

pub fn answered_elsewhere(caller: &str, call: u8, ring: u64) -> Content {
    end_of(caller, call, ring, EndReason::AnsweredElsewhere)
}

pub fn declined_elsewhere(caller: &str, call: u8, ring: u64) -> Content {
    end_of(caller, call, ring, EndReason::DeclinedElsewhere)
}

/// The answer to this ring.
pub fn answer(call: u8, ring: u64) -> Content {
    let mut answer = Answer::new(id_of(call), UnixMillis(ring));
    answer.answer = Some("v=0\r\n".into());
    Content::Answer(answer)
}

/// An answer to a call that nobody has placed: it is dropped, and its id is kept.
pub fn unasked() -> Content {
    answer(99, 1)
}

pub fn candidates(call: u8) -> Content {
    Content::Candidates(Candidates {
        call_id: id_of(call),
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
        call_id: id_of(call),
        description: Description {
            kind: DescriptionType::Offer,
            sdp: Some("v=0\r\n".into()),
            extra: Map::new(),
        },
        extra: Map::new(),
    })
}

/// A type that version 1 does not know.
pub fn unknown(content_type: &str, call: Option<u8>) -> Content {
    Content::Unknown(Unknown {
        content_type: content_type.into(),
        call_id: call.map(id_of),
        extra: [("mood", "bright")].into_iter().collect(),
    })
}
