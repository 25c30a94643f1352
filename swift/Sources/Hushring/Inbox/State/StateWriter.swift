import Foundation

/// Writes the saved state, of which no more than a piece is in memory at a time.
struct StateWriter {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(StatePiece.length + 4096) }

  /// Hands a piece over, if there is one.
  mutating func handOver<Failure>(_ sink: (Data) throws(Failure) -> Void) throws(Failure) {
    if bytes.count >= StatePiece.length { try flush(sink) }
  }

  /// Hands over what is left.
  mutating func flush<Failure>(_ sink: (Data) throws(Failure) -> Void) throws(Failure) {
    let piece = Data(bytes)
    bytes.removeAll(keepingCapacity: true)
    try sink(piece)
  }

  mutating func write(_ integer: some FixedWidthInteger) {
    withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ some: some Collection<UInt8>) { bytes.append(contentsOf: some) }

  mutating func write(_ key: Bytes32) {
    write(key.quarters.0)
    write(key.quarters.1)
    write(key.quarters.2)
    write(key.quarters.3)
  }

  mutating func write(_ key: AccountKey) { write(key.bytes) }

  mutating func write(_ key: DeviceKey) { write(key.bytes) }

  mutating func write(_ id: MessageID) {
    write(id.high)
    write(id.low)
  }

  mutating func write(_ id: CallID) { write(id.uuid) }

  mutating func write(_ uuid: UUID) { withUnsafeBytes(of: uuid.uuid) { bytes.append(contentsOf: $0) } }

  mutating func write(_ time: Timestamp) { write(time.milliseconds) }

  mutating func write(_ time: EpochSeconds) { write(time.value) }

  /// Bytes of which there may be none, with their number before them.
  mutating func write(counted some: some Collection<UInt8>) {
    write(UInt16(truncatingIfNeeded: some.count))
    write(some)
  }

  /// The number of some entries, and each of them.
  mutating func write<Entry>(list: some Collection<Entry>, _ body: (inout StateWriter, Entry) -> Void) {
    write(UInt16(truncatingIfNeeded: list.count))
    for entry in list { body(&self, entry) }
  }

  mutating func write<Item>(optional item: Item?, _ body: (inout StateWriter, Item) -> Void) {
    write(UInt8(item == nil ? 0 : 1))
    if let item { body(&self, item) }
  }
}

enum StatePiece {
  /// In bytes, at least.
  static let length = 32_768
}
