// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import Foundation

/// draft-connolly-cfrg-xwing-kem. Like the rest of this module it makes no check that CryptoKit may not make: an
/// X25519 secret that is all zero is taken.
@available(macOS 26, iOS 26, *)
public enum XWingMLKEM768X25519: Sendable {
  private static let label = Array(#"\.//^\"#.utf8)

  fileprivate static func combine(
    mlkem: [UInt8], x25519: SharedSecret, ciphertext: [UInt8], publicKey: [UInt8]
  ) -> SymmetricKey {
    SymmetricKey(data: sha3_256(mlkem + x25519.array + ciphertext + publicKey + label))
  }
}

@available(macOS 26, iOS 26, *)
extension XWingMLKEM768X25519 {
  public struct PublicKey: KEMPublicKey {
    private let bytes: [UInt8]

    /// Only the length is checked here.
    public init<D: ContiguousBytes>(rawRepresentation: D) throws {
      bytes = rawRepresentation.array
      guard bytes.count == 1216 else { throw CryptoKitError.incorrectKeySize }
    }

    public var rawRepresentation: Data { Data(bytes) }

    public func encapsulate() throws -> KEM.EncapsulationResult { try encapsulate(entropy: randomBytes(64)) }

    func encapsulate(entropy: [UInt8]) throws -> KEM.EncapsulationResult {
      let (mlkemKey, x25519Key) = (Array(bytes.prefix(1184)), Array(bytes.suffix(32)))
      let ephemeral = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: Array(entropy.suffix(32)))
      let peer = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: x25519Key)
      guard
        let (secret, ciphertext) = OpenSSLKey(algorithm: "ML-KEM-768", publicKey: mlkemKey)?
          .mlkem768Encapsulation(entropy: Array(entropy.prefix(32)))
      else { throw CryptoKitError.underlyingCoreCryptoError(error: 0) }
      let sharedSecret = combine(
        mlkem: secret, x25519: try ephemeral.sharedSecretFromKeyAgreement(with: peer),
        ciphertext: ephemeral.publicKey.bytes, publicKey: x25519Key)
      return KEM.EncapsulationResult(
        sharedSecret: sharedSecret, encapsulated: Data(ciphertext + ephemeral.publicKey.bytes))
    }
  }

  public struct PrivateKey: KEMPrivateKey {
    public let seedRepresentation: Data
    public let publicKey: PublicKey
    private let mlkem: OpenSSLKey
    private let x25519: Curve25519.KeyAgreement.PrivateKey

    public init() throws { try self.init(seedRepresentation: randomBytes(32), publicKey: nil) }

    public static func generate() throws -> PrivateKey { try PrivateKey() }

    /// - Throws: if the public key is given, and is not this seed's.
    public init<D: DataProtocol>(seedRepresentation: D, publicKey: PublicKey?) throws {
      guard seedRepresentation.count == 32 else { throw CryptoKitError.incorrectKeySize }
      let expanded = shake256(Array(seedRepresentation), count: 96)
      guard let mlkem = OpenSSLKey(mlkem768Seed: Array(expanded.prefix(64))) else { throw KEM.Errors.invalidSeed }
      self.mlkem = mlkem
      self.seedRepresentation = Data(seedRepresentation)
      x25519 = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: Array(expanded.suffix(32)))
      self.publicKey = try PublicKey(rawRepresentation: mlkem.publicKey + x25519.publicKey.bytes)
      if let publicKey, publicKey.rawRepresentation != self.publicKey.rawRepresentation {
        throw KEM.Errors.publicKeyMismatchDuringInitialization
      }
    }

    public func decapsulate(_ encapsulated: Data) throws -> SymmetricKey {
      guard encapsulated.count == 1120 else { throw CryptoKitError.incorrectParameterSize }
      let (mlkemCiphertext, x25519Ciphertext) = (Array(encapsulated.prefix(1088)), Array(encapsulated.suffix(32)))
      guard let secret = mlkem.mlkem768Decapsulation(of: mlkemCiphertext) else {
        throw CryptoKitError.underlyingCoreCryptoError(error: 0)
      }
      let peer = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: x25519Ciphertext)
      return combine(
        mlkem: secret, x25519: try x25519.sharedSecretFromKeyAgreement(with: peer),
        ciphertext: x25519Ciphertext, publicKey: x25519.publicKey.bytes)
    }
  }
}

@available(macOS 26, iOS 26, *)
extension XWingMLKEM768X25519.PublicKey: HPKEKEMPublicKey {
  public typealias EphemeralPrivateKey = XWingMLKEM768X25519.PrivateKey

  public init<D: ContiguousBytes>(_ serialization: D, kem: HPKE.KEM) throws {
    guard kem == .XWingMLKEM768X25519 else { throw HPKE.Errors.inconsistentCiphersuiteAndKey }
    try self.init(rawRepresentation: serialization)
  }

  public func hpkeRepresentation(kem: HPKE.KEM) throws -> Data {
    guard kem == .XWingMLKEM768X25519 else { throw HPKE.Errors.inconsistentCiphersuiteAndKey }
    return rawRepresentation
  }
}

@available(macOS 26, iOS 26, *)
extension XWingMLKEM768X25519.PrivateKey: HPKEKEMPrivateKeyGeneration {}
