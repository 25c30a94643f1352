import Foundation

/// A long-term Ed25519 key pair, which certifies the devices of a person (spec/envelope.md, section
/// 5).
///
/// Contacts compare its ``AccountKey/fingerprint`` and pin its public key. To sign with a key that
/// lives elsewhere, see ``ExternalAccount``.
public struct Account: Sendable, Secretive {
  /// The Ed25519 public key, which contacts pin.
  public let publicKey: AccountKey
  let key: SigningKey

  /// Generates a new account.
  ///
  /// - Throws: ``HushringError/Code/noRandomness``.
  public static func generate() throws(HushringError) -> Account { Account(try SigningKey.generate()) }

  /// Imports the seed that ``exported`` gave, 32 bytes.
  ///
  /// - Throws: ``HushringError/Code/badLength``.
  public init(exported: Data) throws(HushringError) { self.init(try SigningKey(seed: exported)) }

  /// The seed, 32 bytes. It is secret: keep it encrypted at rest.
  public var exported: Data { key.seed }

  /// Answers a link request with a grant of 177 bytes, which certifies the device that made the
  /// request (spec/envelope.md, section 8). Ask the user first.
  ///
  /// - Parameters:
  ///   - request: 137 bytes.
  ///   - secret: The one that the other device used. Discard it afterwards.
  ///   - expiresAt: The end of the certificate: at most 366 days after `notBefore`.
  ///   - notBefore: By default the later of one day before `now` and `floor`.
  ///   - floor: The highest revocation floor of the account or of the device key, if there ever was
  ///     one. Store the floors beside the account key.
  /// - Throws: ``HushringError/Code/badLength``, ``HushringError/Code/unsupportedVersion``,
  ///   ``HushringError/Code/badMAC``, ``HushringError/Code/badKey``,
  ///   ``HushringError/Code/weakKey``, ``HushringError/Code/badSignature``,
  ///   ``HushringError/Code/clock``, ``HushringError/Code/tooOld``;
  ///   ``HushringError/Code/badCertificate`` if the device key is the account's;
  ///   ``HushringError/Code/badLifetime``; ``HushringError/Code/revoked`` if `notBefore` is before
  ///   `floor`.
  public func certify(
    request: Data, secret: LinkSecret, expiresAt: EpochSeconds, notBefore: EpochSeconds? = nil,
    floor: EpochSeconds? = nil, now: Timestamp
  ) throws(HushringError) -> Data {
    try LinkGrant.make(
      account: publicKey, request: request, secret: secret, expiresAt: expiresAt, notBefore: notBefore, floor: floor,
      now: now
    ).signed(by: key)
  }

  /// Revokes every certificate that begins before a floor, also those of the devices that remain:
  /// renew them. For a lost device there is ``revoke(_:before:now:)``; this is for keys that nobody
  /// can name any more.
  ///
  /// Returns a statement of 105 bytes for all contacts and for the account's own devices
  /// (spec/envelope.md, section 7). Store the floor, and pass it to later certificates.
  ///
  /// - Throws: ``HushringError/Code/clock`` if the floor is more than 10 minutes ahead.
  public func revoke(before floor: EpochSeconds, now: Timestamp) throws(HushringError) -> Data {
    try Revocation.make(publicKey, device: nil, floor: floor, now: now).signed(by: key).data
  }

  /// Revokes those certificates of one device that begin before a floor. The other devices need
  /// nothing.
  ///
  /// Returns a statement of 137 bytes for all contacts and for the account's other devices
  /// (spec/envelope.md, section 7).
  ///
  /// - Throws: ``HushringError/Code/clock`` if the floor is more than 10 minutes ahead.
  public func revoke(
    _ device: DeviceKey, before floor: EpochSeconds, now: Timestamp
  ) throws(HushringError) -> Data {
    try Revocation.make(publicKey, device: device, floor: floor, now: now).signed(by: key).data
  }

  /// Its fingerprint.
  public var description: String { "Account(\(publicKey.fingerprint))" }

  private init(_ key: SigningKey) {
    self.key = key
    publicKey = AccountKey(checked: key.publicKey)
  }
}
