// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import COpenSSL
import Foundation

/// RFC 9180, Base mode.
public enum HPKE: Sendable {
  public enum Errors: Error {
    case inconsistentParameters
    case inconsistentCiphersuiteAndKey
    case exportOnlyMode
    case inconsistentPSKInputs
    case expectedPSK
    case unexpectedPSK
    case outOfRangeSequenceNumber
    case ciphertextTooShort
  }

  public enum KEM: Hashable, Sendable {
    case Curve25519_HKDF_SHA256
    @available(macOS 26, iOS 26, *)
    case XWingMLKEM768X25519

    fileprivate var value: UInt16 {
      switch self {
      case .Curve25519_HKDF_SHA256: 0x0020
      case .XWingMLKEM768X25519: 0x647a
      }
    }
  }

  public enum KDF: Hashable, Sendable {
    case HKDF_SHA256

    fileprivate var value: UInt16 { 0x0001 }
  }

  public enum AEAD: Hashable, Sendable {
    case AES_GCM_256
    case chaChaPoly

    fileprivate var value: UInt16 {
      switch self {
      case .AES_GCM_256: 0x0002
      case .chaChaPoly: 0x0003
      }
    }

    fileprivate var cipher: OpaquePointer? {
      switch self {
      case .AES_GCM_256: EVP_aes_256_gcm()
      case .chaChaPoly: EVP_chacha20_poly1305()
      }
    }
  }

  public struct Ciphersuite: Sendable {
    public static let Curve25519_SHA256_ChachaPoly = Ciphersuite(
      kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .chaChaPoly)
    @available(macOS 26, iOS 26, *)
    public static let XWingMLKEM768X25519_SHA256_AES_GCM_256 = Ciphersuite(
      kem: .XWingMLKEM768X25519, kdf: .HKDF_SHA256, aead: .AES_GCM_256)

    public let kem: KEM
    public let kdf: KDF
    public let aead: AEAD

    public init(kem: KEM, kdf: KDF, aead: AEAD) {
      self.kem = kem
      self.kdf = kdf
      self.aead = aead
    }

    fileprivate var identifier: [UInt8] {
      Array("HPKE".utf8) + [kem.value, kdf.value, aead.value].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    }
  }
}

@preconcurrency
public protocol HPKEPublicKeySerialization: Sendable {
  init<D: ContiguousBytes>(_ serialization: D, kem: HPKE.KEM) throws
  func hpkeRepresentation(kem: HPKE.KEM) throws -> Data
}

@preconcurrency
public protocol HPKEDiffieHellmanPublicKey: HPKEPublicKeySerialization, Sendable
where EphemeralPrivateKey.PublicKey == Self {
  associatedtype EphemeralPrivateKey: HPKEDiffieHellmanPrivateKeyGeneration
}

@preconcurrency
public protocol HPKEDiffieHellmanPrivateKey: Sendable, DiffieHellmanKeyAgreement
where PublicKey: HPKEDiffieHellmanPublicKey {}

@preconcurrency
public protocol HPKEDiffieHellmanPrivateKeyGeneration: HPKEDiffieHellmanPrivateKey, Sendable {
  init()
}

@preconcurrency
@available(macOS 26, iOS 26, *)
public protocol HPKEKEMPublicKey: KEMPublicKey, HPKEPublicKeySerialization
where EphemeralPrivateKey.PublicKey == Self {
  associatedtype EphemeralPrivateKey: HPKEKEMPrivateKeyGeneration
}

@preconcurrency
@available(macOS 26, iOS 26, *)
public protocol HPKEKEMPrivateKey: Sendable, KEMPrivateKey where PublicKey: HPKEKEMPublicKey {}

@preconcurrency
@available(macOS 26, iOS 26, *)
public protocol HPKEKEMPrivateKeyGeneration: HPKEKEMPrivateKey, Sendable {
  init() throws
}

extension Curve25519.KeyAgreement.PrivateKey: HPKEDiffieHellmanPrivateKeyGeneration {}

