import CZlib
import Foundation

@testable import Hushring

/// Some of the choices that a writer has (spec/envelope.md, D6).
func compressed(_ bytes: [UInt8]) -> [UInt8] {
  switch Int.random(in: 0..<6, using: &draw) {
  case 0: stored(bytes)
  case 1: deflated(bytes, level: 1, Z_DEFAULT_STRATEGY, dictionary: false)
  case 2: deflated(bytes, level: 9, Z_FIXED, dictionary: yes())
  case 3: deflated(bytes, level: 9, Z_HUFFMAN_ONLY, dictionary: yes())
  case 4: deflated(bytes, level: 6, Z_RLE, dictionary: true, flush: one(of: [Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_BLOCK]))
  default: Deflate.compress(bytes)
  }
}

/// Blocks without compression, of at most 65,535 bytes each.
func stored(_ bytes: [UInt8]) -> [UInt8] {
  var (stream, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes[...])
  repeat {
    let block = rest.prefix(65_535)
    rest = rest.dropFirst(block.count)
    let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
    stream += [rest.isEmpty ? 1 : 0, low, high, ~low, ~high] + block
  } while !rest.isEmpty
  return stream
}

private func deflated(
  _ bytes: [UInt8], level: Int32, _ strategy: Int32, dictionary: Bool, flush: Int32? = nil
) -> [UInt8] {
  var (input, zlib) = (bytes, z_stream())
  var output = [UInt8](repeating: 0, count: 2 * bytes.count + 1_000)
  deflateInit2_(
    &zlib, level, Z_DEFLATED, -MAX_WBITS, 9, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { deflateEnd(&zlib) }
  if dictionary { deflateSetDictionary(&zlib, PresetDictionary.bytes, uInt(PresetDictionary.bytes.count)) }
  let capacity = output.count
  return input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      (zlib.next_in, zlib.next_out) = (input.baseAddress, output.baseAddress)
      zlib.avail_out = uInt(capacity)
      if let flush {
        // In two halves, with a border between them that decides nothing.
        zlib.avail_in = uInt(input.count / 2)
        deflate(&zlib, flush)
        zlib.avail_in += uInt(input.count - input.count / 2)
      } else {
        zlib.avail_in = uInt(input.count)
      }
      let status = deflate(&zlib, Z_FINISH)
      precondition(status == Z_STREAM_END)
    }
    return Array(output.prefix(capacity - Int(zlib.avail_out)))
  }
}
