import AVFAudio
import Foundation
import Hushring
import HushringCallKit

/// Calls without CallKit: in mainland China, and a call that CallKit did not take. It rings by a
/// notification, which the user taps, and in the app's own screens, which call `Peer.answer` and
/// `Peer.end`.
@MainActor
final class InAppCalls: CallSystem {
  var acts = CallActs()
  var active: Set<UUID> { Set(shown.keys) }
  private let media: any MediaEngine
  private let notices: any NoticeBoard
  /// Those that are shown, and whether they have video.
  private var shown: [UUID: Bool] = [:]
  /// The call that is heard: one at a time.
  private var heard: UUID?

  init(media: any MediaEngine, notices: any NoticeBoard = SystemNotices()) {
    self.media = media
    self.notices = notices
  }

  func report(_ call: UUID, _ display: CallDisplay, notice: Notice?) {
    shown[call] = display.hasVideo
    if let notice { notices.show(notice) }
  }

  func update(_ call: UUID, _ display: CallDisplay) {
    if shown[call] != nil { shown[call] = display.hasVideo }
  }

  func reportEnded(_ call: UUID, _ reason: EndedReason) {
    guard shown.removeValue(forKey: call) != nil else { return }
    notices.withdraw(call)
    silence(call)
  }

  func reportConnecting(_ call: UUID) {}

  func reportConnected(_ call: UUID) {}

  func start(_ call: UUID, _ display: CallDisplay) {
    shown[call] = display.hasVideo
    perform(call, hasVideo: display.hasVideo, acts.start)
  }

  func answer(_ call: UUID) {
    guard let hasVideo = shown[call] else { return }
    notices.withdraw(call)
    perform(call, hasVideo: hasVideo, acts.answer)
  }

  func end(_ call: UUID) {
    reportEnded(call, .remoteEnded)
    acts.end(call)
  }

  private func perform(_ call: UUID, hasVideo: Bool, _ act: @escaping @MainActor (UUID) async -> Bool) {
    if let heard, heard != call { end(heard) }
    Task {
      guard await act(call), shown[call] != nil else { return reportEnded(call, .failed) }
      heard = call
      do {
        let session = AVAudioSession.sharedInstance()
        try session.setUp(hasVideo: hasVideo)
        try session.setActive(true)
      } catch {
        Log.problem("audio is not set up", error)
      }
      media.startAudio()
    }
  }

  private func silence(_ call: UUID) {
    guard heard == call else { return }
    heard = nil
    media.stopAudio()
    do {
      try AVAudioSession.sharedInstance().setActive(false, options: .notifyOthersOnDeactivation)
    } catch {
      Log.problem("audio stays active", error)
    }
  }
}
