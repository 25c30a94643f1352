import AVFAudio
import CallKit
import Foundation
import Hushring
import HushringCallKit

/// CallKit's side: tells it of calls, and takes what the user does in its screens. There is one for
/// the whole life of the app.
@MainActor
final class CallCentre: NSObject {
  /// What the user did. Each returns whether it could be done.
  struct Acts {
    var start: @MainActor (UUID) async -> Bool = { _ in false }
    var answer: @MainActor (UUID) async -> Bool = { _ in false }
    var end: @MainActor (UUID) async -> Void = { _ in }
    var mute: @MainActor (UUID, Bool) -> Void = { _, _ in }
    var reset: @MainActor () -> Void = {}
  }

  var acts = Acts()
  /// The calls that CallKit has.
  private(set) var active: Set<UUID> = []
  let provider: CXProvider
  private let controller = CXCallController()
  private let media: any MediaEngine

  init(media: any MediaEngine) {
    self.media = media
    let configuration = CXProviderConfiguration()
    configuration.supportsVideo = true
    configuration.maximumCallGroups = 1
    configuration.maximumCallsPerCallGroup = 1
    configuration.supportedHandleTypes = [.generic, .phoneNumber, .emailAddress]
    configuration.includesCallsInRecents = true // a call in the list can be called back: its handle is the pinned one
    provider = CXProvider(configuration: configuration)
    super.init()
    provider.setDelegate(self, queue: nil) // the main queue
  }

  /// Reports a call that rings. The report is made before this returns.
  ///
  /// - Parameter onFailure: is told why CallKit did not take it. Nothing is sent: for the caller it
  ///   rings on.
  func report(_ arrival: Arrival, onFailure: @escaping @MainActor (CallKitFailure) -> Void = { _ in }) {
    let uuid = arrival.callUUID
    active.insert(uuid)
    provider.report(arrival) { failure in
      guard let failure else { return }
      Task { @MainActor in
        if failure != .callUUIDAlreadyExists { self.active.remove(uuid) }
        onFailure(failure)
      }
    }
  }

  /// A newer ring of a call that CallKit has.
  func update(_ uuid: UUID, _ display: CallDisplay) { provider.reportCall(with: uuid, updated: CXCallUpdate(display)) }

  func reportEnded(_ uuid: UUID, _ reason: EndedReason) {
    guard active.remove(uuid) != nil else { return } // of a call that it does not have, CallKit hears nothing
    provider.report(reason, of: uuid)
  }

  /// Asks for a call that the user places. CallKit answers with ``Acts/start``.
  func requestStart(_ uuid: UUID, _ display: CallDisplay) {
    let action = CXStartCallAction(call: uuid, handle: CXHandle(display.handle))
    action.isVideo = display.hasVideo
    active.insert(uuid)
    controller.request(CXTransaction(action: action)) { error in
      guard error != nil else { return }
      Task { @MainActor in self.active.remove(uuid) }
    }
  }

  /// Ends a call by a button of the app. CallKit answers with ``Acts/end``.
  func requestEnd(_ uuid: UUID) {
    controller.request(CXTransaction(action: CXEndCallAction(call: uuid))) { _ in }
  }

  func reportStartedConnecting(_ uuid: UUID) { provider.reportOutgoingCall(with: uuid, startedConnectingAt: nil) }

  func reportConnected(_ uuid: UUID) { provider.reportOutgoingCall(with: uuid, connectedAt: nil) }
}

extension CallCentre: @preconcurrency CXProviderDelegate {
  /// CallKit has forgotten everything, for example because its daemon died.
  func providerDidReset(_ provider: CXProvider) {
    active = []
    media.stopAudio()
    acts.reset()
  }

  func provider(_ provider: CXProvider, perform action: CXStartCallAction) {
    configureAudio(hasVideo: action.isVideo)
    finish(action, action.callUUID, acts.start)
  }

  func provider(_ provider: CXProvider, perform action: CXAnswerCallAction) {
    configureAudio(hasVideo: false)
    finish(action, action.callUUID, acts.answer)
  }

  /// The user has declined or hung up. An end that the app or CallKit itself caused does not come
  /// here by `reportEnded`; one that CallKit caused does, after about a minute of ringing: `Calls`
  /// tells them apart.
  func provider(_ provider: CXProvider, perform action: CXEndCallAction) {
    active.remove(action.callUUID)
    finish(action, action.callUUID) { [acts] uuid in
      await acts.end(uuid)
      return true
    }
  }

  func provider(_ provider: CXProvider, perform action: CXSetMutedCallAction) {
    acts.mute(action.callUUID, action.isMuted)
    action.fulfill()
  }

  func provider(_ provider: CXProvider, timedOutPerforming action: CXAction) { action.fail() }

  /// Only now there may be sound.
  func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession) { media.startAudio() }

  func provider(_ provider: CXProvider, didDeactivate audioSession: AVAudioSession) { media.stopAudio() }

  /// Fulfills or fails an action, always one of the two, once its work is done.
  private func finish(_ action: CXAction, _ uuid: UUID, _ work: @escaping @MainActor (UUID) async -> Bool) {
    nonisolated(unsafe) let action = action // it is used here and in the task, never at the same time
    Task { @MainActor in
      if await work(uuid) { action.fulfill() } else { action.fail() }
    }
  }

  /// Sets the session up, and does not activate it: CallKit does.
  private func configureAudio(hasVideo: Bool) {
    try? AVAudioSession.sharedInstance().setCategory(.playAndRecord, mode: hasVideo ? .videoChat : .voiceChat)
  }
}
