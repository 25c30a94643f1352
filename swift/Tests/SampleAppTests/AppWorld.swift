import CallKit
import Foundation
import Glibc
import Hushring
import HushringCallKit
import StandInSupport
import UserNotifications

@testable import SampleApp

/// Bob's phone with its app, and Alice's laptop. Nothing is posted: what is sealed waits in the
/// outbox, and Alice takes it from there.
@MainActor
final class AppWorld {
  let peer: Peer
  let media = FakeMedia()
  let alice: Account
  let laptop: Device
  var inbox: Inbox
  private let bundle: PrekeyBundle
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let closed = try require_(URL(string: "http://127.0.0.1:9"))
    let installation = Installation(folder: folder, secrets: MemorySecrets(), relay: closed)
    installation.clock.add(Self.now, roundTrip: .milliseconds(1))
    try installation.makeAccount(name: "Me", registration: .init(mailbox: "00", token: "token"))
    let published = try installation.publish()
    let own = try installation.account
    bundle = try PrekeyBundle(verifying: published[0], account: own, now: Self.now)

    alice = try Account.generate()
    laptop = try Device.enroll(account: alice, expiresAt: Self.inDays(360), now: Self.now)
    inbox = Inbox(certificate: laptop.certificate)
    _ = try inbox.trust(own, displayName: "Bob", now: Self.now)
    let prekey = try Prekey.generate(.x25519, expiresAt: Self.inDays(80), now: Self.now)
    let ofAlice = try inbox.publish([prekey], by: laptop, now: Self.now)

    peer = Peer(installation: installation, media: media)
    try peer.contacts.trust(alice.publicKey, name: "Alice", handle: Handle(type: .phoneNumber, value: "+12025550123"))
    try peer.store.change { state in
      var contact = try require_(state.contact(alice.publicKey))
      contact.known.bundles = ofAlice.map { .init(bundle: $0, mailbox: "0a") }
      state.put(contact)
    }
  }

  /// One in which time passes as it does on a phone: a call rings for a minute and a half, and other
  /// tests of this process keep all its threads busy for longer.
  static func calm() async throws -> AppWorld {
    var start: ContinuousClock.Instant
    repeat {
      start = .now
      try await Task.sleep(for: .milliseconds(1))
      await Task { @MainActor in }.value
    } while ContinuousClock.now - start > .milliseconds(300)
    return try AppWorld()
  }

  var contact: Contact { peer.store.state.contact(alice.publicKey) ?? Contact(account: alice.publicKey, name: "") }

  /// The app in a new process.
  func restart() -> Peer { Peer(installation: peer.installation, media: FakeMedia()) }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  nonisolated static var now: Timestamp { Timestamp(Date()) }

  nonisolated static func inDays(_ days: Double) -> EpochSeconds {
    EpochSeconds(Date(timeIntervalSinceNow: days * 86_400))
  }

  // What Alice does.

  func seal(_ content: Content, at now: Timestamp = AppWorld.now) throws -> Data {
    try laptop.seal(content, to: bundle, now: now)
  }

  /// Alice calls: her inbox listens, and her invitation is received here.
  func aliceCalls(_ callID: CallID, hasVideo: Bool = false) throws -> InboxEvent {
    let own = try peer.installation.account
    let now = try inbox.placeCall(callID, accounts: [own], now: Self.now)
    return try receive(.callInvite(CallInvite(callID: callID, hasVideo: hasVideo, offer: "offer")), at: now)
  }

  /// Alice answers a call of Bob's, and her answer is received here.
  func aliceAnswers(_ call: CallRecord) throws {
    _ = try inbox.answered(caller: peer.installation.account, callID: call.callID, now: Self.now)
    _ = try receive(.callAnswer(CallAnswer(callID: call.callID, ring: call.ring, answer: "answer")))
  }

  func receive(_ content: Content, at now: Timestamp = AppWorld.now) throws -> InboxEvent {
    let envelope = try seal(content, at: now)
    return try peer.installation.run { try $0.inbox.receive(envelope, now: max($0.now, now)) }
  }

  /// What waits in the outbox for Alice, as she receives it, once there is something.
  func aliceReceives(from peer: Peer? = nil) async throws -> [InboxEvent] {
    let store = (peer ?? self.peer).store
    try await until { !store.state.outbox.isEmpty }
    let envelopes = store.state.outbox.flatMap(\.posts).map(\.envelope)
    try store.change { $0.outbox = [] }
    return try envelopes.map { try inbox.receive($0, now: Self.now) }
  }

  // What Bob's phone does.

  var provider: CXProvider { peer.callKit.provider }

  /// The reports to CallKit, without those of updates.
  var reports: [CXProvider.Report] {
    provider.standInReports.filter { if case .updated = $0 { false } else { true } }
  }

  func arrive(_ event: InboxEvent, mustReport: Bool = true) async throws {
    guard case .ring(let ring) = event.action else { throw NoRing() }
    await arrive(ring.payload, mustReport: mustReport)
  }

  func arrive(_ payload: CallPayload?, mustReport: Bool = true) async {
    await withCheckedContinuation { continuation in
      peer.arrive(.init(payload: payload, mustReport: mustReport) { continuation.resume() })
    }
  }

  /// The user answers in CallKit's screen. Returns whether the action was fulfilled.
  func answer(_ uuid: UUID) async -> Bool {
    let action = CXAnswerCallAction(call: uuid)
    peer.callKit.provider(provider, perform: action)
    return await outcome(of: action)
  }

  func end(_ uuid: UUID) async -> Bool {
    let action = CXEndCallAction(call: uuid)
    peer.callKit.provider(provider, perform: action)
    return await outcome(of: action)
  }

  func start(_ uuid: UUID) async -> Bool {
    let action = CXStartCallAction(call: uuid, handle: CXHandle(type: .generic, value: "x"))
    peer.callKit.provider(provider, perform: action)
    return await outcome(of: action)
  }

  private func outcome(of action: CXAction) async -> Bool {
    while !action.isComplete { await Task.yield() }
    return action.standInFulfilled == true
  }

  /// After all that the app has begun to store.
  func records() async throws -> [CallRecord] { try await peer.installation.work { $0.records.calls } }

  func pending() throws -> [InboxEvent] {
    try peer.installation.run { Array($0.inbox.pending(now: $0.now)) }
  }

  /// Holds the lock of the inbox for a while, as the extension does.
  func holdLock(for duration: Duration) throws {
    let path = folder.appendingPathComponent("inbox/inbox.lock").path
    let file = open(path, O_RDWR)
    guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else { throw NoRing() }
    Task.detached {
      try? await Task.sleep(for: duration)
      close(file)
    }
  }

  struct NoRing: Error {}
}

