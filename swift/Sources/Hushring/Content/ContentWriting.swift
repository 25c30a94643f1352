import Foundation

extension Content {
  /// Checks a content, and encodes it (spec/envelope.md, E7).
  ///
  /// - Throws: ``HushringError/Code/badContent`` with the path of the member,
  ///   ``HushringError/Code/tooDeep``, ``HushringError/Code/tooMany``,
  ///   ``HushringError/Code/tooLong``.
  func encoded() throws(HushringError) -> [UInt8] {
    let members = try self.members()
    let encoded = try CBOR.encode(members)
    // Reading it applies a receiver's rules, so that nothing is sealed that one would refuse, or take
    // for something else.
    guard try Content(members: members) == self else { throw HushringError(.badContent).within("type") }
    return encoded
  }

  /// Returns the members, `type` among them.
  ///
  /// - Throws: ``HushringError/Code/badContent`` with the path of a member that stands twice: by
  ///   itself, and among the others.
  public func members() throws(HushringError) -> Members {
    var writer = MemberWriter(others)
    try writer.add("type", .text(type))
    try writer.add("callId", callID.map { .bytes(Data($0.bytes)) })
    switch self {
    case .callInvite(let invite): try invite.write(to: &writer)
    case .callAnswer(let answer):
      try writer.add("ring", .time(answer.ring))
      try writer.add("answer", answer.answer.map(Value.text))
      try writer.add("data", answer.data)
    case .callCandidates(let candidates): try candidates.write(to: &writer)
    case .callNegotiate(let negotiate):
      try writer.add("description") { () throws(HushringError) in try negotiate.description.members() }
    case .callEnd(let end):
      try writer.add("reason", .text(end.reason.rawValue))
      try writer.add("caller", end.caller.map(Value.bytes))
      try writer.add("ring", end.ring.map(Value.time))
      try writer.add("device", end.device.map(Value.bytes))
    case .message(let message):
      try writer.add("body", message.body.map(Value.text))
      try writer.add("data", message.data)
    case .cover, .other: break
    }
    return writer.members
  }

  private var others: Members {
    switch self {
    case .callInvite(let invite): invite.others
    case .callAnswer(let answer): answer.others
    case .callCandidates(let candidates): candidates.others
    case .callNegotiate(let negotiate): negotiate.others
    case .callEnd(let end): end.others
    case .message(let message): message.others
    case .cover(let cover): cover.others
    case .other(let other): other.members
    }
  }
}

extension CallInvite {
  fileprivate func write(to writer: inout MemberWriter) throws(HushringError) {
    if let handle {
      try writer.add("handle") { () throws(HushringError) in try handle.members() }
    }
    try writer.add("callerName", callerName.map(Value.text))
    try writer.add("hasVideo", .bool(hasVideo))
    try writer.add("lifetime", lifetime.map { .integer(Int64($0)) })
    try writer.add("offer", offer.map(Value.text))
    try writer.add("groupId", groupID.map(Value.text))
    try writer.add("data", data)
  }
}

extension CallCandidates {
  fileprivate func write(to writer: inout MemberWriter) throws(HushringError) {
    var entries: [Value] = []
    for (place, candidate) in candidates.enumerated() {
      do { entries.append(.map(try candidate.members())) } catch {
        throw error.within(place: place).within("candidates")
      }
    }
    try writer.add("candidates", .array(entries))
  }
}

extension CallCandidates.Candidate {
  fileprivate func members() throws(HushringError) -> Members {
    var writer = MemberWriter(others)
    try writer.add("candidate", .text(candidate))
    try writer.add("sdpMid", sdpMid.map(Value.text))
    try writer.add("sdpMLineIndex", sdpMLineIndex.map { .integer(Int64($0)) })
    try writer.add("usernameFragment", usernameFragment.map(Value.text))
    return writer.members
  }
}

extension CallNegotiate.Description {
  fileprivate func members() throws(HushringError) -> Members {
    var writer = MemberWriter(others)
    try writer.add("type", .text(type.rawValue))
    try writer.add("sdp", sdp.map(Value.text))
    return writer.members
  }
}

extension Handle {
  fileprivate func members() throws(HushringError) -> Members {
    var writer = MemberWriter(others)
    try writer.add("type", .text(type.rawValue))
    try writer.add("value", .text(value))
    return writer.members
  }
}

/// Puts the known members to those that version 1 does not know. Two of one name are refused.
private struct MemberWriter {
  private(set) var members: Members

  init(_ others: Members) { members = others }

  mutating func add(_ name: String, _ value: Value?) throws(HushringError) {
    guard let value else { return }
    guard members[name] == nil else { throw HushringError(.badContent).within(name) }
    members[name] = value
  }

  mutating func add(_ name: String, _ map: () throws(HushringError) -> Members) throws(HushringError) {
    let inner: Members
    do { inner = try map() } catch { throw error.within(name) }
    try add(name, .map(inner))
  }
}

extension Value {
  /// A time behind 2^53 − 1 is one that cannot be encoded, or is not positive.
  fileprivate static func time(_ time: Timestamp) -> Value { .integer(Int64(bitPattern: time.milliseconds)) }
}
