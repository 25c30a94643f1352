/// What an inbox knows of one account.
struct AccountRecord: Sendable {
  let key: AccountKey
  var standing: Standing
  var pinned: Pinned
  /// What was sent at or before it is refused as replayed.
  var replayFloor: Timestamp?
  var floors: RevocationFloors
  var messageIDs: MessageIDs
  /// The calls that the account has placed, in the order in which they were recorded.
  var calls: [CallRecord]

  enum Standing: UInt8, Sendable {
    case untrusted, trusted, blocked
  }

  init(key: AccountKey, standing: Standing = .untrusted, replayFloor: Timestamp?) {
    self.key = key
    self.standing = standing
    self.replayFloor = replayFloor
    pinned = Pinned()
    floors = RevocationFloors()
    messageIDs = MessageIDs()
    calls = []
  }

  func call(_ id: CallID) -> CallRecord? { calls.first { $0.id == id } }

  mutating func raiseReplayFloor(to time: Timestamp?) {
    guard let time else { return }
    replayFloor = max(replayFloor ?? time, time)
  }
}

/// The account records, in the order of their keys, and what they hold together.
struct Accounts: Sendable {
  private(set) var records: [AccountRecord] = []
  private(set) var totals = Totals()

  /// How much there is in all records together, where that has a bound.
  struct Totals: Sendable {
    fileprivate(set) var names = 0
    fileprivate(set) var messageIDs = 0
    fileprivate(set) var calls = 0
    fileprivate(set) var deviceFloors = 0

    fileprivate mutating func add(_ record: AccountRecord, times factor: Int = 1) {
      names += factor * record.pinned.size
      messageIDs += factor * record.messageIDs.count
      calls += factor * record.calls.count
      deviceFloors += factor * record.floors.devices.count
    }
  }

  var count: Int { records.count }

  func place(of key: AccountKey) -> Int? {
    let place = records.boundary { key <= $0.key }
    return place < records.count && records[place].key == key ? place : nil
  }

  subscript(key: AccountKey) -> AccountRecord? { place(of: key).map { records[$0] } }

  /// Adds a record, unless the account has one.
  mutating func insert(_ record: AccountRecord) {
    let place = records.boundary { record.key <= $0.key }
    guard place == records.count || records[place].key != record.key else { return }
    totals.add(record)
    records.insert(record, at: place)
  }

  /// Adds a record whose key comes behind all others.
  ///
  /// - Returns: whether it does; if not, nothing has changed.
  mutating func append(_ record: AccountRecord) -> Bool {
    if let last = records.last, record.key <= last.key { return false }
    totals.add(record)
    records.append(record)
    return true
  }

  mutating func reserveCapacity(_ count: Int) { records.reserveCapacity(count) }

  /// Changes the record of an account, if it has one.
  mutating func change<Result>(_ key: AccountKey, _ body: (inout AccountRecord) -> Result) -> Result? {
    guard let place = place(of: key) else { return nil }
    return change(at: place, body)
  }

  mutating func changeAll(_ body: (inout AccountRecord) -> Void) {
    for place in records.indices { change(at: place, body) }
  }

  mutating func removeAll(where isOver: (AccountRecord) -> Bool) {
    for record in records where isOver(record) { totals.add(record, times: -1) }
    records.removeAll(where: isOver)
  }

  private mutating func change<Result>(at place: Int, _ body: (inout AccountRecord) -> Result) -> Result {
    totals.add(records[place], times: -1)
    defer { totals.add(records[place]) }
    return body(&records[place])
  }
}

extension Accounts {
  /// Keeps the id of an envelope that was accepted. What has no room leaves, and raises its
  /// account's replay floor (N17).
  mutating func keep(_ entry: MessageIDs.Entry, of key: AccountKey) {
    _ = change(key) { record in
      record.messageIDs.insert(entry)
      if record.messageIDs.count > Bounds.messageIDs.account { record.dropOldestMessageID() }
    }
    guard totals.messageIDs > Bounds.messageIDs.all else { return }
    guard let place = placeOfMostMessageIDs else { return }
    change(at: place) { record in record.dropOldestMessageID() }
  }

  /// Makes room for one more call, and records it.
  mutating func record(_ call: CallRecord, of key: AccountKey) {
    guard let caller = place(of: key) else { return }
    if records[caller].calls.count >= Bounds.calls.caller {
      _ = change(at: caller) { $0.calls.removeFirst() }
    } else if totals.calls >= Bounds.calls.all, let place = placeOfMostCalls {
      _ = change(at: place) { $0.calls.removeFirst() }
    }
    change(at: caller) { $0.calls.append(call) }
  }

  /// Changes a call, if it is recorded.
  mutating func changeCall<Result>(
    _ id: CallID, of key: AccountKey, _ body: (inout CallRecord) -> Result
  ) -> Result? {
    change(key) { record in
      guard let place = record.calls.firstIndex(where: { $0.id == id }) else { return nil }
      return body(&record.calls[place])
    } ?? nil
  }

  /// Of the accounts that have most ids, the one whose key is smallest.
  private var placeOfMostMessageIDs: Int? {
    var found: (place: Int, count: Int)?
    for (place, record) in records.enumerated() where record.messageIDs.count > found?.count ?? 0 {
      found = (place, record.messageIDs.count)
    }
    return found?.place
  }

  /// Of the accounts that have most calls, the one whose first was recorded earliest, or else whose
  /// key is smallest.
  private var placeOfMostCalls: Int? {
    var found: (place: Int, count: Int, recordedAt: Timestamp)?
    for (place, record) in records.enumerated() {
      guard let first = record.calls.first else { continue }
      let count = record.calls.count
      if let found, count < found.count || count == found.count && first.recordedAt >= found.recordedAt { continue }
      found = (place, count, first.recordedAt)
    }
    return found?.place
  }
}

extension AccountRecord {
  fileprivate mutating func dropOldestMessageID() { raiseReplayFloor(to: messageIDs.removeFirst()) }
}
