//! DEFLATE streams (RFC 1951) bit by bit.

use hushring::DICTIONARY;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};

/// What a writer makes who uses the dictionary.
pub fn with_dictionary(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(9, -15, 0));
    compress_to_output(&mut compressor, DICTIONARY, TDEFLFlush::Sync, |_| true);
    let mut out = Vec::new();
    compress_to_output(&mut compressor, bytes, TDEFLFlush::Finish, |part| {
        out.extend_from_slice(part);
        true
    });
    out
}

/// A DEFLATE stream of one stored block, which needs no dictionary.
pub fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let mut stream = vec![1];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(bytes);
    stream
}

/// A DEFLATE stream that is much shorter than what it stands for.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, 9)
}

/// A stream that is written piece by piece.
#[derive(Default)]
pub struct Stream {
    bytes: Vec<u8>,
    bits: u32,
}

impl Stream {
    pub fn new() -> Stream {
        Stream::default()
    }

    /// The least significant bit first.
    pub fn bits(mut self, value: u32, count: u32) -> Stream {
        for place in 0..count {
            if self.bits.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if value >> place & 1 == 1 {
                *self.bytes.last_mut().unwrap() |= 1 << (self.bits % 8);
            }
            self.bits += 1;
        }
        self
    }

    /// A code of a Huffman tree: the most significant bit first.
    fn code(self, value: u32, count: u32) -> Stream {
        self.bits(value.reverse_bits() >> (32 - count), count)
    }

    pub fn stored(self, last: bool, bytes: &[u8]) -> Stream {
        let length = u16::try_from(bytes.len()).unwrap();
        self.stored_with(last, bytes, !length)
    }

    pub fn stored_with(mut self, last: bool, bytes: &[u8], complement: u16) -> Stream {
        let length = u16::try_from(bytes.len()).unwrap();
        self = self.bits(u32::from(last), 1).bits(0, 2);
        self.bytes.extend(length.to_le_bytes());
        self.bytes.extend(complement.to_le_bytes());
        self.bytes.extend(bytes);
        self.bits = u32::try_from(self.bytes.len()).unwrap() * 8;
        self
    }

    /// The beginning of a block with the fixed codes.
    pub fn fixed(self, last: bool) -> Stream {
        self.bits(u32::from(last), 1).bits(1, 2)
    }

    /// A literal, the end of the block (256) or a length code, by the fixed codes.
    pub fn symbol(self, symbol: u32) -> Stream {
        match symbol {
            0..144 => self.code(0x30 + symbol, 8),
            144..256 => self.code(0x190 + symbol - 144, 9),
            256..280 => self.code(symbol - 256, 7),
            _ => self.code(0xc0 + symbol - 280, 8),
        }
    }

    pub fn literals(self, bytes: &[u8]) -> Stream {
        bytes
            .iter()
            .fold(self, |stream, byte| stream.symbol((*byte).into()))
    }

    /// Three to ten bytes from so far back.
    pub fn copy(self, length: u32, distance: u32) -> Stream {
        let stream = self.symbol(257 + length - 3);
        let (code, base, extra) = (0..30)
            .map(|code| match code {
                0..4 => (code, code + 1, 0),
                _ => {
                    let extra = code / 2 - 1;
                    (code, ((2 + code % 2) << extra) + 1, extra)
                }
            })
            .rfind(|(_, base, _)| *base <= distance)
            .unwrap();
        stream.code(code, 5).bits(distance - base, extra)
    }

    /// A distance code as it is, of which some have no meaning.
    pub fn distance_code(self, code: u32) -> Stream {
        self.code(code, 5)
    }

    pub fn end_block(self) -> Stream {
        self.symbol(256)
    }

    /// How many bits of the last byte are not used.
    pub fn unused(&self) -> u32 {
        (8 - self.bits % 8) % 8
    }

    pub fn done(self) -> Vec<u8> {
        self.bytes
    }
}
