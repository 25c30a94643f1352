import Foundation
import Playing

@testable import Hushring

/// One thing is wrong in each.
func refusedVectors() throws -> [Vector] {
  try Suite.allCases.flatMap { suite in
    try (0..<3).flatMap { _ in
      try refusedHeaders(suite) + refusedFrames(suite) + refusedStreams(suite) + refusedByState(suite)
    }
  }
}

private func message(_ suite: Suite) throws -> Sent {
  try Sent(suite) { Deflate.compress(try Content.message(.init(body: draw.text())).encoded()) }
}

private func refusedHeaders(_ suite: Suite) throws -> [Vector] {
  let sent = try message(suite)
  let envelope = try Array(sent.sealed())
  func changed(_ change: (inout [UInt8]) -> Void) -> Data {
    var copy = envelope
    change(&copy)
    return Data(copy)
  }
  let (last, x25519) = (suite.encapsulatedKeyLength + 10, suite.encapsulatedKeyLength + 10 - 32)
  let lowOrder = [UInt8](repeating: 0, count: 32)
  let notCanonical = [UInt8](repeating: 0xff, count: 31) + [0x7f]
  return [
    sent.refused("E17", .badLength, at: .length, changed { $0.removeLast() }),
    sent.refused("E17", .badLength, at: .length, changed { $0.append(0) }),
    sent.refused("E18", .unsupportedVersion, at: .version, changed { $0[0] = one(of: [0, 2, 255]) }),
    sent.refused("E19", .unsupportedSuite, at: .suite, changed { $0[1] = one(of: [0, 3, 255]) }),
    sent.refused("E20", .unknownPrekey, at: .prekey, changed { $0[1] ^= 3 }),
    sent.refused("E20", .unknownPrekey, at: .prekey, Data(flippingABit(envelope, in: 2..<10))),
    sent.refused("E20", .unknownPrekey, at: .prekey, Data(envelope), prekeys: []),
    sent.refused("E21 H6", .decryptionFailed, at: .decryption, changed { $0[x25519..<last] = lowOrder[...] }),
    sent.refused("E21 H6", .decryptionFailed, at: .decryption, changed { $0[x25519..<last] = notCanonical[...] }),
    sent.refused("E21", .decryptionFailed, at: .decryption, Data(flippingABit(envelope, in: 10..<last - 1))),
    sent.refused("E21", .decryptionFailed, at: .decryption, Data(flippingABit(envelope, in: last..<2_880))),
    sent.refused(
      "H2", .decryptionFailed, at: .decryption, Data(envelope),
      device: try Somebody.device(of: sent.receiver.account, at: sent.receiver.now)),
  ]
}

private func refusedFrames(_ suite: Suite) throws -> [Vector] {
  var vectors: [Vector] = []
  func spoil(
    _ rules: String, _ code: HushringError.Code, at check: Check, _ change: @escaping (Sent, [UInt8]) throws -> [UInt8]
  ) throws {
    let sent = try message(suite)
    vectors.append(sent.refused(rules, code, at: check, try sent.sealed { try change(sent, $0) }))
  }
  for length in [0, UInt16(suite.contentRoom) + 1, .max] {
    try spoil("E22 F1", .badContentLength, at: .contentLength) { sent, transcript in
      var frame = try sent.signed(transcript)
      frame.replaceSubrange(168..<170, with: length.bigEndianBytes)
      return frame
    }
  }
  try spoil("E23 F2", .badPadding, at: .padding) { sent, transcript in
    try sent.signed(transcript) + [UInt8](repeating: 0, count: .random(in: 0..<9, using: &draw)) + [1]
  }
  try spoil("E24 F3", .badCertificate, at: .certificate) { sent, transcript in
    flippingABit(try sent.signed(transcript), in: 0..<144)
  }
  try spoil("E25 F4", .badSignature, at: .signature) { sent, transcript in
    flippingABit(try sent.signed(transcript), in: 144..<168)
  }
  try spoil("E25 F4", .badSignature, at: .signature) { sent, transcript in
    let frame = try sent.signed(transcript)
    return flippingABit(frame, in: frame.count - 64..<frame.count)
  }
  // Of the account, the device, the header, the encapsulated key and the public key.
  for place in [0, 32, 64, 74, -32] {
    try spoil("E25 F4", .badSignature, at: .signature) { sent, transcript in
      let place = place < 0 ? transcript.count + place : place
      return try sent.signed(flippingABit(transcript, in: place..<place + 1))
    }
  }
  return vectors
}

