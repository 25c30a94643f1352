//! Contents that many tests send.

use hushring::content::{Invite, Message};
use hushring::{CallId, Content};

pub const CALL_ID: CallId = CallId::from_bytes([0xca; 16]);

pub fn message(body: &str) -> Content {
    Content::Message(Message {
        body: Some(body.into()),
        ..Message::default()
    })
}

/// Returns an invitation to a video call.
pub fn invite(offer: Option<&str>) -> Content {
    let mut invite = Invite::new(CALL_ID, true);
    invite.offer = offer.map(Into::into);
    Content::Invite(invite)
}
