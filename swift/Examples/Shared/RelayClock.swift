import Foundation
import Hushring

/// The relay's time, for all of this process. A new process begins without one: the answer to its
/// first request has it.
final class RelayClock: @unchecked Sendable {
  private let lock = NSLock()
  private var clock = ServerClock()
  private var takenOver: (time: Timestamp, at: ContinuousClock.Instant)?

  func add(_ serverTime: Timestamp, roundTrip: Duration) {
    lock.withLock {
      clock.add(serverTime, roundTrip: roundTrip)
      takenOver = nil
    }
  }

  /// Goes by the time that the other process knew, until the relay answers this one. It does not count
  /// among the answers.
  func takeOver(_ time: Timestamp) { lock.withLock { takenOver = (time, .now) } }

  /// Whether the time is good enough to list what is pending, to answer and to decline.
  var isSynchronized: Bool { lock.withLock { clock.isSynchronized() || takenOver != nil } }

  /// Whether the relay has told this process: see `Installation.relayTime`.
  var isFromRelay: Bool { lock.withLock { clock.isSynchronized() } }

  var now: Timestamp {
    lock.withLock {
      guard let takenOver, !clock.isSynchronized() else { return clock.now() }
      return Timestamp(takenOver.time.date.addingTimeInterval((.now - takenOver.at) / .seconds(1)))
    }
  }
}
