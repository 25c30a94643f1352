/// A call of several, and who takes part in it.
struct JoinedCall: Sendable {
  let caller: AccountKey
  let id: CallID
  let joinedAt: Timestamp
  /// Ascending.
  var participants: [AccountKey]

  func has(_ account: AccountKey) -> Bool {
    let place = participants.boundary { account <= $0 }
    return place < participants.count && participants[place] == account
  }
}

/// The calls that the application has joined.
struct JoinedCalls: Sendable {
  /// In the order in which they were joined.
  private(set) var calls: [JoinedCall]

  init(_ calls: [JoinedCall] = []) { self.calls = calls }

  /// The caller of the call of this name that an account takes part in: of several, the one joined
  /// first.
  func caller(of id: CallID, with account: AccountKey) -> AccountKey? {
    calls.first { $0.id == id && $0.has(account) }?.caller
  }

  func hasJoined(_ account: AccountKey, caller: Bytes32, _ id: CallID) -> Bool {
    calls.contains { $0.id == id && $0.caller.bytes == caller && $0.has(account) }
  }

  /// Registers a call, or who takes part in the one that there is. Others are forgotten if there is
  /// no room.
  ///
  /// - Parameter participants: ascending, and each of them once.
  mutating func set(_ participants: [AccountKey], caller: AccountKey, _ id: CallID, now: Timestamp) {
    if let place = calls.firstIndex(where: { $0.id == id && $0.caller == caller }) {
      calls[place].participants = participants
    } else {
      if calls.count >= Bounds.joinedCalls { calls.removeFirst() }
      calls.append(JoinedCall(caller: caller, id: id, joinedAt: now, participants: participants))
    }
    var count = calls.reduce(0) { $0 + $1.participants.count }
    while count > Bounds.participants.all,
      let other = calls.firstIndex(where: { $0.id != id || $0.caller != caller })
    {
      count -= calls.remove(at: other).participants.count
    }
  }

  mutating func removeAll(where isOver: (JoinedCall) -> Bool) { calls.removeAll(where: isOver) }
}
