import Foundation
import Playing

@testable import Hushring

/// Keys, and what is signed by them. Signatures are those of RFC 8032, so that bytes can be compared.
func signedVectors() throws -> [Vector] {
  var vectors: [Vector] = []
  for _ in 0..<10 {
    let who = try Somebody()
    vectors += try keyVectors(who) + bundleVectors(who) + revocationVectors(who) + linkVectors(who)
  }
  return vectors
}

private func keyVectors(_ who: Somebody) throws -> [Vector] {
  let (key, certificate) = (who.account.publicKey, who.device.certificate)
  let pending = try PendingDevice.generate()
  let callID = Bool.random(using: &draw) ? "\(UUID())" : "\(UUID())".lowercased()
  var vectors = [
    Vector("publicKey", "K6", "A key.", ["publicKey": .hex(key.data), "expect": ["fingerprint": .text(key.fingerprint)]]),
    Vector(
      "account", "K2", "An account.",
      ["export": .hex(who.account.exported), "expect": ["publicKey": .hex(key.data)]]),
    Vector(
      "pendingDevice", "K2", "A device without a certificate.",
      ["export": .hex(pending.exported), "expect": ["publicKey": .hex(pending.publicKey.data)]]),
    Vector(
      "device", "T1", "A device.",
      [
        "export": .hex(who.device.exported),
        "expect": ["publicKey": .hex(who.device.publicKey.data), "account": .hex(key.data)],
      ]),
    Vector(
      "certificate", "T1 T4", "Sound.",
      [
        "certificate": .hex(certificate.data),
        "expect": [
          "account": .hex(key.data), "device": .hex(certificate.device.data),
          "notBefore": .number(certificate.notBefore), "expiresAt": .number(certificate.expiresAt),
        ],
      ]),
    Vector(
      "certificate", "T4", "One bit flipped.",
      ["certificate": .hex(flippingABit(certificate.data)), "expect": ["error": "bad_certificate"]]),
    try Vector(
      asking: "callKit", "M8", "A call.", ["account": .hex(key.data), "callId": .text(callID.lowercased())]),
    try Vector(
      asking: "publicKey", "K6", "Any 32 bytes.", ["publicKey": .hex(randomBytes(32))]),
  ]
  vectors += who.prekeys.map { prekey in
    Vector(
      "prekey", "K7", "A prekey.",
      [
        "export": .hex(prekey.exported),
        "expect": [
          "suite": .text(prekey.suite.name), "id": .text("\(prekey.id)"), "expiresAt": .number(prekey.expiresAt),
        ],
      ])
  }
  return vectors
}

private func bundleVectors(_ who: Somebody) throws -> [Vector] {
  let last: UInt64? = one(of: [nil, who.now.seconds.value - 1, who.now.seconds.value, who.now.seconds.value + 600])
  var vectors = [
    try Vector(
      asking: "publish", "B20 B21", "A publication of both suites.",
      [
        "device": .hex(who.device.exported), "prekeys": .array(who.prekeys.map { .hex($0.exported) }),
        "now": .number(who.now), "last": last.map { .number($0) },
      ])
  ]
  for bundle in try who.device.publish(who.prekeys, now: who.now) {
    let read = try PrekeyBundle(verifying: bundle, account: who.account.publicKey, now: who.now)
    for now in [who.now, read.expiresAt.timestamp, Timestamp(milliseconds: who.now.milliseconds - 600_001)] {
      vectors.append(
        try Vector(
          asking: "bundle", "B10 B12 B13", "A bundle at a time.",
          ["bundle": .hex(bundle), "account": .hex(who.account.publicKey.data), "now": .number(now)]))
    }
    let broken = yes() ? flippingABit(bundle) : Array(bundle.dropLast(one(of: [1, 64, bundle.count])))
    vectors.append(
      try Vector(
        asking: "bundle", "B1", "Something is wrong with it.",
        ["bundle": .hex(broken), "account": .hex(who.account.publicKey.data), "now": .number(who.now)]))
  }
  return vectors
}

private func revocationVectors(_ who: Somebody) throws -> [Vector] {
  try [nil, who.device.publicKey].flatMap { device in
    let floor = EpochSeconds(who.now.seconds.value + one(of: [0, 600, 601]))
    let statement = try device.map { try who.account.revoke($0, before: who.now.seconds, now: who.now) }
      ?? who.account.revoke(before: who.now.seconds, now: who.now)
    return [
      try Vector(
        asking: "revoke", "R5", "A statement.",
        [
          "account": .hex(who.account.exported), "floor": .number(floor), "now": .number(who.now),
          "device": device.map { .hex($0.data) },
        ]),
      try Vector(
        asking: "revocation", "R4", "The same, or nearly, received.",
        [
          "revocation": .hex(yes() ? Array(statement) : flippingABit(statement)),
          "account": .hex(who.account.publicKey.data), "now": .number(who.now),
        ]),
    ]
  }
}

private func linkVectors(_ who: Somebody) throws -> [Vector] {
  let secret = try LinkSecret.random()
  let device = try PendingDevice.generate()
  let request = try device.request(secret: secret, now: who.now)
  let expiresAt = EpochSeconds(who.now.seconds.value + .random(in: 1...365 * daySeconds, using: &draw))
  let grant = try who.account.certify(request: request, secret: secret, expiresAt: expiresAt, now: who.now)
  func vector(_ kind: String, _ rule: String, _ comment: String, _ members: KeyValuePairs<String, Value?>) throws
    -> Vector
  {
    try Vector(
      asking: kind, rule, comment, members, and: ["secret": .hex(secret.data), "now": .number(who.now)])
  }
  return [
    try vector("request", "L1", "A new device asks.", ["device": .hex(device.exported)]),
    try vector(
      "certify", "L3", "The account grants, or finds something wrong.",
      [
        "account": .hex(who.account.exported), "request": .hex(yes() ? Array(request) : flippingABit(request)),
        "expiresAt": .number(expiresAt),
        "floor": one(of: [nil, who.now.seconds.value - 1, who.now.seconds.value]).map { .number($0) },
      ]),
    try vector(
      "activate", "L9", "The new device is one of the account, or finds something wrong.",
      [
        "device": .hex(device.exported), "request": .hex(request),
        "grant": .hex(yes() ? Array(grant) : flippingABit(grant)),
      ]),
  ]
}
