import CZlib

/// The compression of contents: raw DEFLATE with the dictionary of version 1 (spec/envelope.md,
/// section 15).
enum Deflate {
  /// Compresses an encoded content.
  static func compress(_ content: [UInt8]) -> [UInt8] {
    // Descriptions of browsers become smaller in the second way, by 2 %, and short contents in the
    // first.
    var (first, second) = (compress(content, strategy: Z_DEFAULT_STRATEGY), compress(content, strategy: Z_FILTERED))
    if first.count <= second.count {
      wipe(&second)
      return first
    } else {
      wipe(&first)
      return second
    }
  }

  private static func compress(_ content: [UInt8], strategy: Int32) -> [UInt8] {
    var zlib = z_stream()
    check(
      deflateInit2_(
        &zlib, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, strategy, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)))
    defer { deflateEnd(&zlib) }
    check(PresetDictionary.bytes.withUnsafeBytes { deflateSetDictionary(&zlib, $0.zlib, uInt($0.count)) })
    let bound = Int(deflateBound(&zlib, uLong(content.count)))
    return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
      content.withUnsafeBytes { input in
        zlib.next_in = input.zlib
        zlib.avail_in = uInt(input.count)
        zlib.next_out = output.baseAddress
        zlib.avail_out = uInt(output.count)
        let status = deflate(&zlib, Z_FINISH)
        precondition(status == Z_STREAM_END, "deflateBound is a bound")
      }
      count = bound - Int(zlib.avail_out)
    }
  }

  /// Inflates the content of a frame.
  ///
  /// - Throws: ``HushringError/Code/badCompression``; ``HushringError/Code/tooLong``, at the first
  ///   byte beyond 65,536.
  static func inflate(_ stream: some Collection<UInt8>) throws(HushringError) -> [UInt8] {
    let stream = [UInt8](stream)
    var zlib = z_stream()
    check(inflateInit2_(&zlib, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)))
    defer { inflateEnd(&zlib) }
    check(PresetDictionary.bytes.withUnsafeBytes { inflateSetDictionary(&zlib, $0.zlib, uInt($0.count)) })
    var content: [UInt8] = []
    // The whole room at once, because an array that grew would leave a part of it behind.
    content.reserveCapacity(CBOR.longest + pieceSize)
    var status = Z_OK
    stream.withUnsafeBytes { input in
      zlib.next_in = input.zlib
      zlib.avail_in = uInt(input.count)
      withUnsafeTemporaryAllocation(byteCount: pieceSize, alignment: 1) { piece in
        repeat {
          zlib.next_out = piece.bindMemory(to: UInt8.self).baseAddress
          zlib.avail_out = uInt(piece.count)
          status = CZlib.inflate(&zlib, Z_NO_FLUSH)
          content += piece.prefix(piece.count - Int(zlib.avail_out))
        } while status == Z_OK && zlib.avail_out == 0 && content.count <= CBOR.longest
        piece.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
    // D2: it has ended, and nothing follows.
    if content.count <= CBOR.longest, status == Z_STREAM_END, zlib.avail_in == 0 { return content }
    wipe(&content)
    throw HushringError(content.count > CBOR.longest ? .tooLong : .badCompression)
  }

  private static let pieceSize = 4_096

  /// What a stream says never makes these fail: only a want of memory does, for which Swift stops
  /// as well.
  private static func check(_ status: Int32) {
    precondition(status == Z_OK, "zlib needs more memory")
  }
}

extension UnsafeRawBufferPointer {
  /// As zlib takes what it only reads.
  fileprivate var zlib: UnsafeMutablePointer<Bytef>? {
    UnsafeMutablePointer(mutating: bindMemory(to: Bytef.self).baseAddress)
  }
}
