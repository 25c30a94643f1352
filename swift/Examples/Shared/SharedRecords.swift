import Foundation
import Hushring
import HushringCallKit

/// What the app and its extension both read and write, beside the inbox: in one file of the app
/// group, while the lock of the inbox is held. It is small, because the extension has 24 MB:
/// messages are ``Arrived``.
///
/// It is stored before the inbox. If the process dies in between, events come again that are in
/// here already: each has its own name, so none is there twice.
///
/// An earlier version of the app has written it without the members that came later, and so each has
/// a default and a line in ``init(from:)``. A new member of ``CallRecord`` is an optional.
struct SharedRecords: Codable, Sendable {
  /// How calls ring here. The app finds out in which store it was bought; the extension cannot.
  var ringing = Ringing.callKit
  /// The calls that this device is in, or that ring (spec/sharing.md, section 3).
  var calls: [CallRecord] = []
  /// Rings that a notification has shown. CallKit does not have them: it refused, or must not be
  /// used here.
  private(set) var noticed: [Outcome.Remembered] = []
  /// Why envelopes did not ring, the newest last: to be shown on this device, and never sent.
  var explanations: [ExplainedEnvelope] = []

  /// What the relay's time was, by both clocks of this device.
  private var time: KnownTime?

  private struct KnownTime: Codable {
    let relay: Timestamp
    let system: Date
    /// Counts on while the device sleeps and from process to process, until it starts anew.
    let monotonic: ContinuousClock.Instant
  }

  /// Notes the relay's time, once in a while.
  mutating func note(_ relay: Timestamp) {
    let now = Date()
    if let time, abs(time.system.timeIntervalSince(now)) < 20 { return }
    time = KnownTime(relay: relay, system: now, monotonic: .now)
  }

  /// The relay's time by what was noted in the last two minutes. Nothing, if the two clocks do not
  /// agree how long ago that was: then somebody has set one, or the device has started anew.
  func knownTime(at system: Date, _ monotonic: ContinuousClock.Instant = .now) -> Timestamp? {
    guard let time else { return nil }
    let passed = system.timeIntervalSince(time.system)
    let counted = (monotonic - time.monotonic) / .seconds(1)
    guard (0...120).contains(counted), abs(passed - counted) < 2 else { return nil }
    return Timestamp(time.relay.date.addingTimeInterval(counted))
  }

  mutating func put(_ call: CallRecord) {
    calls.removeAll { $0.uuid == call.uuid }
    calls.append(call)
  }

  /// Sets the moment from which a call that is up counts as over.
  mutating func keepUp(_ uuid: UUID, until moment: Timestamp) {
    guard let place = calls.firstIndex(where: { $0.uuid == uuid }) else { return }
    calls[place].expiresAt = moment
  }

  func call(_ uuid: UUID) -> CallRecord? { calls.first { $0.uuid == uuid } }

  mutating func removeCall(_ uuid: UUID) { calls.removeAll { $0.uuid == uuid } }

  mutating func addNoticed(_ ring: Outcome.Remembered) { noticed = noticed.suffix(49) + [ring] }

  mutating func explain(_ envelope: ExplainedEnvelope) { explanations = explanations.suffix(49) + [envelope] }
}

extension SharedRecords {
  init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    try stored.read(.ringing, into: &ringing)
    try stored.read(.calls, into: &calls)
    try stored.read(.noticed, into: &noticed)
    try stored.read(.explanations, into: &explanations)
    try stored.read(.time, into: &time)
  }
}

extension KeyedDecodingContainer {
  /// Takes what is stored. What is not keeps its default: an earlier version has written the file.
  func read<Value: Decodable>(_ key: Key, into value: inout Value) throws {
    if let stored = try decodeIfPresent(Value.self, forKey: key) { value = stored }
  }
}

/// A call that this device is in, or that rings here.
struct CallRecord: Codable, Sendable {
  /// By which CallKit knows it.
  let uuid: UUID
  let callID: CallID
  let isOutgoing: Bool
  /// The account at the other end.
  let account: AccountKey
  /// Its device: the one that invites, or the one that was taken.
  var device: DeviceKey?
  /// What `placeCall` gave, or the time of the newest ring that was reported or answered.
  var ring: Timestamp
  var hasVideo: Bool
  /// Of an incoming call.
  var offer: String?
  /// The last moment at which it rings, or at which its caller waits. While a placed call is up, a
  /// moment at most 30 seconds ahead, which the app puts off (spec/sharing.md, section 2).
  var expiresAt: Timestamp
  var phase: Phase

  enum Phase: String, Codable {
    /// Placed, and the user waits.
    case waiting
    /// It rings here.
    case ringing
    /// The answer was given or has come, and the devices connect.
    case answered
    case connected
    /// Its end, or that the user has declined it, is in the outbox or is about to be.
    case ending, declining
  }

  /// Whether its user still waits in it, or is in it. What a process that died leaves behind ends by
  /// itself.
  func isCurrent(at now: Timestamp) -> Bool {
    switch phase {
    case .waiting, .ringing, .answered, .connected: now <= expiresAt
    case .ending, .declining: false
    }
  }
}

/// Why an envelope did what it did, for the user of this device. Only the tag may leave it.
struct ExplainedEnvelope: Codable, Sendable {
  let tag: String
  let at: Date
  let text: String
}
