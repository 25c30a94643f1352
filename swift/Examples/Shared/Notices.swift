import Foundation
import Hushring
import HushringCallKit
import UserNotifications

/// The words of a notice. Nothing in it may come from the network.
extension Notice {
  var content: UNNotificationContent {
    let content = UNMutableNotificationContent()
    content.title = name
    content.body = body
    content.threadIdentifier = account
    content.categoryIdentifier = category.rawValue
    content.userInfo = userInfo
    // The ringtone is for content that an `INStartCallIntent` has updated, which tells Siri who
    // calls. A sound file of up to 30 seconds in the app's bundle may take the place of this sound.
    content.sound = isQuiet ? nil : .default
    if isTimeSensitive { content.interruptionLevel = .timeSensitive }
    if isQuiet { content.interruptionLevel = .passive }
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

  private var category: NoticeSubject.Category {
    switch kind {
    case .call: .call
    case .missedCall: .missedCall
    case .message, .other: .message
    }
  }

  private var userInfo: [String: String] {
    var info = [NoticeSubject.account: account, NoticeSubject.messageID: messageID.description]
    info[Self.callUUIDKey] = callUUID?.uuidString
    info[NoticeSubject.expiresAt] = expiresAt.map { String($0.milliseconds) }
    return info
  }

  static let callUUIDKey = "callUUID"
}

/// Leaves their sound to the first few notices of a wake, and to every call that rings.
struct Sounds {
  private var left = Configuration.mostSounds

  /// The notice as it is to be shown.
  mutating func given(to notice: Notice) -> Notice {
    guard !notice.isTimeSensitive, !notice.isQuiet else { return notice }
    var notice = notice
    if left > 0 { left -= 1 } else { notice.isQuiet = true }
    return notice
  }
}

/// What a notification is about: read from it when the user taps it, to answer, to call back, or to
/// write.
struct NoticeSubject: Sendable {
  /// By which the app finds out what was tapped, and may give iOS buttons to show.
  enum Category: String {
    /// It rings until ``NoticeSubject/expiresAt``: answer ``NoticeSubject/callUUID``.
    case call
    case missedCall
    case message
  }

  let category: Category
  let account: AccountKey
  /// Names the event in the journal, together with the account. Not of a call that was missed while it
  /// rang in the app.
  let messageID: MessageID?
  /// Of a call.
  let callUUID: UUID?
  /// Of a call that rings.
  let expiresAt: Timestamp?

  /// Nothing, if the notification is another, such as a push as it came.
  init?(_ content: UNNotificationContent) {
    func text(_ key: String) -> String? { content.userInfo[key] as? String }
    guard let category = Category(rawValue: content.categoryIdentifier),
      let account = text(Self.account).flatMap({ Data(hexadecimalDigits: $0) }).flatMap({ try? AccountKey($0) })
    else { return nil }
    (self.category, self.account) = (category, account)
    messageID = text(Self.messageID).flatMap { MessageID($0) }
    callUUID = text(Notice.callUUIDKey).flatMap { UUID(uuidString: $0) }
    expiresAt = text(Self.expiresAt).flatMap { UInt64($0) }.map { Timestamp(milliseconds: $0) }
  }

  static let account = "account"
  fileprivate static let messageID = "messageID"
  fileprivate static let expiresAt = "expiresAt"
}

/// Adds notifications, and takes them away.
protocol NoticeBoard: Sendable {
  /// Adds a notification, or replaces the one of its name.
  func show(_ notice: Notice)
  /// Takes away what was shown of a call.
  func withdraw(_ callUUID: UUID)
  /// Takes away what was shown of an event.
  func withdraw(_ event: EventName)
  /// Takes away that calls ring whose last moment has passed. At each wake, and when the app starts.
  func withdrawRings(before now: Timestamp)
}

struct SystemNotices: NoticeBoard {
  var center: @Sendable () -> UNUserNotificationCenter = { .current() }

  func show(_ notice: Notice) {
    center().add(UNNotificationRequest(identifier: notice.identifier, content: notice.content, trigger: nil))
  }

  func withdraw(_ callUUID: UUID) {
    let name = callUUID.uuidString
    center().removeDeliveredNotifications(withIdentifiers: [name])
    // What an extension has shown by its answer has a name of the system's. What is shown under the
    // call's own name from here on stays.
    withdraw { $0 != name && $1.callUUID == callUUID }
  }

  func withdraw(_ event: EventName) {
    withdraw { $1.account == event.account && $1.messageID == event.messageID }
  }

  func withdrawRings(before now: Timestamp) {
    withdraw { _, subject in subject.expiresAt.map { $0 < now } ?? false }
  }

  private func withdraw(where isOver: @escaping @Sendable (_ name: String, NoticeSubject) -> Bool) {
    center().getDeliveredNotifications { [center] notifications in
      let names = notifications.map(\.request)
        .filter { request in NoticeSubject(request.content).map { isOver(request.identifier, $0) } ?? false }
        .map(\.identifier)
      center().removeDeliveredNotifications(withIdentifiers: names)
    }
  }
}