extension Curve25519.KeyAgreement.PublicKey: HPKEDiffieHellmanPublicKey {
  public typealias EphemeralPrivateKey = Curve25519.KeyAgreement.PrivateKey

  public init<D: ContiguousBytes>(_ serialization: D, kem: HPKE.KEM) throws {
    guard kem == .Curve25519_HKDF_SHA256 else { throw HPKE.Errors.inconsistentCiphersuiteAndKey }
    try self.init(rawRepresentation: serialization)
  }

  public func hpkeRepresentation(kem: HPKE.KEM) throws -> Data {
    guard kem == .Curve25519_HKDF_SHA256 else { throw HPKE.Errors.inconsistentCiphersuiteAndKey }
    return rawRepresentation
  }
}

extension HPKE {
  public struct Sender: Sendable {
    public let encapsulatedKey: Data
    private var context: Context

    public init<PK: HPKEDiffieHellmanPublicKey>(recipientKey: PK, ciphersuite: Ciphersuite, info: Data) throws {
      try self.init(
        recipientKey: recipientKey, ephemeral: PK.EphemeralPrivateKey(), ciphersuite: ciphersuite, info: info)
    }

    @available(macOS 26, iOS 26, *)
    public init<PK: HPKEKEMPublicKey>(recipientKey: PK, ciphersuite: Ciphersuite, info: Data) throws {
      try self.init(encapsulation: recipientKey.encapsulate(), ciphersuite: ciphersuite, info: info)
    }

    /// With an ephemeral key of the test's choice.
    init<PK: HPKEDiffieHellmanPublicKey>(
      recipientKey: PK, ephemeral: PK.EphemeralPrivateKey, ciphersuite: Ciphersuite, info: Data
    ) throws {
      let key = try recipientKey.hpkeRepresentation(kem: ciphersuite.kem)
      encapsulatedKey = try ephemeral.publicKey.hpkeRepresentation(kem: ciphersuite.kem)
      let secret = Context.kemSecret(
        dh: try ephemeral.sharedSecretFromKeyAgreement(with: recipientKey), enc: encapsulatedKey, recipient: key)
      context = Context(ciphersuite: ciphersuite, sharedSecret: secret, info: info)
    }

    /// With an encapsulation of the test's choice.
    @available(macOS 26, iOS 26, *)
    init(encapsulation: Crypto.KEM.EncapsulationResult, ciphersuite: Ciphersuite, info: Data) throws {
      encapsulatedKey = encapsulation.encapsulated
      context = Context(ciphersuite: ciphersuite, sharedSecret: encapsulation.sharedSecret, info: info)
    }

    public mutating func seal<M: DataProtocol, AD: DataProtocol>(_ msg: M, authenticating aad: AD) throws -> Data {
      try context.seal(Array(msg), aad: Array(aad))
    }

    public mutating func seal<M: DataProtocol>(_ msg: M) throws -> Data { try seal(msg, authenticating: Data()) }
  }

  public struct Recipient: Sendable {
    private var context: Context

    public init<SK: HPKEDiffieHellmanPrivateKey>(
      privateKey: SK, ciphersuite: Ciphersuite, info: Data, encapsulatedKey: Data
    ) throws {
      let enc = try SK.PublicKey(encapsulatedKey, kem: ciphersuite.kem)
      let secret = Context.kemSecret(
        dh: try privateKey.sharedSecretFromKeyAgreement(with: enc), enc: encapsulatedKey,
        recipient: try privateKey.publicKey.hpkeRepresentation(kem: ciphersuite.kem))
      context = Context(ciphersuite: ciphersuite, sharedSecret: secret, info: info)
    }

    @available(macOS 26, iOS 26, *)
    public init<SK: HPKEKEMPrivateKey>(
      privateKey: SK, ciphersuite: Ciphersuite, info: Data, encapsulatedKey: Data
    ) throws {
      let secret = try privateKey.decapsulate(encapsulatedKey)
      context = Context(ciphersuite: ciphersuite, sharedSecret: secret, info: info)
    }

