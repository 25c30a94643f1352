/// What is known of a call of another's (spec/inbox.md, section 8.1).
struct CallRecord: Sendable {
  let id: CallID
  let recordedAt: Timestamp
  /// The time of its newest ring.
  var rung: Timestamp
  /// Rings up to this time have ended.
  var over: Timestamp
  var elsewhere: Elsewhere
  var phase: Phase
  /// The last moment at which its newest ring rings, if that has rung.
  var until: Timestamp

  enum Phase: UInt8, Sendable {
    case none, ringing, missed, answered
  }

  init(id: CallID, recordedAt: Timestamp, elsewhere: Elsewhere = Elsewhere()) {
    self.id = id
    self.recordedAt = recordedAt
    self.elsewhere = elsewhere
    rung = .zero
    over = .zero
    phase = .none
    until = .zero
  }
}

/// Rings up to a time were answered or declined by another device of the own account.
struct Elsewhere: Sendable {
  private(set) var time: Timestamp
  private(set) var reason: Reason

  enum Reason: UInt8, Sendable {
    case answered, declined

    /// - Returns: nothing, if it is not an elsewhere reason.
    init?(_ reason: EndReason) {
      switch reason {
      case .answeredElsewhere: self = .answered
      case .declinedElsewhere: self = .declined
      default: return nil
      }
    }

    var drop: InboxEvent.DropReason { self == .answered ? .answeredElsewhere : .declinedElsewhere }
  }

  init(time: Timestamp = .zero, reason: Reason = .answered) {
    self.time = time
    self.reason = reason
  }

  /// Makes it a time at least. If it does not grow, it keeps its reason, and takes the new one where
  /// the times are equal.
  ///
  /// - Returns: what it is now.
  mutating func include(_ ring: Timestamp, _ reason: Reason) -> Elsewhere {
    if ring >= time { self = Elsewhere(time: ring, reason: reason) }
    return self
  }
}

extension Timestamp {
  static let zero = Timestamp(milliseconds: 0)
}
