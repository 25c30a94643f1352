//! Failures. A plain object with `code`, `message` and details is thrown; the facade makes a
//! `HushringError` of it.

use std::fmt;

use hushring::error::{
    ContentError, ErrorCode, InboxError, KeyError, OpenError, SealError, StateError,
};
use serde::Serialize;
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

pub struct Failure(Members);

/// The members that are no bytes.
#[derive(Serialize)]
struct Fields {
    code: &'static str,
    message: String,
    member: Option<String>,
    needed: Option<u32>,
    available: Option<u32>,
    age: Option<f64>,
}

impl Fields {
    fn new(code: ErrorCode, message: &dyn fmt::Display) -> Fields {
        Fields {
            code: code.as_str(),
            message: message.to_string(),
            member: None,
            needed: None,
            available: None,
            age: None,
        }
    }
}

impl From<Fields> for Failure {
    fn from(fields: Fields) -> Failure {
        Failure(Members::of(&fields))
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> JsValue {
        failure.0.object().into()
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Failure {
        Fields::new(error.code(), &error).into()
    }
}

impl From<ContentError> for Failure {
    fn from(error: ContentError) -> Failure {
        let mut fields = Fields::new(error.code(), &error);
        if let ContentError::BadContent { member, .. } = error {
            fields.member = Some(member);
        }
        fields.into()
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Failure {
        let mut fields = Fields::new(error.code(), &error);
        match error {
            SealError::Content(error) => return error.into(),
            SealError::TooLarge { needed, available } => {
                // At most 65,536 bytes of content, and a little more where it does not compress.
                fields.needed = u32::try_from(needed).ok();
                fields.available = u32::try_from(available).ok();
            }
            _ => {}
        }
        fields.into()
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Failure {
        let mut fields = Fields::new(error.code(), &error);
        match error {
            OpenError::Content(error) => return error.into(),
            OpenError::Untrusted { account } => {
                let Failure(members) = fields.into();
                return Failure(members.add("account", bytes(account.as_bytes())));
            }
            OpenError::Clock { ahead_ms } => fields.age = Some(-(ahead_ms as f64)),
            OpenError::TooOld { age_ms } => fields.age = Some(age_ms as f64),
            _ => {}
        }
        fields.into()
    }
}

impl From<InboxError> for Failure {
    fn from(error: InboxError) -> Failure {
        let mut fields = Fields::new(error.code(), &error);
        if let InboxError::BadContent { member, .. } = error {
            fields.member = Some(member.into());
        }
        fields.into()
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Failure {
        Fields::new(error.code(), &error).into()
    }
}
