import Foundation

/// The layout of an envelope and its frame, and what is signed of them (spec/envelope.md, sections
/// 10 and 11).
enum Header {
  /// The first 10 bytes, which depend on the recipient's prekey alone.
  static func bytes(_ suite: Suite, _ prekey: PrekeyID) -> [UInt8] {
    [Limits.version, suite.rawValue] + prekey.bytes
  }
}

/// The device that opens an envelope, and the key that it is encrypted to.
struct Recipient {
  let account: AccountKey
  let device: DeviceKey

  /// HPKE's `info` (H2).
  var info: Data { Data(Label.envelope.bytes + account.bytes.bytes + device.bytes.bytes) }

  /// What the sender's device signs (section 11).
  ///
  /// - Parameter frame: its bytes before the signature.
  func bytesToSign(
    header: some Collection<UInt8>, encapsulatedKey: some Collection<UInt8>, publicKey: some Collection<UInt8>,
    frame: some Collection<UInt8>
  ) -> [UInt8] {
    var fields = account.bytes.bytes + device.bytes.bytes
    fields += header
    fields += encapsulatedKey
    fields += publicKey
    fields += frame
    defer { wipe(&fields) }
    return Hushring.bytesToSign(.envelope, fields: fields)
  }
}

/// HPKE's plaintext, read but not verified.
struct Frame {
  let messageID: MessageID
  let sentAt: Timestamp
  let certificate: ArraySlice<UInt8>
  let content: ArraySlice<UInt8>
  let signature: ArraySlice<UInt8>
  /// All that is before the signature.
  let signed: ArraySlice<UInt8>

  private static let contentOffset = 170

  /// Reads one (F1 and F2).
  ///
  /// - Throws: ``HushringError/Code/badContentLength``, ``HushringError/Code/badPadding``.
  init(_ bytes: [UInt8], suite: Suite) throws(HushringError) {
    guard bytes.count == suite.frameLength else { throw HushringError(.decryptionFailed) }
    var reader = Reader(bytes)
    certificate = reader.bytes(Limits.certificateLength)
    guard let messageID = MessageID(bytes: reader.bytes(16)) else { throw HushringError(.decryptionFailed) }
    self.messageID = messageID
    sentAt = Timestamp(milliseconds: reader.integer())
    let length = Int(reader.integer(UInt16.self))
    guard length >= 1, length <= suite.contentRoom else { throw HushringError(.badContentLength) }
    content = reader.bytes(length)
    signature = reader.bytes(Limits.signatureLength)
    guard reader.rest.allSatisfy({ $0 == 0 }) else { throw HushringError(.badPadding) }
    signed = bytes.prefix(Self.contentOffset + length)
  }

  /// The bytes before the signature.
  static func unsigned(_ certificate: Certificate, _ messageID: MessageID, _ sentAt: Timestamp, _ content: [UInt8])
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(contentOffset + content.count)
    bytes += certificate.bytes
    bytes += messageID.bytes
    bytes += sentAt.milliseconds.bigEndianBytes
    bytes += UInt16(truncatingIfNeeded: content.count).bigEndianBytes
    bytes += content
    return bytes
  }
}
