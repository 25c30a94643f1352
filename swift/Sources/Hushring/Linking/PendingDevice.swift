import Foundation

/// A device key that no account has certified yet, on a device without the account key
/// (spec/envelope.md, section 8).
///
/// ```swift
/// let pending = try PendingDevice.generate()
/// let request = try pending.request(secret: secret, now: now)
/// // The device with the account key answers the request with a grant.
/// let device = try pending.activate(grant: grant, request: request, secret: secret, now: now)
/// ```
public struct PendingDevice: Sendable, Secretive {
  /// The Ed25519 public key.
  public let publicKey: DeviceKey
  private let key: SigningKey

  /// Generates a new device key.
  ///
  /// - Throws: ``HushringError/Code/noRandomness``.
  public static func generate() throws(HushringError) -> PendingDevice { PendingDevice(try SigningKey.generate()) }

  /// Imports the seed that ``exported`` gave, 32 bytes.
  ///
  /// - Throws: ``HushringError/Code/badLength``.
  public init(exported: Data) throws(HushringError) { self.init(try SigningKey(seed: exported)) }

  /// The seed, 32 bytes. It is secret: keep it encrypted at rest.
  public var exported: Data { key.seed }

  /// Asks for a certificate with a link request of 137 bytes. Keep it for
  /// ``activate(grant:request:secret:now:)``.
  ///
  /// - Throws: ``HushringError/Code/badSignature`` if the system made a wrong one.
  public func request(secret: LinkSecret, now: Timestamp) throws(HushringError) -> Data {
    try LinkRequest.make(device: publicKey, secret: secret, now: now).signed(by: key)
  }

  /// Takes the grant that answers a request, and returns the device, of whichever account knew the
  /// secret: show the user that account's fingerprint.
  ///
  /// - Parameters:
  ///   - grant: 177 bytes.
  ///   - request: The own request that it answers, 137 bytes.
  ///   - secret: The one of the request. Discard it afterwards.
  /// - Throws: ``HushringError/Code/badLength``, ``HushringError/Code/unsupportedVersion``,
  ///   ``HushringError/Code/badMAC``, ``HushringError/Code/badKey``,
  ///   ``HushringError/Code/weakKey``, ``HushringError/Code/badSignature``,
  ///   ``HushringError/Code/badCertificate``, ``HushringError/Code/wrongDevice``,
  ///   ``HushringError/Code/certificateNotYetValid``, ``HushringError/Code/certificateExpired``.
  public func activate(
    grant: Data, request: Data, secret: LinkSecret, now: Timestamp
  ) throws(HushringError) -> Device {
    Device(
      key,
      try LinkGrant.certificate(
        grant, request: request, secret: secret, device: publicKey, account: nil, now: now))
  }

  /// Its public key.
  public var description: String { "PendingDevice(\(publicKey.data.hexadecimal))" }

  private init(_ key: SigningKey) {
    self.key = key
    publicKey = DeviceKey(checked: key.publicKey)
  }
}
