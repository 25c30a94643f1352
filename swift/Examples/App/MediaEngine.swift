import Foundation
import Hushring

/// What carries voices: WebRTC, most likely. It is the app's, and not part of this sample.
///
/// It contacts no server before the user has placed the call and it was answered, or before the
/// user has answered (spec/threat-model.md, DEP11 and DEP12). Candidates travel in the offer or the
/// answer, or in one `call.candidates`.
@MainActor
protocol MediaEngine: AnyObject {
  /// Calls these: a connection stands; the other side hung up over it; it was silent for 30
  /// seconds.
  var onConnected: ((UUID) -> Void)? { get set }
  var onHungUp: ((UUID) -> Void)? { get set }
  var onSilent: ((UUID) -> Void)? { get set }

  func offer(for call: UUID, hasVideo: Bool) async throws -> String
  func answer(_ offer: String, for call: UUID, hasVideo: Bool) async throws -> String
  func accept(_ answer: String, for call: UUID) async throws
  func add(_ candidates: [CallCandidates.Candidate], to call: UUID) async
  func negotiate(_ description: CallNegotiate.Description, for call: UUID) async
  /// Hangs up over the connection. Returns whether it stood, so that the other side knows.
  func hangUp(_ call: UUID) async -> Bool
  func close(_ call: UUID)
  func mute(_ call: UUID, _ isMuted: Bool)
  /// Called between CallKit's `didActivate` and `didDeactivate`, and at no other time.
  func startAudio()
  func stopAudio()
}

/// No media at all, so that the sample rings before there is an engine. What it calls an offer
/// connects nobody.
@MainActor
final class NoMedia: MediaEngine {
  var onConnected: ((UUID) -> Void)?
  var onHungUp: ((UUID) -> Void)?
  var onSilent: ((UUID) -> Void)?

  func offer(for call: UUID, hasVideo: Bool) async throws -> String { "v=0\r\n" }
  func answer(_ offer: String, for call: UUID, hasVideo: Bool) async throws -> String { "v=0\r\n" }
  func accept(_ answer: String, for call: UUID) async throws {}
  func add(_ candidates: [CallCandidates.Candidate], to call: UUID) async {}
  func negotiate(_ description: CallNegotiate.Description, for call: UUID) async {}
  func hangUp(_ call: UUID) async -> Bool { false }
  func close(_ call: UUID) {}
  func mute(_ call: UUID, _ isMuted: Bool) {}
  func startAudio() {}
  func stopAudio() {}
}
