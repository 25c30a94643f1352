import Foundation
import HushringCallKit
import UserNotifications

/// The words of a notice. Nothing in it may come from the network.
extension Notice {
  var content: UNNotificationContent {
    let content = UNMutableNotificationContent()
    content.title = name
    content.body = body
    content.threadIdentifier = account
    content.userInfo = callUUID.map { [Self.callUUIDKey: $0.uuidString] } ?? [:]
    if isTimeSensitive {
      content.interruptionLevel = .timeSensitive
      content.sound = .defaultRingtone
    } else {
      content.sound = .default
    }
    return content
  }

  private var body: String {
    switch kind {
    case .call(hasVideo: false): NSLocalizedString("Incoming call. Tap to answer.", comment: "")
    case .call(hasVideo: true): NSLocalizedString("Incoming video call. Tap to answer.", comment: "")
    case .missedCall(hasVideo: false): NSLocalizedString("Missed call", comment: "")
    case .missedCall(hasVideo: true): NSLocalizedString("Missed video call", comment: "")
    case .message(let text): text ?? NSLocalizedString("New message", comment: "")
    case .other: NSLocalizedString("Something that this version of the app cannot show", comment: "")
    }
  }

  static let callUUIDKey = "callUUID"
}

/// Adds notifications, and takes them away.
protocol NoticeBoard: Sendable {
  /// Adds a notification, or replaces the one of its name.
  func show(_ notice: Notice)
  /// Takes away what was shown of a call.
  func withdraw(_ callUUID: UUID)
}

struct SystemNotices: NoticeBoard {
  func show(_ notice: Notice) {
    UNUserNotificationCenter.current()
      .add(UNNotificationRequest(identifier: notice.identifier, content: notice.content, trigger: nil))
  }

  func withdraw(_ callUUID: UUID) {
    UNUserNotificationCenter.current().getDeliveredNotifications { notifications in
      let names = notifications.map(\.request)
        .filter { $0.content.userInfo[Notice.callUUIDKey] as? String == callUUID.uuidString }
        .map(\.identifier)
      UNUserNotificationCenter.current().removeDeliveredNotifications(withIdentifiers: names)
    }
  }
}
