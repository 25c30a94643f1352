import Foundation
import HushringCallKit
import StandInSupport
import UserNotifications

@testable import Hushring
@testable import SampleNotificationService

/// Bob's phone with its extension, Alice's laptop, and a mailbox between them.
struct World {
  let alice: Account
  let laptop: Device
  let bundle: PrekeyBundle
  let installation: Installation
  let mailbox = FakeMailbox()
  let notices = RecordedNotices()
  let callKit = RecordedCallKit()
  let secrets = MemorySecrets()
  let announced = Locked(0)
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    alice = try Account.generate()
    laptop = try Device.enroll(account: alice, expiresAt: Self.inDays(360), now: Self.now)
    // The app, which has heard of the relay; the extension has not yet.
    let app = Installation(folder: folder, secrets: secrets, relay: folder)
    app.clock.add(Self.now, roundTrip: .milliseconds(1))
    try app.makeAccount(name: "Me", registration: .init(mailbox: "00", token: "token"))
    let published = try app.publish()
    bundle = try PrekeyBundle(verifying: published[0], account: app.account, now: Self.now)
    try app.run { [alice] session in
      _ = try session.inbox.trust(alice.publicKey, displayName: "Alice", now: session.now)
    }
    installation = Installation(folder: folder, secrets: secrets, relay: folder)
    mailbox.clock = installation.clock
  }

  /// Another process of this phone.
  func otherProcess() throws -> Installation { Installation(folder: folder, secrets: secrets, relay: folder) }

  /// The app after it was deleted: the keychain has its items, and the folder is another.
  func reinstalled() throws -> Installation {
    let installation = Installation(folder: folder.appendingPathComponent("new"), secrets: secrets, relay: folder)
    installation.clock.add(Self.now, roundTrip: .milliseconds(1))
    return installation
  }

  /// One in which time passes as it does on a phone: a call rings for a minute and a half, and other
  /// tests of this process keep all its threads busy for longer.
  static func calm() async throws -> World {
    var start: ContinuousClock.Instant
    repeat {
      start = .now
      try await Task.sleep(for: .milliseconds(1))
    } while ContinuousClock.now - start > .milliseconds(300)
    return try World()
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  static var now: Timestamp { Timestamp(Date()) }

  static func inDays(_ days: Double) -> EpochSeconds { EpochSeconds(Date(timeIntervalSinceNow: days * 86_400)) }

  /// The extension, in a new process. Its patience is long, because tests that run beside this one may
  /// keep it from its thread for minutes.
  func extensionProcess(
    patience: Duration = .seconds(600), notices board: (any NoticeBoard)? = nil
  ) -> Reception {
    Reception(
      installation, mailbox: mailbox, notices: board ?? notices,
      report: { [callKit] in callKit.report($0) }, announce: { [announced] in announced.withLock { $0 += 1 } },
      interval: .milliseconds(30), patience: patience)
  }

  func seal(_ content: Content, at now: Timestamp = now) throws -> Data {
    try laptop.seal(content, to: bundle, now: now)
  }

  func invite(_ callID: CallID = try! .random(), hasVideo: Bool = false) throws -> Data {
    try seal(.callInvite(CallInvite(callID: callID, hasVideo: hasVideo, offer: "v=0\r\n")))
  }

  /// The end of a call of Alice's, by another device of Bob's.
  func answeredElsewhere(_ callID: CallID, ring: Timestamp) throws -> Data {
    let tablet = try installation.withAccountKey {
      try Device.enroll(account: $0.account, expiresAt: Self.inDays(360), now: Self.now)
    }
    let end = CallEnd(callID: callID, reason: .answeredElsewhere, caller: alice.publicKey, ring: ring)
    return try tablet.seal(.callEnd(end), to: bundle, now: Self.now)
  }

  func message(_ body: String) throws -> Data { try seal(.message(Message(body: body))) }

  /// Posts an envelope, and pushes it to a handler of the extension.
  func push(_ envelope: Data) -> (handler: PushHandler, answers: Answers) {
    mailbox.post([envelope])
    return handler(of: envelope)
  }

  func handler(of envelope: Data?) -> (handler: PushHandler, answers: Answers) {
    let content = UNMutableNotificationContent()
    content.title = "generic"
    if let envelope { content.userInfo = ["hushring": envelope.base64EncodedString()] }
    let answers = Answers()
    return (PushHandler(content) { answers.add($0) }, answers)
  }

  func pending() throws -> [InboxEvent] {
    try installation.run { Array($0.inbox.pending(now: $0.now)) }
  }
}

/// What a handler answered, which must be one thing.
final class Answers: Sendable {
  private let titles = Locked<[String]>([])
  private let bodies = Locked<[String]>([])
  private let heard = Locked(0)

