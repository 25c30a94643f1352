//! What each kind of letter says.

use hushring::content::{
    Answer, Candidate, Candidates, Cover, Description, DescriptionType, End, Handle, HandleType,
    Invite, Map, Message, Negotiate, Unknown,
};
use hushring::{Content, UnixMillis};

use super::{About, Caller, Claims, Kind, Taken, call_id};
use crate::people::{BLANK, OWN, THIS, TRICKY, device_key, key};

pub fn content(kind: Kind) -> Content {
    let some = |text: &str| Some(text.to_string());
    match kind {
        Kind::Invite {
            call,
            lifetime,
            claims,
        } => {
            let mut invite = Invite::new(call_id(call), call % 2 == 0);
            invite.lifetime = lifetime;
            let (handle, name) = match claims {
                Claims::None | Claims::Group => (None, None),
                Claims::Plain => (some("mallory@example.org"), some("Your bank")),
                Claims::Tricky => (some("\u{202e}0010555\u{7f}1+\u{61c}"), some(TRICKY)),
                Claims::Blank => (some("\u{feff}"), some(BLANK)),
            };
            invite.handle = handle.map(|value| Handle {
                kind: HandleType::EmailAddress,
                value,
                extra: Map::new(),
            });
            invite.caller_name = name;
            match claims {
                Claims::Tricky => invite.group_id = some("\u{200e}group\u{7}"),
                // A group it is, though its id is empty.
                Claims::Group => invite.group_id = some(""),
                Claims::Plain => invite.offer = some("v=0"),
                Claims::None | Claims::Blank => {}
            }
            Content::Invite(invite)
        }
        Kind::End {
            call,
            reason,
            about,
        } => {
            let mut end = End::by_caller(call_id(call), reason.end_reason());
            match about {
                About::Call => {}
                About::Taken(taken) => end.device = Some(taken.bytes()),
                About::Ring(caller, ring) => {
                    end.caller = Some(caller.bytes());
                    end.ring = Some(UnixMillis(ring));
                }
            }
            Content::End(end)
        }
        Kind::Answer(call, ring) => {
            let mut answer = Answer::new(call_id(call), UnixMillis(ring));
            answer.answer = some("v=0");
            Content::Answer(answer)
        }
        Kind::Candidates(call) => Content::Candidates(Candidates {
            call_id: call_id(call),
            candidates: vec![Candidate {
                candidate: "candidate:1".to_string(),
                sdp_mid: some("0"),
                sdp_m_line_index: None,
                username_fragment: None,
                extra: Map::new(),
            }],
            extra: Map::new(),
        }),
        Kind::Negotiate(call) => Content::Negotiate(Negotiate {
            call_id: call_id(call),
            description: Description {
                kind: DescriptionType::Rollback,
                sdp: None,
                extra: Map::new(),
            },
            extra: Map::new(),
        }),
        Kind::UnknownCall(call) => Content::Unknown(Unknown {
            content_type: "call.transfer".to_string(),
            call_id: Some(call_id(call)),
            extra: [("to", 7)].into_iter().collect(),
        }),
        Kind::UnknownWithoutCall => Content::Unknown(Unknown {
            content_type: "call.waiting".to_string(),
            call_id: None,
            extra: Map::new(),
        }),
        Kind::Unknown => Content::Unknown(Unknown {
            content_type: "reaction".to_string(),
            call_id: None,
            // Belongs to no call: the type does not begin with `call.`.
            extra: [("callId", "none")].into_iter().collect(),
        }),
        Kind::Message(number) => Content::Message(Message {
            body: Some(format!("number {number}")),
            ..Message::default()
        }),
        _ => Content::Cover(Cover::default()),
    }
}

impl Caller {
    /// What is written for a caller.
    pub fn bytes(self) -> [u8; 32] {
        match self {
            Caller::Account(who) => *key(who).as_bytes(),
            Caller::Nobody => [0xff; 32],
        }
    }
}

impl Taken {
    fn bytes(self) -> [u8; 32] {
        match self {
            Taken::This => *device_key(OWN, THIS).as_bytes(),
            Taken::Sibling => *device_key(OWN, 0).as_bytes(),
            Taken::Nobody => [0xff; 32],
        }
    }
}
