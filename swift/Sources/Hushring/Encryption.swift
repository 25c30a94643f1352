import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// HPKE in Base mode, of one suite (spec/envelope.md, section 3, H1).
///
/// CryptoKit's types of X-Wing exist from iOS 26 on. A stored property of such a type does not
/// compile for an earlier deployment target, but a conformance may be marked. So suites are types,
/// and nothing is stored.
protocol Encryption {
  /// - Parameter privateKey: 32 bytes (K3).
  static func publicKey(of privateKey: SymmetricKey) throws(HushringError) -> [UInt8]

  /// Encapsulates to a public key, which satisfies K7 and K8. CryptoKit draws the random bytes.
  static func sender(to publicKey: ArraySlice<UInt8>, info: Data) throws(HushringError) -> HPKE.Sender

  /// - Parameter encapsulatedKey: satisfies K7 (H6).
  static func open(
    _ ciphertext: Data, encapsulatedKey: Data, header: Data, info: Data, privateKey: SymmetricKey
  ) throws(HushringError) -> (frame: Data, publicKey: [UInt8])
}

extension Suite {
  /// Nothing where this system does not support it.
  var encryption: (any Encryption.Type)? {
    switch self {
    case .x25519: return X25519Encryption.self
    case .xwing:
      if #available(iOS 26, macOS 26, *) { return XWingEncryption.self }
      return nil
    }
  }
}

private enum X25519Encryption: Encryption {
  private static let ciphersuite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly

  static func publicKey(of privateKey: SymmetricKey) throws(HushringError) -> [UInt8] {
    Array(try pair(privateKey).publicKey.rawRepresentation)
  }

  static func sender(to publicKey: ArraySlice<UInt8>, info: Data) throws(HushringError) -> HPKE.Sender {
    do {
      let key = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey)
      return try HPKE.Sender(recipientKey: key, ciphersuite: ciphersuite, info: info)
    } catch {
      throw HushringError(.weakKey)
    }
  }

  static func open(
    _ ciphertext: Data, encapsulatedKey: Data, header: Data, info: Data, privateKey: SymmetricKey
  ) throws(HushringError) -> (frame: Data, publicKey: [UInt8]) {
    let pair = try pair(privateKey)
    do {
      var recipient = try HPKE.Recipient(
        privateKey: pair, ciphersuite: ciphersuite, info: info, encapsulatedKey: encapsulatedKey)
      return (try recipient.open(ciphertext, authenticating: header), Array(pair.publicKey.rawRepresentation))
    } catch {
      throw HushringError(.decryptionFailed)
    }
  }

  private static func pair(
    _ privateKey: SymmetricKey
  ) throws(HushringError) -> Curve25519.KeyAgreement.PrivateKey {
    do {
      return try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: privateKey)
    } catch {
      throw HushringError(.badLength)
    }
  }
}

@available(iOS 26, macOS 26, *)
private enum XWingEncryption: Encryption {
  private static var ciphersuite: HPKE.Ciphersuite { .XWingMLKEM768X25519_SHA256_AES_GCM_256 }

  static func publicKey(of privateKey: SymmetricKey) throws(HushringError) -> [UInt8] {
    Array(try pair(privateKey).publicKey.rawRepresentation)
  }

  static func sender(to publicKey: ArraySlice<UInt8>, info: Data) throws(HushringError) -> HPKE.Sender {
    do {
      let key = try XWingMLKEM768X25519.PublicKey(rawRepresentation: publicKey)
      return try HPKE.Sender(recipientKey: key, ciphersuite: ciphersuite, info: info)
    } catch {
      throw HushringError(.weakKey)
    }
  }

  static func open(
    _ ciphertext: Data, encapsulatedKey: Data, header: Data, info: Data, privateKey: SymmetricKey
  ) throws(HushringError) -> (frame: Data, publicKey: [UInt8]) {
    let pair = try pair(privateKey)
    do {
      var recipient = try HPKE.Recipient(
        privateKey: pair, ciphersuite: ciphersuite, info: info, encapsulatedKey: encapsulatedKey)
      return (try recipient.open(ciphertext, authenticating: header), Array(pair.publicKey.rawRepresentation))
    } catch {
      throw HushringError(.decryptionFailed)
    }
  }

  private static func pair(_ privateKey: SymmetricKey) throws(HushringError) -> XWingMLKEM768X25519.PrivateKey {
    do {
      return try privateKey.withUnsafeBytes { seed in
        try XWingMLKEM768X25519.PrivateKey(seedRepresentation: seed, publicKey: nil)
      }
    } catch {
      throw HushringError(.badLength)
    }
  }
}