  func add(_ content: UNNotificationContent) {
    titles.withLock { $0.append(content.title) }
    bodies.withLock { $0.append(content.body) }
    if content.sound != nil { heard.withLock { $0 += 1 } }
  }

  var count: Int { titles.withLock { $0.count } }
  /// How many have made a sound.
  var sounds: Int { heard.withLock { $0 } }
  /// Its title: empty where nothing is shown.
  var title: String? { titles.withLock { $0.count == 1 ? $0.first : nil } }
  var body: String? { bodies.withLock { $0.count == 1 ? $0.first : nil } }
}

final class RecordedNotices: NoticeBoard {
  private let shown = Locked<[Notice]>([])
  private let taken = Locked<[UUID]>([])
  private let looks = Locked(0)

  func show(_ notice: Notice) { shown.withLock { $0.append(notice) } }
  func withdraw(_ callUUID: UUID) { taken.withLock { $0.append(callUUID) } }
  func withdraw(_ event: EventName) {}
  func withdrawRings(before now: Timestamp) { looks.withLock { $0 += 1 } }

  var all: [Notice] { shown.withLock { $0 } }
  var withdrawn: [UUID] { taken.withLock { $0 } }
  /// How often rings were taken away whose last moment has passed.
  var looksForOver: Int { looks.withLock { $0 } }
}

final class RecordedCallKit: Sendable {
  private let payloads = Locked<[CallPayload]>([])
  private let failures = Locked<[CallKitFailure]>([])

  func fail(_ failure: CallKitFailure) { failures.withLock { $0.append(failure) } }

  func report(_ payload: CallPayload) -> CallKitFailure? {
    payloads.withLock { $0.append(payload) }
    return failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  var reported: [CallPayload] { payloads.withLock { $0 } }
}

/// A mailbox of the relay's, which writes down what it is asked.
final class FakeMailbox: Mailbox, @unchecked Sendable {
  struct Request: Equatable {
    /// Nothing, where only something is confirmed.
    let after: Int?
    let isFetch: Bool
    let confirmed: Int
  }

  var clock: RelayClock?
  var isAway = false
  private let isHeld = Locked(false)

  /// Answers nothing until it lets go.
  func hold() { isHeld.withLock { $0 = true } }
  func letGo() { isHeld.withLock { $0 = false } }

  private let state = Locked<(envelopes: [(id: Int, envelope: Data)], next: Int, requests: [Request])>(([], 1, []))

  func post(_ envelopes: [Data]) {
    state.withLock { state in
      for envelope in envelopes {
        state.envelopes.append((state.next, envelope))
        state.next += 1
      }
    }
  }

  var requests: [Request] { state.withLock { $0.requests } }
  var waiting: Int { state.withLock { $0.envelopes.count } }

  func fetchPage(after place: Int?, confirming ids: [Int]) async throws -> Page {
    try await answer()
    return state.withLock { state in
      state.requests.append(Request(after: place, isFetch: true, confirmed: ids.count))
      state.envelopes.removeAll { ids.contains($0.id) }
      let left = state.envelopes.filter { $0.id > place ?? 0 }
      let page = left.prefix(Page.length)
      return Page(
        envelopes: page.map(\.envelope), ids: page.map(\.id), next: page.last?.id ?? place ?? 0, waiting: left.count)
    }
  }

  func confirm(_ ids: [Int]) async throws {
    try await answer()
    state.withLock { state in
      state.requests.append(Request(after: nil, isFetch: false, confirmed: ids.count))
      state.envelopes.removeAll { ids.contains($0.id) }
    }
  }

  private func answer() async throws {
    while isHeld.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
    struct Away: Error {}
    if isAway { throw Away() }
    clock?.add(World.now, roundTrip: .milliseconds(1))
  }
}

/// A keychain in memory, which can be locked.
final class MemorySecrets: SecretStore {
  private let secrets = Locked<[String: Data]>([:])
  private let locked = Locked(false)
  private let hidden = Locked(false)

  /// Has it say, of all that it has, that it is not there, as iOS has.
  func hide(_ isHidden: Bool) { hidden.withLock { $0 = isHidden } }

  func lock(_ isLocked: Bool) { locked.withLock { $0 = isLocked } }

  func secret(_ name: String) throws(HushringError) -> Data? {
    try check()
    return hidden.withLock { $0 } ? nil : secrets.withLock { $0[name] }
  }

  func setSecret(_ secret: Data, _ name: String) throws(HushringError) {
    try check()
    secrets.withLock { $0[name] = secret }
  }

  func removeSecret(_ name: String) throws(HushringError) {
    try check()
    secrets.withLock { $0[name] = nil }
  }

  private func check() throws(HushringError) {
    if locked.withLock({ $0 }) { throw HushringError(.locked) }
  }
}
