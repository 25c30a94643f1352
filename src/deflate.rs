//! Compression (spec/envelope.md, "Compression"): one raw DEFLATE stream (RFC 1951) with a preset
//! dictionary, which is part of version 1.

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use zeroize::{Zeroizing, zeroize_bytes};

use crate::error::ContentError;
use crate::limits::MAX_CONTENT_LEN;

/// The preset dictionary: bytes that a stream may refer back to as if they stood before its first
/// byte. `dictionary/` makes it.
pub const DICTIONARY: &[u8] = include_bytes!("dictionary.bin");

/// Compresses with the dictionary. (An encoder may do without it; every receiver reads both.)
pub(crate) fn deflate(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut compressor = PRIMED.with(CompressorOxide::clone);
    let mut out = Zeroizing::new(Vec::with_capacity(bytes.len() + STORED_OVERHEAD));
    let done = compress_to_output(&mut compressor, bytes, TDEFLFlush::Finish, |part| {
        out.extend_from_slice(part);
        true
    });
    // The window held the content.
    compressor.reset();
    assert!(
        done == (TDEFLStatus::Done, bytes.len()),
        "all input is compressed in one go, because the output has no bound"
    );
    out
}

/// Inflates a stream that ends exactly where `bytes` ends.
///
/// # Errors
/// `too_long`: more than 65,536 bytes come out. Else `bad_compression`.
pub(crate) fn inflate(bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, ContentError> {
    let mut window = Window::new();
    let mut state = DecompressorOxide::new();
    let mut rest = bytes;
    let status = loop {
        let (status, read, written) = decompress(
            &mut state,
            rest,
            &mut window.bytes,
            window.end,
            TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
        );
        rest = rest.get(read..).unwrap_or_default();
        window.end += written;
        if status != TINFLStatus::HasMoreOutput || !window.grow() {
            break status;
        }
    };
    let content = window.content();
    if status == TINFLStatus::HasMoreOutput || content.len() > MAX_CONTENT_LEN {
        return Err(ContentError::TooLong);
    }
    if status != TINFLStatus::Done || !rest.is_empty() {
        return Err(ContentError::BadCompression);
    }
    Ok(Zeroizing::new(content.to_vec()))
}

/// What is inflated, with the dictionary in front, so that a distance beyond its beginning is
/// refused. It is small at first, because few contents have 65,536 bytes. Wiped when dropped.
struct Window {
    bytes: Vec<u8>,
    end: usize,
}

impl Window {
    const SMALL: usize = 2 * DICTIONARY.len();
    const LARGE: usize = DICTIONARY.len() + MAX_CONTENT_LEN + 1;

    fn new() -> Window {
        let mut bytes = Vec::with_capacity(Window::SMALL);
        bytes.extend_from_slice(DICTIONARY);
        bytes.resize(Window::SMALL, 0);
        let end = DICTIONARY.len();
        Window { bytes, end }
    }

    /// Makes it as large as it gets. Returns whether it was smaller.
    fn grow(&mut self) -> bool {
        if self.bytes.len() == Window::LARGE {
            return false;
        }
        let mut bytes = Vec::with_capacity(Window::LARGE);
        bytes.extend_from_slice(&self.bytes);
        bytes.resize(Window::LARGE, 0);
        let end = self.end;
        *self = Window { bytes, end };
        true
    }

    fn content(&self) -> &[u8] {
        self.bytes
            .get(DICTIONARY.len()..self.end)
            .unwrap_or_default()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(content) = self.bytes.get_mut(DICTIONARY.len()..) {
            zeroize_bytes(content);
        }
    }
}

thread_local! {
    /// A compressor that has read the dictionary. miniz_oxide has no call for a preset dictionary,
    /// but compressing it, flushing and dropping the output does the same: later bytes refer back
    /// to it.
    static PRIMED: CompressorOxide = {
        let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, RAW, 0));
        compress_to_output(&mut compressor, DICTIONARY, TDEFLFlush::Sync, |_| true);
        compressor
    };
}

/// The best compression, as in zlib.
const LEVEL: i32 = 9;

