import Foundation
import Playing

@testable import Hushring

/// Lists of bundles, as a server may hand them out, and publications.
func listVectors() throws -> [Vector] {
  try (0..<60).map { _ in try Server().vector() } + (0..<30).map { _ in try publication() }
}

/// An account with a few devices, some of their publications, and what a reader has stored.
private struct Server {
  private let account: Account
  private let stranger: Somebody
  private let now: Timestamp
  private let devices: [Device]
  private var published: [Data] = []

  init() throws {
    let who = try Somebody()
    account = who.account
    now = who.now
    stranger = try Somebody(now: who.now)
    let moments = [who.now, who.now.subtracting(milliseconds: day)]
    devices = try (0..<Int.random(in: 1...3, using: &draw)).map { _ in
      let days: UInt64 = one(of: [2, 5, 50])
      return try Device.enroll(
        account: who.account, expiresAt: EpochSeconds(who.now.seconds.value + 100 * daySeconds),
        notBefore: EpochSeconds(who.now.seconds.value - days * daySeconds), now: who.now)
    }
    for _ in 0..<Int.random(in: 1...5, using: &draw) {
      let length: UInt64 = one(of: [1, 3_600, 80 * daySeconds])
      let ends = now.seconds.value + length
      let suites: [[Suite]] = [[.x25519], [.xwing], [.x25519, .xwing], [.xwing, .x25519]]
      let prekeys = try one(of: suites).map { try prekey($0, expiresAt: ends) }
      // At one of a few moments, so that two publications often have the same.
      published += try one(of: devices).publish(prekeys, now: one(of: moments + [now.subtracting(milliseconds: 1_000)]))
    }
  }

  func vector() throws -> Vector {
    let chooseAt: UInt64? = one(of: [nil, nil, now.milliseconds + 1_000, now.milliseconds + 81 * day])
    return try Vector(
      asking: "bundles", "B15 B25 B26", "A list of bundles.",
      [
        "bundles": .array(try handed().map { .hex($0) }), "account": .hex(account.publicKey.data),
        "now": .number(now), "chooseAt": chooseAt.map { .number($0) },
        "revocations": .array(try statements().map { .hex($0) }), "lastPublished": try known(),
      ])
  }

  /// Some of them, in any order, twice or broken.
  private func handed() throws -> [Data] {
    var handed = Array(shuffled(published).prefix(.random(in: 1...published.count, using: &draw)))
    if one(in: 3) { handed.append(one(of: handed)) }
    if one(in: 3) { handed.append(Data(flippingABit(one(of: handed)))) }
    if one(in: 6) { handed += try stranger.device.publish(stranger.prekeys, now: now) }
    return shuffled(handed)
  }

  private func statements() throws -> [Data] {
    let ages: [UInt64] = [0, 1, 2 * daySeconds - 1, 2 * daySeconds, 3 * daySeconds, 60 * daySeconds]
    let strangers = [stranger.device.publicKey, try Somebody().device.publicKey]
    var statements: [Data] = []
    for _ in 0..<one(of: [0, 0, 1, 2, 5, one(in: 8) ? 80 : 3]) {
      let floor = EpochSeconds(now.seconds.value - one(of: ages))
      let device = one(of: [nil] + (devices.map(\.publicKey) + strangers).map { Optional($0) })
      statements.append(
        try device.map { try account.revoke($0, before: floor, now: now) } ?? account.revoke(before: floor, now: now))
    }
    if one(in: 3), let statement = statements.first { statements.append(Data(flippingABit(statement))) }
    if one(in: 6) { statements.append(try stranger.account.revoke(before: now.seconds, now: now)) }
    return shuffled(statements)
  }

  /// What a reader stored of an earlier list.
  private func known() throws -> Value? {
    guard yes() else { return nil }
    let earlier = try Vector(
      asking: "bundles", "", "",
      [
        "bundles": .array(try handed().map { .hex($0) }), "account": .hex(account.publicKey.data),
        "now": .number(now.subtracting(milliseconds: one(of: [0, day]))),
      ])
    guard let known = earlier.members["expect"]?["lastPublished"] else { return nil }
    let age: UInt64 = one(of: [0, 1, 86_400])
    return one(in: 3) ? known.with("floor", .number(now.seconds.value - age)) : known
  }
}

/// Whatever is wrong with it, or nothing.
private func publication() throws -> Vector {
  let who = try Somebody()
  let seconds = who.now.seconds.value
  let (length, age): (UInt64, UInt64) = (one(of: [1, 300, 600, 200 * daySeconds]), one(of: [0, 86_400]))
  let device = try Device.enroll(
    account: who.account, expiresAt: EpochSeconds(seconds + length), notBefore: EpochSeconds(seconds - age),
    now: who.now)
  let ends: [UInt64] = [0, 1, 300, 600, 86_400, 90 * daySeconds, 90 * daySeconds + 1]
  let prekeys = try (0..<Int.random(in: 0...3, using: &draw)).map { _ in
    try prekey(one(of: Suite.allCases), expiresAt: seconds + one(of: ends))
  }
  let last: UInt64? = one(of: [nil, 0, seconds - 1, seconds, seconds + 1, seconds + 599, seconds + 600, 1 << 40])
  let now = one(of: [who.now, who.now, who.now.subtracting(milliseconds: day + 600_001)])
  return try Vector(
    asking: "publish", "B20 B21", "A publication.",
    [
      "device": .hex(device.exported), "prekeys": .array(prekeys.map { .hex($0.exported) }), "now": .number(now),
      "last": last.map { .number($0) },
    ])
}
