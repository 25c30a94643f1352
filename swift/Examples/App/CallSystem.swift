import AVFAudio
import Foundation
import Hushring
import HushringCallKit

/// Where calls are shown, and where the user answers and ends them: ``CallKitCalls``; or
/// ``InAppCalls``, where CallKit must not be used, and for a call that it did not take.
@MainActor
protocol CallSystem: AnyObject {
  /// What the user does. Set before anything is shown.
  var acts: CallActs { get set }
  /// The calls that are shown.
  var active: Set<UUID> { get }

  // What the app tells.

  /// Shows a call that rings. The report is made before this returns.
  ///
  /// - Parameter notice: The notification that stands for the call where no screen of the system's
  ///   does. Nothing, if it is there already.
  func report(_ call: UUID, _ display: CallDisplay, notice: Notice?)
  /// Shows a newer ring of a call, or who was called.
  func update(_ call: UUID, _ display: CallDisplay)
  /// Ends a call that is shown. Of any other, nothing is told.
  func reportEnded(_ call: UUID, _ reason: EndedReason)
  func reportConnecting(_ call: UUID)
  func reportConnected(_ call: UUID)

  // What the user asks for in the app's own screens. The answers are ``acts``.

  func start(_ call: UUID, _ display: CallDisplay)
  func answer(_ call: UUID)
  func end(_ call: UUID)
}

/// What the user does to calls, in whichever screen.
struct CallActs {
  /// Both return whether it could be done, as soon as that is stored: nothing in them waits for the
  /// network.
  var start: @MainActor (UUID) async -> Bool = { _ in false }
  var answer: @MainActor (UUID) async -> Bool = { _ in false }
  /// Ends it here, before this returns.
  var end: @MainActor (UUID) -> Void = { _ in }
  var mute: @MainActor (UUID, Bool) -> Void = { _, _ in }
  /// A call that rings was not taken. Nothing is sent: for the caller it rings on.
  var refused: @MainActor (UUID, CallKitFailure) -> Void = { _, _ in }
  /// The system has ended a call by itself: it did not grant its start, or something took too long.
  var failed: @MainActor (UUID) -> Void = { _ in }
  /// The system has forgotten every call.
  var reset: @MainActor () -> Void = {}
}

extension AVAudioSession {
  /// Sets the session up for a call, and does not activate it.
  func setUp(hasVideo: Bool) throws {
    try setCategory(.playAndRecord, mode: hasVideo ? .videoChat : .voiceChat)
  }
}
