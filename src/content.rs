//! Content: what people and call engines say to each other (spec/envelope.md, "Content types").

use std::{fmt, mem};

use zeroize::{Zeroize, Zeroizing};

use crate::cbor;
use crate::deflate;
use crate::error::ContentError;
use crate::ids::CallId;
use crate::value::{Map, Value};

/// One message. Every kind is sealed into the same envelope.
///
/// `Debug` shows the kind alone. Members that this version does not know are kept in `extra`.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// `call.invite`: rings.
    Invite(Invite),
    /// `call.answer`.
    Answer(Answer),
    /// `call.candidates`.
    Candidates(Candidates),
    /// `call.negotiate`.
    Negotiate(Negotiate),
    /// `call.end`.
    End(End),
    /// `message`.
    Message(Message),
    /// `cover`: says nothing; for gaps in the traffic.
    Cover(Cover),
    /// Any other type.
    Unknown(Unknown),
}

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

/// Declares a closed set of texts: the enum, its names on the wire, and back.
macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The text that stands for it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)+
                }
            }

            /// What a text stands for.
            pub fn from_text(text: &str) -> Option<$name> {
                match text {
                    $($text => Some($name::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

texts! {
    /// The kinds of `CXHandle`.
    HandleType {
        /// `generic`.
        Generic = "generic",
        /// `phoneNumber`.
        PhoneNumber = "phoneNumber",
        /// `emailAddress`.
        EmailAddress = "emailAddress",
    }
}

texts! {
    /// The types of a description, as the browser's `RTCSdpType`.
    DescriptionType {
        /// `offer`.
        Offer = "offer",
        /// `answer`.
        Answer = "answer",
        /// `pranswer`.
        Pranswer = "pranswer",
        /// `rollback`.
        Rollback = "rollback",
    }
}

texts! {
    /// Why a call ended.
    EndReason {
        /// `failed`.
        Failed = "failed",
        /// `remoteEnded`.
        RemoteEnded = "remoteEnded",
        /// `unanswered`.
        Unanswered = "unanswered",
        /// `answeredElsewhere`: on another device of the callee. Names the caller.
        AnsweredElsewhere = "answeredElsewhere",
        /// `declinedElsewhere`: on another device of the callee. Names the caller.
        DeclinedElsewhere = "declinedElsewhere",
        /// `declined`.
        Declined = "declined",
        /// `busy`.
        Busy = "busy",
        /// `cancelled`.
        Cancelled = "cancelled",
    }
}

impl Content {
    /// Bytes that the content takes in an envelope, compressed.
    ///
    /// # Errors
    /// `bad_content`, `too_deep`, `too_long`, `too_many`.
    pub fn measure(&self) -> Result<usize, ContentError> {
        self.compress().map(|bytes| bytes.len())
    }

    /// The content's type.
    pub fn content_type(&self) -> &str {
        match self {
            Content::Invite(_) => INVITE,
            Content::Answer(_) => ANSWER,
            Content::Candidates(_) => CANDIDATES,
            Content::Negotiate(_) => NEGOTIATE,
            Content::End(_) => END,
            Content::Message(_) => MESSAGE,
            Content::Cover(_) => COVER,
            Content::Unknown(unknown) => &unknown.content_type,
        }
    }

    /// The call that it is about.
    pub fn call_id(&self) -> Option<CallId> {
        match self {
            Content::Invite(invite) => Some(invite.call_id),
            Content::Answer(answer) => Some(answer.call_id),
            Content::Candidates(candidates) => Some(candidates.call_id),
            Content::Negotiate(negotiate) => Some(negotiate.call_id),
            Content::End(end) => Some(end.call_id),
            Content::Message(_) | Content::Cover(_) => None,
            Content::Unknown(unknown) => unknown.call_id,
        }
    }

    /// Reads content from its members, the type among them.
    ///
    /// # Errors
    /// `bad_content`: a known member is missing or has a type or value that the format does not
    /// allow. Values of unknown members are checked when the content is sealed.
    pub fn from_map(map: Map) -> Result<Content, ContentError> {
        let mut members = Members::new(map, "");
        let content_type = members.required(Members::text, "type")?;
        Ok(match content_type.as_str() {
            INVITE => Content::Invite(Invite::read(members)?),
            ANSWER => Content::Answer(Answer {
                call_id: members.required(Members::call_id, CALL_ID)?,
                answer: members.text("answer")?,
                data: members.data()?,
                extra: members.rest,
            }),
            CANDIDATES => Content::Candidates(Candidates {
                call_id: members.required(Members::call_id, CALL_ID)?,
                candidates: members.required(Members::candidates, "candidates")?,
                extra: members.rest,
            }),
            NEGOTIATE => Content::Negotiate(Negotiate {
                call_id: members.required(Members::call_id, CALL_ID)?,
                description: members.required(Members::description, "description")?,
                extra: members.rest,
            }),
            END => Content::End(End::read(members)?),
            MESSAGE => Content::Message(Message {
                body: members.text("body")?,
                data: members.data()?,
                extra: members.rest,
            }),
            COVER => Content::Cover(Cover {
                extra: members.rest,
            }),
            _ => Content::Unknown(Unknown {
                call_id: if content_type.starts_with(CALL_PREFIX) {
                    members.call_id(CALL_ID)?
                } else {
                    None
                },
                content_type,
                extra: members.rest,
            }),
        })
    }

    /// The content's members, the type among them.
    ///
    /// # Errors
    /// `bad_content`: an extra member has a known member's name. `too_deep`.
    pub fn to_map(&self) -> Result<Map, ContentError> {
        // Before anything walks a value to its bottom.
        let extras = [self.extra()].into_iter().chain(self.nested_extras());
        let mut values = extras
            .flat_map(Map::iter)
            .map(|(_, value)| value)
            .chain(self.data());
        if values.any(|value| value.is_deeper_than(cbor::MAX_DEPTH)) {
            return Err(ContentError::TooDeep);
        }
        self.clone().into_map()
    }

    /// [`Content::to_map`] without a copy.
    fn into_map(mut self) -> Result<Map, ContentError> {
        let mut map = MapWriter::new(mem::take(self.extra_mut()));
        map.add("type", self.content_type());
        map.add_some(CALL_ID, self.call_id().map(|id| id.as_bytes().to_vec()));
        match self {
            Content::Invite(invite) => invite.write(&mut map),
            Content::Answer(answer) => {
                map.add_some("answer", answer.answer);
                map.add_some("data", answer.data);
            }
            Content::Candidates(candidates) => {
                let entries = candidates.candidates.into_iter().map(Candidate::into_value);
                map.add_result("candidates", entries.collect::<Result<Vec<_>, _>>());
            }
            Content::Negotiate(negotiate) => {
                map.add_result("description", negotiate.description.into_value());
            }
            Content::End(end) => {
                map.add("reason", end.reason.as_str());
                map.add_some("caller", end.caller.map(|key| key.to_vec()));
            }
            Content::Message(message) => {
                map.add_some("body", message.body);
                map.add_some("data", message.data);
            }
            Content::Cover(_) | Content::Unknown(_) => {}
        }
        map.finish()
    }

    /// What a frame holds: deterministic CBOR, compressed.
    pub(crate) fn compress(&self) -> Result<Zeroizing<Vec<u8>>, ContentError> {
        let map = self.to_map()?;
        let encoded = cbor::encode(&map)?;
        // One set of rules for both directions: what a receiver would refuse is not sealed.
        Content::from_map(map)?.zeroize();
        deflate::deflate(&encoded)
    }

    /// What a frame held.
    pub(crate) fn decompress(bytes: &[u8]) -> Result<Content, ContentError> {
        let encoded = deflate::inflate(bytes)?;
        Content::from_map(cbor::decode(&encoded)?)
    }

    fn data(&self) -> Option<&Value> {
        match self {
            Content::Invite(invite) => invite.data.as_ref(),
            Content::Answer(answer) => answer.data.as_ref(),
            Content::Message(message) => message.data.as_ref(),
            _ => None,
        }
    }

    /// The unknown members of known maps.
    fn nested_extras(&self) -> Vec<&Map> {
        match self {
            Content::Invite(invite) => invite.handle.iter().map(|handle| &handle.extra).collect(),
            Content::Candidates(candidates) => {
                let entries = candidates.candidates.iter();
                entries.map(|candidate| &candidate.extra).collect()
            }
            Content::Negotiate(negotiate) => vec![&negotiate.description.extra],
            _ => Vec::new(),
        }
    }

    fn extra(&self) -> &Map {
        match self {
            Content::Invite(invite) => &invite.extra,
            Content::Answer(answer) => &answer.extra,
            Content::Candidates(candidates) => &candidates.extra,
            Content::Negotiate(negotiate) => &negotiate.extra,
            Content::End(end) => &end.extra,
            Content::Message(message) => &message.extra,
            Content::Cover(cover) => &cover.extra,
            Content::Unknown(unknown) => &unknown.extra,
        }
    }

    fn extra_mut(&mut self) -> &mut Map {
        match self {
            Content::Invite(invite) => &mut invite.extra,
            Content::Answer(answer) => &mut answer.extra,
            Content::Candidates(candidates) => &mut candidates.extra,
            Content::Negotiate(negotiate) => &mut negotiate.extra,
            Content::End(end) => &mut end.extra,
            Content::Message(message) => &mut message.extra,
            Content::Cover(cover) => &mut cover.extra,
            Content::Unknown(unknown) => &mut unknown.extra,
        }
    }
}

impl Invite {
    /// How long an invitation rings that does not say: 60 s.
    pub const DEFAULT_LIFETIME: u8 = 60;

    /// The longest that an invitation may ring: 90 s.
    pub const MAX_LIFETIME: u8 = 90;

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
        self.lifetime.unwrap_or(Invite::DEFAULT_LIFETIME)
    }

    fn read(mut members: Members) -> Result<Invite, ContentError> {
        Ok(Invite {
            call_id: members.required(Members::call_id, CALL_ID)?,
            handle: members.handle("handle")?,
            caller_name: members.short_text("callerName", MAX_NAME_LEN)?,
            has_video: members.required(Members::bool, "hasVideo")?,
            lifetime: members.integer("lifetime", 1, i64::from(Invite::MAX_LIFETIME))?,
            offer: members.text("offer")?,
            group_id: members.short_text("groupId", MAX_GROUP_ID_LEN)?,
            data: members.data()?,
            extra: members.rest,
        })
    }

    fn write(self, map: &mut MapWriter) {
        if let Some(handle) = self.handle {
            map.add_result("handle", handle.into_value());
        }
        map.add_some("callerName", self.caller_name);
        map.add("hasVideo", self.has_video);
        map.add_some("lifetime", self.lifetime.map(i64::from));
        map.add_some("offer", self.offer);
        map.add_some("groupId", self.group_id);
        map.add_some("data", self.data);
    }
}

impl End {
    fn read(mut members: Members) -> Result<End, ContentError> {
        let call_id = members.required(Members::call_id, CALL_ID)?;
        let reason = members.required(Members::reason, "reason")?;
        let caller = members.bytes("caller")?;
        let elsewhere = [EndReason::AnsweredElsewhere, EndReason::DeclinedElsewhere];
        if elsewhere.contains(&reason) && caller.is_none() {
            return Err(members.bad("caller"));
        }
        Ok(End {
            call_id,
            reason,
            caller,
            extra: members.rest,
        })
    }
}

impl Candidate {
    fn into_value(self) -> Result<Value, ContentError> {
        let mut map = MapWriter::new(self.extra);
        map.add("candidate", self.candidate);
        map.add_some("sdpMid", self.sdp_mid);
        map.add_some("sdpMLineIndex", self.sdp_m_line_index.map(i64::from));
        map.add_some("usernameFragment", self.username_fragment);
        map.finish().map(Value::Map)
    }
}

impl Description {
    fn into_value(self) -> Result<Value, ContentError> {
        let mut map = MapWriter::new(self.extra);
        map.add("type", self.kind.as_str());
        map.add("sdp", self.sdp);
        map.finish().map(Value::Map)
    }
}

impl Handle {
    fn into_value(self) -> Result<Value, ContentError> {
        let mut map = MapWriter::new(self.extra);
        map.add("type", self.kind.as_str());
        map.add("value", self.value);
        map.finish().map(Value::Map)
    }
}

/// Wipes every text and value; what is left says nothing.
impl Zeroize for Content {
    fn zeroize(&mut self) {
        if let Ok(mut map) = mem::replace(self, Content::Cover(Cover::default())).into_map() {
            map.zeroize();
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Unknown(_) => f.write_str("Content(unknown)"),
            known => write!(f, "Content({})", known.content_type()),
        }
    }
}

/// Bytes of a handle's value and of a caller's name, at most.
pub const MAX_NAME_LEN: usize = 128;

/// Bytes of a group id, at most.
pub const MAX_GROUP_ID_LEN: usize = 64;

const INVITE: &str = "call.invite";
const ANSWER: &str = "call.answer";
const CANDIDATES: &str = "call.candidates";
const NEGOTIATE: &str = "call.negotiate";
const END: &str = "call.end";
const MESSAGE: &str = "message";
const COVER: &str = "cover";
const CALL_PREFIX: &str = "call.";
const CALL_ID: &str = "callId";

/// Takes known members out of a map, by name and type. What is left is unknown, and kept.
struct Members {
    rest: Map,
    path: String,
}

impl Members {
    fn new(map: Map, path: &str) -> Members {
        Members {
            rest: map,
            path: path.into(),
        }
    }

    fn required<T>(
        &mut self,
        read: impl FnOnce(&mut Members, &str) -> Result<Option<T>, ContentError>,
        name: &str,
    ) -> Result<T, ContentError> {
        read(self, name)?.ok_or_else(|| self.bad(name))
    }

    fn bool(&mut self, name: &str) -> Result<Option<bool>, ContentError> {
        self.take(name, |value| match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        })
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, ContentError> {
        self.short_text(name, usize::MAX)
    }

    fn short_text(&mut self, name: &str, max: usize) -> Result<Option<String>, ContentError> {
        self.take(name, |value| match value {
            Value::Text(text) if text.len() <= max => Some(mem::take(text)),
            _ => None,
        })
    }

    fn integer<T: TryFrom<i64>>(
        &mut self,
        name: &str,
        min: i64,
        max: i64,
    ) -> Result<Option<T>, ContentError> {
        self.take(name, |value| match value {
            Value::Integer(value) if (min..=max).contains(value) => T::try_from(*value).ok(),
            _ => None,
        })
    }

    fn bytes<const N: usize>(&mut self, name: &str) -> Result<Option<[u8; N]>, ContentError> {
        self.take(name, |value| match value {
            Value::Bytes(bytes) => bytes.as_slice().try_into().ok(),
            _ => None,
        })
    }

    fn map(&mut self, name: &str) -> Result<Option<Members>, ContentError> {
        let path = format!("{}{name}.", self.path);
        self.take(name, |value| match value {
            Value::Map(rest) => Some(Members {
                rest: mem::take(rest),
                path,
            }),
            _ => None,
        })
    }

    fn call_id(&mut self, name: &str) -> Result<Option<CallId>, ContentError> {
        Ok(self.bytes(name)?.map(CallId::from_bytes))
    }

    fn reason(&mut self, name: &str) -> Result<Option<EndReason>, ContentError> {
        self.one_of(name, EndReason::from_text)
    }

    fn one_of<T>(
        &mut self,
        name: &str,
        from_text: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ContentError> {
        self.take(name, |value| match value {
            Value::Text(text) => from_text(text),
            _ => None,
        })
    }

    fn data(&mut self) -> Result<Option<Value>, ContentError> {
        self.take("data", |value| match value {
            Value::Null => None,
            value => Some(mem::replace(value, Value::Null)),
        })
    }

    fn handle(&mut self, name: &str) -> Result<Option<Handle>, ContentError> {
        let Some(mut members) = self.map(name)? else {
            return Ok(None);
        };
        let read_kind =
            |members: &mut Members, name: &str| members.one_of(name, HandleType::from_text);
        let read_value = |members: &mut Members, name: &str| members.short_text(name, MAX_NAME_LEN);
        Ok(Some(Handle {
            kind: members.required(read_kind, "type")?,
            value: members.required(read_value, "value")?,
            extra: members.rest,
        }))
    }

    fn description(&mut self, name: &str) -> Result<Option<Description>, ContentError> {
        let Some(mut members) = self.map(name)? else {
            return Ok(None);
        };
        let read_kind =
            |members: &mut Members, name: &str| members.one_of(name, DescriptionType::from_text);
        Ok(Some(Description {
            kind: members.required(read_kind, "type")?,
            sdp: members.required(Members::text, "sdp")?,
            extra: members.rest,
        }))
    }

    fn candidates(&mut self, name: &str) -> Result<Option<Vec<Candidate>>, ContentError> {
        let items = self.take(name, |value| match value {
            Value::Array(items) => Some(Zeroizing::new(mem::take(items))),
            _ => None,
        })?;
        let Some(mut items) = items else {
            return Ok(None);
        };
        let read = |(index, item): (usize, &mut Value)| {
            let Value::Map(rest) = item else {
                return Err(self.bad(&format!("{name}[{index}]")));
            };
            let path = format!("{}{name}[{index}].", self.path);
            let mut members = Members {
                rest: mem::take(rest),
                path,
            };
            Ok(Candidate {
                candidate: members.required(Members::text, "candidate")?,
                sdp_mid: members.text("sdpMid")?,
                sdp_m_line_index: members.integer("sdpMLineIndex", 0, i64::from(u16::MAX))?,
                username_fragment: members.text("usernameFragment")?,
                extra: members.rest,
            })
        };
        items
            .iter_mut()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// A member that is absent is none; one that is there must be what `read` takes out of it. What it
    /// leaves is wiped.
    fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Value) -> Option<T>,
    ) -> Result<Option<T>, ContentError> {
        match self.rest.remove(name) {
            None => Ok(None),
            Some(value) => read(&mut Zeroizing::new(value))
                .map(Some)
                .ok_or_else(|| self.bad(name)),
        }
    }

    fn bad(&self, name: &str) -> ContentError {
        let member = format!("{}{name}", self.path);
        ContentError::BadContent { member }
    }
}

/// Adds known members to unknown ones, and refuses two of one name.
struct MapWriter(Result<Map, ContentError>);

impl MapWriter {
    fn new(extra: Map) -> MapWriter {
        MapWriter(Ok(extra))
    }

    fn add(&mut self, name: &str, value: impl Into<Value>) {
        if let Ok(map) = &mut self.0
            && map.insert(name, value).is_some()
        {
            let member = name.into();
            self.0 = Err(ContentError::BadContent { member });
        }
    }

    fn add_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    fn add_result(&mut self, name: &str, value: Result<impl Into<Value>, ContentError>) {
        match value {
            Ok(value) => self.add(name, value),
            Err(error) => self.0 = Err(error),
        }
    }

    fn finish(self) -> Result<Map, ContentError> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2)
            .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
            .collect()
    }

    /// The examples of spec/envelope.md, "Test vectors".
    #[test]
    fn content_is_encoded_as_the_specification_shows() {
        let message = Content::Message(Message {
            body: Some("Hi".into()),
            ..Message::default()
        });
        let end = Content::End(End {
            call_id: "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33".parse().unwrap(),
            reason: EndReason::AnsweredElsewhere,
            caller: hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
                .try_into()
                .ok(),
            extra: Map::new(),
        });
        let specification = include_str!("../spec/envelope.md");
        for (content, encoded) in [
            (message, "a264626f64796248696474797065676d657373616765"),
            (
                end,
                "a464747970656863616c6c2e656e646663616c6c4964503f1c6f0e5a644c8e9d0b7a2e4d9f1b33\
                 6663616c6c65725820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707\
                 511a66726561736f6e71616e737765726564456c73657768657265",
            ),
        ] {
            assert!(specification.contains(encoded));
            let map = content.to_map().unwrap();
            assert_eq!(*cbor::encode(&map).unwrap(), hex(encoded));
        }
    }

    /// A stored block that ignores the dictionary: an encoder may do without.
    #[test]
    fn a_stored_block_is_read() {
        let stored = hex("011600e9ffa264626f64796248696474797065676d657373616765");
        let Ok(Content::Message(message)) = Content::decompress(&stored) else {
            panic!("not a message")
        };
        assert_eq!(message.body.as_deref(), Some("Hi"));
    }

    /// The order of a receiver's last checks: inflation, CBOR, members.
    #[test]
    fn the_first_check_that_fails_names_the_code() {
        let code = |bytes: &[u8]| Content::decompress(bytes).unwrap_err().code();
        let compressed = |bytes: &[u8]| deflate::deflate(bytes).unwrap();
        assert_eq!(code(&[]), "bad_compression");
        assert_eq!(
            code(&compressed(&[0; cbor::MAX_CONTENT_LEN + 1])),
            "too_long"
        );
        assert_eq!(code(&compressed(&[])), "bad_cbor");
        let deep = [b"\xa1\x61k".as_slice(), &[0x81; 20]].concat();
        assert_eq!(code(&compressed(&deep)), "too_deep");
        assert_eq!(code(&compressed(b"\xa0")), "bad_content");
    }
}
