import Foundation

extension Content {
  /// Decodes a content (spec/envelope.md, E32 and E33).
  ///
  /// - Parameter encoded: what was inflated.
  /// - Throws: ``HushringError/Code/badCBOR``, ``HushringError/Code/tooDeep``,
  ///   ``HushringError/Code/tooMany``; then ``HushringError/Code/badContent``.
  init(decoding encoded: [UInt8]) throws(HushringError) {
    try self.init(members: CBOR.decode(encoded))
  }

  /// Reads a content from its members, `type` among them (spec/envelope.md, M1 to M9).
  ///
  /// - Throws: ``HushringError/Code/badContent``, with the path of the member that is missing or
  ///   wrong.
  public init(members: Members) throws(HushringError) {
    var members = MemberReader(members)
    let type = try members.take("type") { $0.text }
    self =
      switch type {
      case let type where type.isSame(as: "call.invite"): .callInvite(try CallInvite(&members))
      case let type where type.isSame(as: "call.answer"): .callAnswer(try CallAnswer(&members))
      case let type where type.isSame(as: "call.candidates"): .callCandidates(try CallCandidates(&members))
      case let type where type.isSame(as: "call.negotiate"): .callNegotiate(try CallNegotiate(&members))
      case let type where type.isSame(as: "call.end"): .callEnd(try CallEnd(&members))
      case let type where type.isSame(as: "message"): .message(try Message(&members))
      case let type where type.isSame(as: "cover"): .cover(Cover(others: members.others))
      default: .other(try OtherContent(type: type, &members))
      }
  }
}

extension CallInvite {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let callID = try members.takeCallID()
    let handle = try members.takeMapIfPresent("handle") { (members) throws(HushringError) in try Handle(&members) }
    let callerName = try members.takeIfPresent("callerName") { $0.text(atMost: 256) }
    let hasVideo = try members.take("hasVideo") { $0.bool }
    let lifetime = try members.takeIfPresent("lifetime") { $0.integer(in: 1...90) }
    let offer = try members.takeIfPresent("offer") { $0.text }
    let groupID = try members.takeIfPresent("groupId") { $0.text(atMost: 128) }
    let data = try members.takeIfPresent("data") { $0.isNull ? nil : $0 }
    self.init(
      callID: callID, handle: handle, callerName: callerName, hasVideo: hasVideo, lifetime: lifetime.map { Int($0) },
      offer: offer, groupID: groupID, data: data, others: members.others)
  }
}

extension CallAnswer {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let callID = try members.takeCallID()
    let ring = try members.take("ring") { $0.timestamp }
    let answer = try members.takeIfPresent("answer") { $0.text }
    let data = try members.takeIfPresent("data") { $0.isNull ? nil : $0 }
    self.init(callID: callID, ring: ring, answer: answer, data: data, others: members.others)
  }
}

extension CallCandidates {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let callID = try members.takeCallID()
    let entries = try members.take("candidates") { $0.array }
    var candidates: [Candidate] = []
    for (place, entry) in entries.enumerated() {
      do throws(HushringError) {
        guard let map = entry.map else { throw HushringError(.badContent) }
        var members = MemberReader(map)
        candidates.append(try Candidate(&members))
      } catch { throw error.within(place: place).within("candidates") }
    }
    self.init(callID: callID, candidates: candidates, others: members.others)
  }
}

extension CallCandidates.Candidate {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let candidate = try members.take("candidate") { $0.text }
    let sdpMid = try members.takeIfPresent("sdpMid") { $0.text }
    let sdpMLineIndex = try members.takeIfPresent("sdpMLineIndex") { $0.integer(in: 0...65_535) }
    let usernameFragment = try members.takeIfPresent("usernameFragment") { $0.text }
    self.init(
      candidate: candidate, sdpMid: sdpMid, sdpMLineIndex: sdpMLineIndex.map { Int($0) },
      usernameFragment: usernameFragment, others: members.others)
  }
}

extension CallNegotiate {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let callID = try members.takeCallID()
    let description = try members.takeMap("description") { (members) throws(HushringError) in
      try Description(&members)
    }
    self.init(callID: callID, description: description, others: members.others)
  }
}

extension CallNegotiate.Description {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let type = try members.take("type") { $0.text.flatMap(DescriptionType.init(bytesOf:)) }
    let sdp = try members.takeIfPresent("sdp") { $0.text }
    if sdp == nil && type != .rollback { throw HushringError(.badContent).within("sdp") }
    self.init(type: type, sdp: sdp, others: members.others)
  }
}

