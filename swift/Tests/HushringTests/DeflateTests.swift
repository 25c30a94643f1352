import Foundation
import Testing

@testable import Hushring

@Suite("Compression")
struct DeflateTests {
  @Test("The dictionary in the code is the repository's one copy")
  func dictionary() throws {
    let copy = [UInt8](try Repository.data("src/dictionary.bin"))
    #expect(PresetDictionary.bytes == copy)
    let path = "swift/Sources/Hushring/Content/PresetDictionary.swift"
    let lines = stride(from: 0, to: copy.count, by: 72).map { place in
      "    \(Data(copy[place..<min(place + 72, copy.count)]).base64EncodedString())\\"
    }
    let code = """
      import Foundation

      // Written by DeflateTests from src/dictionary.bin, with HUSHRING_WRITE=1: an extension has no
      // bundle to read it from.

      /// The dictionary that the compression of contents begins with (spec/envelope.md, section 15).
      enum PresetDictionary {
        static let bytes = [UInt8](Data(base64Encoded: base64) ?? Data())

        private static let base64 = \"""
      \(lines.joined(separator: "\n").dropLast())
          \"""
      }

      """
    if ProcessInfo.processInfo.environment["HUSHRING_WRITE"] != nil {
      try Data(code.utf8).write(to: Repository.root.appendingPathComponent(path))
    }
    #expect(try Repository.data(path) == Data(code.utf8))
  }

  @Test("A content of every length comes back", arguments: [0, 1, 4_095, 4_096, 4_097, 65_535, 65_536])
  func lengths(_ length: Int) throws {
    var random = SeededGenerator(seed: UInt64(length))
    for content in [random.bytes(length), [UInt8](repeating: 7, count: length)] {
      #expect(try Deflate.inflate(Deflate.compress(content)) == content)
      #expect(try Deflate.inflate(stored(content)) == content)
    }
  }

  @Test("One byte more than the limit is too long", arguments: [65_537, 10_000_000])
  func limit(_ length: Int) {
    let content = [UInt8](repeating: 7, count: length)
    for stream in [Deflate.compress(content), stored(content)] {
      #expect(throws: HushringError(.tooLong)) { try Deflate.inflate(stream) }
    }
  }

  @Test("What stands behind the limit is not read")
  func behindTheLimit() {
    let zeros = [UInt8](repeating: 0, count: 65_535)
    let notLast = [0, 0xff, 0xff, 0, 0] + zeros
    // Behind two such blocks, one of a type that there is not.
    #expect(throws: HushringError(.tooLong)) { try Deflate.inflate(notLast + notLast + [7]) }
    #expect(throws: HushringError(.badCompression)) { try Deflate.inflate(notLast + [7]) }
  }

  @Test("A stream that ends early or late is refused")
  func ends() throws {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<15 {
      let content = try random.content().encoded()
      for stream in [Deflate.compress(content), stored(content)] {
        for count in 0..<stream.count {
          #expect(throws: HushringError(.badCompression)) { try Deflate.inflate(stream.prefix(count)) }
        }
        for more in [[0], [1], stream] as [[UInt8]] {
          #expect(throws: HushringError(.badCompression)) { try Deflate.inflate(stream + more) }
        }
      }
    }
  }

  @Test("Streams that were changed are refused or read, and do no harm")
  func changes() throws {
    var random = SeededGenerator(seed: 4)
    let stream = Deflate.compress(try random.content().encoded())
    for place in stream.indices {
      for bit in 0..<8 {
        var changed = stream
        changed[place] ^= 1 << bit
        do { #expect(try Deflate.inflate(changed).count <= 65_536) } catch {
          #expect(error.code == .badCompression || error.code == .tooLong)
        }
      }
    }
  }

  @Test("Descriptions of browsers fit the smaller suite")
  func browsers() throws {
    var sizes: [Int] = []
    for offer in try Browsers.offers() {
      let invite = CallInvite(callID: try CallID(UUID()), hasVideo: true, offer: offer)
      sizes.append(try Content.callInvite(invite).compressedSize())
    }
    #expect(sizes.count > 200)
    #expect(sizes.max()! <= Hushring.Suite.xwing.capacity)
  }

  /// A stream of stored blocks.
  private func stored(_ content: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = []
    var rest = content[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let count = [UInt8(block.count & 255), UInt8(block.count >> 8)]
      stream += [rest.isEmpty ? 1 : 0] + count + count.map { ~$0 } + block
    } while !rest.isEmpty
    return stream
  }
}

/// The descriptions of sessions from which the dictionary was made, and those that were held back.
enum Browsers {
  static func offers() throws -> [String] {
    try ["held-back", "stress", "train"].flatMap { folder in
      let path = "dictionary/corpus/\(folder)"
      let names = try FileManager.default.contentsOfDirectory(atPath: Repository.root.appendingPathComponent(path).path)
      return try names.sorted().filter { $0.hasSuffix(".sdp") }.map { name in
        String(decoding: try Repository.data("\(path)/\(name)"), as: UTF8.self)
      }
    }
  }
}
