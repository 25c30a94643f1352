//! Envelopes, sealed without the crate: its sealer refuses what a receiver has to meet.
//! With each goes what it is, so that the model never opens one.

use std::rc::Rc;

use hushring::content::{
    Candidate, Candidates, Cover, Description, DescriptionType, End, EndReason, Handle, HandleType,
    Invite, Map, Message, Negotiate, Unknown, Value,
};
use hushring::envelope::envelope_tag;
use hushring::{AccountKey, CallId, Content, DeviceKey, MessageId};
use hushring_test_support::cbor;
use hushring_test_support::flate::{deflated, stored};
use hushring_test_support::forge::Frame;
use hushring_test_support::random::TestRng;

use crate::people::{Term, WORLD, Who, key};

/// An envelope, and what it is.
pub struct Letter {
    draft: Draft,
    pub bytes: Vec<u8>,
    pub tag: String,
    /// Its place in [`crate::people::World::prekeys`].
    pub prekey: usize,
    /// What E17 to E25 find, but for the prekey: the check and its code.
    pub fault: Option<(&'static str, &'static str)>,
    pub account: AccountKey,
    pub device: DeviceKey,
    pub term: Term,
    pub id: MessageId,
    pub sent_at: u64,
    pub body: Body,
}

/// Without the bytes.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.draft.fmt(f)
    }
}

/// What a letter says.
pub enum Body {
    Sound(Content),
    /// The check that refuses it, and the code.
    Broken(&'static str, &'static str),
}

/// What there is to say. Small numbers instead of texts, so that sequences are easy to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Invite {
        call: u16,
        lifetime: Option<u8>,
        claims: Claims,
    },
    End {
        call: u16,
        reason: Reason,
        caller: Caller,
    },
    Answer(u16),
    Candidates(u16),
    Negotiate(u16),
    UnknownCall(u16),
    UnknownWithoutCall,
    Unknown,
    Message(u16),
    Cover,
    NoDeflate,
    TrailingByte,
    TooLong,
    BadCbor,
    TooDeep,
    TooMany,
    MissingMember,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claims {
    None,
    Plain,
    /// With characters that N24 takes out.
    Tricky,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    Failed,
    RemoteEnded,
    Unanswered,
    AnsweredElsewhere,
    DeclinedElsewhere,
    Declined,
    Busy,
    Cancelled,
}

/// Whom a `call.end` names as the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    Absent,
    Account(Who),
    /// Bytes that are nobody's key.
    Nobody,
}

/// What is wrong with an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    OneByteShort,
    OneByteLong,
    Empty,
    Version,
    Suite,
    OtherSuite,
    PrekeyId,
    EncapsulatedKey,
    Ciphertext,
    OtherDevice,
    NoContent,
    MuchContent,
    Padding,
    Certificate,
    Signature,
    SignedForOther,
}

pub fn call_id(call: u16) -> CallId {
    let [high, low] = call.to_be_bytes();
    let mut bytes = [0xca; 16];
    bytes[..2].copy_from_slice(&[high, low]);
    CallId::from_bytes(bytes)
}

/// Everything that makes a letter.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub who: Who,
    pub device: usize,
    pub term: Term,
    pub prekey: usize,
    pub id: MessageId,
    pub sent_at: u64,
    pub kind: Kind,
    pub fault: Option<Fault>,
}

impl Draft {
    pub fn seal(&self) -> Rc<Letter> {
        let person = &WORLD.people[self.who];
        let device = &person.devices[self.device % person.devices.len()];
        let published = &WORLD.prekeys[self.prekey];
        let (stream, body) = self.kind.write();
        let sealed = self.frame(stream).seal(&published.bundle, TestRng::new(1));
        let (bytes, fault) = self.damage(sealed);
        let tag =
            <&[u8; 2880]>::try_from(bytes.as_slice()).map_or_else(|_| String::new(), envelope_tag);
        Rc::new(Letter {
            draft: *self,
            bytes,
            tag,
            prekey: self.prekey,
            fault,
            account: key(self.who),
            device: device.key,
            term: self.term,
            id: self.id,
            sent_at: self.sent_at,
            body,
        })
    }

    /// What is signed and sealed, with the faults that are inside. The random bytes are always the
    /// same: secrecy is not what is tested here.
    fn frame(&self, stream: Vec<u8>) -> Frame {
        let person = &WORLD.people[self.who];
        let device = &person.devices[self.device % person.devices.len()];
        let length = u16::try_from(stream.len()).unwrap().to_be_bytes();
        let certificate = device.certificate(self.term);
        let id = *self.id.as_bytes();
        let mut frame = Frame::new(device.seed, certificate, id, self.sent_at, stream);
        let flips_of_length =
            |to: [u8; 2]| vec![(168, length[0] ^ to[0]), (169, length[1] ^ to[1])];
        match self.fault {
            Some(Fault::OtherDevice) => {
                frame.info =
                    |info| info[52..].copy_from_slice(WORLD.tablet.public_key().as_bytes());
            }
            Some(Fault::SignedForOther) => {
                frame.fields = |fields| fields[1] = WORLD.tablet.public_key().as_bytes().to_vec();
            }
            Some(Fault::NoContent) => frame.flips[0] = flips_of_length([0; 2]),
            Some(Fault::MuchContent) => frame.flips[0] = flips_of_length([0xff; 2]),
            Some(Fault::Certificate) => frame.certificate[143] ^= 1,
            Some(Fault::Signature) => {
                let signature = 170 + usize::from(u16::from_be_bytes(length));
                frame.flips[1] = vec![(signature + 40, 1)];
            }
            Some(Fault::Padding) => frame.spoil = |frame| *frame.last_mut().unwrap() = 1,
            _ => {}
        }
        frame
    }

