import BackgroundTasks
import Foundation
import Hushring
import UIKit
import UserNotifications

// The tests compile this as a library, which has no main.
#if !HUSHRING_STAND_INS
  @main
#endif
final class AppDelegate: UIResponder, UIApplicationDelegate {
  private var peer: Peer?
  private var becomingActive: (any NSObjectProtocol)?

  func application(
    _ application: UIApplication, didFinishLaunchingWithOptions launchOptions: [UIApplication.LaunchOptionsKey: Any]?
  ) -> Bool {
    // Whether this system verifies signatures as the specification says is not known before it has
    // run there.
    let test = SelfTest()
    if !test.passes { Log.problem(test.description) }
    do {
      peer = try Peer(installation: .shared, media: NoMedia())
    } catch {
      Log.problem("the app's state cannot be read")
    }
    _ = BGTaskScheduler.shared.register(forTaskWithIdentifier: Configuration.refreshTask, using: .main) { task in
      nonisolated(unsafe) let task = task // used on the main queue alone
      MainActor.assumeIsolated { self.refresh(task) }
    }
    scheduleRefresh()
    // Comes with scenes and without, which the delegate's own method does not.
    becomingActive = NotificationCenter.default.addObserver(
      forName: UIApplication.didBecomeActiveNotification, object: nil, queue: .main
    ) { _ in
      MainActor.assumeIsolated { self.peer?.becameActive() }
    }
    Task {
      let options: UNAuthorizationOptions = [.alert, .sound]
      _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: options)
      application.registerForRemoteNotifications() // at each launch
    }
    return true
  }

  func application(
    _ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken deviceToken: Data
  ) {
    peer?.routePushes(to: deviceToken)
  }

  func application(_ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error) {
    Log.problem("no token for pushes: \(error.localizedDescription)")
  }

  private func refresh(_ task: BGTask) {
    scheduleRefresh()
    nonisolated(unsafe) let task = task
    let work = Task {
      await peer?.keepHouse()
      task.setTaskCompleted(success: true)
    }
    task.expirationHandler = { work.cancel() }
  }

  private func scheduleRefresh() {
    let request = BGAppRefreshTaskRequest(identifier: Configuration.refreshTask)
    request.earliestBeginDate = Date(timeIntervalSinceNow: 6 * 3_600)
    do { try BGTaskScheduler.shared.submit(request) } catch { Log.problem("no refresh in the background") }
  }
}
