import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// The public half of a prekey, signed by its device (spec/envelope.md, section 9).
///
/// Obtained only by verifying one. A bundle of `xwing` is verified on every system, and sealed to
/// where that is supported.
public struct PrekeyBundle: Hashable, Sendable {
  /// The suite of its key.
  public let suite: Suite
  /// The prekey's name in an envelope's header.
  public let id: PrekeyID
  /// When the device signed it, in whole seconds.
  public let issuedAt: EpochSeconds
  /// Its end, in whole seconds.
  public let expiresAt: EpochSeconds
  let certificate: Certificate
  /// The byte, with the bits that are not known here.
  let offersByte: UInt8
  let bytes: [UInt8]

  /// Verifies a bundle that the server handed out for an account (B1 to B14).
  ///
  /// - Parameters:
  ///   - account: A pinned key.
  ///   - revocations: Statements of the account and of its single devices: those that
  ///     ``verifyAll(_:account:revocations:lastPublished:now:)`` returned before, and those that
  ///     came with the bundle.
  ///   - lastPublished: What ``verifyAll(_:account:revocations:lastPublished:now:)`` last returned
  ///     for this account; nothing the first time.
  /// - Throws: ``HushringError/Code/stateTooNew``, ``HushringError/Code/badState`` or
  ///   ``HushringError/Code/wrongAccount`` for `lastPublished`; then the error of the first
  ///   statement that is not sound (see ``Revocation``); then ``HushringError/Code/badLength``,
  ///   ``HushringError/Code/unsupportedVersion``, ``HushringError/Code/unsupportedSuite``,
  ///   ``HushringError/Code/badCertificate``, ``HushringError/Code/wrongAccount``,
  ///   ``HushringError/Code/badOffers``, ``HushringError/Code/badLifetime``,
  ///   ``HushringError/Code/weakKey``, ``HushringError/Code/badSignature``,
  ///   ``HushringError/Code/revoked``, ``HushringError/Code/certificateNotYetValid``,
  ///   ``HushringError/Code/certificateExpired``, ``HushringError/Code/bundleNotYetValid``,
  ///   ``HushringError/Code/bundleExpired``, ``HushringError/Code/staleBundle``.
  public init(
    verifying data: Data, account: AccountKey, revocations: [Data] = [], lastPublished: Data? = nil, now: Timestamp
  ) throws(HushringError) {
    let known = try LastPublished(stored: lastPublished, account: account)
    var floors = RevocationFloors()
    for statement in revocations {
      _ = floors.raise(by: try Revocation(verifying: statement, account: account, now: now))
    }
    try self.init(verifying: data, account: account, floors: floors, known: known, now: now)
  }

  /// The public key of the account.
  public var account: AccountKey { certificate.account }

  /// The public key of the device.
  public var device: DeviceKey { certificate.device }

  /// The suites that the device published together with this bundle, if this version knows them.
  public var offers: [Suite] { Suite.all(in: offersByte) }

  /// The bytes that were verified: 259 or 1,443.
  public var data: Data { Data(bytes) }
}

extension PrekeyBundle {
  private static let publicKeyOffset = 163
  /// The certificate with the version before it, offers and suite.
  private static let shortest = 147

  init(
    verifying data: Data, account: AccountKey, floors: RevocationFloors, known: LastPublished, now: Timestamp
  ) throws(HushringError) {
    guard data.count >= Self.shortest else { throw HushringError(.badLength) }
    // More than enough of any bundle, and not all of what may be far too long.
    let bytes = Array(data.prefix(Suite.xwing.bundleLength))
    var reader = Reader(bytes)
    guard reader.integer(UInt8.self) == Limits.version else { throw HushringError(.unsupportedVersion) }
    let certificateBytes = reader.bytes(Limits.certificateLength)
    offersByte = reader.integer()
    guard let suite = Suite(rawValue: reader.integer()) else { throw HushringError(.unsupportedSuite) }
    guard data.count == suite.bundleLength else { throw HushringError(.badLength) }
    self.suite = suite
    self.bytes = bytes
    certificate = try Certificate(embedded: certificateBytes)
    guard certificate.account == account else { throw HushringError(.wrongAccount) }
    guard offersByte & suite.offersBit != 0 else { throw HushringError(.badOffers) }
    issuedAt = EpochSeconds(reader.integer())
    expiresAt = EpochSeconds(reader.integer())
    guard let lifetime = expiresAt.positiveDistance(from: issuedAt), lifetime <= Limits.prekeyLifetime,
      expiresAt <= certificate.expiresAt
    else { throw HushringError(.badLifetime) }
    let publicKey = reader.bytes(suite.publicKeyLength)
    try EncapsulationKey.check(publicKey, suite: suite)
    id = PrekeyID(of: publicKey)
    let bytesToSign = Hushring.bytesToSign(.prekey, fields: Array(bytes.dropLast(Limits.signatureLength)))
    guard let signature = Signature(reader.rest), signature.verifies(bytesToSign, key: certificate.device.bytes)
    else { throw HushringError(.badSignature) }
    try floors.check(certificate)
    try certificate.checkTimes(at: now)
    guard issuedAt.isWithinTolerance(at: now) else { throw HushringError(.bundleNotYetValid) }
    guard !hasExpired(at: now) else { throw HushringError(.bundleExpired) }
    try known.check(self)
  }

  var publicKey: ArraySlice<UInt8> { bytes[Self.publicKeyOffset..<Self.publicKeyOffset + suite.publicKeyLength] }

  /// SHA-256 of its bytes.
  var hash: Bytes32 { sha256(bytes) }

  /// B13
  func hasExpired(at now: Timestamp) -> Bool { now >= expiresAt.timestamp }

  /// Makes one.
  static func unsigned(
    certificate: Certificate, offers: UInt8, suite: Suite, issuedAt: EpochSeconds, expiresAt: EpochSeconds,
    publicKey: [UInt8]
  ) -> Unsigned<Data> {
    var fields = [Limits.version] + certificate.bytes + [offers, suite.rawValue]
    fields += issuedAt.value.bigEndianBytes + expiresAt.value.bigEndianBytes + publicKey
    return Unsigned(.prekey, fields: fields, key: certificate.device.bytes) { [fields] in Data(fields + $0.bytes) }
  }
}

func sha256(_ bytes: some DataProtocol) -> Bytes32 {
  guard let hash = Bytes32(Array(SHA256.hash(data: bytes))) else { preconditionFailure("SHA-256 has 32 bytes") }
  return hash
}
