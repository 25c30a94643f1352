import Foundation
import Hushring
import HushringCallKit
import UserNotifications

/// What the user does with a notification.
struct Tap: Sendable {
  enum Act: String {
    case answer, decline, callBack
    /// The notification itself: answers a call that still rings, and opens anything else.
    case open
  }

  let act: Act
  /// Nothing, if it was tapped on a push as it came.
  let subject: NoticeSubject?

  /// - Parameter action: The identifier of a button, or the system's own.
  init(_ content: UNNotificationContent, action: String) {
    act = Act(rawValue: action) ?? .open
    subject = NoticeSubject(content)
  }

  /// The buttons, for ``UNUserNotificationCenter``.
  static var categories: Set<UNNotificationCategory> {
    func button(_ act: Act, _ title: String, _ options: UNNotificationActionOptions) -> UNNotificationAction {
      UNNotificationAction(identifier: act.rawValue, title: title, options: options)
    }
    let answer = button(.answer, NSLocalizedString("Answer", comment: ""), .foreground)
    let decline = button(.decline, NSLocalizedString("Decline", comment: ""), .destructive)
    let callBack = button(.callBack, NSLocalizedString("Call back", comment: ""), .foreground)
    return [
      UNNotificationCategory(
        identifier: NoticeSubject.Category.call.rawValue, actions: [answer, decline], intentIdentifiers: []),
      UNNotificationCategory(
        identifier: NoticeSubject.Category.missedCall.rawValue, actions: [callBack], intentIdentifiers: []),
    ]
  }
}

/// Takes what the user does with notifications. Keep it: the centre does not.
final class NotificationTaps: NSObject, UNUserNotificationCenterDelegate {
  private let peer: Peer

  @MainActor
  init(_ peer: Peer) {
    self.peer = peer
    super.init()
    let center = UNUserNotificationCenter.current()
    center.delegate = self
    center.setNotificationCategories(Tap.categories)
  }

  func userNotificationCenter(
    _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse,
    withCompletionHandler completionHandler: @escaping () -> Void
  ) {
    let tap = Tap(response.notification.request.content, action: response.actionIdentifier)
    nonisolated(unsafe) let done = completionHandler // called once, on the main actor
    Task { @MainActor [peer] in
      await peer.take(tap)
      done()
    }
  }

  /// The app is in the foreground: a call that the extension has shown rings in its screens, too.
  func userNotificationCenter(
    _ center: UNUserNotificationCenter, willPresent notification: UNNotification,
    withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
  ) {
    completionHandler([.banner, .list, .sound])
    Task { @MainActor [peer] in await peer.lookAtJournal() }
  }
}

extension SystemNotices {
  /// Shows that a call was missed that has rung here.
  func showMissed(_ call: CallRecord, name: String, isQuiet: Bool) {
    let content = UNMutableNotificationContent()
    content.title = name
    content.body = NSLocalizedString(call.hasVideo ? "Missed video call" : "Missed call", comment: "")
    content.threadIdentifier = call.account.data.hexadecimalDigits
    content.categoryIdentifier = NoticeSubject.Category.missedCall.rawValue
    content.userInfo = [
      NoticeSubject.account: call.account.data.hexadecimalDigits, Notice.callUUIDKey: call.uuid.uuidString,
    ]
    if isQuiet { content.interruptionLevel = .passive } else { content.sound = .default }
    UNUserNotificationCenter.current()
      .add(UNNotificationRequest(identifier: call.uuid.uuidString, content: content, trigger: nil))
  }
}
