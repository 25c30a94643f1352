import Foundation

// The saved state, version 1 (spec/inbox.md, section 11). Integers are big-endian, lists have their length before them
// as u16, and what may be missing has a byte before it that says whether it is there:
//
//   version ‖ account ‖ device ‖ time of the last publication? ‖ N34's floor? ‖ account records ‖ early ends
//   ‖ placed calls ‖ joined calls ‖ kept signals ‖ held envelopes ‖ journal ‖ revision ‖ SHA-256 of all before it

extension Inbox {
  /// Hands out the state up to its revision.
  func write<Failure>(_ sink: (Data) throws(Failure) -> Void) throws(Failure) {
    var writer = StateWriter()
    writer.write(SavedState.version)
    writer.write(account)
    writer.write(device)
    writer.write(optional: lastPublished) { $0.write($1) }
    writer.write(optional: freedFloor) { $0.write($1) }
    try writer.write(each: accounts.records, sink) { $1.write(to: &$0) }
    try writer.write(each: earlyEnds.entries, sink) { $1.write(to: &$0) }
    try writer.write(each: placed.calls, sink) { $1.write(to: &$0) }
    try writer.write(each: joinedCalls.calls, sink) { $1.write(to: &$0) }
    try writer.write(each: kept.signals, sink) { $1.write(to: &$0) }
    try writer.write(each: holding.entries, sink) { $1.write(to: &$0) }
    try writer.write(each: journal.entries, sink) { $1.write(to: &$0) }
    try writer.flush(sink)
  }

  /// Reads the state behind its version, up to its revision.
  static func read(from reader: inout StateReader) throws(HushringError) -> Inbox {
    var inbox = Inbox(account: try reader.account(), device: try reader.device())
    inbox.lastPublished = try reader.optional { (reader) throws(HushringError) in try reader.seconds() }
    inbox.freedFloor = try reader.optional { (reader) throws(HushringError) in try reader.timestamp() }
    inbox.accounts = try Accounts(from: &reader)
    inbox.earlyEnds = EarlyEnds(try reader.list(atMost: Bounds.earlyEnds, EarlyEnds.Entry.init(from:)))
    inbox.placed = PlacedCalls(try reader.list(atMost: Bounds.placedCalls, PlacedCall.init(from:)))
    inbox.joinedCalls = JoinedCalls(try reader.list(atMost: Bounds.joinedCalls, JoinedCall.init(from:)))
    inbox.kept = KeptSignals(try reader.list(atMost: Bounds.kept.all, KeptSignal.init(from:)))
    inbox.holding = Holding(try reader.list(atMost: 2 * Bounds.held.all, Holding.Entry.init(from:)))
    inbox.journal = Journal(try reader.list(atMost: Bounds.journalAndKept, JournalEntry.init(from:)))
    try reader.require(inbox.accounts[inbox.account] != nil && !inbox.isBlocked(inbox.account))
    try reader.require(inbox.placed.calls.reduce(0) { $0 + $1.legs.count } <= Bounds.legs.all)
    try reader.require(inbox.joinedCalls.calls.reduce(0) { $0 + $1.participants.count } <= Bounds.participants.all)
    return inbox
  }
}

extension StateWriter {
  /// Writes a list, and hands over pieces in between.
  fileprivate mutating func write<Entry, Failure>(
    each list: [Entry], _ sink: (Data) throws(Failure) -> Void, _ body: (inout StateWriter, Entry) -> Void
  ) throws(Failure) {
    write(UInt16(truncatingIfNeeded: list.count))
    for entry in list {
      body(&self, entry)
      try handOver(sink)
    }
  }
}

extension Bounds {
  /// Events of others and of the own account, and the kept signals of both that have followed where
  /// there was no room (spec/inbox.md, section 2).
  fileprivate static let journalAndKept = journal.all + journal.account + kept.all + kept.account
}
