/// An event that the application has not acknowledged (spec/inbox.md, section 10).
struct JournalEntry: Sendable {
  let origin: Origin
  let call: CallName?
  /// As it was accepted. It is never a drop.
  let outcome: Outcome
  /// What has come since, of an invitation.
  var since = Since()
  /// The content, as it was compressed.
  let stream: [UInt8]

  /// What has become of a ring since it was accepted (N28).
  struct Since: Sendable {
    /// A later-dated ring of its call was accepted.
    var repeated = false
    /// The application has answered it.
    var answered = false
    /// The application has left the call while it was ringing by this ring.
    var left = false
    /// Another device of the own account has answered or declined it.
    var elsewhere: Elsewhere.Reason?
  }
}

/// The events that the application has not acknowledged.
struct Journal: Sendable {
  /// In the order in which they were accepted.
  private(set) var entries: [JournalEntry]

  init(_ entries: [JournalEntry] = []) { self.entries = entries }

  func contains(_ account: AccountKey, _ messageID: MessageID) -> Bool {
    entries.contains { $0.origin.messageID == messageID && $0.origin.account == account }
  }

  mutating func append(_ entry: JournalEntry) { entries.append(entry) }

  /// Removes the event of this name.
  ///
  /// - Returns: whether there is one.
  mutating func acknowledge(_ account: AccountKey, _ messageID: MessageID) -> Bool {
    let place = entries.firstIndex { $0.origin.messageID == messageID && $0.origin.account == account }
    guard let place else { return false }
    entries.remove(at: place)
    return true
  }

  mutating func removeAll(of account: AccountKey) { entries.removeAll { $0.origin.account == account } }

  /// Notes of the invitations to a call what has come since they were accepted.
  mutating func note(_ caller: AccountKey, _ id: CallID, _ body: (Timestamp, inout JournalEntry.Since) -> Void) {
    for place in entries.indices {
      let entry = entries[place]
      guard entry.isInvitation, entry.call?.id == id, entry.origin.account == caller else { continue }
      body(entry.origin.sentAt, &entries[place].since)
    }
  }
}

extension JournalEntry {
  /// Whether it is an invitation that is listed as it stands.
  var isInvitation: Bool {
    switch outcome {
    case .ring, .missed: true
    default: false
    }
  }
}
