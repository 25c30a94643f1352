import Foundation

/// The name of a message: 16 bytes. With its sender's account, it names an event.
public struct MessageID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let high: UInt64
  let low: UInt64

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

  var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }

  /// 32 hexadecimal digits.
  public var description: String { bytes.hexadecimal }

  public static func < (left: Self, right: Self) -> Bool { (left.high, left.low) < (right.high, right.low) }
}

/// The name of a call: 16 bytes, which its caller draws. With the caller's account, it names the call.
public struct CallID: Hashable, Comparable, Sendable {
  public let uuid: UUID

  /// - Throws: ``HushringError/Code/badCallID`` for a UUID of version 8, which is that of CallKit.
  public init(_ uuid: UUID) throws(HushringError) {
    let bytes = uuid.uuid
    guard bytes.6 >> 4 != 8 || bytes.8 >> 6 != 2 else { throw HushringError(.badCallID) }
    self.uuid = uuid
  }

  /// Draws a new one: a UUID of version 4.
  public static func random() throws(HushringError) -> CallID { fatalError("helper A") }

  public static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

  var bytes: [UInt8] { withUnsafeBytes(of: uuid.uuid) { Array($0) } }
}
