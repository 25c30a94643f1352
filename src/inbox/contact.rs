//! Names that the receiver has pinned, and names that a sender claims (spec/inbox.md, "Names").

use zeroize::Zeroize;

use crate::content::{Handle, HandleType, Invite, Map};
use crate::error::InboxError;
use crate::keys::AccountKey;
use crate::limits::MAX_NAME_LEN;

/// The handle and name that the receiver pins for an account. CallKit is told only these, because a
/// caller who could choose its handle could ring as anyone.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Contact {
    /// The handle by which the system finds the account in the user's contacts. Its value has at
    /// most 128 bytes.
    pub handle: Option<Handle>,
    /// The account's name, at most 128 bytes.
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
    /// Pins this name, at most 128 bytes.
    pub fn named(display_name: impl Into<String>) -> Contact {
        Contact {
            handle: None,
            display_name: Some(display_name.into()),
        }
    }

    /// Pins this handle as well, its value at most 128 bytes.
    #[must_use]
    pub fn with_handle(self, kind: HandleType, value: impl Into<String>) -> Contact {
        Contact {
            handle: Some(handle(kind, value.into())),
            ..self
        }
    }

    /// Checks the sizes, and drops extra members of the handle.
    ///
    /// # Errors
    /// `bad_content`: longer than 128 bytes, or with U+0000; the handle's value first.
    pub(super) fn checked(self) -> Result<Contact, InboxError> {
        let check = |text: &str, member| match text.len() <= MAX_NAME_LEN && !text.contains('\0') {
            true => Ok(()),
            false => Err(InboxError::BadContent { member }),
        };
        if let Some(handle) = &self.handle {
            check(&handle.value, "handle.value")?;
        }
        if let Some(name) = &self.display_name {
            check(name, "displayName")?;
        }
        Ok(Contact {
            handle: self.handle.map(|known| handle(known.kind, known.value)),
            ..self
        })
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

pub(super) fn clean(text: &str) -> String {
    // The whole room at once, because a string that grew would leave a part of it behind.
    let mut clean = String::with_capacity(text.len());
    clean.extend(text.chars().filter(|c| !is_deceptive(*c)));
    clean
}

/// Returns whether it is a control character, or changes the direction or the lines of the text
/// around it. Joiners are not deceptive, because scripts and emoji need them.
fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{206f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_taken_out_of_claims() {
        assert_eq!(
            clean("Bob\u{202e}ecilA\u{202c}\u{2067}\r\n\u{85}"),
            "BobecilA"
        );
        let kept = "e\u{301} \u{1f469}\u{200d}\u{1f4bb} \u{627}\u{200c}\u{628} \u{2065}\u{2070}";
        assert_eq!(clean(kept), kept);
    }

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
    fn pins_have_128_bytes_at_most() {
        let named = |name: String| Contact {
            display_name: Some(name),
            ..Contact::default()
        };
        assert!(named("é".repeat(64)).checked().is_ok());
        let member = "displayName";
        for bad in ["é".repeat(64) + "x", "a\0".into()] {
            assert_eq!(
                named(bad).checked().err(),
                Some(InboxError::BadContent { member })
            );
        }
    }
}
