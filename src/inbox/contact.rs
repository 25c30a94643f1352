//! Names that the receiver has pinned, and names that a sender claims (spec/inbox.md, "Names").

use zeroize::Zeroize;

use crate::content::{Handle, HandleType, Invite, Map};
use crate::error::{InboxError, Problem};
use crate::inbox::event::CallKit;
use crate::inbox::names::{clean, is_dialled};
use crate::keys::AccountKey;
use crate::limits::{MAX_CALLKIT_LEN, MAX_HANDLE_LEN, MAX_NAME_LEN};

/// The handle and name that the receiver pins for an account. CallKit is told only these, because a
/// caller who could choose its handle could ring as anyone.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Contact {
    /// The handle by which the system finds the account in the user's contacts. Its value has at
    /// most 255 bytes.
    pub handle: Option<Handle>,
    /// The account's name, at most 256 bytes.
    pub display_name: Option<String>,
}

/// The handle and name that a caller claims, without control and bidirectional characters. Anybody
/// can claim anything.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Claimed {
    /// The handle that the caller claims.
    pub handle: Option<Handle>,
    /// The name that the caller claims.
    pub caller_name: Option<String>,
}

impl Contact {
    /// Pins this name, at most 256 bytes.
    pub fn named(display_name: impl Into<String>) -> Contact {
        Contact {
            handle: None,
            display_name: Some(display_name.into()),
        }
    }

    /// Pins this handle as well, its value at most 255 bytes.
    #[must_use]
    pub fn with_handle(self, kind: HandleType, value: impl Into<String>) -> Contact {
        Contact {
            handle: Some(handle(kind, value.into())),
            ..self
        }
    }

    /// Checks the sizes, cleans, and drops extra members of the handle.
    ///
    /// # Errors
    /// `bad_content`: too long, or with U+0000, or not a phone number; the handle first.
    pub(super) fn checked(self) -> Result<Contact, InboxError> {
        let cleaned = |member, text: &str, limit| {
            let found = text.len();
            let problem = match text.contains('\0') {
                _ if found > limit => Problem::TooLong { found, limit },
                true => Problem::Nul,
                false => return Ok(clean(text)),
            };
            Err(InboxError::BadContent { member, problem })
        };
        let pinned = match &self.handle {
            None => None,
            Some(known) => {
                let member = "handle.value";
                let value = cleaned(member, &known.value, MAX_HANDLE_LEN)?;
                if known.kind == HandleType::PhoneNumber && !value.chars().all(is_dialled) {
                    let problem = Problem::Dialling;
                    return Err(InboxError::BadContent { member, problem });
                }
                (!value.is_empty()).then(|| handle(known.kind, value))
            }
        };
        let display_name = match &self.display_name {
            None => None,
            Some(name) => Some(cleaned("displayName", name, MAX_NAME_LEN)?),
        };
        let display_name = display_name.filter(|name| !name.is_empty());
        Ok(Contact {
            handle: pinned,
            display_name,
        })
    }

    /// Returns how many bytes its texts have.
    pub(super) fn len(&self) -> usize {
        let handle = self.handle.as_ref().map_or(0, |handle| handle.value.len());
        handle + self.display_name.as_ref().map_or(0, String::len)
    }

    /// Returns the handle for CallKit: the pinned one, else the account's fingerprint.
    pub(super) fn call_handle(&self, account: &AccountKey) -> Handle {
        self.handle
            .clone()
            .unwrap_or_else(|| handle(HandleType::Generic, account.fingerprint()))
    }
}

impl Claimed {
    pub(super) fn by(invite: &Invite) -> Claimed {
        Claimed {
            handle: invite
                .handle
                .as_ref()
                .map(|claimed| handle(claimed.kind, clean(&claimed.value))),
            caller_name: invite.caller_name.as_deref().map(clean),
        }
    }
}

impl Zeroize for Claimed {
    fn zeroize(&mut self) {
        if let Some(handle) = &mut self.handle {
            handle.value.zeroize();
        }
        self.caller_name.zeroize();
    }
}

pub(super) fn handle(kind: HandleType, value: String) -> Handle {
    let extra = Map::new();
    Handle { kind, value, extra }
}

impl CallKit {
    /// Leaves out as much of the name's end as is needed for the dictionary to have 1,024 bytes as
    /// JSON.
    pub(super) fn fitted(mut self) -> CallKit {
        if let Some(name) = &mut self.caller_name {
            let name = std::mem::take(name);
            let room = MAX_CALLKIT_LEN.saturating_sub(self.json_len());
            self.caller_name = Some(fitting(&name, room).into());
        }
        self
    }

