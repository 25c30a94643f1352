//! What is behind encryption and signature, for the fuzzers in fuzz/. Only a build with the feature
//! `__fuzzing` has it.

use zeroize::Zeroizing;

use crate::content::{Content, Map};
use crate::error::ContentError;

pub use crate::inbox::opened::Opened;

/// Reads deterministic CBOR.
pub fn decode(bytes: &[u8]) -> Result<Map, ContentError> {
    crate::cbor::decode(bytes)
}

/// Writes deterministic CBOR.
pub fn encode(map: &Map) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    crate::cbor::encode(map)
}

/// Inflates a compressed content.
pub fn inflate(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    crate::deflate::inflate(bytes)
}

/// Compresses a content.
pub fn deflate(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    Ok(crate::deflate::deflate(bytes))
}

/// Inflates and reads a content.
pub fn decompress(bytes: &[u8]) -> Result<Content, ContentError> {
    Content::decompress(bytes)
}
