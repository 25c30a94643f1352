extension Inbox {
  /// Makes an event of an envelope that was accepted, and changes what it changes.
  mutating func accept(_ letter: OpenedEnvelope, _ ruling: Ruling, now: Timestamp) -> InboxEvent {
    let origin = letter.origin
    if ruling.outcome.drop != .cover {
      accounts.keep(MessageIDs.Entry(sentAt: origin.sentAt, id: origin.messageID), of: origin.account)
    }
    change(ruling, letter, now: now)
    if ruling.outcome.drop == nil {
      journal.append(
        JournalEntry(origin: origin, call: ruling.call, outcome: ruling.outcome, stream: letter.stream))
    }
    if case .ring(_, _, true) = ruling.change, let call = ruling.call {
      let signals = kept.take(call.id, from: { $0 == origin.account }, now: now)
      for signal in signals where signal.origin.sentAt >= origin.sentAt { follow(signal, call) }
    }
    forgetLapsedCalls()
    return event(of: origin, ruling.outcome, ruling.call, ruling.content, now: now)
  }

  /// Puts a kept signal into the journal.
  mutating func follow(_ signal: KeptSignal, _ call: CallName) {
    journal.append(JournalEntry(origin: signal.origin, call: call, outcome: .signal, stream: signal.stream))
  }

  /// Forgets who has joined the calls that are neither answered nor up any more.
  mutating func forgetLapsedCalls() {
    guard !joinedCalls.calls.isEmpty else { return }
    joinedCalls.removeAll { [self] in !isUp($0.caller, $0.id) }
  }

  /// Whether a call is answered here, or was placed here and has a leg that is not closed.
  func isUp(_ caller: AccountKey, _ id: CallID) -> Bool {
    if caller == account, let call = placed[id] { return call.isUp }
    return accounts[caller]?.call(id)?.phase == .answered
  }

  private mutating func change(_ ruling: Ruling, _ letter: OpenedEnvelope, now: Timestamp) {
    guard let id = ruling.content.callID else { return }
    let origin = letter.origin
    switch ruling.change {
    case .none: break
    case .ring(let phase, let until, _):
      journal.note(origin.account, id) { sentAt, since in
        if sentAt < origin.sentAt { since.repeated = true }
      }
      changeCall(id, of: origin.account, now: now) { call in
        call.rung = origin.sentAt
        call.phase = phase
        call.until = until
      }
    case .over(let ends):
      changeCall(id, of: origin.account, now: now) { call in
        call.over = max(call.over, origin.sentAt)
        if ends { call.phase = .none }
      }
      kept.removeAll(of: origin.account, id, upTo: origin.sentAt)
    case .elsewhere(let caller, let ring, let reason, let ends):
      include(ring, reason, of: caller, id, ends: ends, now: now)
    case .leg(let leg): placed.set(leg, of: id)
    case .keep: kept.keep(KeptSignal(origin: origin, callID: id, keptAt: now, stream: letter.stream))
    }
  }

  /// Changes a call of another's, and records it before if it is not.
  private mutating func changeCall(
    _ id: CallID, of caller: AccountKey, now: Timestamp, _ body: (inout CallRecord) -> Void
  ) {
    if accounts[caller]?.call(id) == nil { accounts.record(call(of: caller, id, now: now), of: caller) }
    _ = accounts.changeCall(id, of: caller, body)
  }

  /// Notes that another device of the own account has answered or declined: with the call if it is
  /// recorded, else beside it; and with the rings that wait, what is known then (section 10).
  private mutating func include(
    _ ring: Timestamp, _ reason: Elsewhere.Reason, of caller: Bytes32, _ id: CallID, ends: Bool, now: Timestamp
  ) {
    let key = AccountKey(checked: caller)
    let elsewhere =
      accounts.changeCall(id, of: key) { call in
        if ends { call.phase = .none }
        return call.elsewhere.include(ring, reason)
      } ?? earlyEnds.include(ring, reason, of: caller, id, now: now)
    journal.note(key, id) { sentAt, since in
      if sentAt <= elsewhere.time { since.elsewhere = elsewhere.reason }
    }
  }
}
