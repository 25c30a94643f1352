import AVFAudio
import CallKit
import Foundation
import Hushring
import HushringCallKit

/// CallKit. There is one for the whole life of the app.
@MainActor
final class CallKitCalls: NSObject, CallSystem {
  var acts = CallActs()
  let provider: CXProvider
  let controller = CXCallController(queue: .main)
  private let media: any MediaEngine
  private var shown: [UUID: Shown] = [:]
  /// Those that the user has ended before CallKit took them: it would ring for nobody.
  private var early: Set<UUID> = []
  /// The actions that wait for their answer. Each gets one: whoever takes it out of here gives it.
  private var open: [UUID: CXAction] = [:]

  private struct Shown {
    var hasVideo: Bool
    /// Whether CallKit has said that it took the call. Before, it knows of none to answer.
    var isTaken = false
    /// Whether the user wants to answer it as soon as CallKit has it.
    var isWanted = false
  }

  init(media: any MediaEngine) {
    self.media = media
    let configuration = CXProviderConfiguration()
    configuration.supportsVideo = true
    // A call that is answered because it crosses an own one begins before that has quite ended.
    configuration.maximumCallGroups = 2
    configuration.maximumCallsPerCallGroup = 1
    configuration.supportedHandleTypes = [.generic, .phoneNumber, .emailAddress]
    provider = CXProvider(configuration: configuration)
    super.init()
    provider.setDelegate(self, queue: .main)
  }

  var active: Set<UUID> { Set(shown.keys) }

  func report(_ call: UUID, _ display: CallDisplay, notice: Notice?) {
    if shown[call] == nil { shown[call] = Shown(hasVideo: display.hasVideo) }
    provider.reportNewIncomingCall(with: call, update: CXCallUpdate(display)) { @Sendable error in
      let failure = error.map { CallKitFailure($0) }
      Task { @MainActor in self.reported(call, failure) }
    }
  }

  private func reported(_ call: UUID, _ failure: CallKitFailure?) {
    guard let failure, failure != .callUUIDAlreadyExists else {
      if early.remove(call) != nil { return provider.report(.failed, of: call) }
      shown[call]?.isTaken = true
      if shown[call]?.isWanted == true { answer(call) }
      return
    }
    guard shown[call]?.isTaken != true else { return } // CallKit has it from an earlier report
    early.remove(call)
    shown[call] = nil
    acts.refused(call, failure)
  }

  func update(_ call: UUID, _ display: CallDisplay) {
    shown[call]?.hasVideo = display.hasVideo
    provider.reportCall(with: call, updated: CXCallUpdate(display))
  }

  func reportEnded(_ call: UUID, _ reason: EndedReason) {
    guard shown.removeValue(forKey: call) != nil else { return }
    provider.report(reason, of: call)
  }

  func reportConnecting(_ call: UUID) { provider.reportOutgoingCall(with: call, startedConnectingAt: nil) }

  func reportConnected(_ call: UUID) { provider.reportOutgoingCall(with: call, connectedAt: nil) }

  func start(_ call: UUID, _ display: CallDisplay) {
    shown[call] = Shown(hasVideo: display.hasVideo, isTaken: true)
    let action = CXStartCallAction(call: call, handle: CXHandle(display.handle))
    action.isVideo = display.hasVideo
    request(action) { self.lost(call) } // for example because another app has a call
  }

  func answer(_ call: UUID) {
    guard shown[call]?.isTaken == true else {
      shown[call]?.isWanted = true
      return
    }
    request(CXAnswerCallAction(call: call)) {} // it rings on, with CallKit's own button
  }

  /// Where CallKit does not know the call, it is ended all the same.
  func end(_ call: UUID) {
    request(CXEndCallAction(call: call)) {
      switch self.shown[call]?.isTaken {
      case .some(true): self.provider.report(.failed, of: call)
      case .some(false): self.early.insert(call)
      case .none: break
      }
      self.ended(call)
    }
  }

  private func request(_ action: CXAction, onRefusal: @escaping @MainActor @Sendable () -> Void) {
    controller.request(CXTransaction(action: action)) { @Sendable error in
      guard let error else { return }
      Log.problem("CallKit does not grant an action", error)
      Task { @MainActor in onRefusal() }
    }
  }

  private func lost(_ call: UUID) {
    shown[call] = nil
    acts.failed(call)
  }

  private func ended(_ call: UUID) {
    shown[call] = nil
    acts.end(call)
  }
}

extension CallKitCalls: @preconcurrency CXProviderDelegate {
  /// CallKit has forgotten everything, for example because its daemon died.
  func providerDidReset(_ provider: CXProvider) {
    (shown, early, open) = ([:], [], [:])
    media.stopAudio()
    acts.reset()
  }

  func provider(_ provider: CXProvider, perform action: CXStartCallAction) {
    configureAudio(hasVideo: action.isVideo)
    perform(action, action.callUUID, acts.start)
  }

  func provider(_ provider: CXProvider, perform action: CXAnswerCallAction) {
    configureAudio(hasVideo: shown[action.callUUID]?.hasVideo ?? false)
    perform(action, action.callUUID, acts.answer)
  }

  /// The user has declined or hung up; or CallKit has ended a call that has rung for about a
  /// minute, which `Calls` tells apart. An end that the app has reported does not come here.
  func provider(_ provider: CXProvider, perform action: CXEndCallAction) {
    ended(action.callUUID)
    action.fulfill()
  }

  func provider(_ provider: CXProvider, perform action: CXSetMutedCallAction) {
    acts.mute(action.callUUID, action.isMuted)
    action.fulfill()
  }

  /// No call can be held: `CXCallUpdate.init(_:)` says so. CallKit asks all the same on a car's or a
  /// headset's button.
  func provider(_ provider: CXProvider, perform action: CXSetHeldCallAction) { action.fail() }

  /// CallKit has waited for too long, and has failed the action: it is not answered any more.
  func provider(_ provider: CXProvider, timedOutPerforming action: CXAction) {
    open[action.uuid] = nil
    guard let call = (action as? CXCallAction)?.callUUID, shown[call] != nil else { return }
    reportEnded(call, .failed)
    acts.failed(call)
  }

  /// Only now there may be sound.
  func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession) { media.startAudio() }

  func provider(_ provider: CXProvider, didDeactivate audioSession: AVAudioSession) { media.stopAudio() }

  private func perform(_ action: CXAction, _ call: UUID, _ act: @escaping @MainActor (UUID) async -> Bool) {
    let name = action.uuid
    open[name] = action
    Task {
      let isDone = await act(call)
      guard let action = open.removeValue(forKey: name) else { return }
      if isDone { action.fulfill() } else { action.fail() }
    }
  }

  /// CallKit activates the session.
  private func configureAudio(hasVideo: Bool) {
    do {
      try AVAudioSession.sharedInstance().setUp(hasVideo: hasVideo)
    } catch {
      Log.problem("audio is not set up", error)
    }
  }
}
