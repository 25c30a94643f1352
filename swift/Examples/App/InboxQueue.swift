import Foundation
import Hushring

/// The inbox, away from the main thread: loading it takes time, and its lock may be waited for.
///
/// Work is done in the order in which these are called, so whatever comes later finds what was stored
/// before.
@MainActor
extension Installation {
  private static let queue = DispatchQueue(label: "com.example.hushring.inbox", qos: .userInitiated)

  /// A call rings for so long at most. While it does, a busy lock is no reason to give it up.
  nonisolated static let longestRing = Duration.seconds(90)

  /// Does what ``run(_:)`` does.
  ///
  /// - Parameter patience: How long it is tried again while the other process holds the lock. One
  ///   try takes two seconds.
  func work<Value: Sendable>(
    patience: Duration = .zero, _ work: @escaping @Sendable (inout Session) throws -> Value
  ) async throws -> Value {
    try await apart { try $0.runPatiently(patience, work) }
  }

  /// Stores something without waiting for it. A failure is logged.
  func store(_ what: String, _ work: @escaping @Sendable (inout Session) -> Void) {
    Self.queue.async {
      do { try self.runPatiently(Self.longestRing, work) } catch { Log.problem("\(what) is not stored", error) }
    }
  }

  /// Does anything else that takes the lock.
  func apart<Value: Sendable>(_ work: @escaping @Sendable (Installation) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      Self.queue.async { continuation.resume(with: Result { try work(self) }) }
    }
  }

  private nonisolated func runPatiently<Value>(
    _ patience: Duration, _ work: (inout Session) throws -> Value
  ) throws -> Value {
    // Counted, because a clock goes on while the process is suspended.
    var left = Int(patience / .seconds(2))
    while true {
      do {
        return try run(work)
      } catch let error as HushringError where error.code == .busy && left > 0 {
        left -= 1
        Thread.sleep(forTimeInterval: 0.2) // the system may refuse at once what keeps it awake
      }
    }
  }
}

extension Timestamp {
  func adding(_ duration: Duration) -> Timestamp {
    Timestamp(milliseconds: milliseconds + UInt64(duration.components.seconds) * 1_000)
  }
}
