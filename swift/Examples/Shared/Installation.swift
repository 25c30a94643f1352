import Foundation
import Hushring
import HushringCallKit

/// What app and extension have together: the inbox, the keys, a few records, and the relay's time.
final class Installation: Sendable {
  static let shared = Installation()

  /// In the container of the app group.
  let folder: URL
  let relay: URL
  let clock = RelayClock()
  private let inbox: SharedInbox
  private let secrets: any SecretStore

  enum Problem: Error {
    /// The relay has not told its time: receive, trust and publish nothing.
    case timeUnknown
    /// This device does not hold the account key.
    case noAccountKey
    /// The device's key is not in the keychain: it lives elsewhere.
    case noDeviceKey
    /// A device or an account key is here already: go on with it, or use it (`restoreAccount`).
    case accountExists
    /// The app group is not among this process's entitlements.
    case noAppGroup
    /// The inbox is here and its keys are not (``State/keysMissing``): only the user may replace it.
    case keysMissing
  }

  /// - Parameter secrets: The keychain, or another place for tests.
  init(folder: URL, secrets: any SecretStore, relay: URL) {
    self.folder = folder
    self.secrets = secrets
    self.relay = relay
    inbox = SharedInbox(folder: folder.appendingPathComponent("inbox"), keyStore: KeyStore(secrets))
  }

  private convenience init() {
    #if canImport(Darwin)
      let container = FileManager.default.containerURL(
        forSecurityApplicationGroupIdentifier: Configuration.appGroup)
    #else
      let container: URL? = nil
    #endif
    if container == nil {
      Log.problem("the app group \(Configuration.appGroup) is not among the entitlements: nothing is stored")
    }
    self.init(
      folder: container ?? Self.nowhere, secrets: KeychainStore(accessGroup: Configuration.keychainGroup),
      relay: Configuration.relay)
  }

  /// Where nothing can be stored. Without the app group there is no place that both processes reach,
  /// and keys with an inbox elsewhere would be lost to one of them: so everything fails, and the
  /// extension shows each push as it came.
  private static let nowhere = URL(fileURLWithPath: "/dev/null/no-app-group")

  /// What has arrived and is not in the app's store yet.
  var arrivals: Arrivals { Arrivals(folder: folder.appendingPathComponent("arrived")) }

  /// The records, as they are now: the file is replaced as a whole, and so needs no lock to be
  /// read.
  var records: SharedRecords { SharedRecords(in: folder) }

  /// Notes that CallKit has taken a ring.
  func add(_ ring: Outcome.Remembered) throws {
    try inbox.addReportedRing(ring.callUUID, sentAt: ring.sentAt, now: clock.now)
  }

  /// Acknowledges events, all while the lock is held once.
  func acknowledge(_ events: [EventName]) throws {
    guard !events.isEmpty else { return }
    try run { session in
      for event in events {
        _ = session.inbox.acknowledge(account: event.account, messageID: event.messageID)
      }
    }
  }

  /// Works on the inbox and the records while nobody else does, and stores them: the records first.
  ///
  /// Nothing waits within: no request, no callback of CallKit. What `work` has changed is stored also
  /// if it throws, because an envelope that was refused may be held (spec/sharing.md, section 2).
  func run<Result>(_ work: (inout Session) throws -> Result) throws -> Result {
    try inbox.update { inbox in
      var session = Session(
        inbox: inbox, records: records, reported: try self.inbox.reportedRings(), now: clock.now)
      if clock.isFromRelay { session.records.note(clock.now) }
      let result = Swift.Result { try work(&session) }
      try session.records.store(in: folder)
      inbox = session.inbox
      return try result.get()
    }
  }

  /// The relay's time, for what lasts: a wrong one would do lasting harm (spec/sharing.md, section 2).
  ///
  /// - Throws: ``Problem/timeUnknown`` until the relay has told this process.
  var relayTime: Timestamp {
    get throws {
      guard clock.isFromRelay else { throw Problem.timeUnknown }
      return clock.now
    }
  }

  /// Takes over the time that the other process knew a moment ago: the app is launched for a call,
  /// and has not heard of the relay yet. A clock that is wrong would have the call that rings
  /// listed as missed.
  func takeTimeOver() {
    guard !clock.isSynchronized, let known = records.knownTime(at: Date()) else { return }
    clock.takeOver(known)
  }

  // Who this device is.

  var device: Device {
    get throws {
      guard let device = try inbox.keys().device else { throw Problem.noDeviceKey }
      return device
    }
  }

