use thiserror::Error;

/// Content that the format does not allow. In sealing the caller's fault, in opening the sender's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentError {
    /// A call id that is no UUID.
    #[error("the call id is no UUID")]
    BadCallId,
    /// Bytes that are not the one deterministic encoding of a map.
    #[error("the content is not CBOR in the one encoding that the format allows")]
    BadCbor,
    /// Bytes that are not one DEFLATE stream which ends exactly where the content does.
    #[error("the content is not one DEFLATE stream that ends where the content ends")]
    BadCompression,
    /// A member with a wrong type or value, or a required one that is missing.
    #[error(
        "content member {member:?} is missing, or has a type or value (null is one) that the format does not allow"
    )]
    BadContent {
        /// Where it stands, such as `candidates[1].sdpMid`.
        member: String,
    },
    /// More than 16 nested containers.
    #[error("the content nests deeper than 16 containers")]
    TooDeep,
    /// More than 65,536 bytes before compression.
    #[error("the content is longer than 65,536 bytes before compression")]
    TooLong,
    /// More than 4,096 items of arrays and members of maps.
    #[error("the content has more than 4,096 items and members")]
    TooMany,
}

impl ContentError {
    /// The stable name of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            ContentError::BadCallId => "bad_call_id",
            ContentError::BadCbor => "bad_cbor",
            ContentError::BadCompression => "bad_compression",
            ContentError::BadContent { .. } => "bad_content",
            ContentError::TooDeep => "too_deep",
            ContentError::TooLong => "too_long",
            ContentError::TooMany => "too_many",
        }
    }
}
