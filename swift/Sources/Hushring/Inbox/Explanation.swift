/// A check that an envelope passes on the way to its event, in the order of the checks
/// (spec/inbox.md, section 12).
public enum Check: String, CaseIterable, Sendable {
  case length, version, suite, prekey, decryption, contentLength, padding, certificate, signature, trust, replay,
    sentAt, revocation, certificateTimes, room, inflation, cbor, members, call
}

/// Why a phone rings, or does not: which checks an envelope passes at a moment, and where it stops.
///
/// Nothing in it comes from the content except action and reason, and of a call that came too late
/// the lifetime. Show it on the device, and log only the ``envelopeTag``.
public struct Explanation: Hashable, Sendable {
  /// 8 hexadecimal digits, unless the length is wrong.
  public internal(set) var envelopeTag: String?
  /// The check at which the envelope stops. All before it are passed, and those after it are not
  /// reached. For a duplicate it is ``Check/replay``, although that is an event.
  public internal(set) var stoppedAt: Check?
  /// The sender, once that is proved.
  public internal(set) var sender: Sender?
  /// What ``Inbox/receive(_:now:)`` would do.
  public internal(set) var result: Result
  /// Of a call that is missed because it came too late, for how many seconds it would have rung.
  public internal(set) var lifetime: Int?
  /// Counts of the inbox that may say why, for its user alone.
  public internal(set) var counts = Counts()

  /// Who sent the envelope, and when.
  public struct Sender: Hashable, Sendable {
    /// The account that its certificate names.
    public let account: AccountKey
    /// The device that has signed it.
    public let device: DeviceKey
    /// Names it, together with the account.
    public let messageID: MessageID
    /// By the sender's clock.
    public let sentAt: Timestamp
    /// How long ago it was sent, in milliseconds: this clock's time less the sender's. Negative if
    /// it is dated ahead. An envelope that took long and clocks that differ look alike.
    public let age: Int64
  }

  /// An event, without what it holds, or a refusal.
  public enum Result: Hashable, Sendable {
    case ring
    case missed(InboxEvent.MissedReason)
    case end
    case signal
    case second
    case notify
    case drop(InboxEvent.DropReason)
    case refused(HushringError.Code)
  }

  /// What becomes of a check.
  public enum Outcome: String, CaseIterable, Sendable {
    case passed, stopped, notReached
  }

  /// Counts of the inbox that may say why an envelope stops.
  public struct Counts: Hashable, Sendable {
    /// How many prekeys there are.
    public internal(set) var prekeys = 0
    /// How many events wait.
    public internal(set) var pending = 0
    /// How many events of the sender wait.
    public internal(set) var pendingOfSender = 0
    /// Of a duplicate, whether its event still waits.
    public internal(set) var isPending = false
  }

  /// What becomes of a check.
  public func outcome(of check: Check) -> Outcome {
    guard let stoppedAt else { return .passed }
    if check == stoppedAt { return .stopped }
    let order = Check.allCases
    return order.prefix { $0 != stoppedAt }.contains(check) ? .passed : .notReached
  }
}

extension Explanation: CustomStringConvertible {
  /// All of this for people: a line for each check, and for some results one for the cause.
  public var description: String {
    var lines = [envelopeTag.map { "envelope \($0)" } ?? "not an envelope"]
    for check in Check.allCases {
      switch outcome(of: check) {
      case .passed: lines.append("passed   \(check.text)")
      case .stopped: lines.append("STOPPED  \(check.text)")
      case .notReached: lines.append("         \(check.text)")
      }
    }
    lines.append("result   \(result.text)")
    if let cause { lines.append("cause    \(cause)") }
    return lines.joined(separator: "\n")
  }

  private var cause: String? {
    switch (stoppedAt, result) {
    case (.prekey, _): "none of the \(counts.prekeys) prekeys here has this suite and id"
    case (.replay, .drop): counts.isPending ? "its event still waits" : "its event was acknowledged"
    case (.room, _): "\(counts.pending) events wait, \(counts.pendingOfSender) of them of this account"
    case (.sentAt, _): sender.map { "\(difference($0)); one of the two clocks may be wrong" }
    case (nil, .missed(.expired)):
      sender.map { sender in
        let lifetime = lifetime.map { " of a call that rings for \($0) s and 30 s more" } ?? ""
        return "\(difference(sender))\(lifetime); it was late, or one of the two clocks is wrong"
      }
    default: nil
    }
  }

  private func difference(_ sender: Sender) -> String {
    let seconds = Double(sender.age.magnitude) / 1000
    return sender.age < 0 ? "dated \(seconds) s ahead" : "sent \(seconds) s ago"
  }
}

extension Explanation.Result {
  fileprivate var text: String {
    switch self {
    case .ring: "ring"
    case .missed(let reason): "missed, \(reason.rawValue)"
    case .end: "end"
    case .signal: "signal"
    case .second: "second"
    case .notify: "notify"
    case .drop(let reason): "drop, \(reason.rawValue)"
    case .refused(let code): "refused, \(code.rawValue)"
    }
  }
}

extension Check {
  fileprivate var text: String {
    switch self {
    case .length: "it has 2,880 bytes"
    case .version: "its version is known"
    case .suite: "its suite is known"
    case .prekey: "its prekey is here"
    case .decryption: "it decrypts"
    case .contentLength: "its content has a length that fits"
    case .padding: "its padding is zero"
    case .certificate: "the certificate of its sender is sound"
    case .signature: "its signature verifies"
    case .trust: "its sender is trusted"
    case .replay: "it was not received before"
    case .sentAt: "it is neither too old nor dated ahead"
    case .revocation: "its sender's certificate is not revoked"
    case .certificateTimes: "its sender's certificate was valid when it was sent"
    case .room: "there is room for its event"
    case .inflation: "its content inflates"
    case .cbor: "its content is well encoded"
    case .members: "its content has the members that its type demands"
    case .call: "its call is not one that was placed here"
    }
  }
}
