import Foundation

/// The answer to a link request: a certificate (spec/envelope.md, section 8).
enum LinkGrant {
  private static let macOffset = 145

  /// Makes one, 177 bytes (L3 to L9).
  static func make(
    account: AccountKey, request: Data, secret: LinkSecret, expiresAt: EpochSeconds, notBefore: EpochSeconds?,
    floor: EpochSeconds?, now: Timestamp
  ) throws(HushringError) -> Unsigned<Data> {
    let request = try LinkRequest(request, secret: secret)
    try request.checkTime(now: now)
    return try Certificate.make(
      account: account, device: request.device, expiresAt: expiresAt, notBefore: notBefore, floor: floor, now: now
    ).map { certificate in
      let grant = [Limits.version] + certificate.bytes
      return Data(grant + secret.code(.linkGrant, grant + request.bytes))
    }
  }

  /// Verifies one for a device (L3 to L6 of its own request, then L10 to L16).
  ///
  /// - Parameter account: At a renewal, the account that the device has.
  static func certificate(
    _ grant: Data, request: Data, secret: LinkSecret, device: DeviceKey, account: AccountKey?, now: Timestamp
  ) throws(HushringError) -> Certificate {
    let request = try LinkRequest(request, secret: secret)
    guard request.device == device else { throw HushringError(.wrongDevice) }
    guard grant.count == Limits.linkGrantLength else { throw HushringError(.badLength) }
    var reader = Reader(grant)
    guard reader.integer(UInt8.self) == Limits.version else { throw HushringError(.unsupportedVersion) }
    let bytes = reader.bytes(Limits.certificateLength)
    guard secret.isCode(reader.rest, .linkGrant, Array(grant.prefix(macOffset)) + request.bytes) else {
      throw HushringError(.badMAC)
    }
    let certificate = try Certificate(embedded: bytes)
    guard certificate.device == device else { throw HushringError(.wrongDevice) }
    try certificate.checkTimes(at: now)
    if let account, certificate.account != account { throw HushringError(.wrongAccount) }
    return certificate
  }
}
