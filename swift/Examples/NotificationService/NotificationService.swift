import Foundation
import UserNotifications

/// The extension: for each push, one handler, and one wake for all that come meanwhile.
///
/// The system keeps the process for later pushes, calls `didReceive` again before it was answered,
/// and may end the process without a word. So whatever is to be shown if nothing more happens is
/// there first, nothing is done on the thread on which the system calls, and everything is saved
/// before it is acted upon.
final class NotificationService: UNNotificationServiceExtension {
  override func didReceive(
    _ request: UNNotificationRequest, withContentHandler contentHandler: @escaping (UNNotificationContent) -> Void
  ) {
    // It has the push's own text, and shows that if nothing else comes.
    let handler = PushHandler(request.content, answer: contentHandler)
    NotificationService.open.insert(handler)
    Task.detached(priority: .userInitiated) {
      await NotificationService.reception.take(handler)
      NotificationService.open.remove(handler)
    }
  }

  /// Some 30 seconds are over. What was received is shown, and for the others the push as it came.
  /// What was not confirmed comes again.
  override func serviceExtensionTimeWillExpire() {
    NotificationService.open.finish { try NotificationService.installation.acknowledge($0) }
  }

  /// The system makes several objects of this class in one process: these are of all of them.
  private static let open = OpenHandlers()
  private static let installation = Installation.shared
  private static let reception = Reception(installation, mailbox: Relay(installation))
}

/// The handlers that are not answered yet.
final class OpenHandlers: @unchecked Sendable {
  private let lock = NSLock()
  private var handlers: [PushHandler] = []

  func insert(_ handler: PushHandler) { lock.withLock { handlers.append(handler) } }

  func remove(_ handler: PushHandler) { lock.withLock { handlers.removeAll { $0 === handler } } }

  /// Answers with all of them, and acknowledges after that what they have shown: another process may
  /// have the lock, for longer than there is time.
  func finish(acknowledge: ([EventName]) throws -> Void) {
    let open = lock.withLock {
      defer { handlers = [] }
      return handlers
    }
    let shown = open.compactMap { $0.finish() }
    do { try acknowledge(shown) } catch { Log.problem("what was shown is not acknowledged", error) }
  }
}
