/// What other devices of the own account have said of calls that are not recorded (spec/inbox.md,
/// Z12).
struct EarlyEnds: Sendable {
  /// In the order in which they were recorded.
  private(set) var entries: [Entry]

  struct Entry: Sendable {
    /// As a content has named it: it may be no key.
    let caller: Bytes32
    let callID: CallID
    let recordedAt: Timestamp
    fileprivate(set) var elsewhere: Elsewhere
  }

  init(_ entries: [Entry] = []) { self.entries = entries }

  func elsewhere(of caller: Bytes32, _ callID: CallID) -> Elsewhere? {
    place(of: caller, callID).map { entries[$0].elsewhere }
  }

  /// - Returns: what is noted of the call now.
  mutating func include(
    _ ring: Timestamp, _ reason: Elsewhere.Reason, of caller: Bytes32, _ callID: CallID, now: Timestamp
  ) -> Elsewhere {
    if let place = place(of: caller, callID) { return entries[place].elsewhere.include(ring, reason) }
    if entries.count >= Bounds.earlyEnds { entries.removeFirst() }
    let elsewhere = Elsewhere(time: ring, reason: reason)
    entries.append(Entry(caller: caller, callID: callID, recordedAt: now, elsewhere: elsewhere))
    return elsewhere
  }

  mutating func removeAll(before time: Timestamp) { entries.removeAll { $0.recordedAt < time } }

  private func place(of caller: Bytes32, _ callID: CallID) -> Int? {
    entries.firstIndex { $0.callID == callID && $0.caller == caller }
  }
}
