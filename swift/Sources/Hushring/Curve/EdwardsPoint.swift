import Foundation

/// The curve of Ed25519, as far as keys and signatures are checked by hand.
enum EdwardsPoint {
  /// Checks a public key (spec/envelope.md, K6).
  ///
  /// - Throws: ``HushringError/Code/badKey`` if these are not 32 bytes, or no point of the curve;
  ///   ``HushringError/Code/weakKey``.
  static func check(_ key: some Collection<UInt8>) throws(HushringError) -> Bytes32 {
    guard let bytes = Bytes32(key), isY(FieldElement(bytes)) else { throw HushringError(.badKey) }
    guard isCanonical(bytes), !isOfSmallOrder(bytes) else { throw HushringError(.weakKey) }
    return bytes
  }

  /// Whether an encoding is that of a number below p, and not of a negative 0.
  static func isCanonical(_ encoding: Bytes32) -> Bool {
    encoding.clearingBit255.littleEndianIsBelow(FieldElement.modulus) && !negativeZeros.contains(encoding)
  }

  /// Whether a canonical encoding is that of a point of small order.
  static func isOfSmallOrder(_ encoding: Bytes32) -> Bool { smallOrder.contains(encoding) }

  /// d = −121665/121666
  private static let d = -FieldElement(121665) * FieldElement(121666).inverse

  /// Whether a point has this y: whether its x² is 0 or a square.
  private static func isY(_ y: FieldElement) -> Bool {
    ((y.squared - .one) * (d * y.squared + .one)).isSquare
  }

  private static let negativeZeros = [
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  ].map(constant)

  private static let smallOrder = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  ].map(constant)
}

extension Bytes32 {
  /// The four words of a little-endian number, the lowest first.
  var littleEndianWords: [UInt64] { words.map(\.byteSwapped) }

  var clearingBit255: Bytes32 {
    var bytes = bytes
    bytes[31] &= 0x7f
    return Bytes32(bytes) ?? self
  }

  /// Compares all 256 bits as little-endian numbers.
  func littleEndianIsBelow(_ other: Bytes32) -> Bool {
    littleEndianWords.reversed().lexicographicallyPrecedes(other.littleEndianWords.reversed())
  }
}

/// A constant of the specification: 64 digits.
func constant(_ hexadecimal: String) -> Bytes32 {
  guard let bytes = [UInt8](hexadecimal: hexadecimal).flatMap({ Bytes32($0) }) else {
    preconditionFailure("a constant of 32 bytes")
  }
  return bytes
}
