import Foundation

/// An account whose key lives elsewhere: it does what an ``Account`` does, with a ``Signer``.
///
/// Every signature is verified before it is used. If one is not right, nothing is returned.
public struct ExternalAccount: Sendable, Secretive {
  /// The Ed25519 public key, which contacts pin.
  public let publicKey: AccountKey
  private let signer: any Signer

  /// Takes the key as it is: whether it is the signer's shows when something is signed.
  public init(publicKey: AccountKey, signer: any Signer) {
    self.publicKey = publicKey
    self.signer = signer
  }

  /// Answers a link request, like
  /// ``Account/certify(request:secret:expiresAt:notBefore:floor:now:)``.
  ///
  /// - Throws: Also ``HushringError/Code/invalidSigner`` and ``HushringError/Code/badSignature``,
  ///   and what the signer throws.
  public func certify(
    request: Data, secret: LinkSecret, expiresAt: EpochSeconds, notBefore: EpochSeconds? = nil,
    floor: EpochSeconds? = nil, now: Timestamp
  ) async throws -> Data {
    try await LinkGrant.make(
      account: publicKey, request: request, secret: secret, expiresAt: expiresAt, notBefore: notBefore, floor: floor,
      now: now
    ).signed(by: signer)
  }

  /// Revokes certificates, like ``Account/revoke(before:now:)``.
  ///
  /// - Throws: Also ``HushringError/Code/invalidSigner`` and ``HushringError/Code/badSignature``,
  ///   and what the signer throws.
  public func revoke(before floor: EpochSeconds, now: Timestamp) async throws -> Data {
    try await Revocation.make(publicKey, device: nil, floor: floor, now: now).signed(by: signer).data
  }

  /// Revokes certificates of one device, like ``Account/revoke(_:before:now:)``.
  ///
  /// - Throws: Also ``HushringError/Code/invalidSigner`` and ``HushringError/Code/badSignature``,
  ///   and what the signer throws.
  public func revoke(_ device: DeviceKey, before floor: EpochSeconds, now: Timestamp) async throws -> Data {
    try await Revocation.make(publicKey, device: device, floor: floor, now: now).signed(by: signer).data
  }

  /// Its fingerprint.
  public var description: String { "ExternalAccount(\(publicKey.fingerprint))" }
}
