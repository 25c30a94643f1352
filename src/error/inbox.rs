use thiserror::Error;

/// What an inbox cannot take from the app. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InboxError {
    /// A pinned handle or name that is longer than 128 bytes, or holds U+0000.
    #[error("{member} is longer than 128 bytes, or holds U+0000")]
    BadContent {
        /// `handle.value` or `displayName`.
        member: &'static str,
    },
    /// A bound of the inbox is reached.
    #[error("the inbox has no room for more of these")]
    InboxFull,
}

/// State that is not loaded. Keep it, and do not go on with an empty inbox: it would accept replays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StateError {
    /// Bytes that no inbox saved, or that were damaged since.
    #[error("the saved state is damaged")]
    BadState,
    /// Saved by a later version.
    #[error("the state was saved by a later version")]
    StateTooNew,
    /// Saved for another account.
    #[error("the state is of another account")]
    WrongAccount,
    /// Saved for another device.
    #[error("the state is of another device")]
    WrongDevice,
}

impl InboxError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            InboxError::BadContent { .. } => "bad_content",
            InboxError::InboxFull => "inbox_full",
        }
    }
}

impl StateError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            StateError::BadState => "bad_state",
            StateError::StateTooNew => "state_too_new",
            StateError::WrongAccount => "wrong_account",
            StateError::WrongDevice => "wrong_device",
        }
    }
}
