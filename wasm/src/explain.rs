//! Explanations.

use hushring::error::ErrorCode;
use hushring::inbox::{ActionKind, Check, Explanation, Outcome};
use js_sys::{Array, Object};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::convert::{Members, date, keys};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { Explanation } from "./explanation.js";
"#;

/// The members that are neither dates nor bytes. `None` is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained<'a> {
    envelope_tag: Option<&'a str>,
    stopped_at: Option<&'static str>,
    message_id: Option<String>,
    age: Option<f64>,
    action: Option<&'static str>,
    reason: Option<&'static str>,
    code: Option<&'static str>,
    text: String,
}

#[derive(Serialize)]
struct ExplainedCheck {
    check: &'static str,
    outcome: &'static str,
}

pub fn write_explanation(explanation: &Explanation) -> Object {
    let (action, reason, code) = match explanation.result() {
        Ok((action, reason)) => (Some(action), reason, None),
        Err(code) => (None, None, Some(code)),
    };
    let explained = Members::of(&Explained {
        envelope_tag: explanation.envelope_tag(),
        stopped_at: explanation.stopped_at().map(Check::as_str),
        message_id: explanation.message_id().map(|id| id.to_string()),
        age: explanation.age_ms().map(|age| age as f64),
        action: action.map(ActionKind::as_str),
        reason,
        code: code.map(ErrorCode::as_str),
        text: explanation.to_string(),
    });
    let check = |(check, outcome): (Check, Outcome)| {
        Members::of(&ExplainedCheck {
            check: check.as_str(),
            outcome: outcome.as_str(),
        })
        .object()
    };
    let sender = explanation.sender();
    explained
        .add("checks", explanation.checks().map(check).collect::<Array>())
        .add(
            "sender",
            sender.map(|(account, device)| keys(&account, &device)),
        )
        .add("sentAt", explanation.sent_at().map(date))
        .object()
}