  var account: AccountKey { get throws { try device.account } }

  /// By which the relay knows this device.
  var token: String? { registration?.token }

  private var registration: Relay.Registration? {
    guard let data = try? secrets.secret("registration") else { return nil }
    return try? JSONDecoder().decode(Relay.Registration.self, from: data)
  }

  /// Makes this installation a device, with an empty inbox. What its own other devices say is
  /// received only if it trusts its account. Then publish.
  ///
  /// - Parameters:
  ///   - name: What this account's own messages are shown under.
  ///   - anew: See ``checkKeys(anew:)``.
  func settle(_ device: Device, name: String, registration: Relay.Registration, anew: Bool = false) throws {
    try checkKeys(anew: anew)
    let now = try relayTime
    try secrets.setSecret(JSONEncoder().encode(registration), "registration")
    try inbox.begin(.device(device), anew: anew)
    try run { session in _ = try session.inbox.trust(device.account, displayName: name, now: now) }
  }

  /// Makes an account, and of this installation its first device. An account key that is here already
  /// is never replaced: the keychain keeps it when the app is deleted.
  ///
  /// - Parameter anew: See ``checkKeys(anew:)``.
  func makeAccount(name: String, registration: Relay.Registration, anew: Bool = false) throws {
    try checkNoAccount(anew: anew)
    let now = try relayTime
    let account = try Account.generate()
    let device = try Device.enroll(account: account, expiresAt: Self.certificateEnd(now), now: now)
    try store(AccountSecret(account: account))
    try settle(device, name: name, registration: registration, anew: anew)
  }

  /// Makes this installation a new device of the account whose key is still here, after the inbox was
  /// lost: the app was deleted, or its state is damaged or came from a backup. An old device with a
  /// new inbox would receive everything a second time, so it is revoked, if its key is still known
  /// (spec/sharing.md, section 1, "When load refuses"). Contacts keep the account as it is.
  ///
  /// - Parameter anew: See ``checkKeys(anew:)``.
  /// - Throws: ``Problem/accountExists`` unless it is ``State/lost``, or ``State/keysMissing`` with
  ///   `anew`.
  func restoreAccount(name: String, registration: Relay.Registration, anew: Bool = false) throws {
    try checkKeys(anew: anew)
    guard try [.lost, .keysMissing].contains(state) else { throw Problem.accountExists }
    let (now, old) = (try relayTime, try? inbox.keys().certificate)
    let device = try withAccountKey { key in
      let account = try key.account
      // Stored before it is replaced: else nobody could name it any more.
      if let old, old.account == account.publicKey { try key.revoke(old.device, now: now) }
      return try Device.enroll(account: account, expiresAt: Self.certificateEnd(now), now: now)
    }
    try settle(device, name: name, registration: registration, anew: anew)
  }

  /// What is here, for the first screen.
  enum State {
    /// Nothing: make an account, or link this device to one.
    case empty
    /// A device with its inbox.
    case ready
    /// Keys whose inbox is gone for good, as after a reinstall: restore the account, if its key is
    /// here (``holdsAccountKey``), or link the device anew.
    case lost
    /// An inbox, of which the keychain says that it has no keys. iOS has said so for hours of keys
    /// that it had, so this is not ``empty``: show no first screen, say that the keys cannot be read,
    /// and ask again later. Offer to set this device up anew (`anew`), and warn that its inbox is
    /// lost then, and the account as well, where no other device holds its key.
    case keysMissing
  }

  /// What is here.
  ///
  /// - Throws: if it cannot be told now, such as before the first unlock.
  var state: State {
    get throws {
      try checkFolder()
      do {
        try inbox.read { _ in }
        return .ready
      } catch let error as HushringError {
        switch error.code {
        case .notLinked: return try holdsAccountKey ? .lost : .empty
        case .keysMissing: return .keysMissing
        case .badState, .stateRolledBack, .wrongAccount, .wrongDevice: return .lost
        default: throw error
        }
      }
    }
  }

  /// - Throws: ``Problem/accountExists``, ``Problem/keysMissing``.
  func checkNoAccount(anew: Bool = false) throws {
    try checkKeys(anew: anew)
    guard try state != .ready, try !holdsAccountKey else { throw Problem.accountExists }
  }

