import Foundation
import Testing

@testable import Hushring

@Suite("The shared inbox")
struct SharedInboxTests {
  private let people: People
  private let secrets = MemorySecrets()
  private let url = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID())")
  private let now = People.now

  init() throws { people = try People() }

  private var shared: SharedInbox { SharedInbox(folder: url, keyStore: KeyStore(secrets)) }

  private func begun() throws -> SharedInbox {
    try shared.begin(.device(people.bobPhone))
    _ = try shared.publish(people.prekeys, now: now)
    try shared.update { inbox in _ = try inbox.trust(people.alice.publicKey, now: now) }
    return shared
  }

  private func sealed(_ text: String) throws -> Data {
    try people.alicePhone.seal(.message(Message(body: text)), to: people.bundles[0], now: now)
  }

  @Test("What one process has received, the other one finds pending")
  func twoProcesses() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let app = try begun()
    let `extension` = shared
    let envelope = try sealed("Hello")
    let received = try `extension`.update { inbox in try inbox.receive(envelope, now: now) }
    let pending = try app.read { inbox in Array(inbox.pending(now: now)) }
    #expect(pending == [received])
    let again = try app.update { inbox in try inbox.receive(envelope, now: now) }
    #expect(again.action == .drop(.duplicate))
    #expect(try app.update { inbox in inbox.acknowledge(received) })
    #expect(try `extension`.read { inbox in Array(inbox.pending(now: now)).isEmpty })
  }

  @Test("Nothing is written where nothing has changed")
  func unchanged() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let file = url.appendingPathComponent("inbox").path
    let number = { try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int }
    let revision = try shared.read { $0.revision }
    let (before, log) = (try number(), secrets.log.count)
    try shared.update { inbox in _ = inbox.isBlocked(people.alice.publicKey) }
    _ = try? shared.update { inbox in try inbox.receive(Data(), now: now) }
    #expect(try number() == before)
    #expect(!secrets.log.dropFirst(log).contains("set revision"))
    #expect(try shared.read { $0.revision } == revision)
    #expect(try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() == ["inbox", "inbox.lock"])
  }

  @Test("What is refused and held is saved")
  func held() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    try shared.update { inbox in inbox.untrust(people.alice.publicKey) }
    let envelope = try people.alicePhone.seal(
      People.message, to: people.bundles[0], now: now.adding(milliseconds: 1))
    #expect(code { try shared.update { inbox in try inbox.receive(envelope, now: now) } } == .untrusted)
    #expect(try shared.read { $0.held().count } == 1)
  }

  @Test("The lock is waited for, and not for ever")
  func busy() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let impatient = SharedInbox(
      folder: SharedFolder(url: url, patience: .milliseconds(50)), keyStore: KeyStore(secrets))
    try shared.update { _ in
      #expect(code { try impatient.update { _ in } } == .busy)
      #expect(code { try impatient.addReportedRing(UUID(), sentAt: now, now: now) } == .busy)
    }
    try impatient.update { _ in }
  }

  @Test("Many threads lose nothing")
  func threads() async throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let envelopes = try (0..<24).map { try sealed("\($0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for envelope in envelopes {
        group.addTask { _ = try shared.update { inbox in try inbox.receive(envelope, now: People.now) } }
      }
      try await group.waitForAll()
    }
    #expect(try shared.read { Array($0.pending(now: now)).count } == 24)
    // Publishing, trusting, and one for each envelope, behind the empty one.
    #expect(try shared.read { $0.revision } == 27)
  }

  @Test("State of a lower revision, or none, is refused, and state of a higher one goes on")
  func rolledBack() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let file = url.appendingPathComponent("inbox")
    let old = try Data(contentsOf: file)
    _ = try shared.update { inbox in try inbox.receive(try! sealed("1"), now: now) }
    let new = try Data(contentsOf: file)
    try old.write(to: file)
    #expect(code { try shared.update { _ in } } == .stateRolledBack)
    try FileManager.default.removeItem(at: file)
    #expect(code { try shared.update { _ in } } == .stateRolledBack)
    #expect(!FileManager.default.fileExists(atPath: file.path))
    // A process that died after the rename.
    try new.write(to: file)
    try KeyStore(secrets).setRevision(1, of: people.bobPhone.publicKey)
    #expect(try shared.read { Array($0.pending(now: now)).count } == 1)
    #expect(try KeyStore(secrets).revision(of: people.bobPhone.publicKey) == shared.read { $0.revision })
  }

  @Test("State that is damaged is refused, and stays as it is")
  func damaged() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let file = url.appendingPathComponent("inbox")
    let good = try Data(contentsOf: file)
    for bad in [Data(), good.dropLast(), good + [0], Data([9]) + good.dropFirst()] {
      try Data(bad).write(to: file)
      let expected: HushringError.Code = bad.first == 9 ? .stateTooNew : .badState
      #expect(code { try shared.update { _ in } } == expected)
      #expect(try Data(contentsOf: file) == Data(bad))
    }
  }

  @Test("Without a device nothing is received, and keys without state are refused")
  func notLinked() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(code { try shared.update { _ in } } == .notLinked)
    #expect(code { try shared.keys() } == .notLinked)
    #expect(code { try shared.addReportedRing(UUID(), sentAt: now, now: now) } == .notLinked)
    try shared.begin(.device(people.bobPhone))
    try FileManager.default.removeItem(at: url)
    // The keychain stays when an app is deleted.
    #expect(code { try shared.update { _ in } } == .stateRolledBack)
    #expect(code { try shared.addReportedRing(UUID(), sentAt: now, now: now) } == .stateRolledBack)
    #expect(code { try shared.begin(.device(people.bobPhone)) } == .wrongDevice)
    #expect(code { try shared.update { _ in } } == .stateRolledBack)
    try secrets.removeSecret("revision")
    #expect(code { try shared.update { _ in } } == .badState)
    let anew = try Device.enroll(account: people.bob, expiresAt: People.later(days: 90), now: now)
    try shared.begin(.device(anew))
    #expect(try shared.read { $0.device } == anew.publicKey)
    #expect(try shared.keys().prekeys.isEmpty)
  }

  @Test("Keys that the keychain says it does not have are missing, and only the user replaces their state")
  func missingKeys() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let file = url.appendingPathComponent("inbox")
    let (state, names) = (try Data(contentsOf: file), secrets.names)
    let anew = try Device.enroll(account: people.bob, expiresAt: People.later(days: 90), now: now)
    secrets.hide(true)
    #expect(code { try shared.update { _ in Issue.record("it was let in") } } == .keysMissing)
    #expect(code { try shared.keys() } == .keysMissing)
    #expect(code { try shared.begin(.device(anew)) } == .keysMissing)
    #expect(try Data(contentsOf: file) == state && secrets.names == names)
    // Hours later it has them, and nothing is lost.
    secrets.hide(false)
    #expect(try shared.read { $0.device } == people.bobPhone.publicKey)
    // They are gone for good, and the user says so.
    try secrets.removeSecret("keys")
    #expect(code { try shared.begin(.device(anew)) } == .keysMissing)
    try shared.begin(.device(anew), anew: true)
    #expect(try shared.read { $0.device } == anew.publicKey)
    #expect(try shared.read { $0.revision } == 1)
  }

  @Test("A device that is linked anew begins again, after whatever step it was interrupted")
  func beginningAgain() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let anew = try Device.enroll(account: people.bob, expiresAt: People.later(days: 90), now: now)
    // As if it had died before the keys were put in.
    var inbox = Inbox(certificate: anew.certificate)
    try inbox.save().write(to: url.appendingPathComponent("inbox"))
    #expect(code { try shared.update { _ in } } == .wrongDevice)
    try shared.begin(.device(anew))
    #expect(try shared.read { $0.revision } == 1)
    try shared.update { inbox in _ = try inbox.trust(people.alice.publicKey, now: now) }
    #expect(try shared.read { $0.revision } == 2)
    for (item, expected) in [(Data([1, 1]), nil), (Data([2]), .stateTooNew)] as [(Data, HushringError.Code?)] {
      try secrets.setSecret(item, "keys")
      #expect(code { try shared.begin(.device(people.bobPhone)) } == expected)
    }
  }

  @Test("Prekeys are in the keychain before their bundles are there, and are deleted after the state is saved")
  func prekeys() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    #expect(try shared.keys().prekeys.map(\.id) == people.prekeys.map(\.id))
    #expect(try shared.read { $0.prekeys.map(\.id) } == people.prekeys.map(\.id))
    let log = secrets.log
    #expect(log.lastIndex(of: "set keys")! < log.lastIndex(of: "set revision")!)
    let later = now.adding(milliseconds: 31 * 86_400_000)
    try shared.prune(now: later)
    #expect(try shared.keys().prekeys.count == people.prekeys.count)
    try shared.prune(now: now.adding(milliseconds: 60 * 86_400_000))
    #expect(try shared.keys().prekeys.isEmpty)
    #expect(try shared.keys().device?.exported == people.bobPhone.exported)
  }

  @Test("What the keychain refuses is thrown, and nothing is lost")
  func failures() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    for error in [HushringError(.locked), .storage(-34018)] {
      secrets.fail(error)
      #expect(code { try shared.update { _ in Issue.record("it was let in") } } == error.code)
      #expect(code { try shared.publish(people.prekeys, now: now) } == error.code)
    }
    secrets.fail(nil)
    // It fails between the state and the revision.
    let envelope = try sealed("1")
    let before = try shared.read { $0.revision }
    _ = try shared.update { inbox in
      secrets.fail(HushringError(.locked))
      return try inbox.receive(envelope, now: now)
    }
    secrets.fail(nil)
    #expect(try KeyStore(secrets).revision(of: people.bobPhone.publicKey) == before)
    #expect(try shared.read { Array($0.pending(now: now)).count } == 1)
    #expect(try KeyStore(secrets).revision(of: people.bobPhone.publicKey) == before + 1)
  }

  @Test("The device that is there is known also where its keys are damaged")
  func damagedKeys() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    try secrets.setSecret(Data([1, 1]), "keys")
    #expect(code { try shared.begin(.device(people.bobPhone)) } == .wrongDevice)
    #expect(code { try shared.update { _ in } } == .badState)
    let anew = try Device.enroll(account: people.bob, expiresAt: People.later(days: 90), now: now)
    try shared.begin(.device(anew))
    #expect(try shared.read { $0.device } == anew.publicKey)
  }

  @Test("Prekeys that an update has added are in the keychain, also if it throws, and before the state is saved")
  func prekeysOfAnUpdate() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    try shared.begin(.device(people.bobPhone))
    let added = secrets.log.count
    #expect(
      code {
        try shared.update { inbox in
          _ = try inbox.publish(people.prekeys, by: people.bobPhone, now: now)
          throw HushringError(.busy)
        }
      } == .busy)
    let log = secrets.log.dropFirst(added)
    #expect(log.firstIndex(of: "set keys")! < log.firstIndex(of: "set revision")!)
    #expect(try shared.keys().prekeys.map(\.id) == people.prekeys.map(\.id))
    // One that an update has dropped goes, and not before the state is saved.
    let before = secrets.log.count
    try shared.update { inbox in
      _ = try inbox.trust(people.alice.publicKey, now: now)
      inbox.prune(now: now.adding(milliseconds: 60 * 86_400_000))
    }
    let later = secrets.log.dropFirst(before)
    #expect(later.firstIndex(of: "set revision")! < later.firstIndex(of: "set keys")!)
    #expect(try shared.keys().prekeys.isEmpty)
  }

  @Test("A first device that cannot be stored is told why")
  func fullDisk() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    // In place of its file there is a folder.
    try FileManager.default.createDirectory(
      at: url.appendingPathComponent("inbox.new"), withIntermediateDirectories: true)
    #expect(code { try shared.begin(.device(people.bobPhone)) } == .storage)
  }

  @Test("A renewed certificate takes the place of the old one, and another device's does not")
  func renewal() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let secret = try LinkSecret.random()
    let request = try people.bobPhone.request(secret: secret, now: now)
    let grant = try people.bob.certify(
      request: request, secret: secret, expiresAt: People.later(days: 200), now: now)
    let renewed = try people.bobPhone.activate(grant: grant, request: request, secret: secret, now: now)
    try shared.renew(.device(renewed))
    #expect(try shared.keys().certificate.expiresAt == People.later(days: 200))
    #expect(try shared.keys().prekeys.count == people.prekeys.count)
    try shared.update { _ in }
    #expect(code { try shared.renew(.device(people.alicePhone)) } == .wrongAccount)
    let sibling = try Device.enroll(account: people.bob, expiresAt: People.later(days: 90), now: now)
    #expect(code { try shared.renew(.device(sibling)) } == .wrongDevice)
  }

  @Test("A device that was removed leaves nothing behind but the lock")
  func removal() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    try shared.addReportedRing(UUID(), sentAt: now, now: now)
    try shared.remove()
    try shared.remove()
    #expect(secrets.names.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: url.path) == ["inbox.lock"])
    #expect(code { try shared.read { $0.revision } } == .notLinked)
  }

  @Test("A ring that either process has reported is known to both, for a day")
  func reportedRings() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let shared = try begun()
    let (first, second) = (UUID(), UUID())
    #expect(try !shared.reportedRings().contains(first))
    try shared.addReportedRing(first, sentAt: now, now: now)
    let later = now.adding(milliseconds: 1)
    #expect(try shared.reportedRings().contains(first, sentAt: now))
    #expect(try shared.reportedRings().contains(first))
    #expect(try !shared.reportedRings().contains(first, sentAt: later))
    #expect(try !shared.reportedRings().contains(second))
    try shared.addReportedRing(first, sentAt: later, now: later)
    try shared.addReportedRing(second, sentAt: now, now: now.adding(milliseconds: 86_400_000))
    #expect(try shared.reportedRings().contains(first, sentAt: now))
    try shared.addReportedRing(second, sentAt: now, now: now.adding(milliseconds: 86_400_001))
    #expect(try !shared.reportedRings().contains(first, sentAt: now))
    #expect(try shared.reportedRings().contains(first, sentAt: later))
    for bad in [Data(), Data([2]) + Data(count: 64), Data([1]) + Data(count: 31)] {
      try bad.write(to: url.appendingPathComponent("rings"))
      #expect(try shared.reportedRings() == ReportedRings())
    }
  }

  @Test("A list of reported rings keeps the newest 512")
  func longList() {
    let calls = (0..<600).map { _ in UUID() }
    var rings = ReportedRings()
    for call in calls { rings.insert(call, sentAt: now, now: now) }
    #expect(calls.map { rings.contains($0) } == Array(repeating: false, count: 88) + Array(repeating: true, count: 512))
    #expect(ReportedRings(rings.encoded) == rings)
  }
}
