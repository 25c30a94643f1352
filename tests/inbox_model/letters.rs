//! Envelopes, sealed by this file alone: the sealer of the crate refuses what a receiver has to
//! meet. With each goes what it is, so that the model never opens one.

use std::rc::Rc;

use ed25519_dalek::{Signer, SigningKey};
use hpke::aead::{Aead, AesGcm256, ChaCha20Poly1305};
use hpke::kdf::HkdfSha256;
use hpke::kem::{Kem, X25519HkdfSha256, XWing};
use hpke::{Deserializable, OpModeS, Serializable, setup_sender_with_rng};
use hushring::{
    AccountKey, CallId, Candidate, Candidates, Content, Cover, Description, DescriptionType,
    DeviceKey, End, EndReason, Handle, HandleType, Invite, Map, Message, MessageId, Negotiate,
    Suite, Unknown, Value, envelope_tag,
};
use hushring_test_support::random::TestRng;
use sha2::{Digest, Sha512};

use crate::people::{Published, Term, WORLD, Who, key};

/// An envelope, and what it is.
pub struct Letter {
    draft: Draft,
    pub bytes: Vec<u8>,
    pub tag: String,
    /// Its place in [`crate::people::World::prekeys`].
    pub prekey: usize,
    /// What E31 to E39 find, but for the prekey: the check and its code.
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
    /// With characters that N18 takes out.
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
        let sealed = match published.suite {
            Suite::X25519 => {
                self.seal_with::<ChaCha20Poly1305, X25519HkdfSha256>(published, &stream)
            }
            Suite::XWing => self.seal_with::<AesGcm256, XWing>(published, &stream),
        };
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

    /// Sections 3, 4 and 11 of the specification.
    fn seal_with<A: Aead, K: Kem>(&self, published: &Published, stream: &[u8]) -> Vec<u8> {
        let person = &WORLD.people[self.who];
        let device = &person.devices[self.device % person.devices.len()];
        let account = *WORLD.phone.account().as_bytes();
        let mut header = vec![1, published.suite.byte()];
        header.extend_from_slice(published.id.as_bytes());
        let mut info = b"hushring/1 envelope\0".to_vec();
        info.extend_from_slice(&account);
        info.extend_from_slice(&self.reader(Fault::OtherDevice));
        let public_key = K::PublicKey::from_bytes(&published.public_key).unwrap();
        // Always the same random bytes: secrecy is not what is tested here.
        let rng = &mut TestRng::new(1);
        let (encapsulated, mut context) =
            setup_sender_with_rng::<A, HkdfSha256, K>(&OpModeS::Base, &public_key, &info, rng)
                .unwrap();
        let encapsulated = encapsulated.to_bytes().to_vec();

        let mut frame = device.certificate(self.term).to_bytes().to_vec();
        if self.fault == Some(Fault::Certificate) {
            frame[143] ^= 1;
        }
        frame.extend_from_slice(self.id.as_bytes());
        frame.extend_from_slice(&self.sent_at.to_be_bytes());
        let length = match self.fault {
            Some(Fault::NoContent) => 0,
            Some(Fault::MuchContent) => u16::MAX,
            _ => u16::try_from(stream.len()).unwrap(),
        };
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(stream);

        let signed_for = self.reader(Fault::SignedForOther);
        let fields: [&[u8]; 6] = [
            &account,
            &signed_for,
            &header,
            &encapsulated,
            &published.public_key,
            &frame,
        ];
        let mut to_sign = b"hushring/1 envelope\0".to_vec();
        to_sign.extend_from_slice(&Sha512::digest(fields.concat()));
        let mut signature = SigningKey::from_bytes(&device.seed)
            .sign(&to_sign)
            .to_bytes();
        if self.fault == Some(Fault::Signature) {
            signature[40] ^= 1;
        }
        frame.extend_from_slice(&signature);
        frame.resize(2880 - 10 - encapsulated.len() - 16, 0);
        if self.fault == Some(Fault::Padding) {
            *frame.last_mut().unwrap() = 1;
        }
        let ciphertext = context.seal(&frame, &header).unwrap();
        [header, encapsulated, ciphertext].concat()
    }

    /// The device that it is for, or another where that is the fault.
    fn reader(&self, fault: Fault) -> [u8; 32] {
        let other = self.fault == Some(fault);
        let device = if other { &WORLD.tablet } else { &WORLD.phone };
        *device.public_key().as_bytes()
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
                let stream = miniz_oxide::deflate::compress_to_vec(&[0; 65_537], 6);
                return (stream, Body::Broken("inflation", "too_long"));
            }
            Kind::BadCbor => (vec![0xa1], Body::Broken("cbor", "bad_cbor")),
            Kind::TooDeep => {
                let mut nested = Value::Null;
                for _ in 0..16 {
                    nested = Value::Array(vec![nested]);
                }
                let map: Map = [("type", Value::from("message")), ("data", nested)]
                    .into_iter()
                    .collect();
                let mut bytes = Vec::new();
                encode(&Value::Map(map), &mut bytes);
                (bytes, Body::Broken("cbor", "too_deep"))
            }
            Kind::TooMany => {
                // The map itself has two of the 4,097.
                let data = Value::Array(vec![Value::Null; 4_095]);
                let map: Map = [("type", Value::from("message")), ("data", data)]
                    .into_iter()
                    .collect();
                let mut bytes = Vec::new();
                encode(&Value::Map(map), &mut bytes);
                let stream = miniz_oxide::deflate::compress_to_vec(&bytes, 6);
                return (stream, Body::Broken("cbor", "too_many"));
            }
            Kind::MissingMember => {
                let map: Map = [("type", "call.invite")].into_iter().collect();
                let mut bytes = Vec::new();
                encode(&Value::Map(map), &mut bytes);
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
        Kind::Answer(call) => Content::Answer(hushring::Answer {
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
    let mut bytes = Vec::new();
    encode(&Value::Map(content.to_map().unwrap()), &mut bytes);
    bytes
}

/// Section 15, as far as the letters here go: no numbers but small ones.
fn encode(value: &Value, out: &mut Vec<u8>) {
    let head = |major: u8, argument: usize, out: &mut Vec<u8>| match argument {
        0..24 => out.push(major << 5 | argument as u8),
        24..256 => out.extend([major << 5 | 24, argument as u8]),
        _ => {
            out.push(major << 5 | 25);
            out.extend(u16::try_from(argument).unwrap().to_be_bytes());
        }
    };
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(value) => out.push(0xf4 + u8::from(*value)),
        Value::Integer(value) => head(0, usize::try_from(*value).unwrap(), out),
        Value::Float(_) => panic!("no letter holds one"),
        Value::Text(text) => {
            head(3, text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Bytes(bytes) => {
            head(2, bytes.len(), out);
            out.extend(bytes);
        }
        Value::Array(items) => {
            head(4, items.len(), out);
            items.iter().for_each(|item| encode(item, out));
        }
        Value::Map(map) => {
            head(5, map.len(), out);
            for (key, value) in map.iter() {
                head(3, key.len(), out);
                out.extend(key.as_bytes());
                encode(value, out);
            }
        }
    }
}

/// One final stored block.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut stream = vec![1];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream
}
