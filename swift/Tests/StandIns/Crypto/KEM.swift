// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import Foundation

@available(macOS 26, iOS 26, *)
public enum KEM: Sendable {
  public struct EncapsulationResult: Sendable {
    public let sharedSecret: SymmetricKey
    public let encapsulated: Data

    public init(sharedSecret: SymmetricKey, encapsulated: Data) {
      self.sharedSecret = sharedSecret
      self.encapsulated = encapsulated
    }
  }

  public enum Errors: Error {
    case publicKeyMismatchDuringInitialization
    case invalidSeed
  }
}

@preconcurrency
@available(macOS 26, iOS 26, *)
public protocol KEMPublicKey: Sendable {
  func encapsulate() throws -> KEM.EncapsulationResult
}

@preconcurrency
@available(macOS 26, iOS 26, *)
public protocol KEMPrivateKey: Sendable {
  associatedtype PublicKey: KEMPublicKey
  static func generate() throws -> Self
  func decapsulate(_ encapsulated: Data) throws -> SymmetricKey
  var publicKey: PublicKey { get }
}
