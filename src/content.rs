//! The content of envelopes: messages that people and call engines send each other
//! (spec/envelope.md, "Content types").

use std::{fmt, mem};

use zeroize::{Zeroize, Zeroizing};

use crate::cbor;
use crate::deflate;
use crate::error::ContentError;
use crate::ids::CallId;

mod candidates;
mod names;
mod read;
mod types;
mod write;

pub use crate::value::{Map, Value};
pub use types::{
    Answer, Candidate, Candidates, Cover, Description, DescriptionType, End, EndReason, Handle,
    HandleType, Invite, Message, Negotiate, Unknown,
};

use names::{ANSWER, CANDIDATES, COVER, END, INVITE, MESSAGE, NEGOTIATE};

/// One message. Every kind is sealed into the same envelope.
///
/// `Debug` shows only the kind. `extra` keeps members that this version does not know.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// `call.invite`: an invitation to a call.
    Invite(Invite),
    /// `call.answer`: an answer to an invitation.
    Answer(Answer),
    /// `call.candidates`: a batch of ICE candidates.
    Candidates(Candidates),
    /// `call.negotiate`: a renegotiation of a call.
    Negotiate(Negotiate),
    /// `call.end`: the end of a call.
    End(End),
    /// `message`: a message to show.
    Message(Message),
    /// `cover`: nothing, to fill gaps in the traffic.
    Cover(Cover),
    /// Any other type.
    Unknown(Unknown),
}

impl Content {
    /// Returns the bytes that the content takes in an envelope, compressed. Compare them with
    /// [`capacity`](crate::envelope::capacity).
    ///
    /// # Errors
    /// In this order:
    /// - [`ContentError::TooDeep`] (`too_deep`), [`ContentError::BadContent`] (`bad_content`): it
    ///   nests more than 16 containers, an extra member has the name of a known one, or a value has
    ///   no encoding.
    /// - [`ContentError::TooMany`] (`too_many`).
    /// - [`ContentError::TooLong`] (`too_long`).
    /// - [`ContentError::BadContent`] (`bad_content`): a member that breaks a rule of its type.
    pub fn measure(&self) -> Result<usize, ContentError> {
        self.compress().map(|bytes| bytes.len())
    }

    /// Returns the content's type, such as `call.invite`.
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

    /// Returns the id of the call that it is about, if there is one.
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

    /// Encodes and compresses, as a frame holds it.
    ///
    /// # Errors
    /// Those of [`Content::measure`].
    pub(crate) fn compress(&self) -> Result<Zeroizing<Vec<u8>>, ContentError> {
        let map = self.to_map()?;
        let encoded = cbor::encode(&map)?;
        // Reading it applies the receiver's rules, so that nothing is sealed that it would refuse.
        Content::from_map(map)?.zeroize();
        Ok(deflate::deflate(&encoded))
    }

    /// Inflates and reads the content of a frame.
    ///
    /// # Errors
    /// `too_long` or `bad_compression`; then `bad_cbor`, `too_deep` or `too_many`; then
    /// `bad_content`.
    pub(crate) fn decompress(bytes: &[u8]) -> Result<Content, ContentError> {
        let encoded = deflate::inflate(bytes)?;
        Content::from_map(cbor::decode(&encoded)?)
    }
}

/// Wipes every text and value, and leaves an empty cover.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::MAX_CONTENT_LEN;
    use crate::time::UnixMillis;

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
            ring: Some(UnixMillis(1_790_000_000_000)),
            device: None,
            extra: Map::new(),
        });
        let specification = include_str!("../spec/envelope.md");
        for (content, encoded) in [
            (message, "a264626f64796248696474797065676d657373616765"),
            (
                end,
                "a56472696e671b000001a0c4506c0064747970656863616c6c2e656e646663616c6c4964503f1c\
                 6f0e5a644c8e9d0b7a2e4d9f1b336663616c6c65725820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707\
                 511a66726561736f6e71616e737765726564456c73657768657265",
            ),
        ] {
            assert!(specification.contains(encoded));
            let map = content.to_map().unwrap();
            assert_eq!(*cbor::encode(&map).unwrap(), hex(encoded));
        }
    }

    /// A stored block without the dictionary, which an encoder need not use.
    #[test]
    fn a_stored_block_is_read() {
        let stored = hex("011600e9ffa264626f64796248696474797065676d657373616765");
        let Ok(Content::Message(message)) = Content::decompress(&stored) else {
            panic!("not a message")
        };
        assert_eq!(message.body.as_deref(), Some("Hi"));
    }

    /// The last checks of a receiver in their order: inflation, CBOR, members.
    #[test]
    fn the_first_check_that_fails_names_the_code() {
        let code = |bytes: &[u8]| Content::decompress(bytes).unwrap_err().code().as_str();
        let compressed = |bytes: &[u8]| deflate::deflate(bytes);
        assert_eq!(code(&[]), "bad_compression");
        assert_eq!(code(&compressed(&[0; MAX_CONTENT_LEN + 1])), "too_long");
        assert_eq!(code(&compressed(&[])), "bad_cbor");
        let deep = [b"\xa1\x61k".as_slice(), &[0x81; 20]].concat();
        assert_eq!(code(&compressed(&deep)), "too_deep");
        assert_eq!(code(&compressed(b"\xa0")), "bad_content");
    }
}
