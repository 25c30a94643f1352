import Foundation

#if canImport(DarwinNotifications)
  import DarwinNotifications // the stand-in of the tests
#endif

/// By which the extension tells an app that runs to look at the journal. It says nothing else, and
/// anybody may post it. An app that does not run finds the event when it starts.
enum DarwinSignal {
  static func post() {
    CFNotificationCenterPostNotification(
      CFNotificationCenterGetDarwinNotifyCenter(),
      CFNotificationName(rawValue: Configuration.darwinNotification as CFString), nil, nil, true)
  }

  /// Observes it for as long as the observer is kept.
  final class Observer: Sendable {
    private let onPost: @Sendable () -> Void

    init(onPost: @escaping @Sendable () -> Void) {
      self.onPost = onPost
      CFNotificationCenterAddObserver(
        CFNotificationCenterGetDarwinNotifyCenter(), Unmanaged.passUnretained(self).toOpaque(),
        { _, observer, _, _, _ in
          guard let observer else { return }
          Unmanaged<Observer>.fromOpaque(observer).takeUnretainedValue().onPost()
        },
        Configuration.darwinNotification as CFString, nil, .deliverImmediately)
    }

    deinit {
      CFNotificationCenterRemoveEveryObserver(
        CFNotificationCenterGetDarwinNotifyCenter(), Unmanaged.passUnretained(self).toOpaque())
    }
  }
}
