//! What stands behind seal and signature, for the fuzzers in fuzz/ alone. No build has it that does not
//! set `--cfg fuzzing`.

use zeroize::Zeroizing;

use crate::content::{Content, Map};
use crate::error::ContentError;

/// Section 15, read.
pub fn decode(bytes: &[u8]) -> Result<Map, ContentError> {
    crate::cbor::decode(bytes)
}

/// Section 15, written.
pub fn encode(map: &Map) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    crate::cbor::encode(map)
}

/// Section 16, read.
pub fn inflate(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    crate::deflate::inflate(bytes)
}

/// Section 16, written.
pub fn deflate(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    crate::deflate::deflate(bytes)
}

/// Sections 15 to 17, read.
pub fn decompress(bytes: &[u8]) -> Result<Content, ContentError> {
    Content::decompress(bytes)
}
