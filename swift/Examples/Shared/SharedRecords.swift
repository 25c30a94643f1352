import Foundation
import Hushring
import HushringCallKit

/// What the app and its extension both read and write, beside the inbox: in one file of the app
/// group, while the lock of the inbox is held. It is small, because the extension has 24 MB:
/// messages are ``Arrived``.
///
/// It is stored before the inbox. If the process dies in between, events come again that are in
/// here already: each has its own name, so none is there twice.
struct SharedRecords: Codable, Sendable {
  /// How calls ring here. The app finds out in which store it was bought; the extension cannot.
  var ringing = Ringing.callKit
  /// The calls that this device is in, or that ring (spec/sharing.md, section 3).
  var calls: [CallRecord] = []
  /// Why envelopes did not ring, the newest last: to be shown on this device, and never sent.
  var explanations: [ExplainedEnvelope] = []

  /// What the relay's time was at a time of the system's clock.
  private var time: KnownTime?

  private struct KnownTime: Codable {
    let relay: Timestamp
    let system: Date
  }

  /// Notes the relay's time, once in a while.
  mutating func note(_ relay: Timestamp) {
    let now = Date()
    if let time, abs(time.system.timeIntervalSince(now)) < 20 { return }
    time = KnownTime(relay: relay, system: now)
  }

  /// The relay's time by what was noted in the last two minutes: for so long, nobody sets the
  /// clock.
  func knownTime(at system: Date) -> Timestamp? {
    guard let time else { return nil }
    let passed = system.timeIntervalSince(time.system)
    return (0...120).contains(passed) ? Timestamp(time.relay.date.addingTimeInterval(passed)) : nil
  }

  mutating func put(_ call: CallRecord) {
    calls.removeAll { $0.uuid == call.uuid }
    calls.append(call)
  }

  func call(_ uuid: UUID) -> CallRecord? { calls.first { $0.uuid == uuid } }

  mutating func removeCall(_ uuid: UUID) { calls.removeAll { $0.uuid == uuid } }

  mutating func explain(_ envelope: ExplainedEnvelope) {
    explanations.append(envelope)
    explanations.removeFirst(max(0, explanations.count - 50))
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
  /// The last moment at which it rings, or at which its caller waits.
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

  /// Whether its user still waits in it, or is in it. A process that died leaves `waiting` behind:
  /// it ends by itself.
  func isCurrent(at now: Timestamp) -> Bool {
    switch phase {
    case .waiting, .ringing: now <= expiresAt
    case .answered, .connected: true
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
