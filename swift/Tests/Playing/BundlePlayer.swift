import Foundation

@testable import Hushring

/// `bundles`
enum BundlePlayer {
  static func result(of vector: Value, kind: String) throws -> Value {
    switch kind {
    case "bundle": try bundle(vector)
    case "bundles": try list(vector)
    case "lastPublished": try lastPublished(vector)
    default: try publish(vector)
    }
  }

  private static func bundle(_ vector: Value) throws -> Value {
    let account = try AccountKey(vector.hex("account"))
    let bundle = try PrekeyBundle(
      verifying: vector.hex("bundle"), account: account, revocations: vector["revocations"]?.hexes() ?? [],
      lastPublished: vector["lastPublished"].map { try known($0, account).packed }, now: vector.timestamp("now"))
    return .object([
      "device": .hex(bundle.device.data), "suite": .text(bundle.suite.name),
      "offers": .array(bundle.offers.map { .text($0.name) }), "prekeyId": .text(bundle.id.description),
      "issuedAt": .number(bundle.issuedAt), "expiresAt": .number(bundle.expiresAt),
    ])
  }

  private static func list(_ vector: Value) throws -> Value {
    let account = try AccountKey(vector.hex("account"))
    let list = try vector.hexes("bundles")
    let verified = try PrekeyBundle.verifyAll(
      list, account: account, revocations: vector["revocations"]?.hexes() ?? [],
      lastPublished: vector["lastPublished"].map { try known($0, account).packed }, now: vector.timestamp("now"))
    let choice = PrekeyBundle.choose(
      verified.bundles, now: try vector.timestamp(vector["chooseAt"] == nil ? "now" : "chooseAt"))
    let rejected = Set(verified.rejected.map(\.index))
    let accepted = list.indices.filter { !rejected.contains($0) }
    func places(_ bundles: [PrekeyBundle]) -> Value {
      .array(bundles.map { bundle in .number(accepted.first { list[$0] == bundle.data } ?? -1) })
    }
    guard accepted.map({ list[$0] }) == verified.bundles.map(\.data) else {
      throw VectorPlayer.Mismatch("the accepted bundles are not those that were not rejected")
    }
    let result = Value.object([
      "accepted": .array(accepted.map { .number($0) }),
      "rejected": rejections(verified.rejected),
      "lastPublished": described(
        try LastPublished(packed: verified.lastPublished, account: account), like: vector["expect"]?["lastPublished"]),
      "targets": places(choice.targets),
      "downgraded": .array(
        choice.downgraded.map { downgrade in
          .object([
            "device": .hex(downgrade.device.data), "offered": .text(downgrade.offered.name),
            "available": .text(downgrade.available.name),
          ])
        }),
      "expired": places(choice.expired),
      "revocations": .array(verified.revocations.map { .hex($0) }),
      "rejectedRevocations": rejections(verified.rejectedRevocations),
    ])
    return VectorPlayer.asExpected(result, vector)
  }

  private static func rejections(_ rejections: [VerifiedBundles.Rejection]) -> Value {
    .array(
      rejections.map { .object(["index": .number($0.index), "error": .text($0.error.code.rawValue)]) })
  }

  private static func lastPublished(_ vector: Value) throws -> Value {
    let account = try AccountKey(vector.hex("account"))
    let packed =
      vector["packed"] == nil
      ? try known(vector.member("lastPublished"), account).packed : try vector.hex("packed")
    let read = try LastPublished(packed: packed, account: account)
    guard read.packed == packed else { throw VectorPlayer.Mismatch("what was read is packed as other bytes") }
    return described(read, like: vector["expect"])
  }

  private static func publish(_ vector: Value) throws -> Value {
    let device = try Device(exported: vector.hex("device"))
    let bundles = try device.publish(
      vector.hexes("prekeys").map { try Prekey(exported: $0) },
      after: vector["last"] == nil ? nil : vector.seconds("last"), now: vector.timestamp("now"))
    return .object(["bundles": .array(bundles.map { .hex($0) })])
  }

  /// `lastPublished`, as vectors write it.
  private static func known(_ json: Value, _ account: AccountKey) throws -> LastPublished {
    let floor = EpochSeconds(json["floor"]?.natural ?? 0)
    let entries = try (entries(json) + fill(json["fill"])).sorted { $0.device < $1.device }
    return LastPublished(account: account, floor: floor, entries: entries)
  }

  private static func entries(_ json: Value) throws -> [LastPublished.Entry] {
    try json.array("entries").map { json in
      guard let device = Bytes32(try json.hex("device")), let offers = UInt8(exactly: try json.natural("offers")) else {
        throw JSON.Malformed("not an entry")
      }
      var entry = LastPublished.Entry(device: device, issuedAt: try json.seconds("issuedAt"), offers: offers)
      for bundle in try json.array("bundles") {
        guard let suite = Suite(name: try bundle.text("suite")) else { throw JSON.Malformed("not a suite") }
        entry[suite] = Bytes32(try bundle.hex("hash"))
      }
      return entry
    }
  }

  private static func fill(_ json: Value?) throws -> [LastPublished.Entry] {
    guard let json else { return [] }
    let first = try json.natural("first")
    let devices = try json.hex("devices")
    return try (0..<json.natural("count")).map { count in
      let number = first + count
      guard let device = Bytes32(devices + UInt32(number).bigEndianBytes) else { throw JSON.Malformed("not a key") }
      let issuedAt = EpochSeconds(try json.natural("issuedAt") + number)
      var entry = LastPublished.Entry(device: device, issuedAt: issuedAt, offers: 1)
      entry.x25519 = Bytes32(repeatElement(0, count: 32))
      return entry
    }
  }

  /// As vectors write it: the entries that are those of the expected `fill` are written in that way.
  private static func described(_ known: LastPublished, like expected: Value?) -> Value {
    let filled = Set((try? fill(expected?["fill"])) ?? [])
    let areFilled = !filled.isEmpty && filled.isSubset(of: known.entries)
    let entries = areFilled ? known.entries.filter { !filled.contains($0) } : known.entries
    return .object([
      "floor": known.floor.value == 0 ? nil : .number(known.floor),
      "entries": .array(entries.map(described)),
      "fill": areFilled ? expected?["fill"] : nil,
    ])
  }

  private static func described(_ entry: LastPublished.Entry) -> Value {
    let bundles = Suite.allCases.compactMap { suite in
      entry[suite].map { Value.object(["suite": .text(suite.name), "hash": .hex($0.bytes)]) }
    }
    return .object([
      "device": .hex(entry.device.bytes), "issuedAt": .number(entry.issuedAt), "offers": .number(entry.offers),
      "bundles": .array(bundles),
    ])
  }
}

extension Value {
  fileprivate func hexes() throws -> [Data] { try (array ?? []).map { try $0.hex() } }
}
