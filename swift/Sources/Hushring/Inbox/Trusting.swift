import Foundation

extension Inbox {
  /// Trusts an account, after its fingerprint was compared, and pins a handle and a name for it
  /// (spec/inbox.md, N1). The system shows both when it calls, and never the sender's own.
  ///
  /// Trusting it again replaces both, or unpins those that are left out. Characters that deceive
  /// are taken out of both, and one of which nothing visible is left counts as none. A blocked
  /// account is unblocked first. Held envelopes of the account are received now.
  ///
  /// - Parameters:
  ///   - handle: how the system finds the caller among the user's contacts. Its value has at most
  ///     255 bytes of UTF-8. A phone number has the digits 0 to 9 and `+*#()-./,;` and spaces:
  ///     normalise others before.
  ///   - displayName: the name that the user gave them, at most 256 bytes of UTF-8.
  ///   - revocations: the account's statements that the application has kept, 105 or 137 bytes
  ///     each. They take effect before what is held of the account is received.
  /// - Returns: the events of what was held, which are pending as well.
  /// - Throws: those of ``revoke(_:now:)`` for `revocations`, and
  ///   ``HushringError/Code/wrongAccount``; ``HushringError/Code/badContent`` with the member
  ///   (`handle.value`, `displayName`); ``HushringError/Code/inboxFull`` beyond 4,096 accounts or
  ///   262,144 bytes of handles and names of all, or if the held envelopes do not all find room.
  @discardableResult
  public mutating func trust(
    _ key: AccountKey, handle: Handle? = nil, displayName: String? = nil, revocations: [Data] = [], now: Timestamp
  ) throws(HushringError) -> [InboxEvent] {
    let record = accounts[key]
    var floors = record?.floors ?? RevocationFloors()
    for statement in revocations {
      _ = floors.raise(by: try Revocation(verifying: statement, account: key, now: now))
    }
    let pinned = try Pinned(handle: handle, displayName: displayName)
    let waiting = holding.count(of: key, .untrusted)
    guard waiting == 0 || hasRoom(for: waiting, of: key, now: now) else { throw HushringError(.inboxFull) }
    guard hasRecordOrRoom(key) else { throw HushringError(.inboxFull) }
    guard accounts.totals.names - (record?.pinned.size ?? 0) + pinned.size <= Bounds.names else {
      throw HushringError(.inboxFull)
    }
    try checkRoom(for: floors, of: record)

    unblock(key, now: now)
    makeRecord(key)
    _ = accounts.change(key) { record in
      record.standing = .trusted
      record.pinned = pinned
      record.floors = floors
    }
    var events: [InboxEvent] = []
    for letter in holding.take(where: { $0.reason == .untrusted && $0.letter.origin.account == key }) {
      do { events.append(try take(letter, from: .trust, now: now)) } catch { continue }
    }
    return events
  }

  /// Ends the trust in an account (N2). Its pending events stay, and envelopes that it sent before
  /// are not accepted again if it is trusted later.
  public mutating func untrust(_ key: AccountKey) {
    guard accounts[key]?.standing == .trusted else { return }
    _ = accounts.change(key) { record in
      record.raiseReplayFloor(to: record.messageIDs.newest)
      record.messageIDs = MessageIDs()
      record.calls = []
      record.pinned = Pinned()
      record.standing = .untrusted
    }
    kept.removeAll(of: key)
    holding.removeAll { $0.reason == .clock && $0.letter.origin.account == key }
    forgetLapsedCalls()
  }

  /// Blocks an account (N6): ends the trust in it, and deletes what is held of it and its pending
  /// events. Nothing of it is held or shown until it is unblocked or trusted. Blocking the own
  /// account changes nothing.
  ///
  /// - Throws: ``HushringError/Code/inboxFull`` beyond 4,096 accounts.
  public mutating func block(_ key: AccountKey) throws(HushringError) {
    guard key != account else { return }
    guard hasRecordOrRoom(key) else { throw HushringError(.inboxFull) }
    untrust(key)
    makeRecord(key)
    _ = accounts.change(key) { $0.standing = .blocked }
    discard(key)
    journal.removeAll(of: key)
  }

  /// Ends the block of an account, which is untrusted then (N6). What it has dated at or before
  /// `now` is never received. What it has dated later is, once it is trusted, if it comes after the
  /// block. Changes nothing if it is not blocked.
  public mutating func unblock(_ key: AccountKey, now: Timestamp) {
    guard isBlocked(key) else { return }
    _ = accounts.change(key) { record in
      record.standing = .untrusted
      record.raiseReplayFloor(to: now)
    }
  }

  /// Whether an account is blocked.
  public func isBlocked(_ key: AccountKey) -> Bool { accounts[key]?.standing == .blocked }

  /// Takes a revocation statement, 105 bytes, or 137 for one device (spec/envelope.md, section 7;
  /// N3), of any account.
  ///
  /// From now on, envelopes of its revoked devices are refused, also those that they sent before
  /// they were lost: receive what has been fetched first. Pending events stay.
  ///
  /// - Returns: whether the account is known here: trusted now or earlier, blocked, or the own one.
  ///   If it is not, nothing was kept: keep the statement, and pass it to
  ///   ``trust(_:handle:displayName:revocations:now:)`` should the account be trusted.
  /// - Throws: `badLength`, `unsupportedVersion`, `badKey`, `weakKey`, `badSignature`, `clock` if
  ///   its floor is more than 10 minutes ahead, and `inboxFull` beyond 64 devices of one account,
  ///   or 2,048 of all.
  @discardableResult
  public mutating func revoke(_ statement: Data, now: Timestamp) throws(HushringError) -> Bool {
    let revocation = try Revocation(verifying: statement, account: nil, now: now)
    guard let record = accounts[revocation.account] else { return false }
    var floors = record.floors
    guard floors.raise(by: revocation) else { return true }
    try checkRoom(for: floors, of: record)
    _ = accounts.change(revocation.account) { $0.floors = floors }
    return true
  }

  private func hasRecordOrRoom(_ key: AccountKey) -> Bool {
    accounts.count < Bounds.accounts || accounts[key] != nil
  }

  /// Makes a record of an account, unless it has one (N34).
  private mutating func makeRecord(_ key: AccountKey) {
    accounts.insert(AccountRecord(key: key, replayFloor: freedFloor))
  }

  private func checkRoom(for floors: RevocationFloors, of record: AccountRecord?) throws(HushringError) {
    let (before, after) = (record?.floors.devices.count ?? 0, floors.devices.count)
    guard after > before else { return }
    guard after <= Bounds.deviceFloors.account,
      accounts.totals.deviceFloors - before + after <= Bounds.deviceFloors.all
    else { throw HushringError(.inboxFull) }
  }
}
