import Foundation

@testable import Hushring

extension RandomNumberGenerator {
  public mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255, using: &self) } }

  public mutating func maybe<Part>(_ part: (inout Self) throws -> Part) rethrows -> Part? {
    Bool.random(using: &self) ? try part(&self) : nil
  }

  public mutating func one<Part>(of parts: some Collection<Part>) -> Part { parts.randomElement(using: &self)! }

  /// Text of characters that decoders and comparisons get wrong.
  public mutating func text(atMost count: Int = 40) -> String {
    let scalars = "abz\r\n\u{feff}\u{301}é\u{65}\u{301}\u{7f}\u{d7ff}\u{e000}\u{10ffff}😀\u{200d}ﬁK\"\\".unicodeScalars
    var text = ""
    for _ in 0..<Int.random(in: 0...count / 4, using: &self) { text.unicodeScalars.append(one(of: scalars)) }
    return text
  }

  public mutating func callID() -> CallID {
    var bytes = self.bytes(16)
    if bytes[6] >> 4 == 8 { bytes[6] = 0 }
    return try! CallID(UUID(uuid: bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }))
  }

  /// - Parameter depth: how many containers may nest in it.
  public mutating func value(depth: Int = 4) -> Value {
    switch Int.random(in: depth > 0 ? 0...8 : 0...6, using: &self) {
    case 0: .null
    case 1: .bool(.random(using: &self))
    case 2:
      .integer(
        one(of: [0, 23, 24, 255, 256, 65_535, 65_536, 1 << 32 - 1, 1 << 32, Value.largestInteger, 1])
          * one(of: [1, -1]))
    case 3: .integer(.random(in: -Value.largestInteger...Value.largestInteger, using: &self))
    case 4: .float(one(of: [0.5, -0.1, 1e-300, .leastNonzeroMagnitude, 2_097_151.5, .pi]))
    case 5: .text(text())
    case 6: .bytes(Data(bytes(.random(in: 0...40, using: &self))))
    case 7: .array((0..<Int.random(in: 0...4, using: &self)).map { _ in value(depth: depth - 1) })
    default: .map(members(depth: depth - 1))
    }
  }

  public mutating func members(depth: Int = 4) -> Members {
    Members((0..<Int.random(in: 0...4, using: &self)).map { _ in ("x-" + text(), value(depth: depth)) })
  }

  public mutating func data() -> Value {
    let value = value()
    return value.isNull ? "not null" : value
  }

  public mutating func ring() -> Timestamp {
    Timestamp(milliseconds: .random(in: 0...UInt64(Value.largestInteger), using: &self))
  }

  /// A content that can be encoded.
  public mutating func content() -> Content {
    let (callID, others) = (callID(), members())
    switch Int.random(in: 0...9, using: &self) {
    case 0...1:
      let handle = maybe { random in
        Handle(type: random.one(of: HandleType.allCases), value: random.text(), others: random.members())
      }
      return .callInvite(
        CallInvite(
          callID: callID, handle: handle, callerName: maybe { $0.text() }, hasVideo: .random(using: &self),
          lifetime: maybe { .random(in: 1...90, using: &$0) }, offer: maybe { $0.text(atMost: 4_000) },
          groupID: maybe { $0.text() }, data: maybe { $0.data() }, others: others))
    case 2:
      return .callAnswer(
        CallAnswer(
          callID: callID, ring: ring(), answer: maybe { $0.text() }, data: maybe { $0.data() }, others: others))
    case 3:
      let candidates = (0..<Int.random(in: 0...4, using: &self)).map { _ in
        CallCandidates.Candidate(
          candidate: text(), sdpMid: maybe { $0.text() },
          sdpMLineIndex: maybe { .random(in: 0...65_535, using: &$0) }, usernameFragment: maybe { $0.text() },
          others: members())
      }
      return .callCandidates(CallCandidates(callID: callID, candidates: candidates, others: others))
    case 4:
      let type = one(of: DescriptionType.allCases)
      let sdp = type == .rollback ? maybe { $0.text() } : text()
      return .callNegotiate(
        CallNegotiate(callID: callID, description: .init(type: type, sdp: sdp, others: members()), others: others))
    case 5...6:
      let reason = one(of: EndReason.allCases)
      let mustBeCallee: Set<EndReason> = [.declined, .busy, .declinedElsewhere]
      let isCallee = mustBeCallee.contains(reason) || Bool.random(using: &self)
      let hasDevice = reason == .answeredElsewhere && !isCallee
      return .callEnd(
        CallEnd(
          callID: callID, reason: reason, caller: isCallee ? Data(bytes(32)) : nil, ring: isCallee ? ring() : nil,
          device: hasDevice ? Data(bytes(32)) : nil, others: others))
    case 7: return .message(Message(body: maybe { $0.text() }, data: maybe { $0.data() }, others: others))
    case 8: return .cover(Cover(others: others))
    default:
      let isOfCall = Bool.random(using: &self)
      return .other(
        OtherContent(
          type: (isOfCall ? "call." : "app.") + text(), callID: isOfCall ? maybe { _ in callID } : nil,
          members: others))
    }
  }
}
