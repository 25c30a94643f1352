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

  /// Verifies it as spec/envelope.md, S4 to S6, demands.
  ///
  /// - Parameter key: satisfies K6 (S3).
  func verifies(_ bytesToSign: [UInt8], key: Bytes32) -> Bool {
    guard isSound else { return false }
    return Self.platformAgrees ? platformVerifies(bytesToSign, key: key) : equationHolds(bytesToSign, key: key)
  }

  /// S4 and S5. CryptoKit is not known to check either.
  var isSound: Bool {
    s.littleEndianIsBelow(Scalar.order) && EdwardsPoint.isCanonical(r) && !EdwardsPoint.isOfSmallOrder(r)
  }

  func platformVerifies(_ bytesToSign: [UInt8], key: Bytes32) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key.bytes) else { return false }
    return key.isValidSignature(bytes, for: bytesToSign)
  }

  func equationHolds(_ bytesToSign: [UInt8], key: Bytes32) -> Bool {
    let hash = SHA512.hash(data: r.bytes + key.bytes + bytesToSign)
    return EdwardsEquation.holds(signature: self, hash: Array(hash), key: key)
  }

  /// Whether the system's verification decides as S6 does. It is asked once, by examples.
  private static let platformAgrees = SelfTest.platformDecidesRight
}
