import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// An Ed25519 signature, unverified: R and S.
struct Signature: Hashable, Sendable {
  let r: Bytes32
  let s: Bytes32

  /// - Parameter bytes: exactly 64.
  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Limits.signatureLength, let r = Bytes32(bytes.prefix(32)), let s = Bytes32(bytes.dropFirst(32))
    else { return nil }
    self.r = r
    self.s = s
  }

  var bytes: [UInt8] { r.bytes + s.bytes }

  /// Verifies it (spec/envelope.md, S4 to S6). Whether the system's verification is without cofactor, as S6
  /// demands, is for ``SelfTest`` to find out.
  ///
  /// - Parameter key: satisfies K6 (S3).
  func verifies(_ bytesToSign: [UInt8], key: Bytes32) -> Bool {
    guard isSound, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key.bytes) else { return false }
    return key.isValidSignature(bytes, for: bytesToSign)
  }

  /// S4 and S5. CryptoKit is not known to check either.
  var isSound: Bool {
    s.littleEndianIsBelow(Self.order) && EdwardsPoint.isCanonical(r) && !EdwardsPoint.isOfSmallOrder(r)
  }

  /// L = 2^252 + 27742317777372353535851937790883648493
  static let order = constant("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
}
