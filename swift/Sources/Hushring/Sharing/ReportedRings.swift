import Foundation

/// The rings that were reported to the system, by either process, so that none is reported twice
/// (spec/sharing.md, section 1).
///
/// A call may ring again under its UUID, so that a ring is known by the UUID and its time.
public struct ReportedRings: Hashable, Sendable {
  private var rings: [Ring] = []

  /// An empty list.
  public init() {}

  /// Whether this ring was reported.
  public func contains(_ callUUID: UUID, sentAt: Timestamp) -> Bool {
    rings.contains { $0.callUUID == callUUID && $0.sentAt == sentAt }
  }

  /// Whether any ring of this call was reported.
  public func contains(_ callUUID: UUID) -> Bool { rings.contains { $0.callUUID == callUUID } }

  mutating func insert(_ callUUID: UUID, sentAt: Timestamp, now: Timestamp) {
    rings.removeAll { ring in
      ring.callUUID == callUUID && ring.sentAt == sentAt
        // A clock that was set back makes them of the future.
        || ring.reportedAt.adding(milliseconds: Self.keeping) < now
        || now.adding(milliseconds: Self.keeping) < ring.reportedAt
    }
    rings = rings.suffix(Self.most - 1) + [Ring(callUUID: callUUID, sentAt: sentAt, reportedAt: now)]
  }

  /// A day. For a quarter of an hour the ring itself may come again; the end of a call comes later.
  private static let keeping: UInt64 = 86_400_000
  private static let most = 512

  fileprivate struct Ring: Hashable, Sendable {
    let callUUID: UUID
    let sentAt: Timestamp
    let reportedAt: Timestamp
  }
}

extension ReportedRings {
  private static let version: UInt8 = 1
  private static let size = 32

  /// version = 1, then for each: UUID (16) ‖ sent_at (8) ‖ reported at (8)
  var encoded: Data {
    var data = Data([Self.version])
    for ring in rings {
      withUnsafeBytes(of: ring.callUUID.uuid) { data.append(contentsOf: $0) }
      data += ring.sentAt.milliseconds.bigEndianBytes + ring.reportedAt.milliseconds.bigEndianBytes
    }
    return data
  }

  /// Reads what can be read: a list that is damaged must not keep a call from ringing.
  init(_ data: Data) {
    guard data.first == Self.version else { return }
    var reader = Reader(data.dropFirst())
    while reader.rest.count >= Self.size {
      let uuid = reader.bytes(16).withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
      let sentAt = Timestamp(milliseconds: reader.integer())
      let reportedAt = Timestamp(milliseconds: reader.integer())
      rings.append(Ring(callUUID: UUID(uuid: uuid), sentAt: sentAt, reportedAt: reportedAt))
    }
  }
}
