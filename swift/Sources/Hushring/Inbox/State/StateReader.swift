import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// Reads the saved state piece by piece, and hashes what it has read.
///
/// All bytes may be wrong: whatever is not as it is written is ``HushringError/Code/badState``.
struct StateReader {
  private let next: () throws -> Data?
  private var piece: [UInt8] = []
  private var place = 0
  private var hashed = 0
  private var hash = SHA256()
  /// Why there was no further piece, if that is not its end.
  private(set) var failure: (any Error)?

  /// - Parameter next: gives the next piece, and nothing behind the last.
  init(_ next: @escaping () throws -> Data?) { self.next = next }

  /// Whether all was read.
  var isAtEnd: Bool {
    mutating get { place == piece.count && !refill() }
  }

  /// The SHA-256 of all that was read.
  var digest: Bytes32? {
    mutating get {
      hashPiece()
      return Bytes32(Array(hash.finalize()))
    }
  }

  mutating func byte() throws(HushringError) -> UInt8 {
    if place == piece.count, !refill() { throw HushringError(.badState) }
    defer { place += 1 }
    return piece[place]
  }

  mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(
    _: Number.Type = Number.self
  ) throws(HushringError) -> Number {
    let size = MemoryLayout<Number>.size
    var number: Number = 0
    if piece.count - place >= size {
      for offset in place..<place + size { number = number << 8 | Number(truncatingIfNeeded: piece[offset]) }
      place += size
    } else {
      for _ in 0..<size { number = number << 8 | Number(truncatingIfNeeded: try byte()) }
    }
    return number
  }

  /// - Parameter count: at most 65,535, so that no more is set aside than a piece or two.
  mutating func bytes(_ count: UInt16) throws(HushringError) -> [UInt8] {
    var (bytes, left) = ([UInt8](), Int(count))
    bytes.reserveCapacity(left)
    while left > 0 {
      if place == piece.count, !refill() { throw HushringError(.badState) }
      let end = min(place + left, piece.count)
      bytes += piece[place..<end]
      left -= end - place
      place = end
    }
    return bytes
  }

  mutating func bytes32() throws(HushringError) -> Bytes32 {
    Bytes32(quarters: (try integer(), try integer(), try integer(), try integer()))
  }

  mutating func account() throws(HushringError) -> AccountKey { AccountKey(checked: try bytes32()) }

  mutating func device() throws(HushringError) -> DeviceKey { DeviceKey(checked: try bytes32()) }

  mutating func messageID() throws(HushringError) -> MessageID { MessageID(high: try integer(), low: try integer()) }

  mutating func uuid() throws(HushringError) -> UUID {
    let (high, low): (UInt64, UInt64) = (try integer(), try integer())
    return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
  }

  mutating func callID() throws(HushringError) -> CallID {
    do { return try CallID(try uuid()) } catch { throw HushringError(.badState) }
  }

  mutating func timestamp() throws(HushringError) -> Timestamp { Timestamp(milliseconds: try integer()) }

  mutating func seconds() throws(HushringError) -> EpochSeconds { EpochSeconds(try integer()) }

  /// Bytes, with their number before them.
  mutating func countedBytes() throws(HushringError) -> [UInt8] { try bytes(try integer()) }

  /// Text that is not empty.
  mutating func text(atMost bound: Int) throws(HushringError) -> String {
    let bytes = try countedBytes()
    let text = String(decoding: bytes, as: UTF8.self)
    try require(!bytes.isEmpty && bytes.count <= bound && text.utf8.elementsEqual(bytes))
    return text
  }

  mutating func flag() throws(HushringError) -> Bool {
    let byte = try byte()
    try require(byte <= 1)
    return byte == 1
  }

  /// One of an enumeration's cases.
  mutating func choice<Choice: RawRepresentable<UInt8>>(_: Choice.Type = Choice.self) throws(HushringError) -> Choice {
    guard let choice = Choice(rawValue: try byte()) else { throw HushringError(.badState) }
    return choice
  }

  /// How many entries follow.
  mutating func count(atMost bound: Int) throws(HushringError) -> Int {
    let count = Int(try integer(UInt16.self))
    try require(count <= bound)
    return count
  }

  mutating func list<Entry>(
    atMost bound: Int, _ body: (inout StateReader) throws(HushringError) -> Entry
  ) throws(HushringError) -> [Entry] {
    let count = try count(atMost: bound)
    var list: [Entry] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try body(&self)) }
    return list
  }

  mutating func optional<Item>(
    _ body: (inout StateReader) throws(HushringError) -> Item
  ) throws(HushringError) -> Item? {
    try flag() ? try body(&self) : nil
  }

  func require(_ isSound: Bool) throws(HushringError) {
    guard isSound else { throw HushringError(.badState) }
  }

  /// - Returns: whether there is one more byte.
  private mutating func refill() -> Bool {
    hashPiece()
    (place, hashed, piece) = (0, 0, [])
    while piece.isEmpty {
      do {
        guard let more = try next() else { return false }
        piece = Array(more)
      } catch {
        failure = error
        return false
      }
    }
    return true
  }

  private mutating func hashPiece() {
    piece[hashed..<place].withUnsafeBytes { hash.update(bufferPointer: $0) }
    hashed = place
  }
}

extension Collection {
  /// Whether each comes before the next.
  func ascends<Key: Comparable>(by key: (Element) -> Key) -> Bool {
    zip(self, dropFirst()).allSatisfy { key($0) < key($1) }
  }
}
