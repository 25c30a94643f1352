//! Events.

use hushring::content::{Content, Handle};
use hushring::inbox::{Action, CallKit, Claimed, Event, Sender};
use js_sys::Object;
use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::content::{Plaintext, write_content};
use crate::convert::{Members, bytes, date, hex};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { HeldEnvelope, InboxEvent } from "./event.js";
"#;

pub fn write_events(events: impl Iterator<Item = Event>) -> Result<Vec<Object>> {
    events.map(write_event).collect()
}

/// Members that depend on the action stand beside those of every event.
pub fn write_event(event: Event) -> Result<Object> {
    let members = Members::new()
        .add("action", event.action.kind().as_str())
        .add("envelopeTag", event.envelope_tag)
        .add("sender", write_sender(event.sender))
        .add("messageId", event.message_id.to_string())
        .add("sentAt", date(event.sent_at))
        .add("reason", event.action.reason());
    let (members, content) = match event.action {
        Action::Ring(mut ring) => {
            let call_kit = write_call_kit(&ring.call_kit);
            ring.call_kit.group_id.zeroize();
            let members = members
                .add("callUUID", ring.call_uuid.to_string())
                .add("callKit", call_kit)
                .add("claimed", write_claimed(ring.claimed))
                .add("expiresAt", date(ring.expires_at));
            (members, Content::Invite(ring.content))
        }
        Action::Missed(missed) => {
            let members = members
                .add("callUUID", missed.call_uuid.to_string())
                .add("age", missed.age_ms as f64)
                .add("claimed", write_claimed(missed.claimed));
            (members, Content::Invite(missed.content))
        }
        Action::End(ended) => {
            let members = members
                .add("callUUID", ended.call_uuid.to_string())
                .add("endedReason", ended.ended_reason);
            (members, Content::End(ended.content))
        }
        Action::Signal(signal) => {
            let members = members.add("callUUID", signal.call_uuid.to_string());
            (members, signal.content)
        }
        Action::Notify(content) => {
            let members = members.add("known", matches!(content, Content::Message(_)));
            (members, content)
        }
        // A drop has no content.
        _ => return Ok(members.object()),
    };
    let content = write_content(&Plaintext(content))?;
    Ok(members.add("content", content).object())
}

fn write_sender(sender: Sender) -> Object {
    Members::new()
        .add("account", bytes(sender.account.as_bytes()))
        .add("device", bytes(sender.device.as_bytes()))
        .add("handle", write_handle(sender.contact.handle.as_ref()))
        .add("displayName", sender.contact.display_name)
        .object()
}

fn write_claimed(claimed: Claimed) -> Object {
    let claimed = Zeroizing::new(claimed);
    Members::new()
        .add("handle", write_handle(claimed.handle.as_ref()))
        .add("callerName", claimed.caller_name.as_deref())
        .object()
}

fn write_call_kit(call: &CallKit) -> Object {
    Members::new()
        .add("hushring", 1)
        .add("callUUID", call.call_uuid.to_string())
        .add("callId", call.call_id.to_string())
        .add("account", hex(call.account.as_bytes()))
        .add("device", hex(call.device.as_bytes()))
        .add("messageId", call.message_id.to_string())
        .add("handleType", call.handle.kind.as_str())
        .add("handle", call.handle.value.as_str())
        .add("callerName", call.caller_name.as_deref())
        .add("hasVideo", call.has_video)
        .add("groupId", call.group_id.as_deref())
        .add("expiresAt", call.expires_at.0 as f64)
        .object()
}

fn write_handle(handle: Option<&Handle>) -> Option<Object> {
    handle.map(|handle| {
        Members::new()
            .add("type", handle.kind.as_str())
            .add("value", handle.value.as_str())
            .object()
    })
}
