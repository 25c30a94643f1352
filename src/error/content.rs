use crate::error::Problem;
use crate::error::code::errors;

errors! {
    /// Says which rule of the format a content breaks: the caller's fault when sealing, the
    /// sender's when opening.
    pub enum ContentError {
        /// The text is not a UUID; or the id is a version 8 UUID, as CallKit UUIDs are, which names
        /// no call.
        #[error("the call id is not a UUID, or is a CallKit UUID in the place of the callId")]
        BadCallId,
        /// The bytes are not the one deterministic encoding of a map.
        #[error("the content is not CBOR in the one encoding that the format allows")]
        BadCbor,
        /// The bytes are not one DEFLATE stream that ends exactly where the content ends.
        #[error("the content is not one DEFLATE stream that ends where the content ends")]
        BadCompression,
        /// A member has a wrong type or value, or a required one is missing.
        #[error("content member `{member}` {problem}")]
        BadContent {
            /// The member's path, such as `candidates[1].sdpMid`.
            member: String,
            /// What is wrong with it.
            problem: Problem,
        },
        /// More than 16 containers are nested.
        #[error("the content nests more than 16 containers")]
        TooDeep,
        /// The content has more than 65,536 bytes before compression.
        #[error("the content is longer than 65,536 bytes before compression")]
        TooLong,
        /// The content has more than 4,096 items of arrays and members of maps.
        #[error("the content has more than 4,096 items and members")]
        TooMany,
    }
}
