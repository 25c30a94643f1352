import Foundation

/// A wake: the pushed envelopes first, then the mailbox page by page (spec/sharing.md, section 1;
/// docs/guide.md, "Receive").
///
/// What a page holds changes neither how many requests there are nor when they leave.
struct Wake: Sendable {
  let mailbox: any Mailbox
  /// Whether the server's time is known.
  let isTimeKnown: @Sendable () -> Bool
  /// Receives, saves, acts, acknowledges and saves; then once more those for which there was no
  /// room. Returns whether there was room for all in the end. Throws if nothing could be received
  /// or saved.
  let takeAll: @Sendable (_ envelopes: [Data]) async throws -> Bool
  var interval = Configuration.grid
  /// Of an extension; an app takes all that waited when the wake began.
  var mostPages: Int?
  /// After which the wake gives up if the first page has not come. Of an extension.
  var patience: Duration?

  /// - Parameter takePushed: Takes the envelopes that were pushed, which come again with their
  ///   page. Called once: while the first answer is on its way, if the time is known already, or
  ///   else as soon as it has come.
  /// - Throws: What failed first, if anything did. It comes again at the next wake.
  func run(takePushed: @Sendable () async throws -> Void) async throws {
    var grid = RequestGrid(interval: interval)
    async let first = firstPage() // leaves before anything is looked at
    if !isTimeKnown() { _ = try? await first } // the time comes with it
    var failure = await error(of: takePushed)
    var answer = try await first
    let pages = min(mostPages ?? .max, (max(answer.waiting, 1) - 1) / Page.length + 1)
    var last = Int.max
    for page in 1...pages {
      var confirmed: [Int] = []
      if page <= last {
        do {
          if try await takeAll(answer.envelopes) {
            confirmed = answer.ids
          } else {
            // No room: it comes again, and no more behind it than does no harm then.
            last = min(last, page + Self.pagesBehind)
          }
        } catch {
          // Not saved: nothing may come before it.
          last = 0
          failure = failure ?? error
        }
      }
      try await grid.next()
      if page < pages {
        answer = try await mailbox.fetchPage(after: answer.next, confirming: confirmed)
      } else {
        try await mailbox.confirm(confirmed)
      }
    }
    if let failure { throw failure }
  }

  private func firstPage() async throws -> Page {
    guard let patience else { return try await mailbox.fetchPage(after: nil, confirming: []) }
    return try await withThrowingTaskGroup(of: Page.self) { group in
      group.addTask { try await mailbox.fetchPage(after: nil, confirming: []) }
      group.addTask {
        try await Task.sleep(for: patience)
        throw CancellationError()
      }
      defer { group.cancelAll() }
      guard let page = try await group.next() else { throw CancellationError() }
      return page
    }
  }

  private func error(of work: @Sendable () async throws -> Void) async -> (any Error)? {
    do {
      try await work()
      return nil
    } catch {
      return error
    }
  }

  /// Pages behind one that had no room: 448 envelopes (spec/sharing.md, section 1).
  private static let pagesBehind = 7
}
