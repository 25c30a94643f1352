extension Inbox {
  /// Table Z: an end (spec/inbox.md, section 8.4).
  func tableZ(_ end: CallEnd, of letter: OpenedEnvelope) -> Ruling {
    guard let caller = end.caller.flatMap({ Bytes32($0) }) else { return endOfCaller(end, of: letter) }
    let ring = end.ring ?? .zero
    let sender = letter.origin.account
    if caller == account.bytes, let call = placed[end.callID], let leg = call.leg(of: sender) {
      return endOfLeg(end, ring: ring, leg, of: call, of: letter)
    }
    if sender == account, let reason = Elsewhere.Reason(end.reason) {
      return endElsewhere(end, caller: AccountKey(checked: caller), ring: ring, reason)
    }
    // Z13
    if joinedCalls.hasJoined(sender, caller: caller, end.callID) {
      return Ruling(
        content: .callEnd(end), call: CallName(caller: AccountKey(checked: caller), end.callID), outcome: .signal)
    }
    return Ruling(content: .callEnd(end), outcome: .drop(.unknown))
  }

  /// Z1 to Z3: the sender is the caller.
  private func endOfCaller(_ end: CallEnd, of letter: OpenedEnvelope) -> Ruling {
    let caller = letter.origin.account
    // Z1
    if let taken = end.device, Bytes32(taken) == device.bytes {
      return Ruling(content: .callEnd(end), outcome: .drop(.taken))
    }
    let call = accounts[caller]?.call(end.callID)
    // Z2
    if let call, call.phase != .none, call.rung <= letter.origin.sentAt {
      let reason = call.phase == .answered ? EndedReason(end.reason) : .remoteEnded
      return Ruling(
        content: .callEnd(end), call: CallName(caller: caller, end.callID), outcome: .end(reason, remaining: nil),
        change: .over(ends: true))
    }
    // Z3
    return Ruling(
      content: .callEnd(end), outcome: .drop(call == nil ? .unknown : .over), change: .over(ends: false))
  }

  /// Z4 to Z9: the own account is the caller, and the sender was called.
  private func endOfLeg(
    _ end: CallEnd, ring: Timestamp, _ leg: Leg, of call: PlacedCall, of letter: OpenedEnvelope
  ) -> Ruling {
    let name = CallName(caller: account, call.id)
    let sender = letter.origin.device
    let over = Ruling(content: .callEnd(end), outcome: .drop(.over))

    func ended(_ leg: Leg) -> Ruling {
      var after = call
      after.set(leg)
      return Ruling(
        content: .callEnd(end), call: name, outcome: .end(EndedReason(end.reason), remaining: after.remaining),
        change: .leg(leg))
    }

    // Z4
    if ring < leg.since || Elsewhere.Reason(end.reason) != nil { return over }
    var leg = leg
    switch (leg.state, end.reason) {
    // Z5
    case (.open, .declined):
      guard !leg.declined else { return over }
      leg.declined = true
      return ended(leg)
    // Z6
    case (.open, .remoteEnded), (.open, .failed):
      leg.state = .closed
      leg.by = sender
      return ended(leg)
    // Z7
    case (.open, _): return Ruling(content: .callEnd(end), call: name, outcome: .signal)
    // Z8
    case (.taken, _) where leg.isTaken(by: sender) && ![.busy, .unanswered, .cancelled].contains(end.reason):
      leg.state = .closed
      return ended(leg)
    // Z9
    default: return over
    }
  }

  /// Z10 to Z12: another device of the own account says what it did.
  private func endElsewhere(
    _ end: CallEnd, caller: AccountKey, ring: Timestamp, _ reason: Elsewhere.Reason
  ) -> Ruling {
    func ruling(_ outcome: Outcome, _ name: CallName? = nil, ends: Bool = false) -> Ruling {
      Ruling(
        content: .callEnd(end), call: name, outcome: outcome,
        change: .elsewhere(caller: caller.bytes, ring: ring, reason, ends: ends))
    }

    let call = accounts[caller]?.call(end.callID)
    switch call?.phase {
    // Z10
    case .answered: return ruling(.drop(.answered))
    // Z11
    case .ringing, .missed:
      guard let call, call.rung <= ring else { break }
      let outcome = Outcome.end(EndedReason(end.reason), remaining: nil)
      return ruling(outcome, CallName(caller: caller, end.callID), ends: true)
    default: break
    }
    // Z12
    let isKnown = call != nil || earlyEnds.elsewhere(of: caller.bytes, end.callID) != nil
    return ruling(.drop(isKnown ? .over : .unknown))
  }
}

extension EndedReason {
  /// Section 7.
  init(_ reason: EndReason) {
    switch reason {
    case .failed: self = .failed
    case .remoteEnded, .declined, .busy, .cancelled: self = .remoteEnded
    case .unanswered: self = .unanswered
    case .answeredElsewhere: self = .answeredElsewhere
    case .declinedElsewhere: self = .declinedElsewhere
    }
  }
}
