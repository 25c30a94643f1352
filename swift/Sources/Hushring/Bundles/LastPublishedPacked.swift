import Foundation

/// What was last published, as bytes: 73 to 217,161 (spec/envelope.md, section 9).
extension LastPublished {
  private static let shortest = 73
  private static let hashLength = 32
  /// Device key, issued_at, offers and suites.
  private static let entryLength = 42

  var packed: Data {
    var bytes = [Limits.version] + account.bytes.bytes + floor.value.bigEndianBytes
    bytes.reserveCapacity(Self.shortest + entries.count * (Self.entryLength + 2 * Self.hashLength))
    for entry in entries {
      let suites = Suite.allCases.filter { entry[$0] != nil }
      bytes += entry.device.bytes
      bytes += entry.issuedAt.value.bigEndianBytes
      bytes += [entry.offers, suites.reduce(0) { $0 | $1.offersBit }]
      for suite in suites { bytes += entry[suite]?.bytes ?? [] }
    }
    return Data(bytes + sha256(bytes).bytes)
  }

  /// Reads what was packed (B28 to B32).
  ///
  /// - Throws: ``HushringError/Code/stateTooNew``, ``HushringError/Code/badState``,
  ///   ``HushringError/Code/wrongAccount``.
  init(packed: some DataProtocol, account expected: AccountKey) throws(HushringError) {
    guard let version = packed.first, version >= Limits.version else { throw HushringError(.badState) }
    guard version == Limits.version else { throw HushringError(.stateTooNew) }
    let bytes = Array(packed)
    guard bytes.count >= Self.shortest,
      sha256(bytes.dropLast(Self.hashLength)).bytes.elementsEqual(bytes.suffix(Self.hashLength))
    else { throw HushringError(.badState) }
    var reader = Reader(bytes.dropLast(Self.hashLength).dropFirst())
    guard reader.bytes(32).elementsEqual(expected.bytes.bytes) else { throw HushringError(.wrongAccount) }
    let floor = EpochSeconds(reader.integer())
    var entries: [Entry] = []
    while !reader.rest.isEmpty {
      guard entries.count < Limits.lastPublishedDevices, let entry = Entry(&reader),
        entries.last.map({ $0.device < entry.device }) ?? true
      else { throw HushringError(.badState) }
      entries.append(entry)
    }
    self.init(account: expected, floor: floor, entries: entries)
  }
}

extension LastPublished.Entry {
  fileprivate init?(_ reader: inout Reader) {
    guard let device = Bytes32(reader.bytes(32)), reader.rest.count >= 10 else { return nil }
    self.init(device: device, issuedAt: EpochSeconds(reader.integer()), offers: reader.integer())
    let accepted: UInt8 = reader.integer()
    let suites = Suite.all(in: accepted)
    // B32
    guard accepted != 0, accepted == suites.reduce(0, { $0 | $1.offersBit }), accepted & ~offers == 0 else {
      return nil
    }
    for suite in suites {
      guard let hash = Bytes32(reader.bytes(32)) else { return nil }
      self[suite] = hash
    }
  }
}
