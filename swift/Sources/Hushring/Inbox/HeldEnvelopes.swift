import Foundation

/// Why an envelope is held (spec/inbox.md, N11 and N13).
public enum HeldReason: String, CaseIterable, Sendable {
  /// Dated more than ten minutes ahead: until ``Inbox/release(now:)``.
  case clock
  /// Until ``Inbox/trust(_:handle:displayName:revocations:now:)``.
  case untrusted
}

/// An envelope that is kept until its account is trusted, or until its time comes (spec/inbox.md,
/// section 5).
///
/// It has not been inflated, so nothing of its content is known.
public struct HeldEnvelope: Hashable, Sendable {
  /// 8 hexadecimal digits.
  public let envelopeTag: String
  /// The account that its certificate names.
  public let account: AccountKey
  /// The device that has signed it.
  public let device: DeviceKey
  /// Names it, together with the account.
  public let messageID: MessageID
  /// By the sender's clock.
  public let sentAt: Timestamp
  /// Until when it is held.
  public let reason: HeldReason
}

/// An account of which envelopes are held, for a screen of requests.
///
/// It may be a contact whose envelopes are dated ahead: ``HeldEnvelope/reason`` says why each is
/// held, this does not.
public struct HeldAccount: Hashable, Sendable {
  /// Whose envelopes they are.
  public let account: AccountKey
  /// How many are held, for whichever reason.
  public let count: Int
  /// The earliest time at which one of them was sent, by its sender's clock.
  public let earliest: Timestamp
  /// The latest time at which one of them was sent, by its sender's clock.
  public let latest: Timestamp
}

extension Inbox {
  /// Lists the envelopes that are held, in the order in which they were held.
  public func held() -> [HeldEnvelope] {
    holding.entries.map { held in
      let origin = held.letter.origin
      return HeldEnvelope(
        envelopeTag: origin.tag, account: origin.account, device: origin.device, messageID: origin.messageID,
        sentAt: origin.sentAt, reason: held.reason)
    }
  }

  /// Lists the accounts of which envelopes are held, for whichever reason, in the order of their
  /// first.
  public func heldAccounts() -> [HeldAccount] {
    var accounts: [HeldAccount] = []
    for origin in holding.entries.map(\.letter.origin) {
      guard let place = accounts.firstIndex(where: { $0.account == origin.account }) else {
        accounts.append(
          HeldAccount(account: origin.account, count: 1, earliest: origin.sentAt, latest: origin.sentAt))
        continue
      }
      let others = accounts[place]
      accounts[place] = HeldAccount(
        account: origin.account, count: others.count + 1, earliest: min(others.earliest, origin.sentAt),
        latest: max(others.latest, origin.sentAt))
    }
    return accounts
  }

  /// Deletes the envelopes that are held of an account.
  ///
  /// - Returns: how many they were.
  @discardableResult
  public mutating func discard(_ account: AccountKey) -> Int {
    let count = holding.entries.count
    holding.removeAll { $0.letter.origin.account == account }
    return count - holding.entries.count
  }
}

/// The envelopes that are held, for trust and for the clock.
struct Holding: Sendable {
  /// In the order in which they were held.
  private(set) var entries: [Entry]

  struct Entry: Sendable {
    let letter: OpenedEnvelope
    let reason: HeldReason
  }

  init(_ entries: [Entry] = []) { self.entries = entries }

  /// Whether an envelope of this account and message id is held, for whichever reason.
  func contains(_ origin: Origin) -> Bool {
    entries.contains { $0.letter.origin.messageID == origin.messageID && $0.letter.origin.account == origin.account }
  }

  func count(of account: AccountKey, _ reason: HeldReason) -> Int {
    entries.count { $0.reason == reason && $0.letter.origin.account == account }
  }

  /// Holds an envelope behind the others. If there is no room, the one held first leaves.
  mutating func hold(_ letter: OpenedEnvelope, _ reason: HeldReason) {
    let account = letter.origin.account
    if count(of: account, reason) >= Bounds.held.account {
      removeFirst { $0.reason == reason && $0.letter.origin.account == account }
    } else if entries.count(where: { $0.reason == reason }) >= Bounds.held.all {
      removeFirst { $0.reason == reason }
    }
    entries.append(Entry(letter: letter, reason: reason))
  }

  mutating func removeAll(where isOver: (Entry) -> Bool) { entries.removeAll(where: isOver) }

  /// Takes out those of which a predicate holds.
  mutating func take(where isTaken: (Entry) -> Bool) -> [OpenedEnvelope] {
    let taken = entries.filter(isTaken).map(\.letter)
    entries.removeAll(where: isTaken)
    return taken
  }

  private mutating func removeFirst(where isTaken: (Entry) -> Bool) {
    if let first = entries.firstIndex(where: isTaken) { entries.remove(at: first) }
  }
}
