import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// The secret of one link: 32 bytes that one device shows, such as in a QR code, and the other
/// reads, so that the server between them cannot swap keys (spec/envelope.md, section 8).
///
/// Use it for one request and one grant, and discard it after 10 minutes at the latest.
public struct LinkSecret: Sendable, Secretive {
  private let key: SymmetricKey

  /// Draws a new one.
  ///
  /// - Throws: ``HushringError/Code/noRandomness``.
  public static func random() throws(HushringError) -> LinkSecret {
    var bytes = try Random.bytes(Limits.linkSecretLength)
    defer { wipe(&bytes) }
    return LinkSecret(key: SymmetricKey(data: bytes))
  }

  /// Takes the secret that another device shows.
  ///
  /// - Parameter data: 32 bytes that came from a cryptographic random number generator.
  /// - Throws: ``HushringError/Code/badLength``.
  public init(_ data: Data) throws(HushringError) {
    guard data.count == Limits.linkSecretLength else { throw HushringError(.badLength) }
    self.init(key: SymmetricKey(data: data))
  }

  private init(key: SymmetricKey) { self.key = key }

  /// The 32 bytes, to show to the other device. They do not pass through the server.
  public var data: Data { key.withUnsafeBytes { Data($0) } }

  /// Says nothing of it.
  public var description: String { "LinkSecret" }

  func code(_ label: Label, _ message: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: label.bytes + message, using: key))
  }

  /// Compares in constant time.
  func isCode(_ code: ArraySlice<UInt8>, _ label: Label, _ message: [UInt8]) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(Array(code), authenticating: label.bytes + message, using: key)
  }
}
