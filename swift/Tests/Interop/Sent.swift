import Foundation
import Playing

@testable import Hushring

/// Something that somebody sends to somebody, whose frame a test may spoil before it is encrypted.
struct Sent {
  let suite: Suite
  let receiver: Somebody
  var sender: Device
  var messageID = MessageID(bytes: randomBytes(16)) ?? MessageID(String(repeating: "0", count: 32))!
  var sentAt: Timestamp
  var stream: [UInt8]

  init(_ suite: Suite, stream: [UInt8]) throws {
    self.suite = suite
    self.stream = stream
    receiver = try Somebody()
    sender = try Somebody(now: receiver.now).device
    sentAt = receiver.now.adding(milliseconds: .random(in: 0..<1_000, using: &draw))
  }

  /// Tries until it fits.
  init(_ suite: Suite, _ make: () throws -> [UInt8]) throws {
    var stream: [UInt8]
    repeat { stream = try make() } while stream.count > suite.contentRoom
    try self.init(suite, stream: stream)
  }

  /// The frame's bytes before the signature.
  var head: [UInt8] { Frame.unsigned(sender.certificate, messageID, sentAt, stream) }

  /// - Parameter transcript: what is signed before the head.
  func signed(_ transcript: [UInt8]) throws -> [UInt8] { try sender.key.signed(head, transcript) }

  /// - Parameter frame: makes the frame of what is signed before its head.
  func sealed(_ frame: ((_ transcript: [UInt8]) throws -> [UInt8])? = nil) throws -> Data {
    try encrypted(to: receiver.bundle(suite), frame ?? signed)
  }

  /// Nothing else is expected than what was sent.
  func vector(_ rules: String, _ comment: String, _ envelope: Data, content: Content) throws -> Vector {
    vector(
      rules, comment, envelope,
      expecting: [
        "envelopeTag": .text(tag(of: envelope)), "account": .hex(sender.account.data),
        "device": .hex(sender.publicKey.data), "messageId": .text("\(messageID)"), "sentAt": .number(sentAt),
        "content": try content.json,
      ])
  }

  func vector(
    _ rules: String, _ comment: String, _ envelope: Data, prekeys: [Prekey]? = nil, trusted: [AccountKey]? = nil,
    device: Device? = nil, now: Timestamp? = nil, expecting expected: Value
  ) -> Vector {
    let later = sentAt.adding(milliseconds: .random(in: 0..<1_000_000, using: &draw))
    return Vector(
      "open", rules, comment,
      [
        "device": .hex((device ?? receiver.device).exported),
        "prekeys": .array((prekeys ?? receiver.prekeys).map { .hex($0.exported) }),
        "trusted": .array((trusted ?? [sender.account]).map { .hex($0.data) }), "now": .number(now ?? later),
        "envelope": .base64(envelope), "expect": expected,
      ])
  }

  func refused(
    _ rules: String, _ code: HushringError.Code, at check: Check, member: String? = nil, _ envelope: Data,
    prekeys: [Prekey]? = nil, trusted: [AccountKey]? = nil, device: Device? = nil, now: Timestamp? = nil
  ) -> Vector {
    vector(
      rules, "One thing is wrong.", envelope, prekeys: prekeys, trusted: trusted, device: device, now: now,
      expecting: .object([
        "error": .text(code.rawValue), "stoppedAt": .text(check.rawValue), "member": member.map(Value.text),
      ]))
  }
}

extension SigningKey {
  /// A frame with its signature.
  func signed(_ head: [UInt8], _ transcript: [UInt8]) throws -> [UInt8] {
    head + (try signature(for: bytesToSign(.envelope, fields: transcript + head)).bytes)
  }
}

/// Encrypts a frame as it is, filled with zeros.
///
/// - Parameter frame: makes it of what is signed before its head.
func encrypted(to bundle: PrekeyBundle, _ frame: (_ transcript: [UInt8]) throws -> [UInt8]) throws -> Data {
  guard let encryption = bundle.suite.encryption else { throw HushringError(.unsupportedSuite) }
  let recipient = Recipient(account: bundle.account, device: bundle.device)
  var hpke = try encryption.sender(to: bundle.publicKey, info: recipient.info)
  let header = Header.bytes(bundle.suite, bundle.id)
  var transcript = bundle.account.bytes.bytes + bundle.device.bytes.bytes
  transcript += header + hpke.encapsulatedKey + bundle.publicKey
  var plaintext = try frame(transcript)
  plaintext += repeatElement(0, count: bundle.suite.frameLength - plaintext.count)
  return Data(header) + hpke.encapsulatedKey + (try hpke.seal(plaintext, authenticating: header))
}