extension CallEnd {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let callID = try members.takeCallID()
    let reason = try members.take("reason") { $0.text.flatMap(EndReason.init(bytesOf:)) }
    // M5. Whether one is there counts, whatever its value is.
    let isByCallee =
      switch reason {
      case _ where members.has("caller") || members.has("ring"): true
      case .declined, .busy, .declinedElsewhere: true
      case .answeredElsewhere: !members.has("device")
      case .failed, .remoteEnded, .unanswered, .cancelled: false
      }
    let caller = isByCallee ? try members.take("caller") { $0.bytes(32) } : nil
    let ring = isByCallee ? try members.take("ring") { $0.timestamp } : nil
    let mayHaveDevice = reason == .answeredElsewhere && !isByCallee
    let device = try members.takeIfPresent("device") { mayHaveDevice ? $0.bytes(32) : nil }
    self.init(callID: callID, reason: reason, caller: caller, ring: ring, device: device, others: members.others)
  }
}

extension Message {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let body = try members.takeIfPresent("body") { $0.text }
    let data = try members.takeIfPresent("data") { $0.isNull ? nil : $0 }
    self.init(body: body, data: data, others: members.others)
  }
}

extension OtherContent {
  fileprivate init(type: String, _ members: inout MemberReader) throws(HushringError) {
    let isOfCall = type.begins(with: "call.") && members.has("callId")
    let callID = isOfCall ? try members.takeCallID() : nil
    self.init(type: type, callID: callID, members: members.others)
  }
}

extension Handle {
  fileprivate init(_ members: inout MemberReader) throws(HushringError) {
    let type = try members.take("type") { $0.text.flatMap(HandleType.init(bytesOf:)) }
    let value = try members.take("value") { $0.text(atMost: 255) }
    self.init(type: type, value: value, others: members.others)
  }
}

/// Takes the known members out of a map one by one, in the order of the specification's table.
private struct MemberReader {
  /// What was not taken.
  private(set) var others: Members

  init(_ members: Members) { others = members }

  func has(_ name: String) -> Bool { others[name] != nil }

  /// - Parameter read: nil for a value that is wrong.
  mutating func take<Part>(_ name: String, _ read: (Value) -> Part?) throws(HushringError) -> Part {
    guard let part = try takeIfPresent(name, read) else { throw HushringError(.badContent).within(name) }
    return part
  }

  mutating func takeIfPresent<Part>(_ name: String, _ read: (Value) -> Part?) throws(HushringError) -> Part? {
    guard let value = others.removeValue(of: name) else { return nil }
    guard let part = read(value) else { throw HushringError(.badContent).within(name) }
    return part
  }

  mutating func takeMap<Part>(
    _ name: String, _ read: (inout MemberReader) throws(HushringError) -> Part
  ) throws(HushringError) -> Part {
    guard let part = try takeMapIfPresent(name, read) else { throw HushringError(.badContent).within(name) }
    return part
  }

  mutating func takeMapIfPresent<Part>(
    _ name: String, _ read: (inout MemberReader) throws(HushringError) -> Part
  ) throws(HushringError) -> Part? {
    guard var members = try takeIfPresent(name, { $0.map.map(MemberReader.init) }) else { return nil }
    do { return try read(&members) } catch { throw error.within(name) }
  }

  mutating func takeCallID() throws(HushringError) -> CallID {
    try take("callId") { value in
      value.bytes(16).flatMap { bytes in
        let uuid = bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
        return try? CallID(UUID(uuid: uuid))
      }
    }
  }
}

extension Value {
  fileprivate func text(atMost count: Int) -> String? { text.flatMap { $0.utf8.count <= count ? $0 : nil } }

  fileprivate func bytes(_ count: Int) -> Data? { bytes.flatMap { $0.count == count ? $0 : nil } }

  fileprivate func integer(in range: ClosedRange<Int64>) -> Int64? {
    integer.flatMap { range.contains($0) ? $0 : nil }
  }

  fileprivate var timestamp: Timestamp? {
    integer(in: 0...Value.largestInteger).map { Timestamp(milliseconds: UInt64($0)) }
  }
}

extension RawRepresentable<String> where Self: CaseIterable {
  /// `init(rawValue:)` takes canonically equivalent texts for one.
  fileprivate init?(bytesOf text: String) {
    guard let value = Self.allCases.first(where: { $0.rawValue.isSame(as: text) }) else { return nil }
    self = value
  }
}
