//! Errors, split by who meets them. Each has a `code()`, the stable name that every language's API
//! gives to the same failure (spec/envelope.md, "Codes"). No error carries a secret or anything
//! that people wrote.

mod code;
mod content;
mod inbox;
mod key;
mod open;
mod problem;
mod seal;

pub use code::{ErrorCode, UnknownName};
pub use content::ContentError;
pub use inbox::{InboxError, StateError};
pub use key::KeyError;
pub use open::OpenError;
pub use problem::Problem;
pub use seal::SealError;
