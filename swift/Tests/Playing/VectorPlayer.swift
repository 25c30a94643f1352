import Foundation

@testable import Hushring

/// Plays the vectors of one input each (vectors/README.md), but for pushes, and of opening E17 to E25.
public enum VectorPlayer {
  /// What departs from a vector.
  public struct Mismatch: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }

    init(expected: Value?, found: Value?) {
      description = "expected \(expected.map(JSON.text) ?? "nothing"), found \(found.map(JSON.text) ?? "nothing")"
    }
  }

  /// - Throws: ``Mismatch``, or what is wrong with the vector itself.
  public static func check(_ vector: Value) throws {
    switch try vector.text("kind") {
    case "open": try OpeningPlayer.check(vector)
    case "seal": try SealingPlayer.check(vector)
    case let kind:
      let expected = try vector.member("expect")
      let found = try outcome { try result(of: vector, kind: kind) }
      try expect(masked(found, kind: kind), of: masked(expected, kind: kind))
    }
  }

  /// What a vector gives, of a kind with one result: in the form of its `expect`.
  public static func answer(_ vector: Value) throws -> Value {
    try outcome { try result(of: vector, kind: vector.text("kind")) }
  }

  /// A result, or the code and the details of an error.
  static func outcome(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as HushringError {
      return .object([
        "error": .text(error.code.rawValue),
        "member": error.member.map(Value.text),
        "available": error.size.map { Value.number($0.available) },
      ])
    }
  }

  static func expect(_ found: Value?, of expected: Value?) throws {
    guard found == expected else { throw Mismatch(expected: expected, found: found) }
  }

  /// Members that the vector does not expect are left out.
  static func asExpected(_ result: Value, _ vector: Value) -> Value {
    guard let expected = vector["expect"]?.map else { return result }
    return .map(Members((result.map ?? [:]).filter { expected[$0.name] != nil }.map { ($0.name, $0.value) }))
  }

  private static func result(of vector: Value, kind: String) throws -> Value {
    switch kind {
    case "publicKey":
      return .object(["fingerprint": .text(try AccountKey(vector.hex("publicKey")).fingerprint)])
    case "account":
      return .object(["publicKey": .hex(try Account(exported: vector.hex("export")).publicKey.data)])
    case "pendingDevice":
      return .object(["publicKey": .hex(try PendingDevice(exported: vector.hex("export")).publicKey.data)])
    case "device":
      let device = try Device(exported: vector.hex("export"))
      return .object(["publicKey": .hex(device.publicKey.data), "account": .hex(device.account.data)])
    case "prekey":
      let prekey = try Prekey(exported: vector.hex("export"))
      return .object([
        "suite": .text(prekey.suite.name), "id": .text(prekey.id.description), "expiresAt": .number(prekey.expiresAt),
      ])
    case "callKit":
      let uuid = try callKitUUID(
        caller: AccountKey(vector.hex("account")), callID: CallID(vector.text("callId")))
      return .object(["uuid": .uuid(uuid)])
    case "certificate":
      let certificate = try Certificate(vector.hex("certificate"))
      return .object([
        "account": .hex(certificate.account.data), "device": .hex(certificate.device.data),
        "notBefore": .number(certificate.notBefore), "expiresAt": .number(certificate.expiresAt),
      ])
    case "request", "certify", "activate": return try LinkPlayer.result(of: vector, kind: kind)
    case "revocation", "revoke": return try RevocationPlayer.result(of: vector, kind: kind)
    case "bundle", "bundles", "lastPublished", "publish": return try BundlePlayer.result(of: vector, kind: kind)
    default: throw JSON.Malformed("a kind without a player: \(kind)")
    }
  }

  /// Of a signer that randomises, signatures and the codes over them are not compared.
  private static func masked(_ result: Value, kind: String) -> Value {
    guard signerRandomises else { return result }
    switch kind {
    case "request": return result.masking("request", [41..<137])
    case "certify": return result.masking("grant", [81..<177])
    case "revoke": return result.masking("revocation", [-64..<0])
    case "publish": return result.masking("bundles", [-64..<0])
    default: return result
    }
  }

  public static let signerRandomises = {
    let signatures = (0..<2).compactMap { _ in
      try? SigningKey(seed: Data(repeating: 7, count: 32)).signature(for: [])
    }
    return Set(signatures).count == 2
  }()
}

extension Value {
  /// - Parameter ranges: of bytes; those below 0 count from the end.
  fileprivate func masking(_ name: String, _ ranges: [Range<Int>]) -> Value {
    func masked(_ value: Value) -> Value {
      guard let bytes = try? value.hex() else { return value }
      var masked = Array(bytes)
      for place in ranges.joined() { masked[place < 0 ? masked.count + place : place] = 0 }
      return .hex(masked)
    }
    guard let value = self[name] else { return self }
    return with(name, value.array.map { .array($0.map(masked)) } ?? masked(value))
  }
}

/// `links`
private enum LinkPlayer {
  static func result(of vector: Value, kind: String) throws -> Value {
    let now = try vector.timestamp("now")
    let secret = try LinkSecret(vector.hex("secret"))
    switch kind {
    case "request":
      let device = try PendingDevice(exported: vector.hex("device"))
      return .object(["request": .hex(try device.request(secret: secret, now: now))])
    case "certify":
      let grant = try Account(exported: vector.hex("account")).certify(
        request: vector.hex("request"), secret: secret, expiresAt: vector.seconds("expiresAt"),
        notBefore: vector["notBefore"] == nil ? nil : vector.seconds("notBefore"),
        floor: vector["floor"] == nil ? nil : vector.seconds("floor"), now: now)
      return .object(["grant": .hex(grant)])
    default:
      let exported = try vector.hex("device")
      let (grant, request) = (try vector.hex("grant"), try vector.hex("request"))
      let device =
        exported.count == 32
        ? try PendingDevice(exported: exported).activate(grant: grant, request: request, secret: secret, now: now)
        : try Device(exported: exported).activate(grant: grant, request: request, secret: secret, now: now)
      return .object(["device": .hex(device.exported)])
    }
  }
}

/// `revocations`
private enum RevocationPlayer {
  static func result(of vector: Value, kind: String) throws -> Value {
    let now = try vector.timestamp("now")
    if kind == "revocation" {
      let revocation = try Revocation(
        verifying: vector.hex("revocation"), account: AccountKey(vector.hex("account")), now: now)
      return .object([
        "floor": .number(revocation.floor), "device": revocation.device.map { .hex($0.data) },
      ])
    }
    let account = try Account(exported: vector.hex("account"))
    let floor = try vector.seconds("floor")
    let statement =
      vector["device"] == nil
      ? try account.revoke(before: floor, now: now)
      : try account.revoke(DeviceKey(vector.hex("device")), before: floor, now: now)
    return .object(["revocation": .hex(statement)])
  }
}
