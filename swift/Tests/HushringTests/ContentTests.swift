import Foundation
import Testing

@testable import Hushring

@Suite("Contents")
struct ContentTests {
  @Test("A stream is inflated and read as its vector says", arguments: try Repository.names(in: "vectors/contents"))
  func vector(_ name: String) throws {
    let vector = try JSON.file("vectors/contents/\(name)").map!
    let expected = vector["expect"]!.map!
    let stream = [UInt8](hexadecimal: vector["stream"]!.text!)!
    do {
      let encoded = try Deflate.inflate(stream)
      if let cbor = vector["cbor"]?.text { #expect(encoded.hexadecimal == cbor) }
      let content = try Content(decoding: encoded)
      #expect(try content.json == expected["content"])
      #expect(try content.encoded() == encoded)
      #expect(try Deflate.inflate(Deflate.compress(encoded)) == encoded)
    } catch {
      let error = try #require(error as? HushringError)
      #expect(error.code.rawValue == expected["error"]?.text)
      #expect(error.member == expected["member"]?.text)
    }
  }
}
