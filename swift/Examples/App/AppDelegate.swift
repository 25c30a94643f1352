import BackgroundTasks
import Foundation
import Hushring
import UIKit
import UserNotifications

// The app's entry. Xcode's template has a `@main` of its own: delete that one, or, with SwiftUI, this
// one, and write `@UIApplicationDelegateAdaptor(AppDelegate.self) var delegate` into your `App`. The
// tests compile this as a library, which has none.
#if !HUSHRING_STAND_INS
  @main
#endif
final class AppDelegate: UIResponder, UIApplicationDelegate {
  /// For your screens. They may come with scenes or without.
  private(set) lazy var peer = Peer(installation: .shared, media: NoMedia())
  private var taps: NotificationTaps?
  private var becomingActive: (any NSObjectProtocol)?

  func application(
    _ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
  ) -> Bool {
    // Both before this returns, and before anything that may take time: the system may have launched
    // the app for a call, or for a tap.
    taps = NotificationTaps(peer)
    _ = BGTaskScheduler.shared.register(forTaskWithIdentifier: Configuration.refreshTask, using: .main) { task in
      nonisolated(unsafe) let task = task // used on the main queue alone
      MainActor.assumeIsolated { self.refresh(task) }
    }
    keepRefreshScheduled()
    // Comes with scenes and without, which the delegate's own method does not.
    becomingActive = NotificationCenter.default.addObserver(
      forName: UIApplication.didBecomeActiveNotification, object: nil, queue: .main
    ) { _ in
      MainActor.assumeIsolated { self.peer.becameActive() }
    }
    Task {
      let options: UNAuthorizationOptions = [.alert, .sound]
      do {
        _ = try await UNUserNotificationCenter.current().requestAuthorization(options: options)
      } catch {
        Log.problem("notifications are not allowed", error)
      }
      application.registerForRemoteNotifications() // at each launch
    }
    Task.detached {
      // Whether this system verifies signatures as the specification says is not known before it has
      // run there.
      let test = SelfTest()
      if !test.passes { Log.problem(test.description) }
    }
    return true
  }

  func application(
    _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data
  ) {
    peer.routePushes(to: deviceToken)
  }

  func application(_ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error) {
    Log.problem("no token for pushes", error)
  }

  /// Keeps house, and says once that it has ended: when it is done, or when the system wants its time
  /// back and has cancelled it.
  func refresh(_ task: BGTask) {
    Self.scheduleRefresh()
    nonisolated(unsafe) let task = task // used on the main actor; the handler only cancels
    let work = Task {
      await peer.keepHouse()
      task.setTaskCompleted(success: !Task.isCancelled)
    }
    task.expirationHandler = { @Sendable in work.cancel() }
  }

  /// Leaves a refresh alone that waits already. One that is asked for again begins six hours from
  /// then: each launch for a call would put it off, and a phone that rings often would never come to
  /// it.
  func keepRefreshScheduled() {
    BGTaskScheduler.shared.getPendingTaskRequests { @Sendable requests in
      if requests.allSatisfy({ $0.identifier != Configuration.refreshTask }) { Self.scheduleRefresh() }
    }
  }

  private nonisolated static func scheduleRefresh() {
    let request = BGAppRefreshTaskRequest(identifier: Configuration.refreshTask)
    request.earliestBeginDate = Date(timeIntervalSinceNow: 6 * 3_600)
    do { try BGTaskScheduler.shared.submit(request) } catch { Log.problem("no refresh in the background", error) }
  }
}
