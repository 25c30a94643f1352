//! Failures. A plain object with `code`, `message` and details is thrown; the facade makes a
//! `HushringError` of it.

use std::fmt;

use hushring::error::{
    ContentError, ErrorCode, InboxError, KeyError, OpenError, SealError, StateError,
};
use wasm_bindgen::prelude::*;

use crate::convert::{Members, bytes};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { ErrorDetails } from "./error.js";
import type { ErrorCode } from "./vocabulary.js";

/** The object that is thrown. */
export interface Failure extends ErrorDetails {
  readonly code: ErrorCode;
  readonly message: string;
}
"#;

pub type Result<T, E = Failure> = std::result::Result<T, E>;

pub struct Failure(JsValue);

fn members(code: ErrorCode, message: &dyn fmt::Display) -> Members {
    Members::new()
        .add("code", code.as_str())
        .add("message", message.to_string())
}

impl From<Members> for Failure {
    fn from(members: Members) -> Failure {
        Failure(members.object().into())
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        failure.0
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Failure {
        members(error.code(), &error).into()
    }
}

impl From<ContentError> for Failure {
    fn from(error: ContentError) -> Failure {
        let members = members(error.code(), &error);
        match error {
            ContentError::BadContent { member } => members.add("member", member),
            _ => members,
        }
        .into()
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Failure {
        let members = members(error.code(), &error);
        match error {
            SealError::Content(error) => return error.into(),
            SealError::TooLarge { needed, available } => {
                members.add("needed", needed).add("available", available)
            }
            _ => members,
        }
        .into()
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        let members = members(error.code(), &error);
        match error {
            OpenError::Content(error) => return error.into(),
            OpenError::Untrusted { account } => members.add("account", bytes(account.as_bytes())),
            OpenError::Clock { ahead_ms } => members.add("age", -(ahead_ms as f64)),
            OpenError::TooOld { age_ms } => members.add("age", age_ms as f64),
            _ => members,
        }
        .into()
    }
}

impl From<InboxError> for Failure {
    fn from(error: InboxError) -> Failure {
        let members = members(error.code(), &error);
        match error {
            InboxError::BadContent { member } => members.add("member", member),
            _ => members,
        }
        .into()
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Failure {
        members(error.code(), &error).into()
    }
}
