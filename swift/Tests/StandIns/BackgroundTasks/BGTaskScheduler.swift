// Stands in for BackgroundTasks where that is not: what the sample app uses.
// Signatures: developer.apple.com/documentation/backgroundtasks.

import Dispatch
import Foundation

open class BGTask: NSObject {
  public let identifier: String
  open var expirationHandler: (() -> Void)?

  init(identifier: String) { self.identifier = identifier }

  /// The stand-in's own: only the system makes them.
  public init(standInIdentifier identifier: String) { self.identifier = identifier }

  /// The stand-in's own: how it was completed, each time.
  public private(set) var standInCompletions: [Bool] = []

  open func setTaskCompleted(success: Bool) { standInCompletions.append(success) }
}

open class BGTaskRequest: NSObject {
  public let identifier: String
  open var earliestBeginDate: Date?

  init(identifier: String) { self.identifier = identifier }
}

open class BGAppRefreshTaskRequest: BGTaskRequest {
  public override init(identifier: String) { super.init(identifier: identifier) }
}

open class BGTaskScheduler: NSObject, @unchecked Sendable {
  public static let shared = BGTaskScheduler()

  open func register(
    forTaskWithIdentifier identifier: String, using queue: DispatchQueue?,
    launchHandler: @escaping (BGTask) -> Void
  ) -> Bool { true }

  private let guarding = NSLock()
  private var requests: [BGTaskRequest] = []

  /// One with the identifier of another replaces it.
  open func submit(_ taskRequest: BGTaskRequest) throws {
    guarding.withLock {
      requests.removeAll { $0.identifier == taskRequest.identifier }
      requests.append(taskRequest)
    }
  }

  open func getPendingTaskRequests(completionHandler: @escaping ([BGTaskRequest]) -> Void) {
    completionHandler(guarding.withLock { requests })
  }

  /// The stand-in's own.
  public func standInForget() { guarding.withLock { requests = [] } }
}
