import Foundation

/// A certificate: an account's statement that a device key is one of its devices, for some time
/// (spec/envelope.md, section 6). 144 bytes.
///
/// Obtained only by verifying one. Its times and revocation are judged where it is used.
public struct Certificate: Hashable, Sendable {
  /// Who certifies.
  public let account: AccountKey
  /// Who is certified.
  public let device: DeviceKey
  /// Its beginning, in whole seconds. Revocation floors are compared with it.
  public let notBefore: EpochSeconds
  /// Its end, in whole seconds: at most 366 days after ``notBefore``.
  public let expiresAt: EpochSeconds
  let signature: Signature

  /// Verifies a certificate, without its times (T1 to T4).
  ///
  /// - Throws: ``HushringError/Code/badLength`` unless there are 144 bytes;
  ///   ``HushringError/Code/badCertificate``.
  public init(_ data: some DataProtocol) throws(HushringError) {
    guard data.count == Limits.certificateLength else { throw HushringError(.badLength) }
    try self.init(embedded: data)
  }

  /// The 144 bytes.
  public var data: Data { Data(bytes) }

  /// Checks that it holds at a time: from 10 minutes before ``notBefore``, and before ``expiresAt``
  /// (T6).
  ///
  /// - Throws: ``HushringError/Code/certificateNotYetValid``,
  ///   ``HushringError/Code/certificateExpired``.
  public func checkTimes(at time: Timestamp) throws(HushringError) {
    guard notBefore.isWithinTolerance(at: time) else { throw HushringError(.certificateNotYetValid) }
    guard time < expiresAt.timestamp else { throw HushringError(.certificateExpired) }
  }
}

extension Certificate {
  /// Verifies one that is part of another structure: its length is no error of its own.
  init(embedded bytes: some Collection<UInt8>) throws(HushringError) {
    guard let certificate = Certificate(unverified: bytes) else { throw HushringError(.badCertificate) }
    self = certificate
    do {
      _ = try EdwardsPoint.check(account.bytes.bytes)
      _ = try EdwardsPoint.check(device.bytes.bytes)
    } catch {
      throw HushringError(.badCertificate)
    }
    guard account.bytes != device.bytes,
      let lifetime = expiresAt.positiveDistance(from: notBefore), lifetime <= Limits.certificateLifetime,
      signature.verifies(unsigned.bytesToSign, key: account.bytes)
    else { throw HushringError(.badCertificate) }
  }

  /// Reads one that was verified when it was stored. Nothing but its length is checked.
  init?(unverified bytes: some Collection<UInt8>) {
    guard bytes.count == Limits.certificateLength else { return nil }
    var reader = Reader(bytes)
    guard let account = Bytes32(reader.bytes(32)), let device = Bytes32(reader.bytes(32)) else { return nil }
    self.account = AccountKey(checked: account)
    self.device = DeviceKey(checked: device)
    notBefore = EpochSeconds(reader.integer())
    expiresAt = EpochSeconds(reader.integer())
    guard let signature = Signature(reader.rest) else { return nil }
    self.signature = signature
  }

  var bytes: [UInt8] { Self.fields(account, device, notBefore, expiresAt) + signature.bytes }

  /// Makes one for a device (T2, T3, T7, T8).
  ///
  /// - Parameters:
  ///   - notBefore: The later of one day before `now` and `floor`, if it is not given.
  ///   - floor: The highest revocation floor of the account or the device key.
  static func make(
    account: AccountKey, device: DeviceKey, expiresAt: EpochSeconds, notBefore: EpochSeconds?, floor: EpochSeconds?,
    now: Timestamp
  ) throws(HushringError) -> Unsigned<Certificate> {
    guard account.bytes != device.bytes else { throw HushringError(.badCertificate) }
    let floor = floor ?? EpochSeconds(0)
    let notBefore = notBefore ?? max(now.seconds.subtracting(seconds: Limits.notBeforeMargin), floor)
    guard let lifetime = expiresAt.positiveDistance(from: notBefore), lifetime <= Limits.certificateLifetime else {
      throw HushringError(.badLifetime)
    }
    guard notBefore >= floor else { throw HushringError(.revoked) }
    guard now < expiresAt.timestamp else { throw HushringError(.badLifetime) }
    return unsigned(account, device, notBefore, expiresAt)
  }

  private var unsigned: Unsigned<Certificate> { Self.unsigned(account, device, notBefore, expiresAt) }

  private init(
    account: AccountKey, device: DeviceKey, notBefore: EpochSeconds, expiresAt: EpochSeconds, signature: Signature
  ) {
    self.account = account
    self.device = device
    self.notBefore = notBefore
    self.expiresAt = expiresAt
    self.signature = signature
  }

  private static func unsigned(
    _ account: AccountKey, _ device: DeviceKey, _ notBefore: EpochSeconds, _ expiresAt: EpochSeconds
  ) -> Unsigned<Certificate> {
    Unsigned(.certificate, fields: fields(account, device, notBefore, expiresAt), key: account.bytes) { signature in
      Certificate(account: account, device: device, notBefore: notBefore, expiresAt: expiresAt, signature: signature)
    }
  }

  private static func fields(
    _ account: AccountKey, _ device: DeviceKey, _ notBefore: EpochSeconds, _ expiresAt: EpochSeconds
  ) -> [UInt8] {
    account.bytes.bytes + device.bytes.bytes + notBefore.value.bigEndianBytes + expiresAt.value.bigEndianBytes
  }
}
