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
    /// The relay's time is not known: receive nothing.
    case timeUnknown
    /// This device does not hold the account key.
    case noAccountKey
    /// The device's key is not in the keychain: it lives elsewhere.
    case noDeviceKey
    /// An account key is here already.
    case accountExists
  }

  /// - Parameter secrets: The keychain, or another place for tests.
  init(folder: URL, secrets: any SecretStore, relay: URL) {
    self.folder = folder
    self.secrets = secrets
    self.relay = relay
    inbox = SharedInbox(folder: folder.appendingPathComponent("inbox"), keyStore: KeyStore(secrets))
  }

  /// Where the app group is missing among the entitlements, nothing is found, and everything is the
  /// generic text.
  private convenience init() {
    #if canImport(Darwin)
      let container = FileManager.default.containerURL(
        forSecurityApplicationGroupIdentifier: Configuration.appGroup)
      if container == nil { Log.problem("the app group \(Configuration.appGroup) is not among the entitlements") }
    #else
      let container: URL? = nil
    #endif
    self.init(
      folder: container ?? FileManager.default.temporaryDirectory,
      secrets: KeychainStore(accessGroup: Configuration.keychainGroup), relay: Configuration.relay)
  }

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
  /// Nothing waits within: no request, no callback of CallKit. If `work` throws, everything stays
  /// as it was.
  func run<Result>(_ work: (inout Session) throws -> Result) throws -> Result {
    let device = try device
    return try inbox.update { inbox in
      var session = Session(
        inbox: inbox, records: records, reported: try self.inbox.reportedRings(), device: device,
        now: clock.now)
      if clock.isSynchronized { session.records.note(clock.now) }
      let result = try work(&session)
      try session.records.store(in: folder)
      inbox = session.inbox
      return result
    }
  }

  /// Takes over the time that the other process knew a moment ago: the app is launched for a call,
  /// and has not heard of the relay yet. A clock that is wrong would have the call that rings
  /// listed as missed.
  func takeTimeOver() {
    guard !clock.isSynchronized, let known = records.knownTime(at: Date()) else { return }
    clock.add(known, roundTrip: .seconds(10)) // so that any answer of the relay is better
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
  /// - Parameter name: What this account's own messages are shown under.
  func settle(_ device: Device, name: String, registration: Relay.Registration) throws {
    try secrets.setSecret(JSONEncoder().encode(registration), "registration")
    try inbox.begin(.device(device))
    try run { session in _ = try session.inbox.trust(device.account, displayName: name, now: session.now) }
  }

  /// Makes an account, and of this installation its first device. An account key that is here already
  /// is never replaced: the keychain keeps it when the app is deleted.
  func makeAccount(name: String, registration: Relay.Registration) throws {
    guard try !holdsAccountKey else { throw Problem.accountExists }
    let now = clock.now
    let account = try Account.generate()
    let device = try Device.enroll(account: account, expiresAt: Self.certificateEnd(now), now: now)
    try store(AccountSecret(account: account))
    try settle(device, name: name, registration: registration)
  }

  static func certificateEnd(_ now: Timestamp) -> EpochSeconds { now.days(later: Configuration.certificateDays) }

  // What is done on a timer.

  /// Makes new prekeys, stores them, and gives the bundles to upload.
  func publish() throws -> [Data] {
    let now = clock.now
    let expiresAt = now.days(later: Configuration.prekeyDays)
    let prekeys = try Suite.supported.map { try Prekey.generate($0, expiresAt: expiresAt, now: now) }
    return try inbox.publish(prekeys, now: now)
  }

  func prune() throws { try inbox.prune(now: clock.now) }

  /// Renews this device's certificate by the account key that is here.
  func renewCertificate() throws {
    let (now, secret, device) = (clock.now, try LinkSecret.random(), try device)
    let request = try device.request(secret: secret, now: now)
    let grant = try withAccountKey { key in
      try key.account.certify(
        request: request, secret: secret, expiresAt: Self.certificateEnd(now),
        floor: key.floor(of: device.publicKey), now: now)
    }
    try inbox.renew(.device(try device.activate(grant: grant, request: request, secret: secret, now: now)))
  }

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

/// The account key, with the floors of the devices that it has revoked: a certificate of one of
/// them must not begin before.
struct AccountSecret: Codable {
  private let seed: Data
  var revoked: [Revoked] = []

  struct Revoked: Codable {
    let device: Data
    /// Seconds since 1970.
    let floor: UInt64
  }

  init(account: Account) { seed = account.exported }

  var account: Account { get throws { try Account(exported: seed) } }

  func floor(of device: DeviceKey) -> EpochSeconds? {
    revoked.last { $0.device == device.data }.map { EpochSeconds($0.floor) }
  }
}

extension Timestamp {
  fileprivate func days(later days: UInt64) -> EpochSeconds {
    EpochSeconds(milliseconds / 1_000 + days * 86_400)
  }
}

extension SharedRecords {
  private static let file = "records.json"

  /// What is damaged must not keep a call from ringing.
  init(in folder: URL) {
    let data = try? Data(contentsOf: folder.appendingPathComponent(Self.file))
    self = data.flatMap { try? JSONDecoder().decode(SharedRecords.self, from: $0) } ?? SharedRecords()
  }

  func store(in folder: URL) throws {
    let data = try JSONEncoder().encode(self)
    let file = folder.appendingPathComponent(Self.file)
    guard data != (try? Data(contentsOf: file)) else { return }
    try data.writeProtected(to: file)
  }
}
