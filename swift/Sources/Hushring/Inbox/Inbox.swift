import Foundation

/// The receiving side of one device (spec/inbox.md).
///
/// It takes envelopes and returns ``InboxEvent``s, so that nothing is taken twice and only what
/// should ring rings. It keeps events until they are acknowledged.
///
/// In this order nothing is lost (spec/sharing.md): ``receive(_:now:)``, ``save()`` and store,
/// confirm to the relay, act on what is ``pending(now:)``, ``acknowledge(_:)``, save and store
/// again. Load, use and save it in one process at a time: ``SharedInbox`` does. What is refused
/// changes nothing.
///
/// A copy is cheap: it shares what neither of the two changes.
public struct Inbox: Sendable {
  /// The account of the device.
  public let account: AccountKey
  /// The device that receives.
  public let device: DeviceKey
  /// The prekeys, in the order in which they were added.
  public internal(set) var prekeys: [Prekey] = []

  var accounts = Accounts()
  /// The highest replay floor of the records that were freed (N34).
  var freedFloor: Timestamp?
  /// When the device last published.
  var lastPublished: EpochSeconds?
  var earlyEnds = EarlyEnds()
  var placed = PlacedCalls()
  var joinedCalls = JoinedCalls()
  var kept = KeptSignals()
  var holding = Holding()
  var journal = Journal()
  /// The state that was saved or loaded last.
  var saved: SavedState?

  /// Creates an empty inbox, for a new device alone. In place of state that was lost, or that
  /// ``init(state:certificate:atLeast:)`` refuses, it would accept replays.
  public init(certificate: Certificate) {
    self.init(account: certificate.account, device: certificate.device)
    accounts.insert(AccountRecord(key: account, replayFloor: nil))
  }

  /// Makes an inbox without the record of its own account.
  init(account: AccountKey, device: DeviceKey) {
    self.account = account
    self.device = device
  }

  /// Adds a prekey to open envelopes with. Add the older ones too, until ``prune(now:)`` names
  /// them, and all of them again after loading. One that is there already changes nothing.
  ///
  /// - Throws: ``HushringError/Code/inboxFull`` beyond 256.
  public mutating func addPrekey(_ prekey: Prekey) throws(HushringError) {
    guard !hasPrekey(prekey) else { return }
    guard prekeys.count < Bounds.prekeys else { throw HushringError(.inboxFull) }
    prekeys.append(prekey)
  }

  func hasPrekey(_ prekey: Prekey) -> Bool {
    prekeys.contains { $0.id == prekey.id && $0.suite == prekey.suite }
  }
}

extension Inbox: CustomStringConvertible, CustomReflectable {
  /// Says how much there is, and nothing of what it is.
  public var description: String {
    "Inbox(\(accounts.count) accounts, \(journal.entries.count) events, \(holding.entries.count) held)"
  }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
