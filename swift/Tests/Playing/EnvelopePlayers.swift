import Foundation

@testable import Hushring

/// `envelopes`, as far as E17 to E25.
enum OpeningPlayer {
  private static let stops = [
    "length", "version", "suite", "prekey", "decryption", "contentLength", "padding", "certificate", "signature",
  ]

  static func check(_ vector: Value) throws {
    let expected = try vector.member("expect")
    let device = try Device(exported: vector.hex("device"))
    let prekeys = try vector.hexes("prekeys").map { try Prekey(exported: $0) }
    let found = try VectorPlayer.outcome {
      let opened = try OpenedEnvelope.open(
        vector.base64("envelope"), account: device.account, device: device.publicKey
      ) { suite, id in prekeys.first { $0.suite == suite && $0.id == id } }
      return .object([
        "envelopeTag": .text(opened.tag), "account": .hex(opened.certificate.account.data),
        "device": .hex(opened.certificate.device.data), "messageId": .text(opened.messageID.description),
        "sentAt": .number(opened.sentAt),
      ])
    }
    if let stop = expected["stoppedAt"]?.text, stops.contains(where: { $0.utf8.elementsEqual(stop.utf8) }) {
      try VectorPlayer.expect(found["error"], of: expected["error"])
    } else if expected["error"] != nil {
      // A later check refuses it.
      try VectorPlayer.expect(found["error"], of: nil)
    } else {
      try VectorPlayer.expect(VectorPlayer.asExpected(found, vector), of: expected.with("content", nil))
    }
  }
}

/// `sealing`. CryptoKit cannot encapsulate from given bytes, so this is what such a platform checks
/// (spec/envelope.md, section 22).
enum SealingPlayer {
  static func check(_ vector: Value) throws {
    let expected = try vector.member("expect")
    let targets = try vector.array("to").map(Target.init)
    let device = try Device(exported: vector.hex("device"))
    let now = try vector.timestamp("now")
    let messageID = vector["messageId"]?.text.flatMap { MessageID($0) }
    var envelopes: [Data] = []
    var content: Content?
    let found = try VectorPlayer.outcome {
      let written = try Content(json: vector.member("content"))
      content = written
      envelopes = try device.sealMany(
        written, to: targets.map(\.bundle), messageID: messageID, now: now)
      return .null
    }
    if expected["error"] != nil {
      return try VectorPlayer.expect(VectorPlayer.asExpected(found, vector), of: expected)
    }
    guard found.isNull, let content else { throw VectorPlayer.Mismatch(expected: expected, found: found) }

    guard try Deflate.inflate(expected.hex("stream")) == content.encoded() else {
      throw VectorPlayer.Mismatch("the stream is not that of the content")
    }
    let wanted = try expected.array("envelopes").map { Data(base64Encoded: $0.text ?? "") ?? Data() }
    guard wanted.count == envelopes.count, zip(wanted, envelopes).allSatisfy({ $0.prefix(10) == $1.prefix(10) }) else {
      throw VectorPlayer.Mismatch("other headers")
    }
    let id = try expected.text("messageId")
    for (envelope, target) in zip(wanted, targets) {
      try target.expect(envelope, from: device, id, now, content)
    }
    let first = try targets.first.map { try $0.open(envelopes[0]).messageID.description } ?? id
    for (envelope, target) in zip(envelopes, targets) {
      try target.expect(envelope, from: device, messageID == nil ? first : id, now, content)
    }
  }

  private struct Target {
    let bundle: PrekeyBundle

    /// A bundle is verified at its own issued_at.
    init(_ json: Value) throws {
      let bytes = try json.hex("bundle")
      let issuedAt = bytes.dropFirst(147).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      bundle = try PrekeyBundle(
        verifying: bytes, account: AccountKey(json.hex("account")), now: EpochSeconds(issuedAt).timestamp)
    }

    func open(_ envelope: Data) throws -> OpenedEnvelope {
      try OpenedEnvelope.open(envelope, account: bundle.account, device: bundle.device) { suite, id in
        prekeys.first { $0.suite == suite && $0.id == id }
      }
    }

    func expect(
      _ envelope: Data, from device: Device, _ messageID: String, _ sentAt: Timestamp, _ content: Content
    ) throws {
      let opened = try open(envelope)
      guard opened.certificate == device.certificate, opened.messageID.description == messageID,
        opened.sentAt == sentAt, try Content(decoding: Deflate.inflate(opened.stream)) == content
      else { throw VectorPlayer.Mismatch("an envelope holds something else") }
    }
  }

  /// Those that the bundles belong to.
  private static let prekeys = ["prekey-x25519", "prekey-xwing"].compactMap { name in
    try? Prekey(exported: JSON.file("vectors/keys/\(name).json").hex("export"))
  }
}
