import Foundation

/// A device's request for a certificate, verified (spec/envelope.md, section 8).
struct LinkRequest {
  let device: DeviceKey
  let createdAt: EpochSeconds
  let bytes: [UInt8]

  private static let macOffset = 105

  /// Verifies one, but for its time (L3 to L6).
  init(_ data: some DataProtocol, secret: LinkSecret) throws(HushringError) {
    bytes = Array(data)
    guard bytes.count == Limits.linkRequestLength else { throw HushringError(.badLength) }
    var reader = Reader(bytes)
    guard reader.integer(UInt8.self) == Limits.version else { throw HushringError(.unsupportedVersion) }
    let authenticated = Array(bytes.prefix(Self.macOffset))
    guard secret.isCode(bytes.dropFirst(Self.macOffset), .linkRequest, authenticated) else {
      throw HushringError(.badMAC)
    }
    device = DeviceKey(checked: try EdwardsPoint.check(reader.bytes(32)))
    createdAt = EpochSeconds(reader.integer())
    let bytesToSign = Hushring.bytesToSign(.link, fields: Self.fields(device, createdAt))
    guard let proof = Signature(reader.bytes(Limits.signatureLength)),
      proof.verifies(bytesToSign, key: device.bytes)
    else { throw HushringError(.badSignature) }
  }

  /// L7
  func checkTime(now: Timestamp) throws(HushringError) {
    guard createdAt.isWithinTolerance(at: now) else { throw HushringError(.clock) }
    guard createdAt.timestamp >= now.subtracting(milliseconds: Limits.envelopeAge) else {
      throw HushringError(.tooOld)
    }
  }

  /// Makes one, 137 bytes.
  static func make(device: DeviceKey, secret: LinkSecret, now: Timestamp) -> Unsigned<Data> {
    let fields = fields(device, now.seconds)
    return Unsigned(.link, fields: fields, key: device.bytes) { proof in
      let request = [Limits.version] + fields + proof.bytes
      return Data(request + secret.code(.linkRequest, request))
    }
  }

  private static func fields(_ device: DeviceKey, _ createdAt: EpochSeconds) -> [UInt8] {
    device.bytes.bytes + createdAt.value.bigEndianBytes
  }
}