    /// What can be done to an envelope from outside, and what each fault leads to.
    fn damage(&self, mut bytes: Vec<u8>) -> (Vec<u8>, Option<(&'static str, &'static str)>) {
        let Some(fault) = self.fault else {
            return (bytes, None);
        };
        match fault {
            Fault::OneByteShort => bytes.truncate(2879),
            Fault::OneByteLong => bytes.push(0),
            Fault::Empty => bytes.clear(),
            Fault::Version => bytes[0] = 2,
            Fault::Suite => bytes[1] = 3,
            Fault::OtherSuite => bytes[1] = 3 - bytes[1],
            Fault::PrekeyId => bytes[9] ^= 1,
            Fault::EncapsulatedKey => bytes[12] ^= 1,
            Fault::Ciphertext => bytes[2_000] ^= 1,
            _ => {}
        }
        let found = match fault {
            Fault::OneByteShort | Fault::OneByteLong | Fault::Empty => ("length", "bad_length"),
            Fault::Version => ("version", "unsupported_version"),
            Fault::Suite => ("suite", "unsupported_suite"),
            Fault::OtherSuite | Fault::PrekeyId => ("prekey", "unknown_prekey"),
            Fault::EncapsulatedKey | Fault::Ciphertext | Fault::OtherDevice => {
                ("decryption", "decryption_failed")
            }
            Fault::NoContent | Fault::MuchContent => ("contentLength", "bad_content_length"),
            Fault::Padding => ("padding", "bad_padding"),
            Fault::Certificate => ("certificate", "bad_certificate"),
            Fault::Signature | Fault::SignedForOther => ("signature", "bad_signature"),
        };
        (bytes, Some(found))
    }
}

impl Kind {
    /// The DEFLATE stream, and what a reader makes of it.
    fn write(self) -> (Vec<u8>, Body) {
        let encoded = match self {
            Kind::NoDeflate => {
                let body = Body::Broken("inflation", "bad_compression");
                return (vec![0xff; 9], body);
            }
            Kind::TrailingByte => {
                let mut stream = stored(&encode_content(&content(Kind::Cover)));
                stream.push(0);
                return (stream, Body::Broken("inflation", "bad_compression"));
            }
            Kind::TooLong => {
                let stream = deflated(&[0; 65_537]);
                return (stream, Body::Broken("inflation", "too_long"));
            }
            Kind::BadCbor => (vec![0xa1], Body::Broken("cbor", "bad_cbor")),
            Kind::TooDeep => {
                let nested = [[0x81; 16].as_slice(), &[0xf6]].concat();
                let bytes = cbor::message_with("data", nested);
                (bytes, Body::Broken("cbor", "too_deep"))
            }
            Kind::TooMany => {
                // The map itself has two of the 4,097.
                let data = [cbor::head(cbor::ARRAY, 4_095), vec![0xf6; 4_095]].concat();
                let stream = deflated(&cbor::message_with("data", data));
                return (stream, Body::Broken("cbor", "too_many"));
            }
            Kind::MissingMember => {
                let bytes = cbor::map(&[("type", cbor::text("call.invite"))]);
                (bytes, Body::Broken("members", "bad_content"))
            }
            _ => {
                let content = content(self);
                (encode_content(&content), Body::Sound(content))
            }
        };
        (stored(&encoded.0), encoded.1)
    }
}

fn content(kind: Kind) -> Content {
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
                Claims::None => (None, None),
                Claims::Plain => (some("mallory@example.org"), some("Your bank")),
                Claims::Tricky => (
                    some("\u{202e}0010555\u{7f}1+\u{61c}"),
                    some("\u{1}\n\u{9f}\u{2066}\u{206f}x\u{200d}\u{200e}\u{2028}"),
                ),
            };
            invite.handle = handle.map(|value| Handle {
                kind: HandleType::EmailAddress,
                value,
                extra: Map::new(),
            });
            invite.caller_name = name;
            if claims == Claims::Tricky {
                invite.group_id = some("\u{200e}group\u{7}");
            }
            if claims == Claims::Plain {
                invite.group_id = some("group");
                invite.offer = some("v=0");
            }
            Content::Invite(invite)
        }
        Kind::End {
            call,
            reason,
            caller,
        } => Content::End(End {
            call_id: call_id(call),
            reason: reason.end_reason(),
            caller: match caller {
                Caller::Absent => None,
                Caller::Account(who) => Some(*key(who).as_bytes()),
                Caller::Nobody => Some([0xff; 32]),
            },
            extra: Map::new(),
        }),
        Kind::Answer(call) => Content::Answer(hushring::content::Answer {
            call_id: call_id(call),
            answer: some("v=0"),
            data: None,
            extra: Map::new(),
        }),
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
                sdp: String::new(),
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

impl Reason {
    pub const fn end_reason(self) -> EndReason {
        match self {
            Reason::Failed => EndReason::Failed,
            Reason::RemoteEnded => EndReason::RemoteEnded,
            Reason::Unanswered => EndReason::Unanswered,
            Reason::AnsweredElsewhere => EndReason::AnsweredElsewhere,
            Reason::DeclinedElsewhere => EndReason::DeclinedElsewhere,
            Reason::Declined => EndReason::Declined,
            Reason::Busy => EndReason::Busy,
            Reason::Cancelled => EndReason::Cancelled,
        }
    }
}

/// The content's deterministic CBOR: what goes into an envelope, and how this test compares.
pub fn encode_content(content: &Content) -> Vec<u8> {
    cbor::value(&Value::Map(content.to_map().unwrap()))
}
