//! Names (spec/inbox.md).

use hushring::content::{Handle, HandleType, Invite};
use hushring::inbox::Contact;

use crate::letters::Letter;
use crate::seen::{SeenCallKit, SeenContact, seen_handle};

/// N23 and N24. An error has the member.
pub fn clean_contact(contact: &Contact) -> Result<Contact, &'static str> {
    let is_wrong = |text: &str, most: usize| text.len() > most || text.contains('\0');
    let name = contact.display_name.as_deref();
    if name.is_some_and(|name| is_wrong(name, 256)) {
        return Err("displayName");
    }
    let mut cleaned = contact.clone();
    cleaned.display_name = name.map(clean).filter(|name| !name.is_empty());
    cleaned.handle = match &contact.handle {
        None => None,
        Some(handle) => {
            if is_wrong(&handle.value, 255) {
                return Err("handle.value");
            }
            let value = clean(&handle.value);
            let dials = |c: char| c.is_ascii_digit() || "+*#()-./,; ".contains(c);
            if handle.kind == HandleType::PhoneNumber && !value.chars().all(dials) {
                return Err("handle.value");
            }
            let cleaned = Handle {
                value,
                ..handle.clone()
            };
            Some(cleaned).filter(|handle| !handle.value.is_empty())
        }
    };
    Ok(cleaned)
}

/// N25.
pub fn claims(invite: &Invite) -> SeenContact {
    let handle = invite.handle.as_ref();
    let handle = handle.map(|handle| (handle.kind.as_str(), clean(&handle.value)));
    (handle, invite.caller_name.as_deref().map(clean))
}

/// N23.
pub fn clean(text: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let mut left = String::new();
    for (place, c) in all.iter().enumerate() {
        if !is_taken_out(*c) || is_tag(*c) && belongs_to_flag(&all[..place]) {
            left.push(*c);
        }
    }
    if left.chars().all(|c| c.is_whitespace() || is_nothing(c)) {
        left.clear();
    }
    left
}

fn is_taken_out(c: char) -> bool {
    is_tag(c)
        || matches!(
            c as u32,
            0x0000..=0x001f
                | 0x007f..=0x009f
                | 0x00ad
                | 0x061c
                | 0x200b
                | 0x200e
                | 0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0x2800
                | 0x3164
                | 0xfeff
                | 0xfff9..=0xfffb
        )
}

fn is_tag(c: char) -> bool {
    matches!(c as u32, 0xe_0000..=0xe_007f)
}

/// Whether it follows U+1F3F4, directly or behind other tags.
fn belongs_to_flag(before: &[char]) -> bool {
    let mut back = before.iter().rev().skip_while(|c| is_tag(**c));
    back.next() == Some(&'\u{1f3f4}')
}

/// What does not make a text by itself, beside white space.
fn is_nothing(c: char) -> bool {
    matches!(
        c as u32,
        0x034f
            | 0x115f
            | 0x1160
            | 0x17b4
            | 0x17b5
            | 0x180b..=0x180f
            | 0x200c
            | 0x200d
            | 0xfe00..=0xfe0f
            | 0xffa0
    )
}

/// The dictionary, with as much of the name as there is room for.
pub fn dictionary(letter: &Letter, invite: &Invite, contact: &Contact, until: u64) -> SeenCallKit {
    let fingerprint = || ("generic", letter.account.fingerprint());
    let mut kit = SeenCallKit {
        call_uuid: invite.call_id.callkit_uuid(&letter.account),
        call_id: invite.call_id,
        account: letter.account,
        device: letter.device,
        message_id: letter.id,
        handle: contact
            .handle
            .as_ref()
            .map_or_else(fingerprint, seen_handle),
        caller_name: contact.display_name.clone(),
        has_video: invite.has_video,
        sent_at: letter.sent_at,
        expires_at: until,
    };
    while json(&kit).len() > 1_024 {
        kit.caller_name.as_mut().unwrap().pop().unwrap();
    }
    kit
}

fn json(kit: &SeenCallKit) -> String {
    let mut out = String::from("{\"hushring\":1");
    let mut text = |key: &str, value: &str| {
        out += &format!(",\"{key}\":\"{}\"", escaped(value));
    };
    text("callUUID", &kit.call_uuid.to_string());
    text("callId", &kit.call_id.to_string());
    text("account", &hex(kit.account.as_bytes()));
    text("device", &hex(kit.device.as_bytes()));
    text("messageId", &hex(kit.message_id.as_bytes()));
    text("handleType", kit.handle.0);
    text("handle", &kit.handle.1);
    if let Some(name) = &kit.caller_name {
        text("callerName", name);
    }
    out + &format!(
        ",\"hasVideo\":{},\"sentAt\":{},\"expiresAt\":{}}}",
        kit.has_video, kit.sent_at, kit.expires_at
    )
}

/// P7. There are no control characters in what is cleaned.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
