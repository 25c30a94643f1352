// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import Foundation

public enum Curve25519: Sendable {}

extension Curve25519 {
  public enum Signing: Sendable {
    /// Deterministic, where CryptoKit's signatures are not.
    public struct PrivateKey: Sendable {
      public let rawRepresentation: Data
      public let publicKey: PublicKey
      private let key: OpenSSLKey

      public init() {
        do {
          try self.init(rawRepresentation: randomBytes(32))
        } catch {
          preconditionFailure("every 32 bytes are a private key")
        }
      }

      public init<D: ContiguousBytes>(rawRepresentation data: D) throws {
        guard let key = OpenSSLKey(algorithm: "ED25519", privateKey: data.array) else {
          throw CryptoKitError.incorrectKeySize
        }
        rawRepresentation = Data(data.array)
        publicKey = PublicKey(bytes: key.publicKey)
        self.key = key
      }

      public func signature<D: DataProtocol>(for data: D) throws -> Data {
        Data(key.ed25519Signature(for: Array(data)))
      }
    }

    /// Any 32 bytes. Those that are no point have no valid signature.
    public struct PublicKey: Sendable {
      private let bytes: [UInt8]

      fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

      public init<D: ContiguousBytes>(rawRepresentation: D) throws {
        bytes = rawRepresentation.array
        guard bytes.count == 32 else { throw CryptoKitError.incorrectKeySize }
      }

      public var rawRepresentation: Data { Data(bytes) }

      public func isValidSignature<S: DataProtocol, D: DataProtocol>(_ signature: S, for data: D) -> Bool {
        guard signature.count == 64, let key = OpenSSLKey(algorithm: "ED25519", publicKey: bytes) else { return false }
        return key.isValidEd25519(Array(signature), for: Array(data))
      }
    }
  }

  public enum KeyAgreement: Sendable {
    public struct PublicKey: Sendable {
      let bytes: [UInt8]

      fileprivate init(bytes: [UInt8]) { self.bytes = bytes }

      public init<D: ContiguousBytes>(rawRepresentation: D) throws {
        bytes = rawRepresentation.array
        guard bytes.count == 32 else { throw CryptoKitError.incorrectKeySize }
      }

      public var rawRepresentation: Data { Data(bytes) }
    }

    public struct PrivateKey: DiffieHellmanKeyAgreement, Sendable {
      public let rawRepresentation: Data
      public let publicKey: PublicKey
      private let key: OpenSSLKey

      public init() {
        var bytes = randomBytes(32)
        bytes[0] &= 248
        bytes[31] = bytes[31] & 127 | 64
        do {
          try self.init(rawRepresentation: bytes)
        } catch {
          preconditionFailure("every 32 bytes are a private key")
        }
      }

      public init<D: ContiguousBytes>(rawRepresentation: D) throws {
        guard let key = OpenSSLKey(algorithm: "X25519", privateKey: rawRepresentation.array) else {
          throw CryptoKitError.incorrectKeySize
        }
        self.rawRepresentation = Data(rawRepresentation.array)
        publicKey = PublicKey(bytes: key.publicKey)
        self.key = key
      }

      /// All zero for a public key of low order: CryptoKit does not check that.
      public func sharedSecretFromKeyAgreement(with publicKeyShare: PublicKey) throws -> SharedSecret {
        guard let peer = OpenSSLKey(algorithm: "X25519", publicKey: publicKeyShare.bytes) else {
          throw CryptoKitError.incorrectKeySize
        }
        return SharedSecret(bytes: key.x25519(with: peer))
      }
    }
  }
}

@preconcurrency
public protocol DiffieHellmanKeyAgreement: Sendable {
  associatedtype PublicKey: Sendable
  var publicKey: PublicKey { get }

  func sharedSecretFromKeyAgreement(with publicKeyShare: PublicKey) throws -> SharedSecret
}

public struct SharedSecret: ContiguousBytes, Sendable {
  fileprivate let bytes: [UInt8]

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }

  public func hkdfDerivedSymmetricKey<H: HashFunction, Salt: DataProtocol, SI: DataProtocol>(
    using hashFunction: H.Type, salt: Salt, sharedInfo: SI, outputByteCount: Int
  ) -> SymmetricKey {
    HKDF<H>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: bytes), salt: salt, info: sharedInfo, outputByteCount: outputByteCount)
  }
}

extension SharedSecret: Hashable, CustomStringConvertible {
  public static func == (left: Self, right: Self) -> Bool { safeCompare(left, right) }

  public static func == <D: DataProtocol>(left: Self, right: D) -> Bool { safeCompare(left, Array(right)) }

  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  public var description: String { "\(Self.self): \(bytes.map { String(format: "%02x", $0) }.joined())" }
}
