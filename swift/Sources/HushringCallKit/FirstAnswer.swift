import Foundation

/// Asks the system, and does not wait for ever: an extension that waits for an answer that never
/// comes shows nothing at all.
///
/// - Parameter ask: Begins to ask, and gives the answer to what it is handed.
func firstAnswer(
  within patience: Duration, _ ask: (@escaping @Sendable (CallKitFailure?) -> Void) -> Void
) async -> CallKitFailure? {
  await withCheckedContinuation { continuation in
    let first = FirstAnswer(continuation)
    ask { first.give($0) }
    Task {
      try await Task.sleep(for: patience)
      first.give(.noAnswer)
    }
  }
}

/// Takes one answer, and passes over those that come later.
private final class FirstAnswer: @unchecked Sendable {
  private let lock = NSLock()
  private var continuation: CheckedContinuation<CallKitFailure?, Never>?

  init(_ continuation: CheckedContinuation<CallKitFailure?, Never>) { self.continuation = continuation }

  func give(_ answer: CallKitFailure?) {
    let continuation = lock.withLock {
      defer { self.continuation = nil }
      return self.continuation
    }
    continuation?.resume(returning: answer)
  }
}