/// Window bits below zero stand for raw DEFLATE, without zlib's header.
const RAW: i32 = -15;

/// Bytes by which 65,536 incompressible ones may grow.
const STORED_OVERHEAD: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(bytes: &[u8]) -> usize {
        let compressed = deflate(bytes);
        assert!(inflate(&compressed).is_ok_and(|again| *again == bytes));
        compressed.len()
    }

    #[test]
    fn whatever_goes_in_comes_out() {
        for len in [0, 1, 258, 32_768, MAX_CONTENT_LEN] {
            round_trip(&vec![b'x'; len]);
            let mixed: Vec<u8> = (0..len).map(|i| (i * i / 251) as u8).collect();
            round_trip(&mixed);
        }
    }

    #[test]
    fn the_dictionary_is_used() {
        assert!(DICTIONARY.len() <= 32_768);
        let part = &DICTIONARY[DICTIONARY.len() / 2..][..200];
        assert!(round_trip(part) < 24);
    }

    #[test]
    fn one_byte_too_many_is_refused() {
        let long = vec![b'x'; MAX_CONTENT_LEN + 1];
        let compressed = deflate(&long);
        assert_eq!(inflate(&compressed).err(), Some(ContentError::TooLong));
        let longer = vec![b'x'; MAX_CONTENT_LEN * 20];
        let compressed = deflate(&longer);
        assert_eq!(inflate(&compressed).err(), Some(ContentError::TooLong));
    }

    #[test]
    fn a_stream_ends_where_its_bytes_end() {
        let stored = [1, 3, 0, 0xfc, 0xff, b'a', b'b', b'c'];
        assert!(inflate(&stored).is_ok_and(|content| *content == b"abc"));
        for cut in 0..stored.len() {
            assert_eq!(
                inflate(&stored[..cut]).err(),
                Some(ContentError::BadCompression)
            );
        }
        let mut followed = stored.to_vec();
        followed.push(0);
        assert_eq!(inflate(&followed).err(), Some(ContentError::BadCompression));
        // Not the last block, and no other follows.
        let mut unfinished = stored;
        unfinished[0] = 0;
        assert_eq!(
            inflate(&unfinished).err(),
            Some(ContentError::BadCompression)
        );
    }

    /// Fixed codes, the final block: one match of 3 bytes, then the end of the block.
    fn match_at(distance_code: u16, extra_bits: u32, extra: u32) -> Vec<u8> {
        let mut bits: Vec<bool> = vec![true, true, false];
        let huffman = |bits: &mut Vec<bool>, code: u16, len: u32| {
            bits.extend((0..len).rev().map(|i| code >> i & 1 == 1));
        };
        huffman(&mut bits, 0b000_0001, 7); // length 3
        huffman(&mut bits, distance_code, 5);
        bits.extend((0..extra_bits).map(|i| extra >> i & 1 == 1));
        huffman(&mut bits, 0, 7); // end of block
        bits.chunks(8)
            .map(|byte| {
                byte.iter()
                    .rev()
                    .fold(0, |sum, bit| sum << 1 | u8::from(*bit))
            })
            .collect()
    }

    #[test]
    fn a_distance_reaches_the_dictionary_and_not_beyond() {
        let (base, extra_bits, code) = (0..30_u16)
            .map(|code| {
                let extra_bits = u32::from(code / 2).saturating_sub(1);
                let base = match code {
                    0..4 => u32::from(code) + 1,
                    _ => ((2 + u32::from(code & 1)) << extra_bits) + 1,
                };
                (base, extra_bits, code)
            })
            .filter(|(base, ..)| *base <= DICTIONARY.len() as u32)
            .max()
            .unwrap_or_default();
        let extra = DICTIONARY.len() as u32 - base;
        let first = inflate(&match_at(code, extra_bits, extra));
        assert!(first.is_ok_and(|content| *content == DICTIONARY[..3]));
        let beyond = inflate(&match_at(code, extra_bits, extra + 1));
        assert_eq!(beyond.err(), Some(ContentError::BadCompression));
    }
}