  /// To be called before a new device is made: a new inbox would take the place of one whose keys the
  /// keychain may have in an hour.
  ///
  /// - Parameter anew: Whether the user has said to set this device up anew all the same.
  /// - Throws: ``Problem/keysMissing``, unless `anew`.
  func checkKeys(anew: Bool) throws {
    guard try state != .keysMissing || anew else { throw Problem.keysMissing }
  }

  private func checkFolder() throws {
    if folder == Self.nowhere { throw Problem.noAppGroup }
  }

  static func certificateEnd(_ now: Timestamp) -> EpochSeconds { now.days(later: Configuration.certificateDays) }

  // What is done on a timer.

  /// Makes new prekeys, stores them, and gives the bundles to upload.
  func publish() throws -> [Data] {
    let now = try relayTime
    let expiresAt = now.days(later: Configuration.prekeyDays)
    let prekeys = try Suite.supported.map { try Prekey.generate($0, expiresAt: expiresAt, now: now) }
    return try inbox.publish(prekeys, now: now)
  }

  func prune() throws { try inbox.prune(now: relayTime) }

  /// Renews this device's certificate by the account key that is here.
  func renewCertificate() throws {
    let (now, secret, device) = (try relayTime, try LinkSecret.random(), try device)
    let request = try device.request(secret: secret, now: now)
    let grant = try withAccountKey { try $0.certify(device.publicKey, request: request, secret: secret, now: now) }
    try renew(device.activate(grant: grant, request: request, secret: secret, now: now))
  }

  /// Takes the device with the certificate that its account has granted. Then publish.
  func renew(_ device: Device) throws { try inbox.renew(.device(device)) }

  // The account key, on a device that holds it.

  var holdsAccountKey: Bool { get throws { try secrets.secret("account") != nil } }

  /// Lends the account key, and stores what was noted with it.
  func withAccountKey<Result>(_ work: (inout AccountSecret) throws -> Result) throws -> Result {
    guard let data = try secrets.secret("account") else { throw Problem.noAccountKey }
    var secret = try JSONDecoder().decode(AccountSecret.self, from: data)
    let result = try work(&secret)
    try store(secret)
    return result
  }

  private func store(_ secret: AccountSecret) throws {
    try secrets.setSecret(JSONEncoder().encode(secret), "account")
  }
}

/// The account key, with the devices that it has revoked: a certificate of one of them must not begin
/// before its floor. A new member is an optional: else what is stored could not be read any more.
struct AccountSecret: Codable {
  private let seed: Data
  private(set) var revoked: [Revoked] = []

  struct Revoked: Codable {
    let device: Data
    /// Seconds since 1970.
    let floor: UInt64
    /// For contacts, and for the other devices of the account.
    let statement: Data
  }

  init(account: Account) { seed = account.exported }

  var account: Account { get throws { try Account(exported: seed) } }

  /// Revokes a device, at the moment of the revocation and not that of the loss: it may have renewed
  /// its certificate since.
  mutating func revoke(_ device: DeviceKey, now: Timestamp) throws {
    let floor = EpochSeconds(now.milliseconds / 1_000)
    let statement = try account.revoke(device, before: floor, now: now)
    revoked.removeAll { $0.device == device.data }
    revoked.append(Revoked(device: device.data, floor: floor.value, statement: statement))
  }

  /// Certifies a device. One that was revoked and comes back begins after that.
  func certify(_ device: DeviceKey, request: Data, secret: LinkSecret, now: Timestamp) throws -> Data {
    let floor = revoked.first { $0.device == device.data }.map { EpochSeconds($0.floor) }
    return try account.certify(
      request: request, secret: secret, expiresAt: Installation.certificateEnd(now), floor: floor, now: now)
  }
}

extension Timestamp {
  fileprivate func days(later days: UInt64) -> EpochSeconds {
    EpochSeconds(milliseconds / 1_000 + days * 86_400)
  }
}

extension SharedRecords {
  private static let file = "records.json"

  /// What cannot be read must not keep a call from ringing: it begins anew, and the log says so.
  init(in folder: URL) {
    self.init()
    do {
      let data = try Data(contentsOf: folder.appendingPathComponent(Self.file))
      self = try JSONDecoder().decode(SharedRecords.self, from: data)
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return // nothing was stored yet
    } catch {
      Log.problem("the records of calls cannot be read", error)
    }
  }

  func store(in folder: URL) throws {
    let data = try JSONEncoder().encode(self)
    let file = folder.appendingPathComponent(Self.file)
    guard data != (try? Data(contentsOf: file)) else { return }
    try data.writeProtected(to: file)
  }
}
