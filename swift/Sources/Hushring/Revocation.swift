import Foundation

/// An account's statement that withdraws those of its certificates that begin before a floor: all
/// of them, or those of one device (spec/envelope.md, section 7). 105 or 137 bytes.
///
/// Obtained only by verifying one.
public struct Revocation: Hashable, Sendable {
  /// Whose certificates it withdraws.
  public let account: AccountKey
  /// The device whose certificates it withdraws. Absent: those of all devices.
  public let device: DeviceKey?
  /// Certificates that begin before this moment count no more. In whole seconds.
  public let floor: EpochSeconds
  let signature: Signature

  /// Verifies a statement (R1 to R5).
  ///
  /// - Parameter account: The expected account; any, if it is not given.
  /// - Throws: ``HushringError/Code/badLength``, ``HushringError/Code/unsupportedVersion``,
  ///   ``HushringError/Code/wrongAccount``, ``HushringError/Code/badKey``,
  ///   ``HushringError/Code/weakKey``, ``HushringError/Code/badSignature``, and
  ///   ``HushringError/Code/clock`` if the floor is more than 10 minutes ahead.
  public init(
    verifying data: some DataProtocol, account expected: AccountKey? = nil, now: Timestamp
  ) throws(HushringError) {
    let lengths = [Limits.revocationLength, Limits.deviceRevocationLength]
    guard lengths.contains(data.count) else { throw HushringError(.badLength) }
    var reader = Reader(Array(data))
    guard reader.integer(UInt8.self) == Limits.version else { throw HushringError(.unsupportedVersion) }
    let account = reader.bytes(32)
    if let expected, !expected.bytes.bytes.elementsEqual(account) { throw HushringError(.wrongAccount) }
    self.account = AccountKey(checked: try EdwardsPoint.check(account))
    device =
      data.count == Limits.deviceRevocationLength
      ? DeviceKey(checked: try EdwardsPoint.check(reader.bytes(32))) : nil
    floor = EpochSeconds(reader.integer())
    guard let signature = Signature(reader.rest) else { throw HushringError(.badLength) }
    self.signature = signature
    let bytesToSign = Self.unsigned(self.account, device, floor).bytesToSign
    guard signature.verifies(bytesToSign, key: self.account.bytes) else { throw HushringError(.badSignature) }
    guard floor.isWithinTolerance(at: now) else { throw HushringError(.clock) }
  }

  /// The 105 or 137 bytes.
  public var data: Data {
    Data([Limits.version] + Self.fields(account, device, floor) + signature.bytes)
  }
}

extension Revocation {
  /// Makes one (R5).
  static func make(
    _ account: AccountKey, device: DeviceKey?, floor: EpochSeconds, now: Timestamp
  ) throws(HushringError) -> Unsigned<Revocation> {
    guard floor.isWithinTolerance(at: now) else { throw HushringError(.clock) }
    return unsigned(account, device, floor)
  }

  private init(account: AccountKey, device: DeviceKey?, floor: EpochSeconds, signature: Signature) {
    self.account = account
    self.device = device
    self.floor = floor
    self.signature = signature
  }

  private static func unsigned(
    _ account: AccountKey, _ device: DeviceKey?, _ floor: EpochSeconds
  ) -> Unsigned<Revocation> {
    let label = device == nil ? Label.revocation : .deviceRevocation
    return Unsigned(label, fields: fields(account, device, floor), key: account.bytes) { signature in
      Revocation(account: account, device: device, floor: floor, signature: signature)
    }
  }

  private static func fields(_ account: AccountKey, _ device: DeviceKey?, _ floor: EpochSeconds) -> [UInt8] {
    account.bytes.bytes + (device?.bytes.bytes ?? []) + floor.value.bigEndianBytes
  }
}
