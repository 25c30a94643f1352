use thiserror::Error;

/// Says what is wrong with a member of a content, or with a name to pin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is a version 8 UUID, as CallKit uses them, in the place of a callId.
    #[error("is a CallKit UUID, which names no call")]
    CallKitUuid,
    /// It may have only the characters of a phone number.
    #[error("is not a phone number: it may have 0-9 + * # ( ) - . / , ; and spaces")]
    Dialling,
    /// Another member excludes it, or it is there twice.
    #[error("does not belong here")]
    Excess,
    /// It has another type, or another length.
    #[error("must be {0}")]
    Kind(&'static str),
    /// A required member is missing.
    #[error("is missing")]
    Missing,
    /// It is none of the names that there are.
    #[error("must be one of {0}")]
    Name(&'static str),
    /// A text contains U+0000.
    #[error("contains U+0000")]
    Nul,
    /// Null is no value of a member that the format knows.
    #[error("is null: leave it out")]
    Null,
    /// Content cannot hold the number.
    #[error("is a number that content cannot hold: beyond 2^53 - 1, or not finite")]
    Number,
    /// It is not an integer of this range.
    #[error("must be an integer from {min} to {max}")]
    Range {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// A text has too many bytes of UTF-8.
    #[error("has {found} bytes of at most {limit}")]
    TooLong {
        /// Bytes that it has.
        found: usize,
        /// Bytes that it may have.
        limit: usize,
    },
}
