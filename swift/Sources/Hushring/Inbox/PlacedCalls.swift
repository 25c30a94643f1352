/// A call of one's own.
struct PlacedCall: Sendable {
  let id: CallID
  let placedAt: Timestamp
  /// In the order of their accounts.
  var legs: [Leg]

  func leg(of account: AccountKey) -> Leg? { placeOfLeg(of: account).map { legs[$0] } }

  func placeOfLeg(of account: AccountKey) -> Int? {
    let place = legs.boundary { account <= $0.account }
    return place < legs.count && legs[place].account == account ? place : nil
  }

  /// Puts a leg in the place of the account's, or beside the others.
  mutating func set(_ leg: Leg) {
    let place = legs.boundary { leg.account <= $0.account }
    if place < legs.count, legs[place].account == leg.account {
      legs[place] = leg
    } else {
      legs.insert(leg, at: place)
    }
  }

  /// How many legs are taken, or open and not declined.
  var remaining: Int { legs.count { $0.state == .taken || $0.state == .open && !$0.declined } }

  /// Whether a leg is not closed.
  var isUp: Bool { legs.contains { $0.state != .closed } }
}

/// A call of one's own and one account that it was placed to (spec/inbox.md, section 8.1).
struct Leg: Sendable {
  let account: AccountKey
  let since: Timestamp
  var state = State.open
  /// The device that was taken, or that closed it.
  var by: DeviceKey?
  var told = false
  var declined = false

  enum State: UInt8, Sendable {
    case open, taken, closed
  }

  /// Whether the application has left it.
  var wasLeft: Bool { state == .closed && by == nil }

  func isTaken(by device: DeviceKey) -> Bool { state == .taken && by == device }
}

/// The calls of one's own.
struct PlacedCalls: Sendable {
  /// In the order in which they were placed.
  private(set) var calls: [PlacedCall]

  init(_ calls: [PlacedCall] = []) { self.calls = calls }

  subscript(id: CallID) -> PlacedCall? { place(of: id).map { calls[$0] } }

  /// Registers a call, or puts it in the place of the one that there is. Others are forgotten if
  /// there is no room.
  mutating func set(_ call: PlacedCall) {
    if let place = place(of: call.id) {
      calls[place] = call
    } else {
      if calls.count >= Bounds.placedCalls { calls.removeFirst() }
      calls.append(call)
    }
    var legs = calls.reduce(0) { $0 + $1.legs.count }
    while legs > Bounds.legs.all, let other = calls.firstIndex(where: { $0.id != call.id }) {
      legs -= calls.remove(at: other).legs.count
    }
  }

  mutating func set(_ leg: Leg, of id: CallID) {
    guard let place = place(of: id) else { return }
    calls[place].set(leg)
  }

  mutating func removeAll(before time: Timestamp) { calls.removeAll { $0.placedAt < time } }

  private func place(of id: CallID) -> Int? { calls.firstIndex { $0.id == id } }
}
