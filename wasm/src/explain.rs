//! Explanations.

use hushring::error::ErrorCode;
use hushring::inbox::{ActionKind, Check, Explanation, Outcome};
use js_sys::{Array, Object};
use wasm_bindgen::prelude::*;

use crate::convert::{Members, date, keys};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { Explanation } from "./explanation.js";
"#;

pub fn write_explanation(explanation: &Explanation) -> Object {
    let check = |(check, outcome): (Check, Outcome)| {
        Members::new()
            .add("check", check.as_str())
            .add("outcome", outcome.as_str())
            .object()
    };
    let (action, reason, code) = match explanation.result() {
        Ok((action, reason)) => (Some(action), reason, None),
        Err(code) => (None, None, Some(code)),
    };
    let checks: Array = explanation.checks().map(check).collect();
    let sender = explanation.sender();
    let message_id = explanation.message_id();
    let age = explanation.age_ms();
    Members::new()
        .add("envelopeTag", explanation.envelope_tag())
        .add("checks", checks)
        .add("stoppedAt", explanation.stopped_at().map(Check::as_str))
        .add(
            "sender",
            sender.map(|(account, device)| keys(&account, &device)),
        )
        .add("messageId", message_id.map(|id| id.to_string()))
        .add("sentAt", explanation.sent_at().map(date))
        .add("age", age.map(|age| age as f64))
        .add("action", action.map(ActionKind::as_str))
        .add("reason", reason)
        .add("code", code.map(ErrorCode::as_str))
        .add("text", explanation.to_string())
        .object()
}
