import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// The name of a prekey in an envelope's header: 8 bytes of SHA-256 of the HPKE public key
/// (spec/envelope.md, section 9).
public struct PrekeyID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let value: UInt64

  /// Reads what ``description`` gives.
  ///
  /// - Parameter hexadecimal: 16 lowercase digits.
  public init?(_ hexadecimal: String) {
    guard let bytes = [UInt8](hexadecimal: hexadecimal) else { return nil }
    self.init(bytes: bytes)
  }

  init(_ value: UInt64) { self.value = value }

  /// - Parameter bytes: exactly 8.
  init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 8 else { return nil }
    value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  init(of publicKey: some DataProtocol) {
    value = SHA256.hash(data: publicKey).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  var bytes: [UInt8] { value.bigEndianBytes }

  /// 16 hexadecimal digits.
  public var description: String { bytes.hexadecimal }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// An HPKE key pair of one suite (spec/envelope.md, sections 5 and 9). Its public half travels in a
/// bundle.
///
/// Renew it weekly, and delete it 30 days after its last bundle has ended: while it exists, it can
/// read everything that was sealed to it.
public struct Prekey: Sendable, Secretive {
  /// The suite that the key is for.
  public let suite: Suite
  /// Its name in an envelope's header.
  public let id: PrekeyID
  /// Its end, in whole seconds. Senders do not use it afterwards; it still opens.
  public let expiresAt: EpochSeconds
  // 32 bytes. The key pair is made of it each time, because that of X-Wing needs some kilobytes.
  private let privateKey: SymmetricKey

  /// Generates a new prekey.
  ///
  /// - Parameter expiresAt: after `now`, and at most 90 days after it (K4).
  /// - Throws: ``HushringError/Code/badLifetime``; ``HushringError/Code/unsupportedSuite`` for
  ///   `xwing` before iOS 26 and macOS 26; ``HushringError/Code/noRandomness``.
  public static func generate(
    _ suite: Suite, expiresAt: EpochSeconds, now: Timestamp
  ) throws(HushringError) -> Prekey {
    guard suite.isSupported else { throw HushringError(.unsupportedSuite) }
    let end = now.adding(milliseconds: Limits.prekeyLifetime * 1000)
    guard now < expiresAt.timestamp, expiresAt.timestamp <= end else { throw HushringError(.badLifetime) }
    var privateKey = try Random.bytes(32)
    defer { wipe(&privateKey) }
    return try Prekey(suite: suite, privateKey: SymmetricKey(data: privateKey), expiresAt: expiresAt)
  }

  /// Imports what ``exported`` gave: suite, private key and end, 41 bytes. Times are not checked.
  ///
  /// - Throws: ``HushringError/Code/badLength``; ``HushringError/Code/unsupportedSuite``, also for
  ///   `xwing` before iOS 26 and macOS 26.
  public init(exported: some DataProtocol) throws(HushringError) {
    guard exported.count == Limits.prekeyExportLength, let first = exported.first else {
      throw HushringError(.badLength)
    }
    guard let suite = Suite(rawValue: first) else { throw HushringError(.unsupportedSuite) }
    var privateKey = Array(exported.dropFirst().prefix(32))
    defer { wipe(&privateKey) }
    var reader = Reader(Array(exported.suffix(8)))
    try self.init(
      suite: suite, privateKey: SymmetricKey(data: privateKey), expiresAt: EpochSeconds(reader.integer()))
  }

  /// Its suite, private key and end, 41 bytes. They are secret: keep them encrypted at rest.
  public var exported: Data {
    var data = Data([suite.rawValue])
    data.reserveCapacity(Limits.prekeyExportLength)
    privateKey.withUnsafeBytes { data.append(contentsOf: $0) }
    data.append(contentsOf: expiresAt.value.bigEndianBytes)
    return data
  }

  /// Its suite and id.
  public var description: String { "Prekey(\(suite.name), \(id))" }
}

extension Prekey {
  private init(suite: Suite, privateKey: SymmetricKey, expiresAt: EpochSeconds) throws(HushringError) {
    guard let encryption = suite.encryption else { throw HushringError(.unsupportedSuite) }
    id = PrekeyID(of: try encryption.publicKey(of: privateKey))
    self.suite = suite
    self.expiresAt = expiresAt
    self.privateKey = privateKey
  }

  /// The HPKE public key, which is computed each time.
  func publicKey() throws(HushringError) -> [UInt8] {
    guard let encryption = suite.encryption else { throw HushringError(.unsupportedSuite) }
    return try encryption.publicKey(of: privateKey)
  }

  /// Opens HPKE's ciphertext with its tag. Gives the public key as well, because the envelope's
  /// signature covers it.
  ///
  /// - Throws: ``HushringError/Code/decryptionFailed``.
  func open(
    _ ciphertext: Data, encapsulatedKey: Data, header: Data, info: Data
  ) throws(HushringError) -> (frame: Data, publicKey: [UInt8]) {
    guard let encryption = suite.encryption else { throw HushringError(.unsupportedSuite) }
    return try encryption.open(
      ciphertext, encapsulatedKey: encapsulatedKey, header: header, info: info, privateKey: privateKey)
  }
}