/// Waits until something is so, five minutes at most: other tests keep all threads busy for long.
@MainActor
func until(_ condition: () async throws -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(300)
  while try await !condition() {
    guard ContinuousClock.now < end else { throw TooLong() }
    try await Task.sleep(for: .milliseconds(5))
  }
}

struct TooLong: Error {}

/// As `#require`, outside of a test.
private func require_<Value>(_ value: Value?) throws -> Value {
  guard let value else { throw AppWorld.NoRing() }
  return value
}

/// A keychain in memory.
final class MemorySecrets: SecretStore {
  private let secrets = Locked<[String: Data]>([:])

  func secret(_ name: String) throws(HushringError) -> Data? { secrets.withLock { $0[name] } }
  func setSecret(_ secret: Data, _ name: String) throws(HushringError) { secrets.withLock { $0[name] = secret } }
  func removeSecret(_ name: String) throws(HushringError) { secrets.withLock { $0[name] = nil } }
}

@MainActor
final class FakeMedia: MediaEngine {
  var onConnected: ((UUID) -> Void)?
  var onHungUp: ((UUID) -> Void)?
  var onSilent: ((UUID) -> Void)?
  var log: [String] = []
  /// Whether there is a connection to hang up over.
  var isConnected = false
  /// Whether offers and answers take until it is no more.
  var isSlow = false

  func offer(for call: UUID, hasVideo: Bool) async throws -> String {
    log.append("offer")
    while isSlow { try await Task.sleep(for: .milliseconds(5)) }
    return "offer"
  }
  func answer(_ offer: String, for call: UUID, hasVideo: Bool) async throws -> String {
    log.append("answer \(offer)\(hasVideo ? " with video" : "")")
    while isSlow { try await Task.sleep(for: .milliseconds(5)) }
    return "answer"
  }
  func accept(_ answer: String, for call: UUID) async throws { log.append("accept \(answer)") }
  func add(_ candidates: [CallCandidates.Candidate], to call: UUID) async { log.append("candidates") }
  func negotiate(_ description: CallNegotiate.Description, for call: UUID) async { log.append("negotiate") }
  func hangUp(_ call: UUID) async -> Bool { isConnected }
  func close(_ call: UUID) { log.append("close") }
  func mute(_ call: UUID, _ isMuted: Bool) { log.append(isMuted ? "mute" : "unmute") }
  func startAudio() { log.append("audio") }
  func stopAudio() { log.append("silence") }
}
