import Foundation
import Playing

@testable import Hushring

/// Contents that were changed in some places, in their encoding or before it. Expects what the package gives: whether
/// it is right, the others say by code, check and member.
func mutatedContents(_ count: Int) throws -> [Vector] {
  // One pair, because it is the content that matters.
  let pairs = try Suite.allCases.map { try Sent($0, stream: []) }
  return try (0..<count).map { _ in
    var sent = one(of: pairs)
    sent.messageID = MessageID(bytes: randomBytes(16)) ?? sent.messageID
    repeat {
      let bytes = try mutated(draw.content())
      sent.stream = yes() ? Deflate.compress(bytes) : stored(bytes)
      if one(in: 40) { sent.stream = flippingABit(sent.stream) }
    } while sent.stream.count > sent.suite.contentRoom
    let envelope = try sent.sealed()
    do {
      let content = try Content(decoding: Deflate.inflate(sent.stream))
      return try sent.vector("C1 M1", "A changed content that is still one.", envelope, content: content)
    } catch let error as HushringError {
      return sent.refused("C1 M1", error.code, at: check(error.code), member: error.member, envelope)
    }
  }
}

private func check(_ code: HushringError.Code) -> Check {
  switch code {
  case .badCompression, .tooLong: .inflation
  case .badContent: .members
  default: .cbor
  }
}

private func mutated(_ content: Content) throws -> [UInt8] {
  var members = try content.members()
  if !one(in: 3) {
    for _ in 0..<Int.random(in: 1...2, using: &draw) { mutate(&members, depth: 0) }
  }
  // What has no encoding any more is encoded as it was.
  var bytes = try (try? CBOR.encode(members)) ?? content.encoded()
  if one(in: 3) {
    for _ in 0..<Int.random(in: 1...3, using: &draw) { mutate(&bytes) }
  }
  return bytes
}

private func mutate(_ bytes: inout [UInt8]) {
  guard !bytes.isEmpty else { return bytes.append(0xa0) }
  let place = Int.random(in: bytes.indices, using: &draw)
  let end = Int.random(in: place...min(place + 20, bytes.count), using: &draw)
  switch Int.random(in: 0..<7, using: &draw) {
  case 0, 1: bytes = flippingABit(bytes)
  case 2: bytes[place] = .random(in: 0...255, using: &draw)
  case 3: bytes.removeSubrange(place..<end)
  case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
  case 5: bytes.insert(one(of: [0x00, 0x18, 0x40, 0x60, 0x80, 0xa0, 0xc0, 0xf4, 0xf6, 0xf7, 0xff]), at: place)
  default: bytes.removeLast(bytes.count - place)
  }
}

/// Names that a type has, so that members move between types.
private let names = [
  "type", "callId", "hasVideo", "handle", "callerName", "lifetime", "offer", "groupId", "data", "ring", "answer",
  "candidates", "candidate", "sdpMid", "sdpMLineIndex", "usernameFragment", "description", "sdp", "reason", "caller",
  "device", "body", "value", "x", "",
]

private func mutate(_ members: inout Members, depth: Int) {
  let name = members.isEmpty || one(in: 4) ? one(of: names) : one(of: members.map(\.name))
  // Into what it holds, or the member itself.
  if !one(in: 3), depth < 4, var inner = members[name]?.map {
    mutate(&inner, depth: depth + 1)
    members[name] = .map(inner)
  } else if !one(in: 3), depth < 4, var items = members[name]?.array, !items.isEmpty {
    let place = Int.random(in: items.indices, using: &draw)
    if var inner = items[place].map {
      mutate(&inner, depth: depth + 1)
      items[place] = .map(inner)
    } else {
      items[place] = draw.value()
    }
    members[name] = .array(items)
  } else {
    switch Int.random(in: 0..<5, using: &draw) {
    case 0: _ = members.removeValue(of: name)
    case 1: members[one(of: names)] = members.removeValue(of: name)
    default: members[name] = other(than: members[name], name)
    }
  }
}

/// A value that is often nearly right.
private func other(than value: Value?, _ name: String) -> Value {
  let types = ["call.invite", "call.answer", "call.candidates", "call.negotiate", "call.end", "message", "cover"]
  let kinds = ["call.hold", "call.", "call", "app.poll", "generic", "offer", "rollback"]
  switch Int.random(in: 0..<9, using: &draw) {
  case 0: return .null
  case 1: return .integer(one(of: [0, -1, 1, 90, 91, 65_535, 65_536, Value.largestInteger]))
  case 2: return .text(one(of: types + kinds + EndReason.allCases.map(\.rawValue)))
  case 3: return .bytes(Data(randomBytes(one(of: [0, 15, 16, 17, 31, 32, 33]))))
  case 4: return .text(String(repeating: one(of: ["x", "é"]), count: one(of: [64, 127, 128, 129, 255, 256, 257])))
  case 5: return .bool(yes())
  case 6: return .map(value.map { [name: $0] } ?? [:])
  case 7: return .array(value.map { [$0] } ?? [])
  default: return draw.value()
  }
}
