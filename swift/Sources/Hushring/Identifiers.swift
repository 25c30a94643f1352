import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// Returns the UUID that CallKit uses for a call (spec/envelope.md, I1): one of version 8.
///
/// It is made from the caller's account as well, so that no contact can take over another's call.
public func callKitUUID(caller: AccountKey, callID: CallID) -> UUID {
  let hash = SHA256.hash(data: Label.callKit.bytes + caller.bytes.bytes + callID.bytes)
  return UUID(firstOf: hash, version: 8)
}

/// Returns the only part of an envelope to log: the first 4 bytes of SHA-256 of its 2,880, as 8
/// hexadecimal digits, the same for sender, relay and receiver (spec/envelope.md, I2).
///
/// - Throws: ``HushringError/Code/badLength``.
public func envelopeTag(_ envelope: Data) throws(HushringError) -> String {
  guard envelope.count == Limits.envelopeLength else { throw HushringError(.badLength) }
  return tag(of: envelope)
}

func tag(of envelope: Data) -> String { Array(SHA256.hash(data: envelope).prefix(4)).hexadecimal }

extension AccountKey {
  /// The text that people compare: 16 bytes of a hash, as eight groups of four hexadecimal digits
  /// with single spaces between them (spec/envelope.md, section 5). 39 characters.
  public var fingerprint: String {
    let hash = Array(SHA256.hash(data: Label.fingerprint.bytes + bytes.bytes))
    return stride(from: 0, to: 16, by: 2).map { hash[$0..<$0 + 2].hexadecimal }.joined(separator: " ")
  }
}

/// The name of a message: 16 bytes. With its sender's account, it names an event.
public struct MessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

  /// Reads what ``description`` gives.
  ///
  /// - Parameter hexadecimal: 32 lowercase digits.
  public init?(_ hexadecimal: String) {
    guard let bytes = [UInt8](hexadecimal: hexadecimal) else { return nil }
    self.init(bytes: bytes)
  }

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Parameter bytes: exactly 16.
  init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Draws a new one.
  ///
  /// - Throws: ``HushringError/Code/noRandomness``.
  public static func random() throws(HushringError) -> MessageID {
    guard let id = MessageID(bytes: try Random.bytes(16)) else { throw HushringError(.noRandomness) }
    return id
  }

  var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

  /// 32 hexadecimal digits.
  public var description: String { bytes.hexadecimal }

  public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// The name of a call: 16 bytes, which its caller draws. With the caller's account, it names the
/// call.
public struct CallID: Hashable, Comparable, Sendable {
  /// The 16 bytes, as a UUID.
  public let uuid: UUID

  /// Takes the name of a call.
  ///
  /// - Throws: ``HushringError/Code/badCallID`` for a UUID of version 8, which is that of CallKit.
  public init(_ uuid: UUID) throws(HushringError) {
    let bytes = uuid.uuid
    guard bytes.6 >> 4 != 8 || bytes.8 >> 6 != 2 else { throw HushringError(.badCallID) }
    self.uuid = uuid
  }

  /// Reads the name of a call.
  ///
  /// - Parameter text: a UUID, with its hyphens, of digits in either case.
  /// - Throws: ``HushringError/Code/badCallID`` for other text, and for a UUID of version 8.
  public init(_ text: String) throws(HushringError) {
    let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard groups.map(\.count) == [8, 4, 4, 4, 12],
      let bytes = [UInt8](hexadecimal: groups.compactMap { String($0) }.joined().lowercased()), bytes.count == 16
    else { throw HushringError(.badCallID) }
    try self.init(UUID(bytes: bytes))
  }

  /// Draws a new one: a UUID of version 4.
  ///
  /// - Throws: ``HushringError/Code/noRandomness``.
  public static func random() throws(HushringError) -> CallID {
    try CallID(UUID(firstOf: Random.bytes(16), version: 4))
  }

  public static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

  var bytes: [UInt8] { withUnsafeBytes(of: uuid.uuid) { Array($0) } }
}

extension UUID {
  /// - Parameter bytes: at least 16, of which the rest is ignored.
  fileprivate init(firstOf bytes: some Sequence<UInt8>, version: UInt8) {
    var bytes = Array(bytes.prefix(16))
    bytes[6] = bytes[6] & 0x0f | version << 4
    bytes[8] = bytes[8] & 0x3f | 0x80
    self.init(bytes: bytes)
  }

  /// - Parameter bytes: exactly 16.
  fileprivate init(bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
  }
}
