import UIKit

/// Time to go on in the background, for as long as the system grants it: a call that was declined
/// on the lock screen leaves the app no other reason to run.
@MainActor
final class BackgroundTime {
  private var identifier = UIBackgroundTaskIdentifier.invalid

  /// - Parameter onExpiry: Cancels what is under way.
  init(_ name: String, onExpiry: @escaping @MainActor @Sendable () -> Void = {}) {
    identifier = UIApplication.shared.beginBackgroundTask(withName: name) {
      onExpiry()
      self.end() // else the system ends the app
    }
  }

  func end() {
    guard identifier != .invalid else { return }
    UIApplication.shared.endBackgroundTask(identifier)
    identifier = .invalid
  }
}
