import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// A content that is sealed for some bundles (spec/envelope.md, section 12).
struct Sealing {
  private let certificate: Certificate
  /// The frame before the signature, which is the same for all recipients.
  private var frame: [UInt8]

  /// E6 to E9.
  init(
    _ content: Content, to bundles: [PrekeyBundle], certificate: Certificate, messageID: MessageID?, now: Timestamp
  ) throws(HushringError) {
    try certificate.checkTimes(at: now)
    for bundle in bundles {
      guard now < bundle.expiresAt.timestamp else { throw HushringError(.bundleExpired) }
      guard bundle.suite.isSupported else { throw HushringError(.unsupportedSuite) }
    }
    var stream = try content.compressed()
    defer { Hushring.wipe(&stream) }
    let room = bundles.map(\.suite.contentRoom).min() ?? Suite.x25519.contentRoom
    guard stream.count <= room else {
      var error = HushringError(.tooLarge)
      error.size = HushringError.Size(needed: stream.count, available: room)
      throw error
    }
    let messageID = if let messageID { messageID } else { try MessageID.random() }
    self.certificate = certificate
    frame = Frame.unsigned(certificate, messageID, now, stream)
  }

  /// E10 to E15. The signer is asked while the context waits, and the context seals once.
  func envelope(to bundle: PrekeyBundle, _ key: SigningKey) throws(HushringError) -> Data {
    let unsigned = try UnsignedEnvelope(frame, to: bundle)
    let signature = try key.signature(for: unsigned.bytesToSign)
    return try unsigned.sealed(signature)
  }

  func envelope(to bundle: PrekeyBundle, _ signer: any Signer) async throws -> Data {
    let unsigned = try UnsignedEnvelope(frame, to: bundle)
    let signature = try await signer.verifiedSignature(
      for: unsigned.bytesToSign, key: certificate.device.bytes)
    return try unsigned.sealed(signature)
  }

  mutating func wipe() { Hushring.wipe(&frame) }
}

/// An envelope that waits for its signature, with the one context of its encapsulation (H4, H5).
private struct UnsignedEnvelope: ~Copyable {
  let bytesToSign: [UInt8]
  private let suite: Suite
  private let header: [UInt8]
  private let frame: [UInt8]
  private var sender: HPKE.Sender

  init(_ frame: [UInt8], to bundle: PrekeyBundle) throws(HushringError) {
    guard let encryption = bundle.suite.encryption else { throw HushringError(.unsupportedSuite) }
    let recipient = Recipient(account: bundle.account, device: bundle.device)
    sender = try encryption.sender(to: bundle.publicKey, info: recipient.info)
    header = Header.bytes(bundle.suite, bundle.id)
    bytesToSign = recipient.bytesToSign(
      header: header, encapsulatedKey: sender.encapsulatedKey, publicKey: bundle.publicKey, frame: frame)
    suite = bundle.suite
    self.frame = frame
  }

  consuming func sealed(_ signature: Signature) throws(HushringError) -> Data {
    // With its capacity from the beginning, so that no copy is left behind unwiped.
    var plaintext: [UInt8] = []
    plaintext.reserveCapacity(suite.frameLength)
    defer { wipe(&plaintext) }
    plaintext += frame
    plaintext += signature.bytes
    plaintext += repeatElement(0, count: suite.frameLength - plaintext.count)
    guard let ciphertext = try? sender.seal(plaintext, authenticating: header) else {
      throw HushringError(.badLength)
    }
    return Data(header) + sender.encapsulatedKey + ciphertext
  }
}
