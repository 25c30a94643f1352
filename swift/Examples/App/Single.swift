/// A piece of work that is done once at a time: whoever asks for it while it is under way waits for
/// that one to end.
@MainActor
final class Single {
  private var task: Task<Void, any Error>?

  /// Does the work, or joins it. If the caller that began it is cancelled, so is the work; whoever
  /// had joined begins it anew.
  func run(_ work: @escaping @MainActor () async throws -> Void) async throws {
    while let task {
      do {
        return try await task.value
      } catch {
        guard task.isCancelled else { throw error }
        try Task.checkCancellation()
      }
    }
    let task = Task {
      defer { self.task = nil } // before anybody who has joined goes on
      try await work()
    }
    self.task = task
    try await withTaskCancellationHandler { try await task.value } onCancel: { task.cancel() }
  }

  /// Waits for what is under way, if anything is.
  func finished() async { _ = await task?.result }
}
