// Stands in for UserNotifications where that is not: what HushringCallKit and the samples use. It
// shows nothing, and records what it was told. Signatures:
// developer.apple.com/documentation/usernotifications.

import Foundation
import StandInSupport

public enum UNNotificationInterruptionLevel: UInt, Sendable {
  case passive, active, timeSensitive, critical
}

open class UNNotificationSound: NSObject, @unchecked Sendable {
  public static let `default` = UNNotificationSound()
  public static let defaultRingtone = UNNotificationSound()
}

open class UNNotificationContent: NSObject, NSCopying, NSMutableCopying {
  public internal(set) var title = ""
  public internal(set) var subtitle = ""
  public internal(set) var body = ""
  public internal(set) var badge: NSNumber?
  public internal(set) var sound: UNNotificationSound?
  public internal(set) var userInfo: [AnyHashable: Any] = [:]
  public internal(set) var threadIdentifier = ""
  public internal(set) var categoryIdentifier = ""
  public internal(set) var interruptionLevel = UNNotificationInterruptionLevel.active

  public override init() {}

  open func copy(with zone: NSZone? = nil) -> Any { copied(UNNotificationContent()) }

  open func mutableCopy(with zone: NSZone? = nil) -> Any { copied(UNMutableNotificationContent()) }

  private func copied(_ content: UNNotificationContent) -> UNNotificationContent {
    content.title = title
    content.subtitle = subtitle
    content.body = body
    content.badge = badge
    content.sound = sound
    content.userInfo = userInfo
    content.threadIdentifier = threadIdentifier
    content.categoryIdentifier = categoryIdentifier
    content.interruptionLevel = interruptionLevel
    return content
  }
}

open class UNMutableNotificationContent: UNNotificationContent {
  open override var title: String { get { super.title } set { super.title = newValue } }
  open override var subtitle: String { get { super.subtitle } set { super.subtitle = newValue } }
  open override var body: String { get { super.body } set { super.body = newValue } }
  open override var sound: UNNotificationSound? { get { super.sound } set { super.sound = newValue } }
  open override var userInfo: [AnyHashable: Any] { get { super.userInfo } set { super.userInfo = newValue } }
  open override var threadIdentifier: String {
    get { super.threadIdentifier }
    set { super.threadIdentifier = newValue }
  }
  open override var categoryIdentifier: String {
    get { super.categoryIdentifier }
    set { super.categoryIdentifier = newValue }
  }
  open override var interruptionLevel: UNNotificationInterruptionLevel {
    get { super.interruptionLevel }
    set { super.interruptionLevel = newValue }
  }
}

open class UNNotificationTrigger: NSObject {}

open class UNNotificationRequest: NSObject {
  public let identifier: String
  public let content: UNNotificationContent
  public let trigger: UNNotificationTrigger?

  public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) {
    self.identifier = identifier
    self.content = content
    self.trigger = trigger
  }
}

open class UNNotification: NSObject {
  public let request: UNNotificationRequest

  init(request: UNNotificationRequest) { self.request = request }
}

open class UNNotificationServiceExtension: NSObject {
  public override init() {}

  open func didReceive(
    _ request: UNNotificationRequest,
    withContentHandler contentHandler: @escaping (UNNotificationContent) -> Void
  ) {}

  open func serviceExtensionTimeWillExpire() {}
}

public struct UNAuthorizationOptions: OptionSet, Sendable {
  public let rawValue: UInt
  public init(rawValue: UInt) { self.rawValue = rawValue }
  public static let badge = UNAuthorizationOptions(rawValue: 1)
  public static let sound = UNAuthorizationOptions(rawValue: 2)
  public static let alert = UNAuthorizationOptions(rawValue: 4)
  public static let timeSensitive = UNAuthorizationOptions(rawValue: 256)
}

open class UNUserNotificationCenter: NSObject, @unchecked Sendable {
  private static let shared = UNUserNotificationCenter()
  private let delivered = Locked(Delivered())

  private struct Delivered: @unchecked Sendable {
    var requests: [UNNotificationRequest] = []
  }

  open class func current() -> UNUserNotificationCenter { shared }

  open weak var delegate: (any UNUserNotificationCenterDelegate)?

  open func setNotificationCategories(_ categories: Set<UNNotificationCategory>) {}

  open func requestAuthorization(options: UNAuthorizationOptions = []) async throws -> Bool { true }

  /// One with the identifier of another replaces it.
  open func add(
    _ request: UNNotificationRequest, withCompletionHandler completionHandler: (@Sendable ((any Error)?) -> Void)? = nil
  ) {
    delivered.withLock {
      $0.requests.removeAll { $0.identifier == request.identifier }
      $0.requests.append(request)
    }
    completionHandler?(nil)
  }

  open func getDeliveredNotifications(completionHandler: @escaping @Sendable ([UNNotification]) -> Void) {
    completionHandler(delivered.withLock { $0.requests.map(UNNotification.init) })
  }

  open func removeDeliveredNotifications(withIdentifiers identifiers: [String]) {
    delivered.withLock { $0.requests.removeAll { identifiers.contains($0.identifier) } }
  }

  /// The stand-in's own.
  public var standInRequests: [UNNotificationRequest] { delivered.withLock { $0.requests } }
  public func standInForget() { delivered.withLock { $0.requests = [] } }
}
