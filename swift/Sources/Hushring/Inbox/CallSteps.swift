extension Inbox {
  /// Registers a call of one's own, before its invitation is sealed (spec/inbox.md, section 8.2).
  /// From now on, the answers, candidates and ends of these accounts are events of this call; those
  /// of others are dropped.
  ///
  /// The same id again begins the call anew for the accounts that are named, and leaves the others
  /// as they are: so accounts are added, and one that did not answer is rung again. Of more than 64
  /// calls the oldest is forgotten.
  ///
  /// - Returns: the time to seal the invitation at: pass it to `seal` as `now`.
  /// - Throws: ``HushringError/Code/clock`` if the clock went back so far since that the time would
  ///   be more than 10 minutes ahead of `now` (place the call under a new id);
  ///   ``HushringError/Code/inboxFull`` beyond 256 accounts.
  public mutating func placeCall(
    _ id: CallID, accounts called: some Sequence<AccountKey>, now: Timestamp
  ) throws(HushringError) -> Timestamp {
    var call = placed[id] ?? PlacedCall(id: id, placedAt: now, legs: [])
    let since = max(now, call.legs.map(\.since).max()?.adding(milliseconds: 1) ?? now)
    guard since <= now.adding(milliseconds: Limits.clockTolerance) else { throw HushringError(.clock) }
    for account in Set(called) {
      call.set(Leg(account: account, since: since))
      guard call.legs.count <= Bounds.legs.call else { throw HushringError(.inboxFull) }
    }
    placed.set(call)
    forgetLapsedCalls()
    return since
  }

  /// Notes that this device answers a call that rings, before the answer is sealed. Save the inbox
  /// before anything is sent. From then on the account's other devices cannot end the call.
  ///
  /// - Parameter caller: the account of the sender of its invitation.
  /// - Returns: the ring to name in the answer. Again, it is the same, so that an answer can be
  ///   sealed again after a crash.
  /// - Throws: ``HushringError/Code/callOver`` if the call does not ring any more: then seal
  ///   nothing.
  public mutating func answered(
    caller: AccountKey, callID id: CallID, now: Timestamp
  ) throws(HushringError) -> Timestamp {
    let isPlaced = caller == account && placed[id] != nil
    guard !isPlaced, let call = accounts[caller]?.call(id) else { throw HushringError(.callOver) }
    if call.phase == .answered { return call.rung }
    guard call.phase == .ringing, now <= call.until else { throw HushringError(.callOver) }
    _ = accounts.changeCall(id, of: caller) { $0.phase = .answered }
    journal.note(caller, id) { sentAt, since in
      if sentAt == call.rung { since.answered = true }
    }
    return call.rung
  }

  /// Notes that this device has left a call, after its decline or hang-up was posted. Of a call of
  /// one's own, it is ``left(callID:)``.
  ///
  /// - Parameter caller: the account of the sender of its invitation.
  /// - Returns: whether the call was known here.
  @discardableResult
  public mutating func left(caller: AccountKey, callID id: CallID) -> Bool {
    if caller == account, placed[id] != nil { return left(callID: id) }
    guard let call = accounts[caller]?.call(id) else { return false }
    _ = accounts.changeCall(id, of: caller) { call in
      call.over = max(call.over, call.rung)
      call.phase = .none
    }
    if call.phase == .ringing {
      journal.note(caller, id) { sentAt, since in
        if sentAt == call.rung { since.left = true }
      }
    }
    forgetLapsedCalls()
    return true
  }

  /// Notes that a call of one's own has ended for all accounts, after the end was posted to them.
  ///
  /// - Returns: whether the call was placed here.
  @discardableResult
  public mutating func left(callID id: CallID) -> Bool { leave(id) { _ in true } }

  /// Notes that a call of one's own has ended for some accounts, after the end was posted to them.
  ///
  /// - Returns: whether the call was placed here.
  @discardableResult
  public mutating func left(callID id: CallID, accounts: some Sequence<AccountKey>) -> Bool {
    leave(id, where: Set(accounts).contains)
  }

  /// Notes which accounts take part in a call that was answered or placed here, in place of those
  /// noted before: their signals for it count, under the same CallKit UUID.
  ///
  /// - Returns: the events of signals that had come before; they are pending as well.
  /// - Throws: ``HushringError/Code/callOver`` if the call is neither answered nor placed here;
  ///   ``HushringError/Code/inboxFull`` beyond 256 accounts.
  @discardableResult
  public mutating func joined(
    caller: AccountKey, callID id: CallID, accounts: some Sequence<AccountKey>, now: Timestamp
  ) throws(HushringError) -> [InboxEvent] {
    guard isUp(caller, id) else { throw HushringError(.callOver) }
    var participants: Set<AccountKey> = []
    for account in accounts {
      participants.insert(account)
      guard participants.count <= Bounds.participants.call else { throw HushringError(.inboxFull) }
    }
    joinedCalls.set(participants.sorted(), caller: caller, id, now: now)
    let call = CallName(caller: caller, id)
    let signals = kept.take(id, from: participants.contains, now: now)
    for signal in signals { follow(signal, call) }
    return signals.map { event(of: $0.origin, .signal, call, read($0.stream), now: now) }
  }

  private mutating func leave(_ id: CallID, where isLeft: (AccountKey) -> Bool) -> Bool {
    guard var call = placed[id] else { return false }
    for place in call.legs.indices where isLeft(call.legs[place].account) { call.legs[place].leave() }
    placed.set(call)
    forgetLapsedCalls()
    return true
  }
}

extension Leg {
  mutating func leave() {
    guard state != .closed else { return }
    state = .closed
    told = true
    by = nil
  }
}
