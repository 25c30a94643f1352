import Foundation
import HushringCallKit
import UserNotifications

/// One request of the system, and its one answer. The extension has one of these for each push,
/// because the system calls it for the next before it has answered the last.
final class PushHandler: @unchecked Sendable {
  /// The envelope of the push, if there is one.
  let envelope: Data?

  private let lock = NSLock()
  /// The push as it came: its text is the app's localised `NEW_ACTIVITY`.
  private let generic: UNNotificationContent
  private var answer: ((UNNotificationContent) -> Void)?
  private var shown: Outcome.Shown?
  private var event: EventName?

  /// - Parameter answer: What the system gave. It is called once, from any thread.
  init(_ content: UNNotificationContent, answer: @escaping (UNNotificationContent) -> Void) {
    generic = content
    self.answer = answer
    envelope = (content.userInfo["hushring"] as? String).flatMap { Data(base64Encoded: $0) }
  }

  /// Whether it is known what is shown.
  var isKnown: Bool { lock.withLock { shown != nil } }

  /// Notes what is shown, once that is known. It is shown when the wake has ended, or when time
  /// runs out.
  ///
  /// - Parameter event: What ``finish()`` gives back.
  /// - Returns: whether it will be shown: not after the answer.
  @discardableResult
  func show(_ shown: Outcome.Shown, of event: EventName? = nil) -> Bool {
    lock.withLock {
      guard answer != nil else { return false }
      (self.shown, self.event) = (shown, event)
      return true
    }
  }

  /// Answers, the first time that it is called. Where nothing is known, with the push as it came.
  ///
  /// - Returns: The event that was shown: it is to be acknowledged, after every handler has answered.
  @discardableResult
  func finish() -> EventName? {
    let (answer, content, event) = lock.withLock {
      defer { self.answer = nil }
      return (self.answer, self.content, self.event)
    }
    guard let answer else { return nil }
    answer(content)
    return event
  }

  private var content: UNNotificationContent {
    switch shown {
    case .nothing: UNNotificationContent() // needs the entitlement to filter
    case .notice(let notice): notice.content
    case .generic, nil: generic
    }
  }
}
