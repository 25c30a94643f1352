/// A signal that came before the invitation that it belongs to (spec/inbox.md, G10).
struct KeptSignal: Sendable {
  let origin: Origin
  let callID: CallID
  let keptAt: Timestamp
  /// The content, as it was compressed.
  let stream: [UInt8]

  /// Whether its two minutes last: it counts then, and follows.
  func counts(at now: Timestamp) -> Bool { now <= keptAt.adding(milliseconds: Span.kept) }
}

/// The signals that are kept.
struct KeptSignals: Sendable {
  /// In the order in which they were kept.
  private(set) var signals: [KeptSignal]

  init(_ signals: [KeptSignal] = []) { self.signals = signals }

  /// Whether there is a signal of this name, also one that has had its time.
  func contains(_ account: AccountKey, _ messageID: MessageID) -> Bool {
    signals.contains { $0.origin.messageID == messageID && $0.origin.account == account }
  }

  /// Keeps a signal. Those that have had their time leave, and others if there is no room.
  mutating func keep(_ signal: KeptSignal) {
    prune(now: signal.keptAt)
    let account = signal.origin.account
    makeRoom(Bounds.kept.call) { $0.origin.account == account && $0.callID == signal.callID }
    makeRoom(Bounds.kept.account) { $0.origin.account == account }
    makeRoom(Bounds.kept.all) { _ in true }
    signals.append(signal)
  }

  /// Takes out all signals of a call that some accounts have sent.
  ///
  /// - Returns: those that follow now: not the ones that have had their time.
  mutating func take(
    _ callID: CallID, from isSender: (AccountKey) -> Bool, now: Timestamp
  ) -> [KeptSignal] {
    let taken = signals.filter { $0.callID == callID && isSender($0.origin.account) }
    signals.removeAll { $0.callID == callID && isSender($0.origin.account) }
    return taken.filter { $0.counts(at: now) }
  }

  mutating func removeAll(of account: AccountKey) { signals.removeAll { $0.origin.account == account } }

  /// Removes those of a call that are dated up to its end.
  mutating func removeAll(of account: AccountKey, _ callID: CallID, upTo end: Timestamp) {
    signals.removeAll { $0.origin.account == account && $0.callID == callID && $0.origin.sentAt <= end }
  }

  /// Removes those that have had their time.
  mutating func prune(now: Timestamp) { signals.removeAll { !$0.counts(at: now) } }

  private mutating func makeRoom(_ bound: Int, among isAmong: (KeptSignal) -> Bool) {
    guard signals.count(where: isAmong) >= bound, let first = signals.firstIndex(where: isAmong) else { return }
    signals.remove(at: first)
  }
}
