//! Contents that many tests send.

use hushring::content::{Invite, Message};
use hushring::{CallId, Content};

pub fn call_id() -> CallId {
    CallId::from_bytes([0xca; 16]).unwrap()
}

pub fn message(body: &str) -> Content {
    Content::Message(Message {
        body: Some(body.into()),
        ..Message::default()
    })
}

/// Returns an invitation to a video call.
pub fn invite(offer: Option<&str>) -> Content {
    let mut invite = Invite::new(call_id(), true);
    invite.offer = offer.map(Into::into);
    Content::Invite(invite)
}
