import Foundation

/// The bundles of one publication, without their signatures (spec/envelope.md, B20 and B21).
///
/// An inbox looks between the two whether there is room for the prekeys (spec/inbox.md, N8).
public struct Publication: Sendable {
  /// Of all its bundles. The next publication is to be after it.
  public let issuedAt: EpochSeconds
  private var bundles: [Unsigned<Data>] = []

  /// - Parameter last: When the device's last publication was issued.
  /// - Throws: In this order ``HushringError/Code/noPrekeys``,
  ///   ``HushringError/Code/certificateNotYetValid`` or ``HushringError/Code/certificateExpired``,
  ///   ``HushringError/Code/duplicateSuite``, ``HushringError/Code/clock``; then of each prekey
  ///   ``HushringError/Code/prekeyExpired``, ``HushringError/Code/badLifetime``.
  init(
    _ prekeys: [Prekey], certificate: Certificate, after last: EpochSeconds?, now: Timestamp
  ) throws(HushringError) {
    guard !prekeys.isEmpty else { throw HushringError(.noPrekeys) }
    try certificate.checkTimes(at: now)
    let offers = prekeys.reduce(0) { $0 | $1.suite.offersBit }
    guard Suite.all(in: offers).count == prekeys.count else { throw HushringError(.duplicateSuite) }
    // After the last moment that there is, there is none.
    guard last?.value != .max else { throw HushringError(.clock) }
    issuedAt = max(now.seconds, last?.adding(seconds: 1) ?? now.seconds)
    guard issuedAt.isWithinTolerance(at: now) else { throw HushringError(.clock) }
    for prekey in prekeys {
      guard now < prekey.expiresAt.timestamp else { throw HushringError(.prekeyExpired) }
      let expiresAt = min(prekey.expiresAt, certificate.expiresAt)
      guard let lifetime = expiresAt.positiveDistance(from: issuedAt), lifetime <= Limits.prekeyLifetime else {
        throw HushringError(.badLifetime)
      }
      bundles.append(
        PrekeyBundle.unsigned(
          certificate: certificate, offers: offers, suite: prekey.suite, issuedAt: issuedAt, expiresAt: expiresAt,
          publicKey: try prekey.publicKey()))
    }
  }

  /// The bundles, in the order of the prekeys. All are signed, or none is returned.
  func signed(by device: Device) throws(HushringError) -> [Data] {
    var signed: [Data] = []
    for bundle in bundles { signed.append(try bundle.signed(by: device.key)) }
    return signed
  }

  func signed(by signer: any Signer) async throws -> [Data] {
    var signed: [Data] = []
    for bundle in bundles { signed.append(try await bundle.signed(by: signer)) }
    return signed
  }
}
