import Foundation

/// An envelope that its sender's device has signed for this device (spec/envelope.md, E17 to E25).
///
/// Whether the sender is trusted, and what the content says, is the inbox's to find out.
struct OpenedEnvelope: Hashable, Sendable {
  /// 8 hexadecimal digits.
  let tag: String
  let certificate: Certificate
  let messageID: MessageID
  let sentAt: Timestamp
  /// The content as compressed: neither inflated nor read.
  let stream: [UInt8]
}

extension OpenedEnvelope {
  /// Opens an envelope. Each code names its check.
  ///
  /// - Parameters:
  ///   - account: The own account.
  ///   - device: The own device.
  ///   - prekey: Finds the prekey of a suite with an id.
  /// - Throws: ``HushringError/Code/badLength``, ``HushringError/Code/unsupportedVersion``,
  ///   ``HushringError/Code/unsupportedSuite``, ``HushringError/Code/unknownPrekey``,
  ///   ``HushringError/Code/decryptionFailed``, ``HushringError/Code/badContentLength``,
  ///   ``HushringError/Code/badPadding``, ``HushringError/Code/badCertificate``,
  ///   ``HushringError/Code/badSignature``.
  static func open(
    _ envelope: Data, account: AccountKey, device: DeviceKey, prekey: (Suite, PrekeyID) -> Prekey?
  ) throws(HushringError) -> OpenedEnvelope {
    guard envelope.count == Limits.envelopeLength else { throw HushringError(.badLength) }
    var reader = Reader(envelope)
    let header = reader.bytes(Limits.headerLength)
    var fields = Reader(header)
    guard fields.integer(UInt8.self) == Limits.version else { throw HushringError(.unsupportedVersion) }
    guard let suite = Suite(rawValue: fields.integer()), suite.isSupported else {
      throw HushringError(.unsupportedSuite)
    }
    guard let prekey = prekey(suite, PrekeyID(fields.integer())) else { throw HushringError(.unknownPrekey) }

    let encapsulatedKey = reader.bytes(suite.encapsulatedKeyLength)
    guard EncapsulationKey.isSoundX25519(encapsulatedKey.suffix(32)) else { throw HushringError(.decryptionFailed) }
    let recipient = Recipient(account: account, device: device)
    var (plaintext, publicKey) = try prekey.open(
      Data(reader.rest), encapsulatedKey: Data(encapsulatedKey), header: Data(header), info: recipient.info)
    var bytes = Array(plaintext)
    defer {
      wipe(&plaintext)
      wipe(&bytes)
    }
    return try verified(bytes, suite: suite, tag: Hushring.tag(of: envelope)) { signed in
      recipient.bytesToSign(header: header, encapsulatedKey: encapsulatedKey, publicKey: publicKey, frame: signed)
    }
  }

  /// A function of its own, so that nothing else holds the frame when it is wiped.
  private static func verified(
    _ bytes: [UInt8], suite: Suite, tag: String, bytesToSign: (ArraySlice<UInt8>) -> [UInt8]
  ) throws(HushringError) -> OpenedEnvelope {
    let frame = try Frame(bytes, suite: suite)
    let certificate = try Certificate(embedded: frame.certificate)
    guard let signature = Signature(frame.signature),
      signature.verifies(bytesToSign(frame.signed), key: certificate.device.bytes)
    else { throw HushringError(.badSignature) }
    return OpenedEnvelope(
      tag: tag, certificate: certificate, messageID: frame.messageID, sentAt: frame.sentAt,
      stream: Array(frame.content))
  }
}
