/// The ids of an account's envelopes that were accepted, with their times (spec/inbox.md, N15 to
/// N17).
struct MessageIDs: Sendable {
  /// Ascending: the first one is the next that leaves.
  private(set) var entries: [Entry]

  struct Entry: Comparable, Sendable {
    let sentAt: Timestamp
    let id: MessageID

    static func < (left: Self, right: Self) -> Bool { (left.sentAt, left.id) < (right.sentAt, right.id) }
  }

  /// - Parameter entries: ascending.
  init(_ entries: [Entry] = []) { self.entries = entries }

  var count: Int { entries.count }
  var newest: Timestamp? { entries.last?.sentAt }

  func contains(_ id: MessageID) -> Bool { entries.contains { $0.id == id } }

  mutating func insert(_ entry: Entry) {
    let place = entries.boundary { entry < $0 }
    entries.insert(entry, at: place)
  }

  /// Removes the oldest one.
  ///
  /// - Returns: its time.
  mutating func removeFirst() -> Timestamp? {
    entries.isEmpty ? nil : entries.removeFirst().sentAt
  }

  /// Removes those that are older than a time.
  ///
  /// - Returns: the time of the newest of them.
  mutating func removeAll(before time: Timestamp) -> Timestamp? {
    let end = entries.boundary { time <= $0.sentAt }
    guard end > 0 else { return nil }
    let newest = entries[end - 1].sentAt
    entries.removeFirst(end)
    return newest
  }
}
