//! Envelopes, sealed without the crate: its sealer refuses what a receiver has to meet.
//! With each goes what it is, so that the model never opens one.

mod contents;
mod rough;

use std::rc::Rc;

use hushring::content::{EndReason, Value};
use hushring::envelope::envelope_tag;
use hushring::{AccountKey, CallId, Content, DeviceKey, MessageId};
use hushring_test_support::cbor;
use hushring_test_support::flate::{deflated, stored};
use hushring_test_support::forge::Frame;
use hushring_test_support::random::TestRng;

use crate::people::{ANN, OWN, START, Term, WORLD, Who, key};
use contents::content;

pub use rough::{Rough, RoughEnd};

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
    /// `bad_content`: the member that is named.
    BadMember(&'static str),
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
        about: About,
    },
    /// Of a call and a ring.
    Answer(u16, u64),
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
    /// An end of which members are missing or wrong, or all are there.
    RoughEnd(RoughEnd),
    /// An answer that does not say of which ring.
    AnswerWithoutRing,
    /// A sound content, which of so many, with a CallKit UUID in the callId's place (M9).
    CallKitUuid(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Claims {
    None,
    Plain,
    /// With characters that N23 takes out.
    Tricky,
    /// Nothing but those.
    Blank,
    /// Nothing but a group.
    Group,
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

/// Who speaks in a `call.end` (M5), and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// The caller.
    Call,
    /// The caller, of the device that it took.
    Taken(Taken),
    /// A callee, of this caller's ring.
    Ring(Caller, u64),
}

/// A device that a caller says it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Taken {
    This,
    /// The sibling of the device that receives.
    Sibling,
    /// Bytes that are nobody's key.
    Nobody,
}

/// Whom a callee names as the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
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
    // Some have the version of a CallKit UUID, and some its variant: none has both (M9).
    (bytes[6], bytes[8]) = match call % 4 {
        0 => (0x8f, 0xc0),
        1 => (0x8f, 0x7f),
        2 => (0x7f, 0x80),
        _ => (0x9f, 0xbf),
    };
    CallId::from_bytes(bytes).unwrap()
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
    /// The call that it is about.
    pub const fn call(self) -> Option<u16> {
        match self {
            Kind::Invite { call, .. }
            | Kind::End { call, .. }
            | Kind::Answer(call, _)
            | Kind::Candidates(call)
            | Kind::Negotiate(call)
            | Kind::UnknownCall(call) => Some(call),
            _ => None,
        }
    }

    /// Whose call it is about, if it names a ring of it.
    pub fn ring_of(self) -> Option<(Caller, u16)> {
        match self {
            Kind::Answer(call, _) => Some((Caller::Account(OWN), call)),
            Kind::End {
                call,
                about: About::Ring(caller, _),
                ..
            } => Some((caller, call)),
            _ => None,
        }
    }

    /// About this ring, if it is about one.
    pub fn with_ring(self, ring: u64) -> Kind {
        match self {
            Kind::Answer(call, _) => Kind::Answer(call, ring),
            Kind::End {
                call,
                reason,
                about: About::Ring(caller, _),
            } => Kind::End {
                call,
                reason,
                about: About::Ring(caller, ring),
            },
            other => other,
        }
    }

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
                (bytes, Body::BadMember("callId"))
            }
            Kind::RoughEnd(end) => end.write(),
            Kind::AnswerWithoutRing => {
                let bytes = cbor::map(&[
                    ("type", cbor::text("call.answer")),
                    ("callId", cbor::bytes(call_id(0).as_bytes())),
                ]);
                (bytes, Body::BadMember("ring"))
            }
            Kind::CallKitUuid(of) => {
                let about = About::Call;
                let reason = Reason::Cancelled;
                let (call, lifetime, claims) = (0, None, Claims::None);
                let kind = match of {
                    0 => Kind::Invite {
                        call,
                        lifetime,
                        claims,
                    },
                    1 => Kind::End {
                        call,
                        reason,
                        about,
                    },
                    2 => Kind::Answer(call, START),
                    3 => Kind::Candidates(call),
                    4 => Kind::Negotiate(call),
                    _ => Kind::UnknownCall(call),
                };
                let mut bytes = encode_content(&content(kind));
                let id = call_id(call);
                let is_id = |bytes: &[u8]| bytes == id.as_bytes();
                let place = bytes.windows(16).position(is_id).unwrap();
                let uuid = id.callkit_uuid(&key(ANN));
                bytes[place..place + 16].copy_from_slice(uuid.as_bytes());
                (bytes, Body::BadMember("callId"))
            }
            _ => {
                let content = content(self);
                (encode_content(&content), Body::Sound(content))
            }
        };
        (stored(&encoded.0), encoded.1)
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
