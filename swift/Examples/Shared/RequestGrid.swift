/// The points of time at which a wake may ask again, so that the time of a request does not tell
/// what was in the page before (spec/threat-model.md, DEP2). Each point has one request at most.
struct RequestGrid: Sendable {
  private let start = ContinuousClock.now
  private let interval: Duration
  private var point = 0

  init(interval: Duration) { self.interval = interval }

  /// Waits for the next point. Where a page took longer, that is a later one; a timer that fires
  /// too early gains nothing.
  mutating func next() async throws {
    let passed = (ContinuousClock.now - start) / interval
    point = max(point + 1, Int(passed.rounded(.up)))
    try await Task.sleep(until: start + interval * point, clock: .continuous)
  }
}