    public mutating func open<C: DataProtocol, AD: DataProtocol>(
      _ ciphertext: C, authenticating aad: AD
    ) throws -> Data {
      try context.open(Array(ciphertext), aad: Array(aad))
    }

    public mutating func open<C: DataProtocol>(_ ciphertext: C) throws -> Data {
      try open(ciphertext, authenticating: Data())
    }
  }

  /// RFC 9180, section 5. The KDF is HKDF-SHA256 throughout.
  struct Context: Sendable {
    private let aead: AEAD
    private let key: [UInt8]
    private let baseNonce: [UInt8]
    private var sequence: UInt64 = 0

    init(ciphersuite: Ciphersuite, sharedSecret: SymmetricKey, info: Data) {
      let suite = ciphersuite.identifier
      let nothing = SymmetricKey(data: [UInt8]())
      let pskIDHash = Self.labeledExtract(salt: [], suite: suite, label: "psk_id_hash", ikm: nothing)
      let infoHash = Self.labeledExtract(salt: [], suite: suite, label: "info_hash", ikm: SymmetricKey(data: info))
      let context = [0] + pskIDHash.array + infoHash.array
      let secret = Self.labeledExtract(salt: sharedSecret.array, suite: suite, label: "secret", ikm: nothing)
      aead = ciphersuite.aead
      key = Self.labeledExpand(secret, suite: suite, label: "key", info: context, count: 32).array
      baseNonce = Self.labeledExpand(secret, suite: suite, label: "base_nonce", info: context, count: 12).array
    }

    /// ExtractAndExpand of DHKEM(X25519, HKDF-SHA256).
    static func kemSecret(dh: SharedSecret, enc: Data, recipient: Data) -> SymmetricKey {
      let suite = Array("KEM".utf8) + [0x00, 0x20]
      let key = labeledExtract(salt: [], suite: suite, label: "eae_prk", ikm: SymmetricKey(data: dh))
      return labeledExpand(key, suite: suite, label: "shared_secret", info: Array(enc + recipient), count: 32)
    }

    static func labeledExtract(salt: [UInt8], suite: [UInt8], label: String, ikm: SymmetricKey) -> SymmetricKey {
      let labeled = Array("HPKE-v1".utf8) + suite + Array(label.utf8) + ikm.array
      return SymmetricKey(data: HKDF<SHA256>.extract(inputKeyMaterial: SymmetricKey(data: labeled), salt: salt))
    }

    static func labeledExpand(
      _ key: SymmetricKey, suite: [UInt8], label: String, info: [UInt8], count: Int
    ) -> SymmetricKey {
      let labeled = [0, UInt8(count)] + Array("HPKE-v1".utf8) + suite + Array(label.utf8) + info
      return HKDF<SHA256>.expand(pseudoRandomKey: key, info: labeled, outputByteCount: count)
    }

    mutating func seal(_ message: [UInt8], aad: [UInt8]) throws -> Data {
      let nonce = try nextNonce()
      return Data(AuthenticatedCipher.seal(aead.cipher, key: key, nonce: nonce, message: message, aad: aad))
    }

    /// One that fails leaves the sequence as it is.
    mutating func open(_ ciphertext: [UInt8], aad: [UInt8]) throws -> Data {
      guard ciphertext.count >= 16 else { throw HPKE.Errors.ciphertextTooShort }
      let before = sequence
      let nonce = try nextNonce()
      guard
        let message = AuthenticatedCipher.open(aead.cipher, key: key, nonce: nonce, ciphertext: ciphertext, aad: aad)
      else {
        sequence = before
        throw CryptoKitError.authenticationFailure
      }
      return Data(message)
    }

    private mutating func nextNonce() throws -> [UInt8] {
      guard sequence < .max else { throw HPKE.Errors.outOfRangeSequenceNumber }
      defer { sequence += 1 }
      let number = [0, 0, 0, 0] + withUnsafeBytes(of: sequence.bigEndian) { Array($0) }
      return zip(baseNonce, number).map { $0 ^ $1 }
    }
  }
}
