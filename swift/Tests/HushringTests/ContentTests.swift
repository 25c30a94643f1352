import Foundation
import Testing

@testable import Hushring

@Suite("Contents")
struct ContentTests {
  @Test("A stream is inflated and read as its vector says", arguments: try Repository.names(in: "vectors/contents"))
  func vectorToOpen(_ name: String) throws {
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
      guard error.code == .badCBOR else { return }
      // Without the comparison of C14 as well.
      var decoder = CBORDecoder(try Deflate.inflate(stream))
      #expect(throws: HushringError(.badCBOR)) { try decoder.content() }
    }
  }

  @Test("A content is encoded or refused as its vector says", arguments: try Repository.names(in: "vectors/sealing"))
  func vectorToSeal(_ name: String) throws {
    let vector = try JSON.file("vectors/sealing/\(name)").map!
    let expected = vector["expect"]!.map!
    do {
      let content = try Content(json: vector["content"]!)
      let encoded = try content.encoded()
      if let stream = expected["stream"]?.text {
        #expect(try Deflate.inflate([UInt8](hexadecimal: stream)!) == encoded)
      }
      if let available = expected["available"]?.integer {
        #expect(Int64(try content.compressedSize()) > available)
      }
    } catch {
      let error = try #require(error as? HushringError)
      #expect(error.code.rawValue == expected["error"]?.text)
      #expect(error.member == expected["member"]?.text)
    }
  }

  @Test("What was encoded is decoded to the same")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<3_000 {
      let content = random.content()
      let encoded = try content.encoded()
      #expect(try Content(decoding: encoded) == content)
      #expect(try Content(json: content.json) == content)
    }
  }

  @Test("Bytes that were changed are refused, or are the one encoding of what they say")
  func oneEncoding() throws {
    var random = SeededGenerator(seed: 2)
    var accepted = 0
    for _ in 0..<500 {
      let encoded = try random.content().encoded()
      for _ in 0..<20 {
        let changed = random.changed(encoded)
        // Without the comparison of C14, so that the decoder itself is what refuses.
        var decoder = CBORDecoder(changed)
        guard let members = try? decoder.content() else { continue }
        #expect(try CBOR.encode(members) == changed)
        guard let content = try? Content(decoding: changed) else { continue }
        #expect(try content.encoded() == changed)
        accepted += changed == encoded ? 0 : 1
      }
    }
    #expect(accepted > 500)
  }

  @Test("A count is compared with the bytes that remain before it is with the limit")
  func counts() {
    // 5,000 items or members, which need 5,000 or 10,000 bytes of the 6,000 that there are.
    let codes = [0x99, 0xb9].map { (head: UInt8) in
      code { try CBOR.decode([0xa1, 0x61, 0x61, head, 0x13, 0x88] + [UInt8](repeating: 0xf6, count: 6_000)) }
    }
    #expect(codes == [.tooMany, .badCBOR])
  }

  @Test(
    "A writer refuses what a reader would, and names the member",
    arguments: [
      (.callInvite(CallInvite(callID: id, hasVideo: false, lifetime: 91)), .badContent, "lifetime"),
      (.callInvite(CallInvite(callID: id, callerName: text(257), hasVideo: false)), .badContent, "callerName"),
      (
        .callInvite(CallInvite(callID: id, handle: Handle(type: .generic, value: text(256)), hasVideo: false)),
        .badContent, "handle.value"
      ),
      (.callInvite(CallInvite(callID: id, hasVideo: false, data: .null)), .badContent, "data"),
      (.callInvite(CallInvite(callID: id, hasVideo: false, others: ["callId": 1])), .badContent, "callId"),
      (.callEnd(CallEnd(callID: id, reason: .declined)), .badContent, "caller"),
      (.callAnswer(CallAnswer(callID: id, ring: .init(milliseconds: 1 << 53))), .badContent, "ring"),
      (.callAnswer(CallAnswer(callID: id, ring: .init(milliseconds: .max))), .badContent, "ring"),
      (.callNegotiate(CallNegotiate(callID: id, description: .init(type: .offer))), .badContent, "description.sdp"),
      (
        .callCandidates(
          CallCandidates(
            callID: id, candidates: [.init(candidate: ""), .init(candidate: "", sdpMLineIndex: 65_536)])),
        .badContent, "candidates[1].sdpMLineIndex"
      ),
      (
        .callCandidates(CallCandidates(callID: id, candidates: [.init(candidate: "", others: ["candidate": 1])])),
        .badContent, "candidates[0].candidate"
      ),
      (.message(Message(body: "\0")), .badContent, "body"),
      (.message(Message(others: ["\0": 1])), .badContent, "\0"),
      (.message(Message(data: ["a": [1, ["b": .float(1)]]])), .badContent, "data.a[1].b"),
      (.message(Message(data: .integer(.min))), .badContent, "data"),
      (.message(Message(data: .float(.nan))), .badContent, "data"),
      (.message(Message(data: .float(-0.0))), .badContent, "data"),
      (.other(OtherContent(type: "call.end")), .badContent, "callId"),
      (.message(Message(data: nested(15))), nil, nil),
      (.message(Message(data: nested(16))), .tooDeep, nil),
      (.message(Message(data: nested(1_000))), .tooDeep, nil),
      (.message(Message(data: .array(Array(repeating: 1, count: 4_094)))), nil, nil),
      (.message(Message(data: .array(Array(repeating: 1, count: 4_095)))), .tooMany, nil),
      (.message(Message(body: text(65_514))), nil, nil),
      (.message(Message(body: text(65_515))), .tooLong, nil),
    ] as [(Content, HushringError.Code?, String?)])
  func writer(_ content: Content, _ code: HushringError.Code?, _ member: String?) throws {
    do {
      let encoded = try content.encoded()
      #expect(code == nil)
      #expect(try Content(decoding: encoded) == content)
    } catch {
      #expect(error.code == code)
      #expect(error.member == member)
    }
  }

  @Test("Contents whose texts look the same are not the same")
  func equality() {
    let (composed, decomposed) = ("\u{e9}", "e\u{301}")
    #expect(composed == decomposed)
    let pairs = [composed, decomposed].map { text -> [Content] in
      let id = Self.id
      return [
        .callInvite(CallInvite(callID: id, handle: Handle(type: .generic, value: text), hasVideo: true)),
        .callInvite(CallInvite(callID: id, callerName: text, hasVideo: true)),
        .callInvite(CallInvite(callID: id, hasVideo: true, offer: text)),
        .callInvite(CallInvite(callID: id, hasVideo: true, groupID: text)),
        .callInvite(CallInvite(callID: id, hasVideo: true, data: .text(text))),
        .callInvite(CallInvite(callID: id, hasVideo: true, others: [text: 1])),
        .callAnswer(CallAnswer(callID: id, ring: .init(milliseconds: 0), answer: text)),
        .callCandidates(CallCandidates(callID: id, candidates: [.init(candidate: text)])),
        .callCandidates(CallCandidates(callID: id, candidates: [.init(candidate: "", sdpMid: text)])),
        .callCandidates(CallCandidates(callID: id, candidates: [.init(candidate: "", usernameFragment: text)])),
        .callNegotiate(CallNegotiate(callID: id, description: .init(type: .offer, sdp: text))),
        .message(Message(body: text)),
        .other(OtherContent(type: text)),
      ]
    }
    for (left, right) in zip(pairs[0], pairs[1]) { #expect(left != right) }
    #expect(Set(pairs[0] + pairs[1]).count == 26)
  }

  @Test("Members of names that look the same, or that differ in a combining mark, are apart")
  func members() {
    var members: Members = ["e\u{301}": 1, "\u{e9}": 2, "\r\n": 3, "\r": 4, "b": 5, "aa": 6, "b": 7]
    #expect(members.map(\.name.utf8.count) == [1, 1, 2, 2, 2, 3])
    #expect(members["\u{e9}"] == 2)
    #expect(members["e\u{301}"] == 1)
    #expect(members["b"] == 7)
    members["\u{e9}"] = nil
    #expect(members["\u{e9}"] == nil)
    #expect(members.count == 5)
    #expect("call.\u{301}x".hasPrefix("call.") == false)
    #expect("call.\u{301}x".begins(with: "call."))
  }

  @Test("Numbers that are integral become integers")
  func numbers() {
    #expect(Value(52) == .integer(52))
    #expect(Value(-0.0) == .integer(0))
    #expect(Value(0x1p53 - 1) == .integer(Value.largestInteger))
    #expect(Value(0x1p53) == .float(0x1p53))
    #expect(Value(.infinity) == .float(.infinity))
    #expect(Value(0.5).number == 0.5 && Value(2).number == 2 && Value.integer(2) != .float(2))
  }

  @Test("Descriptions and dumps say nothing of what is inside")
  func descriptions() {
    let secret = "Geheimnis"
    let contents: [Any] = [
      Content.message(Message(body: secret)), Message(body: secret), Value.text(secret), [secret: 1] as Members,
      CallInvite(callID: Self.id, hasVideo: true, offer: secret), Handle(type: .generic, value: secret),
      CallAnswer(callID: Self.id, ring: .init(milliseconds: 0), answer: secret),
      CallCandidates(callID: Self.id, candidates: [.init(candidate: secret)]),
      CallCandidates.Candidate(candidate: secret), CallNegotiate.Description(type: .offer, sdp: secret),
      CallNegotiate(callID: Self.id, description: .init(type: .offer, sdp: secret)),
      CallEnd(callID: Self.id, reason: .failed, others: [secret: 1]), Cover(others: [secret: 1]),
      OtherContent(type: secret), Content.other(OtherContent(type: secret)),
      Fitted(content: .cover(Cover()), dropped: [secret]),
    ]
    for content in contents {
      var dumped = ""
      dump(content, to: &dumped)
      for text in ["\(content)", String(reflecting: content), dumped] { #expect(!text.contains(secret), "\(text)") }
    }
  }

  private static let id = try! CallID(UUID(uuidString: "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33")!)

  private static func text(_ count: Int) -> String { String(repeating: "a", count: count) }

  private static func nested(_ depth: Int) -> Value { (1..<depth).reduce([]) { value, _ in [value] } }
}


extension RandomNumberGenerator {
  /// With a few changes of the kinds that faults make.
  fileprivate mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...2, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &self)
      switch Int.random(in: 0...4, using: &self) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &self)
      case 1: bytes[place] = .random(in: 0...255, using: &self)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(one(of: [0, 0x18, 0x60, 0x9f, 0xbf, 0xf6, 0xff]), at: place)
      default: bytes[place] &+= one(of: [1, 255])
      }
    }
    return bytes
  }
}