private func refusedStreams(_ suite: Suite) throws -> [Vector] {
  let encoded = try Content.cover(.init()).encoded()
  func vector(
    _ rules: String, _ code: HushringError.Code, at check: Check, member: String? = nil, stream: [UInt8]
  ) throws -> Vector {
    let sent = try Sent(suite, stream: stream)
    return sent.refused(rules, code, at: check, member: member, try sent.sealed())
  }
  func cbor(_ rules: String, _ code: HushringError.Code, _ bytes: [UInt8]) throws -> Vector {
    try vector(rules, code, at: .cbor, stream: stored(bytes))
  }
  func text(_ text: String) -> [UInt8] { [UInt8(0x60 + text.utf8.count)] + text.utf8 }
  let (type, cover, a) = (text("type"), text("cover"), text("a"))
  let one: [UInt8] = [0xfb] + 1.0.bitPattern.bigEndianBytes
  let many: [UInt8] = [0xa1] + a + [0x99, 0x10, 0x00] + [UInt8](repeating: 0xf6, count: 4_096)
  return [
    try vector("D2", .badCompression, at: .inflation, stream: stored(encoded) + [0]),
    try vector("D2", .badCompression, at: .inflation, stream: Array(stored(encoded).dropLast())),
    try vector("D4", .tooLong, at: .inflation, stream: Deflate.compress(.init(repeating: 0, count: 65_537))),
    try cbor("C1", .badCBOR, encoded + [0]),
    try cbor("C1", .badCBOR, []),
    try cbor("C4", .badCBOR, [0xa1, 0x78, 4] + type.dropFirst() + cover),
    try cbor("C6", .badCBOR, [[0xa2], type, cover, a, [1]].flatMap { $0 }),
    try cbor("C7", .badCBOR, [0xa1] + type + [0x65, 0x63, 0x6f, 0x76, 0xc3, 0x28]),
    try cbor("C9", .badCBOR, [[0xa2], a, one, type, cover].flatMap { $0 }),
    try cbor("C10", .tooDeep, [0xa1] + a + [UInt8](repeating: 0x81, count: 16)),
    try vector("C12", .tooMany, at: .cbor, stream: Deflate.compress(many)),
    try vector(
      "M2", .badContent, at: .members, member: "body",
      stream: stored(try CBOR.encode(["type": "message", "body": 1]))),
  ]
}

private func refusedByState(_ suite: Suite) throws -> [Vector] {
  let sent = try message(suite)
  let envelope = try sent.sealed()
  let early = Timestamp(milliseconds: sent.sentAt.milliseconds - 600_001)
  var (late, ahead) = (sent, sent)
  late.sentAt = sent.sender.certificate.expiresAt.timestamp
  ahead.sentAt = Timestamp(milliseconds: sent.sender.certificate.notBefore.timestamp.milliseconds - 600_001)
  return [
    sent.refused("E26", .untrusted, at: .trust, envelope, trusted: []),
    sent.refused("E28", .clock, at: .sentAt, envelope, now: early),
    sent.refused("E28", .tooOld, at: .sentAt, envelope, now: sent.sentAt.adding(milliseconds: 30 * day + 1)),
    late.refused("E29 T6", .certificateExpired, at: .certificateTimes, try late.sealed()),
    ahead.refused("E29 T6", .certificateNotYetValid, at: .certificateTimes, try ahead.sealed()),
  ]
}
