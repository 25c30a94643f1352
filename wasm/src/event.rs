//! Events.

use hushring::content::Content;
use hushring::inbox::{Action, CallKit, Claimed, Event, Sender};
use js_sys::Object;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::content::{Plaintext, write_content};
use crate::convert::{Members, bytes, date, handle, hex};
use crate::failure::Result;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { InboxEvent } from "./event.js";
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
        Action::Ring(ring) => {
            let members = members
                .add("callUUID", ring.call_uuid.to_string())
                .add("callKit", write_call_kit(&ring.call_kit))
                .add("claimed", write_claimed(ring.claimed))
                .add("expiresAt", date(ring.expires_at))
                .add("crossed", ring.crossed.map(|id| id.to_string()));
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
                .add("endedReason", ended.ended_reason)
                .add("remaining", ended.remaining);
            (members, Content::End(ended.content))
        }
        Action::Signal(signal) => {
            let members = members.add("callUUID", signal.call_uuid.to_string());
            (members, signal.content)
        }
        Action::Second(second) => {
            let members = members
                .add("callUUID", second.call_uuid.to_string())
                .add("taken", bytes(second.taken.as_bytes()));
            (members, Content::Answer(second.content))
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
        .add("handle", sender.contact.handle.as_ref().map(handle))
        .add("displayName", sender.contact.display_name)
        .object()
}

fn write_claimed(claimed: Claimed) -> Object {
    let claimed = Zeroizing::new(claimed);
    Members::new()
        .add("handle", claimed.handle.as_ref().map(handle))
        .add("callerName", claimed.caller_name.as_deref())
        .object()
}

/// The dictionary of a call, which an app passes on as JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallKitPayload<'a> {
    hushring: u8,
    #[serde(rename = "callUUID")]
    call_uuid: String,
    call_id: String,
    account: String,
    device: String,
    message_id: String,
    handle_type: &'static str,
    handle: &'a str,
    caller_name: Option<&'a str>,
    has_video: bool,
    sent_at: f64,
    expires_at: f64,
}

fn write_call_kit(call: &CallKit) -> Object {
    Members::of(&CallKitPayload {
        hushring: 1,
        call_uuid: call.call_uuid.to_string(),
        call_id: call.call_id.to_string(),
        account: hex(call.account.as_bytes()),
        device: hex(call.device.as_bytes()),
        message_id: call.message_id.to_string(),
        handle_type: call.handle.kind.as_str(),
        handle: &call.handle.value,
        caller_name: call.caller_name.as_deref(),
        has_video: call.has_video,
        sent_at: call.sent_at.0 as f64,
        expires_at: call.expires_at.0 as f64,
    })
    .object()
}
