/// What becomes of an envelope that has passed E17 to E25.
enum Judgement {
  case accepted(Ruling)
  case duplicate
  case refused(HushringError, at: Check)
}

/// What an accepted envelope comes to, and what it changes.
struct Ruling {
  let content: Content
  /// The call that an event is about.
  var call: CallName?
  let outcome: Outcome
  var change = Change.none

  enum Change {
    case none
    /// The sender's call has a newer ring. With `follows`, kept signals follow.
    case ring(CallRecord.Phase, until: Timestamp, follows: Bool)
    /// The sender's call is over. With `ends`, it has no phase then.
    case over(ends: Bool)
    /// Another device of the own account says that a ring was answered or declined.
    case elsewhere(caller: Bytes32, ring: Timestamp, Elsewhere.Reason, ends: Bool)
    /// A leg of a placed call changes.
    case leg(Leg)
    /// The signal is kept.
    case keep
  }
}

extension Inbox {
  /// Decides what becomes of an envelope, and changes nothing (spec/inbox.md, section 4).
  func judge(_ letter: OpenedEnvelope, from source: Source, now: Timestamp) -> Judgement {
    let sender = letter.origin.account
    let isTrusted = accounts[sender]?.standing == .trusted
    guard isTrusted || sender == account else { return .refused(.untrusted(sender), at: .trust) }
    switch stop(of: letter, now: now) {
    case .none: break
    case .duplicate: return .duplicate
    case .refused(let error, let check): return .refused(error, at: check)
    }
    guard hasRoom(for: 1, of: sender, now: now) else { return .refused(HushringError(.inboxFull), at: .room) }
    let content: Content
    switch inflate(letter.stream) {
    case .success(let read): content = read
    case .failure(let unreadable): return .refused(unreadable.error, at: unreadable.check)
    }
    if letter.origin.device == device { return .accepted(Ruling(content: content, outcome: .drop(.own))) }
    guard isTrusted || isOwnWord(content) else { return .refused(.untrusted(sender), at: .trust) }
    do {
      return .accepted(try rule(on: content, of: letter, from: source, now: now))
    } catch {
      return .refused(error, at: .call)
    }
  }

  /// The event, by sections 7 and 8.
  private func rule(
    on content: Content, of letter: OpenedEnvelope, from source: Source, now: Timestamp
  ) throws(HushringError) -> Ruling {
    if case .callInvite(let invite) = content {
      return try tableA(invite, of: letter, isLate: source == .clock, now: now)
    }
    guard let callID = content.callID else {
      if case .cover = content { return Ruling(content: content, outcome: .drop(.cover)) }
      return Ruling(content: content, outcome: .notify)
    }
    guard letter.certificate.holds(at: now) else { return Ruling(content: content, outcome: .drop(.certificate)) }
    switch content {
    case .callEnd(let end): return tableZ(end, of: letter)
    case .callAnswer(let answer): return tableG(answer, of: letter)
    default: return tableG(content, callID, of: letter)
    }
  }

  /// N10: what the own account may say without being trusted.
  private func isOwnWord(_ content: Content) -> Bool {
    switch content {
    case .callEnd(let end): Elsewhere.Reason(end.reason) != nil
    case .cover: true
    default: false
    }
  }

  /// Where an envelope stops of what was sent before, of its time, or of its certificate.
  enum Stop {
    case none
    case duplicate
    case refused(HushringError, at: Check)
  }

  /// E27 to E29, by what is recorded of the sender.
  func stop(of letter: OpenedEnvelope, now: Timestamp) -> Stop {
    let origin = letter.origin
    let record = accounts[origin.account]
    if record?.messageIDs.contains(origin.messageID) == true { return .duplicate }
    if journal.contains(origin.account, origin.messageID) { return .duplicate }
    if kept.contains(origin.account, origin.messageID) { return .duplicate }
    let replayFloor = record == nil ? freedFloor : record?.replayFloor
    if let replayFloor, origin.sentAt <= replayFloor { return .refused(HushringError(.replayed), at: .replay) }
    if origin.sentAt > now.adding(milliseconds: Limits.clockTolerance) {
      return .refused(.clock(age: now.milliseconds(since: origin.sentAt)), at: .sentAt)
    }
    if origin.sentAt < now.subtracting(milliseconds: Limits.envelopeAge) {
      return .refused(.tooOld(age: now.milliseconds(since: origin.sentAt)), at: .sentAt)
    }
    if let record, letter.certificate.notBefore < record.floors.floor(of: origin.device) {
      return .refused(HushringError(.revoked), at: .revocation)
    }
    do { try letter.certificate.checkTimes(at: origin.sentAt) } catch { return .refused(error, at: .certificateTimes) }
    return .none
  }

  /// E30: whether the journal has places for some events of an account.
  func hasRoom(for count: Int, of sender: AccountKey, now: Timestamp) -> Bool {
    let waiting =
      journal.entries.map(\.origin.account)
      + kept.signals.filter { $0.counts(at: now) }.map(\.origin.account)
    let own = waiting.count { $0 == sender }
    let others = waiting.count { $0 != account }
    return own + count <= Bounds.journal.account && (sender == account || others + count <= Bounds.journal.all)
  }

  /// A content that E31 to E33 refuse.
  struct Unreadable: Error {
    let error: HushringError
    let check: Check
  }

  /// E31 to E33.
  func inflate(_ stream: [UInt8]) -> Result<Content, Unreadable> {
    var bytes: [UInt8]
    do { bytes = try Deflate.inflate(stream) } catch {
      return .failure(Unreadable(error: error, check: .inflation))
    }
    defer { wipe(&bytes) }
    do { return .success(try Content(decoding: bytes)) } catch {
      return .failure(Unreadable(error: error, check: error.code == .badContent ? .members : .cbor))
    }
  }
}

extension HushringError {
  static func untrusted(_ account: AccountKey) -> HushringError {
    var error = HushringError(.untrusted)
    error.account = account
    return error
  }

  static func clock(age: Int64) -> HushringError {
    var error = HushringError(.clock)
    error.age = age
    return error
  }

  static func tooOld(age: Int64) -> HushringError {
    var error = HushringError(.tooOld)
    error.age = age
    return error
  }
}

extension Timestamp {
  /// How much later it is than another moment, in milliseconds: negative if it is earlier, and as
  /// far as 64 bits go.
  func milliseconds(since other: Timestamp) -> Int64 {
    if self >= other { return Int64(clamping: milliseconds - other.milliseconds) }
    return -Int64(clamping: other.milliseconds - milliseconds)
  }
}