    /// Returns the length of the dictionary as JSON. Names and handles have no control characters,
    /// so only quotes and backslashes are escaped.
    fn json_len(&self) -> usize {
        let texts = [
            ("callUUID", 36),
            ("callId", 36),
            ("account", 64),
            ("device", 64),
            ("messageId", 32),
            ("handleType", self.handle.kind.as_str().len()),
            ("handle", escaped_len(&self.handle.value)),
        ];
        let name = self.caller_name.as_deref();
        let name = name.map(|name| ("callerName", escaped_len(name)));
        let texts = texts.into_iter().chain(name);
        let others = [
            ("hushring", 1),
            ("hasVideo", if self.has_video { 4 } else { 5 }),
            ("sentAt", self.sent_at.0.to_string().len()),
            ("expiresAt", self.expires_at.0.to_string().len()),
        ];
        // Each member has its name in quotes, a colon, and a comma or brace; two braces are one more.
        let texts: usize = texts.map(|(name, len)| name.len() + 3 + len + 2 + 1).sum();
        let others: usize = others
            .iter()
            .map(|(name, len)| name.len() + 3 + len + 1)
            .sum();
        1 + texts + others
    }
}

/// Returns as many characters from the front as have at most so many bytes, escaped.
fn fitting(text: &str, room: usize) -> &str {
    let mut len = 0;
    let end = text.char_indices().find(|(_, c)| {
        len += c.len_utf8() + usize::from(is_escaped(*c));
        len > room
    });
    let end = end.map_or(text.len(), |(end, _)| end);
    // Not by indexing, whose panic would bring the tables of all characters along.
    text.get(..end).unwrap_or(text)
}

fn escaped_len(text: &str) -> usize {
    text.len() + text.chars().filter(|c| is_escaped(*c)).count()
}

fn is_escaped(c: char) -> bool {
    c == '"' || c == '\\'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_wiped() {
        let mut claimed = Claimed {
            handle: Some(handle(HandleType::Generic, "alice".into())),
            caller_name: Some("Alice".into()),
        };
        claimed.zeroize();
        assert!(claimed.handle.is_some_and(|handle| handle.value.is_empty()));
        assert_eq!(claimed.caller_name, None);
    }

    /// A handle may come from a content, with extra members of its sender's.
    #[test]
    fn of_a_handle_type_and_value_are_pinned() {
        let plain = handle(HandleType::Generic, "alice".into());
        let mut more = plain.clone();
        more.extra.insert("more", true);
        let contact = Contact {
            handle: Some(more),
            ..Contact::default()
        };
        let pinned = contact.checked().unwrap_or_default();
        assert!(pinned.handle == Some(plain));
    }

    #[test]
    fn pins_have_255_and_256_bytes_at_most() {
        assert!(Contact::named("é".repeat(128)).checked().is_ok());
        let long = Problem::TooLong {
            found: 257,
            limit: 256,
        };
        for (bad, problem) in [("é".repeat(128) + "x", long), ("a\0".into(), Problem::Nul)] {
            let member = "displayName";
            let found = Contact::named(bad).checked().err();
            assert_eq!(found, Some(InboxError::BadContent { member, problem }));
        }
        let of = |value: String| Contact::default().with_handle(HandleType::Generic, value);
        assert!(of("a".repeat(255)).checked().is_ok());
        let found = of("a".repeat(256)).checked().err();
        let text = "handle.value has 256 bytes of at most 255";
        assert_eq!(found.map(|error| error.to_string()), Some(text.into()));
    }

    #[test]
    fn what_is_empty_counts_as_none() {
        let blank = Contact::named("\u{200b} ").with_handle(HandleType::PhoneNumber, "\u{feff}");
        assert!(blank.checked().unwrap_or(Contact::named("x")) == Contact::default());
    }

    #[test]
    fn a_phone_number_has_digits() {
        let of = |value: &str| Contact::default().with_handle(HandleType::PhoneNumber, value);
        assert!(of("+1 (202) 555-0125;ext=").checked().is_err());
        assert!(of("+1 (202) 555-0125").checked().is_ok());
        assert!(of("\u{202a}+12025550125\u{202c}").checked().is_ok());
        assert!(of("+1\u{a0}202").checked().is_err());
        assert!(of("\u{661}\u{662}").checked().is_err());
    }

    #[test]
    fn a_name_is_cut_at_a_character() {
        assert_eq!(fitting("aé\"b", 3), "aé");
        assert_eq!(fitting("aé\"b", 4), "aé");
        assert_eq!(fitting("aé\"b", 5), "aé\"");
        assert_eq!(fitting("aé\"b", 9), "aé\"b");
    }
}
