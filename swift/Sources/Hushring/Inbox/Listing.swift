import Foundation

extension Inbox {
  /// Lists the events that are not acknowledged, in the order in which they were received.
  ///
  /// A call that no longer rings is missed here, or a drop if another device has answered or
  /// declined it. Acknowledge each, that drop too. They are those of this moment: what the inbox
  /// does meanwhile does not change the list.
  ///
  /// Each event is read when its turn comes, because one may take a megabyte, and hundreds may
  /// wait.
  public func pending(now: Timestamp) -> Pending { Pending(inbox: self, now: now) }

  /// The events of ``Inbox/pending(now:)``.
  public struct Pending: Sequence, IteratorProtocol, Sendable {
    private let inbox: Inbox
    private let now: Timestamp
    private var place = 0

    init(inbox: Inbox, now: Timestamp) {
      self.inbox = inbox
      self.now = now
    }

    /// How many events there are.
    public var underestimatedCount: Int { inbox.journal.entries.count - place }

    /// Reads the next event, as it stands at the time of the list.
    public mutating func next() -> InboxEvent? {
      guard place < inbox.journal.entries.count else { return nil }
      defer { place += 1 }
      return inbox.list(inbox.journal.entries[place], now: now)
    }
  }

  /// Marks an event as done: it is not pending any more.
  ///
  /// - Parameters:
  ///   - account: the account of its sender.
  ///   - messageID: its id, which names it together with the account.
  /// - Returns: whether it was pending.
  @discardableResult
  public mutating func acknowledge(account: AccountKey, messageID: MessageID) -> Bool {
    journal.acknowledge(account, messageID)
  }

  /// Marks an event as done: it is not pending any more.
  ///
  /// - Returns: whether it was pending.
  @discardableResult
  public mutating func acknowledge(_ event: InboxEvent) -> Bool {
    acknowledge(account: event.sender.account, messageID: event.messageID)
  }

  private func list(_ entry: JournalEntry, now: Timestamp) -> InboxEvent {
    event(of: entry.origin, outcome(of: entry, now: now), entry.call, read(entry.stream), now: now)
  }

  /// N28: how an event stands now.
  private func outcome(of entry: JournalEntry, now: Timestamp) -> Outcome {
    switch entry.outcome {
    case .ring(let until):
      let call = entry.call.flatMap { accounts[entry.origin.account]?.call($0.id) }
      let phase = call?.rung == entry.origin.sentAt ? call?.phase : nil
      if entry.since.repeated { return .drop(.repeated) }
      if entry.since.answered, phase == .answered { return .signal }
      if entry.since.answered || entry.since.left { return .drop(.over) }
      if let elsewhere = entry.since.elsewhere { return .drop(elsewhere.drop) }
      if phase != .ringing { return .missed(.ended) }
      return now > until ? .missed(.expired) : entry.outcome
    case .missed:
      if entry.since.repeated { return .drop(.repeated) }
      if let elsewhere = entry.since.elsewhere { return .drop(elsewhere.drop) }
      return entry.outcome
    case .second(_, let since):
      let leg = entry.call.flatMap { placed[$0.id]?.leg(of: entry.origin.account) }
      guard let leg, leg.since == since, !leg.wasLeft else { return .drop(.over) }
      return entry.outcome
    case .end, .signal, .notify, .drop: return entry.outcome
    }
  }

  /// Reads a content that was read before, when it was accepted.
  func read(_ stream: [UInt8]) -> Content? {
    if case .success(let content) = inflate(stream) { content } else { nil }
  }
}
