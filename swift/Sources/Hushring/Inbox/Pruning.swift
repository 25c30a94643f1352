extension Inbox {
  /// Forgets what does not matter any more (spec/inbox.md, N5 and N34): prekeys 30 days after their
  /// expiry, message ids, calls and held envelopes of more than 30 days ago, signals whose
  /// invitation has not come in 2 minutes, revocation floors of more than 397 days ago, and what
  /// was kept of accounts that are neither trusted nor blocked, once it is older than 30 days.
  ///
  /// Call it about once a day, with a trusted clock, because whatever it deletes does not come
  /// back.
  ///
  /// - Returns: the ids of the prekeys: once the state is saved, delete them in your store too.
  @discardableResult
  public mutating func prune(now: Timestamp) -> [PrekeyID] {
    let oldest = now.subtracting(milliseconds: Limits.envelopeAge)
    let expired = prekeys.filter { now >= $0.expiresAt.timestamp.adding(milliseconds: Limits.envelopeAge) }.map(\.id)
    prekeys.removeAll { now >= $0.expiresAt.timestamp.adding(milliseconds: Limits.envelopeAge) }
    accounts.changeAll { record in
      record.raiseReplayFloor(to: record.messageIDs.removeAll(before: oldest))
      record.calls.removeAll { $0.recordedAt < oldest }
      record.floors.prune(now: now)
    }
    earlyEnds.removeAll(before: oldest)
    placed.removeAll(before: oldest)
    joinedCalls.removeAll { $0.joinedAt < oldest }
    forgetLapsedCalls()
    kept.prune(now: now)
    holding.removeAll { $0.letter.origin.sentAt < oldest }
    freeRecords(before: oldest)
    return expired
  }

  /// N34
  private mutating func freeRecords(before oldest: Timestamp) {
    let inUse = Set(holding.entries.map(\.letter.origin.account) + journal.entries.map(\.origin.account))
    func isFree(_ record: AccountRecord) -> Bool {
      record.standing == .untrusted && record.key != account && record.floors.isEmpty
        && record.replayFloor ?? .zero < oldest && !inUse.contains(record.key)
    }
    let floors = accounts.records.filter(isFree).compactMap(\.replayFloor)
    freedFloor = (floors + [freedFloor].compactMap(\.self)).max()
    accounts.removeAll(where: isFree)
  }
}
