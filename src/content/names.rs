//! The names of content types, and of members that several types have.

pub(super) const INVITE: &str = "call.invite";
pub(super) const ANSWER: &str = "call.answer";
pub(super) const CANDIDATES: &str = "call.candidates";
pub(super) const NEGOTIATE: &str = "call.negotiate";
pub(super) const END: &str = "call.end";
pub(super) const MESSAGE: &str = "message";
pub(super) const COVER: &str = "cover";
pub(super) const CALL_PREFIX: &str = "call.";
pub(super) const CALL_ID: &str = "callId";
