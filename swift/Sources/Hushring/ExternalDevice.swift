import Foundation

/// A device whose key lives elsewhere: it does what a ``Device`` does, with a ``Signer``.
///
/// Every signature is verified before it is used. If one is not right, nothing is returned, and the
/// next call starts over with fresh keys.
public struct ExternalDevice: Sendable, Secretive {
  /// The certificate, which says whose device this is.
  public let certificate: Certificate
  fileprivate let signer: any Signer

  /// Takes the certificate as it is: whether it is that of the signer's key shows when something is
  /// signed.
  public init(certificate: Certificate, signer: any Signer) {
    self.certificate = certificate
    self.signer = signer
  }

  /// The Ed25519 public key.
  public var publicKey: DeviceKey { certificate.device }

  /// The public key of its account.
  public var account: AccountKey { certificate.account }

  /// Asks for a first certificate, like ``PendingDevice/request(secret:now:)``.
  ///
  /// - Throws: ``HushringError/Code/invalidSigner``, ``HushringError/Code/badSignature``, and what
  ///   the signer throws.
  public static func request(
    publicKey: DeviceKey, signer: any Signer, secret: LinkSecret, now: Timestamp
  ) async throws -> Data {
    try await LinkRequest.make(device: publicKey, secret: secret, now: now).signed(by: signer)
  }

  /// Takes the grant that answers a first request, like
  /// ``PendingDevice/activate(grant:request:secret:now:)``. It throws the same.
  public static func activate(
    publicKey: DeviceKey, signer: any Signer, grant: Data, request: Data, secret: LinkSecret, now: Timestamp
  ) throws(HushringError) -> ExternalDevice {
    let certificate = try LinkGrant.certificate(
      grant, request: request, secret: secret, device: publicKey, account: nil, now: now)
    return ExternalDevice(certificate: certificate, signer: signer)
  }

  /// Asks for a new certificate, like ``Device/request(secret:now:)``.
  ///
  /// - Throws: ``HushringError/Code/invalidSigner``, ``HushringError/Code/badSignature``, and what
  ///   the signer throws.
  public func request(secret: LinkSecret, now: Timestamp) async throws -> Data {
    try await Self.request(publicKey: publicKey, signer: signer, secret: secret, now: now)
  }

  /// Takes the grant that answers a request, like ``Device/activate(grant:request:secret:now:)``.
  /// It throws the same.
  public func activate(
    grant: Data, request: Data, secret: LinkSecret, now: Timestamp
  ) throws(HushringError) -> ExternalDevice {
    let certificate = try LinkGrant.certificate(
      grant, request: request, secret: secret, device: publicKey, account: account, now: now)
    return ExternalDevice(certificate: certificate, signer: signer)
  }

  /// Signs bundles, like ``Device/publish(_:after:now:)``, with one signature for each prekey.
  ///
  /// - Throws: Also ``HushringError/Code/invalidSigner`` and ``HushringError/Code/badSignature``,
  ///   and what the signer throws.
  public func publish(_ prekeys: [Prekey], after last: EpochSeconds? = nil, now: Timestamp) async throws -> [Data] {
    try await Publication(prekeys, certificate: certificate, after: last, now: now).signed(by: self)
  }

  /// Seals content for a device, like ``Device/seal(_:to:messageID:now:)``.
  ///
  /// - Throws: Also ``HushringError/Code/invalidSigner`` and ``HushringError/Code/badSignature``,
  ///   and what the signer throws.
  public func seal(
    _ content: Content, to bundle: PrekeyBundle, messageID: MessageID? = nil, now: Timestamp
  ) async throws -> Data {
    var sealing = try Sealing(content, to: [bundle], certificate: certificate, messageID: messageID, now: now)
    defer { sealing.wipe() }
    return try await sealing.envelope(to: bundle, signer)
  }

  /// Seals the same content for many devices, like ``Device/sealMany(_:to:messageID:now:)``, with
  /// one signature for each, one after the other.
  ///
  /// - Throws: Also ``HushringError/Code/invalidSigner`` and ``HushringError/Code/badSignature``,
  ///   and what the signer throws.
  public func sealMany(
    _ content: Content, to bundles: [PrekeyBundle], messageID: MessageID? = nil, now: Timestamp
  ) async throws -> [Data] {
    var sealing = try Sealing(content, to: bundles, certificate: certificate, messageID: messageID, now: now)
    defer { sealing.wipe() }
    var envelopes: [Data] = []
    for bundle in bundles { envelopes.append(try await sealing.envelope(to: bundle, signer)) }
    return envelopes
  }

  /// Its public key.
  public var description: String { "ExternalDevice(\(publicKey.data.hexadecimal))" }
}

extension Publication {
  /// Signs the bundles, one after the other, and returns them in the order of the prekeys: all, or none.
  ///
  /// - Throws: ``HushringError/Code/invalidSigner``, ``HushringError/Code/badSignature``, and what the signer throws.
  public func signed(by device: ExternalDevice) async throws -> [Data] { try await signed(by: device.signer) }
}
