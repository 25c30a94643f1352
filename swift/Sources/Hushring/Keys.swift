import Foundation

/// 32 bytes in four words: compact where there are thousands, and compared as the bytes are.
struct Bytes32: Hashable, Comparable, Sendable {
  /// Big-endian, the first bytes first.
  let quarters: (UInt64, UInt64, UInt64, UInt64)

  init(quarters: (UInt64, UInt64, UInt64, UInt64)) { self.quarters = quarters }

  /// - Parameter bytes: exactly 32.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var quarters: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    Swift.withUnsafeMutableBytes(of: &quarters) { $0.copyBytes(from: bytes) }
    self.quarters = (quarters.0.bigEndian, quarters.1.bigEndian, quarters.2.bigEndian, quarters.3.bigEndian)
  }

  var words: [UInt64] { [quarters.0, quarters.1, quarters.2, quarters.3] }

  var bytes: [UInt8] {
    let quarters = (quarters.0.bigEndian, quarters.1.bigEndian, quarters.2.bigEndian, quarters.3.bigEndian)
    return Swift.withUnsafeBytes(of: quarters) { Array($0) }
  }

  static func == (left: Self, right: Self) -> Bool { left.quarters == right.quarters }

  static func < (left: Self, right: Self) -> Bool { left.quarters < right.quarters }

  func hash(into hasher: inout Hasher) {
    hasher.combine(quarters.0)
    hasher.combine(quarters.1)
    hasher.combine(quarters.2)
    hasher.combine(quarters.3)
  }
}

/// The public key of an account: 32 bytes, checked by K6 (spec/envelope.md, section 5).
///
/// Contacts pin it after comparing its ``fingerprint``.
public struct AccountKey: Hashable, Comparable, Sendable {
  let bytes: Bytes32

  /// Checks a key that came from elsewhere.
  ///
  /// - Throws: ``HushringError/Code/badKey`` if these are not 32 bytes, or no point of the curve;
  ///   ``HushringError/Code/weakKey``.
  public init(_ data: some DataProtocol) throws(HushringError) { bytes = try EdwardsPoint.check(data) }

  init(checked bytes: Bytes32) { self.bytes = bytes }

  /// The 32 bytes.
  public var data: Data { Data(bytes.bytes) }

  public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
}

/// The public key of a device: 32 bytes, checked by K6 (spec/envelope.md, section 5).
public struct DeviceKey: Hashable, Comparable, Sendable {
  let bytes: Bytes32

  /// Checks a key that came from elsewhere.
  ///
  /// - Throws: ``HushringError/Code/badKey`` if these are not 32 bytes, or no point of the curve;
  ///   ``HushringError/Code/weakKey``.
  public init(_ data: some DataProtocol) throws(HushringError) { bytes = try EdwardsPoint.check(data) }

  init(checked bytes: Bytes32) { self.bytes = bytes }

  /// The 32 bytes.
  public var data: Data { Data(bytes.bytes) }

  public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
}
