import Foundation
import Hushring

/// The rings that were reported in the last quarter of an hour, where extension and app both see them, so that none
/// rings twice (spec/sharing.md, section 1).
///
/// A call may ring again under its UUID, so the time of the ring belongs to its name. Read and write it while the lock
/// of the ``/Hushring/SharedInbox`` is held.
public struct ReportedRings: Hashable, Sendable, Codable {
  private struct Ring: Hashable, Codable {
    let callUUID: UUID
    let sentAt: UInt64
    let reportedAt: UInt64
  }

  private var rings: [Ring] = []

  public init() {}

  public func contains(_ callUUID: UUID, sentAt: Timestamp) -> Bool {
    rings.contains { $0.callUUID == callUUID && $0.sentAt == sentAt.milliseconds }
  }

  /// Whether any ring of the call was reported.
  public func contains(_ callUUID: UUID) -> Bool { rings.contains { $0.callUUID == callUUID } }

  /// Remembers a ring, once it was reported, and forgets those of a quarter of an hour ago.
  public mutating func insert(_ callUUID: UUID, sentAt: Timestamp, now: Timestamp) {
    let ring = Ring(callUUID: callUUID, sentAt: sentAt.milliseconds, reportedAt: now.milliseconds)
    rings.removeAll { $0.callUUID == ring.callUUID && $0.sentAt == ring.sentAt || Self.isOld($0, at: now) }
    rings.append(ring)
  }

  private static func isOld(_ ring: Ring, at now: Timestamp) -> Bool {
    let (age, isAhead) = now.milliseconds.subtractingReportingOverflow(ring.reportedAt)
    return !isAhead && age > 15 * 60_000
  }
}
