import Foundation
import Hushring

/// The relay's time, for all of this process. A new process begins without one: the answer to its
/// first request has it.
final class RelayClock: @unchecked Sendable {
  private let lock = NSLock()
  private var clock = ServerClock()

  func add(_ serverTime: Timestamp, roundTrip: Duration) {
    lock.withLock { clock.add(serverTime, roundTrip: roundTrip) }
  }

  var isSynchronized: Bool { lock.withLock { clock.isSynchronized() } }

  var now: Timestamp { lock.withLock { clock.now() } }
}
