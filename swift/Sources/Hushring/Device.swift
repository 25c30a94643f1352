import Foundation

/// A device that its account has certified: an Ed25519 key pair and a certificate
/// (spec/envelope.md, section 5).
///
/// To sign with a key that lives elsewhere, see ``ExternalDevice``.
public struct Device: Sendable, Secretive {
  /// The certificate, which says whose device this is.
  public let certificate: Certificate
  let key: SigningKey

  /// Generates a new device and certifies it at once, where the account key is. Elsewhere, begin
  /// with ``PendingDevice``.
  ///
  /// - Parameters:
  ///   - expiresAt: The end of the certificate: at most 366 days after `notBefore`.
  ///   - notBefore: By default the later of one day before `now` and `floor`.
  ///   - floor: The account's revocation floor, if it ever revoked.
  /// - Throws: ``HushringError/Code/badLifetime``; ``HushringError/Code/revoked`` if `notBefore` is
  ///   before `floor`; ``HushringError/Code/noRandomness``.
  public static func enroll(
    account: Account, expiresAt: EpochSeconds, notBefore: EpochSeconds? = nil, floor: EpochSeconds? = nil,
    now: Timestamp
  ) throws(HushringError) -> Device {
    let key = try SigningKey.generate()
    let unsigned = try Certificate.make(
      account: account.publicKey, device: DeviceKey(checked: key.publicKey), expiresAt: expiresAt,
      notBefore: notBefore, floor: floor, now: now)
    return Device(key, try unsigned.signed(by: account.key))
  }

  /// Imports what ``exported`` gave: seed and certificate, 176 bytes. Times are not checked, so
  /// that a device whose certificate has ended can renew it.
  ///
  /// - Throws: ``HushringError/Code/badLength``, ``HushringError/Code/badCertificate``; and
  ///   ``HushringError/Code/wrongDevice`` if the certificate is that of another key.
  public init(exported: Data) throws(HushringError) {
    guard exported.count == Limits.deviceExportLength else { throw HushringError(.badLength) }
    certificate = try Certificate(embedded: exported.dropFirst(Limits.seedLength))
    key = try SigningKey(seed: exported.prefix(Limits.seedLength))
    guard certificate.device.bytes == key.publicKey else { throw HushringError(.wrongDevice) }
  }

  /// The Ed25519 public key.
  public var publicKey: DeviceKey { certificate.device }

  /// The public key of its account.
  public var account: AccountKey { certificate.account }

  /// The seed and the certificate, 176 bytes. They are secret: keep them encrypted at rest.
  public var exported: Data { key.seed + certificate.data }

  /// Asks for a new certificate with a link request of 137 bytes. Keep it for
  /// ``activate(grant:request:secret:now:)``.
  ///
  /// - Throws: ``HushringError/Code/badSignature`` if the system made a wrong one.
  public func request(secret: LinkSecret, now: Timestamp) throws(HushringError) -> Data {
    try LinkRequest.make(device: publicKey, secret: secret, now: now).signed(by: key)
  }

  /// Takes the grant that answers a request, and returns the device with its new certificate.
  ///
  /// - Throws: What ``PendingDevice/activate(grant:request:secret:now:)`` throws, and
  ///   ``HushringError/Code/wrongAccount`` if another account granted it.
  public func activate(
    grant: Data, request: Data, secret: LinkSecret, now: Timestamp
  ) throws(HushringError) -> Device {
    Device(
      key,
      try LinkGrant.certificate(
        grant, request: request, secret: secret, device: publicKey, account: account, now: now))
  }

  /// Signs bundles for the server to hand out, one for each prekey, in their order: 259 bytes
  /// (`x25519`) or 1,443 (`xwing`) (spec/envelope.md, section 9).
  ///
  /// `Inbox.publish` does it and remembers when, which this leaves to you: a later publication that
  /// is not newer is refused by those who saw the first. Each bundle says which suites were
  /// published together, so pass all of the device's current prekeys at once. A bundle ends with
  /// its prekey or with the certificate, whichever is first. Store the prekeys, then upload.
  ///
  /// - Parameter last: When the last publication was issued, if there was one.
  /// - Throws: ``HushringError/Code/noPrekeys``, ``HushringError/Code/certificateNotYetValid``,
  ///   ``HushringError/Code/certificateExpired``, ``HushringError/Code/duplicateSuite``;
  ///   ``HushringError/Code/clock`` if the last publication is more than 10 minutes ahead;
  ///   ``HushringError/Code/prekeyExpired``; ``HushringError/Code/badLifetime`` beyond 90 days.
  public func publish(
    _ prekeys: [Prekey], after last: EpochSeconds? = nil, now: Timestamp
  ) throws(HushringError) -> [Data] {
    try Publication(prekeys, certificate: certificate, after: last, now: now).signed(by: self)
  }

  /// Seals content for a device: an envelope of 2,880 bytes (spec/envelope.md, section 12).
  ///
  /// The time that the recipient sees is `now`. CryptoKit draws the random bytes of the
  /// encapsulation.
  ///
  /// - Parameter messageID: By default random. Pass it to send the same message again.
  /// - Throws: ``HushringError/Code/certificateNotYetValid``,
  ///   ``HushringError/Code/certificateExpired``, ``HushringError/Code/bundleExpired``;
  ///   ``HushringError/Code/unsupportedSuite`` for a bundle of `xwing` before iOS 26 and macOS 26;
  ///   of the content ``HushringError/Code/badContent`` with the `member`,
  ///   ``HushringError/Code/tooDeep``, ``HushringError/Code/tooLong``,
  ///   ``HushringError/Code/tooMany``, and ``HushringError/Code/tooLarge`` with the `size`;
  ///   ``HushringError/Code/noRandomness``.
  public func seal(
    _ content: Content, to bundle: PrekeyBundle, messageID: MessageID? = nil, now: Timestamp
  ) throws(HushringError) -> Data {
    var sealing = try Sealing(content, to: [bundle], certificate: certificate, messageID: messageID, now: now)
    defer { sealing.wipe() }
    return try sealing.envelope(to: bundle, key)
  }

  /// Seals the same content for many devices, under one message id, and returns the envelopes in
  /// the order of the bundles. If one fails, none is returned.
  ///
  /// - Throws: What ``seal(_:to:messageID:now:)`` throws; ``HushringError/Code/tooLarge`` counts
  ///   the smallest room among the suites.
  public func sealMany(
    _ content: Content, to bundles: [PrekeyBundle], messageID: MessageID? = nil, now: Timestamp
  ) throws(HushringError) -> [Data] {
    var sealing = try Sealing(content, to: bundles, certificate: certificate, messageID: messageID, now: now)
    defer { sealing.wipe() }
    var envelopes: [Data] = []
    for bundle in bundles { envelopes.append(try sealing.envelope(to: bundle, key)) }
    return envelopes
  }

  /// Its public key.
  public var description: String { "Device(\(publicKey.data.hexadecimal))" }

  /// - Parameter certificate: of this key.
  init(_ key: SigningKey, _ certificate: Certificate) {
    self.key = key
    self.certificate = certificate
  }
}
