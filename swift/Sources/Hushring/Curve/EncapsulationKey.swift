/// Checks of HPKE public keys and encapsulated keys, which CryptoKit does not make.
enum EncapsulationKey {
  /// Checks a bundle's HPKE public key (spec/envelope.md, K7 and K8). The caller has checked its
  /// length.
  ///
  /// - Throws: ``HushringError/Code/weakKey``.
  static func check(_ key: ArraySlice<UInt8>, suite: Suite) throws(HushringError) {
    guard isSoundX25519(key.suffix(32)) else { throw HushringError(.weakKey) }
    if suite == .xwing, !isReduced(key.prefix(1152)) { throw HushringError(.weakKey) }
  }

  /// K7: whether all 32 bytes, bit 255 among them, are a number below p that is not of low order.
  static func isSoundX25519(_ key: ArraySlice<UInt8>) -> Bool {
    guard let bytes = Bytes32(key) else { return false }
    return bytes.littleEndianIsBelow(FieldElement.modulus) && !lowOrder.contains(bytes)
  }

  /// K8: whether each of the coefficients of an ML-KEM key, two in three bytes, is below 3,329.
  static func isReduced(_ coefficients: ArraySlice<UInt8>) -> Bool {
    var triples = coefficients.makeIterator()
    while let first = triples.next(), let second = triples.next(), let third = triples.next() {
      let low = UInt16(first) | UInt16(second & 15) << 8
      let high = UInt16(second >> 4) | UInt16(third) << 4
      guard low < 3329, high < 3329 else { return false }
    }
    return true
  }

  private static let lowOrder = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ].map(constant)
}
