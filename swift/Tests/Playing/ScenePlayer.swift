import Foundation

@testable import Hushring

/// Plays scenes of receiving (vectors/README.md).
public struct ScenePlayer {
  /// What departs from a scene.
  public struct Mismatch: Error, CustomStringConvertible {
    public let description: String
  }

  var scene: Value
  private let device: Device
  private(set) var inbox: Inbox
  private var states: [String: Data] = [:]

  public init(_ scene: Value) throws {
    self.scene = scene
    let receiver = try scene.member("receiver")
    device = try Device(exported: receiver.hex("device"))
    inbox = Inbox(certificate: device.certificate)
    for prekey in try receiver.hexes("prekeys") { try inbox.addPrekey(Prekey(exported: prekey)) }
  }

  /// Takes all steps, and compares what they give with what the scene expects.
  ///
  /// - Throws: ``Mismatch``, or what is wrong with the scene itself.
  public static func check(_ scene: Value) throws {
    var player = try ScenePlayer(scene)
    for (place, step) in try scene.array("steps").enumerated() {
      do {
        try player.check(step)
      } catch let mismatch as Mismatch {
        throw Mismatch(description: "step \(place), \(try step.step.name): \(mismatch.description)")
      }
    }
  }

  /// Takes a step, and gives its result in the form of `expect`; nothing, if it succeeds and
  /// returns nothing.
  public mutating func take(_ step: Value) throws -> Value? {
    do {
      return try result(of: step)
    } catch let error as HushringError {
      return .object([
        "error": .text(error.code.rawValue), "account": error.account.map { .hex($0.data) },
        "age": error.age.map { .number($0) },
      ])
    }
  }

  /// The check at which an envelope stops, if it does.
  func stop(of arguments: Value) throws -> Value? {
    let explanation = inbox.explain(try envelope(arguments), now: try arguments.timestamp("at"))
    return explanation.stoppedAt.map { .text($0.rawValue) }
  }

  private mutating func check(_ step: Value) throws {
    let (name, arguments) = try step.step
    let expected = step["expect"]
    let before = inbox
    let found = try take(step)
    switch name {
    case "explain": break
    case "save", "revoke", "unblock", "untrust", "block":
      if let expected { try compare(found, expected) }
    default: try compare(found, expected)
    }
    if name == "receive" {
      try compareExplanation(before, arguments, found ?? .null, stoppedAt: expected?["stoppedAt"])
    }
    if name == "explain", let expected {
      let result = before.explain(try envelope(arguments), now: try arguments.timestamp("at")).json
      for name in ["action", "reason"] where expected["event"]?[name] != nil {
        try compare(result[name], expected["event"]?[name])
      }
    }
    if changesNothing(name, expected) { try requireSame(before, inbox) }
    if name == "load", arguments.map?.count == 1, let state = states[try arguments.text("state")] {
      var copy = inbox
      guard copy.save() == state else { throw Mismatch(description: "loaded state is saved with other bytes") }
    }
  }

  private func compare(_ found: Value?, _ expected: Value?) throws {
    var (found, expected) = (found, expected)
    if expected?["error"] != nil {
      expected = .object(["error": expected?["error"], "account": expected?["account"], "age": expected?["age"]])
    } else if expected?["event"] != nil {
      expected = .object(["event": expected?["event"]])
    } else if let count = expected?["count"] {
      expected = .object(["count": count])
      found = found?.map?.first?.value.array.map { .object(["count": .number($0.count)]) } ?? found
    }
    guard found == expected else {
      throw Mismatch(
        description: "expected \(expected.map(JSON.text) ?? "nothing"), found \(found.map(JSON.text) ?? "nothing")")
    }
  }

  /// What else a player checks: explaining says beforehand what receiving does.
  private func compareExplanation(
    _ inbox: Inbox, _ arguments: Value, _ result: Value, stoppedAt: Value?
  ) throws {
    let explanation = inbox.explain(try envelope(arguments), now: try arguments.timestamp("at"))
    let expected = Value.object([
      "action": result["event"]?["action"], "reason": result["event"]?["reason"], "code": result["error"],
    ])
    guard explanation.json == expected else {
      throw Mismatch(description: "explained as \(JSON.text(explanation.json)), not \(JSON.text(expected))")
    }
    guard explanation.stoppedAt?.rawValue == stoppedAt?.text else {
      throw Mismatch(description: "explained to stop at \(explanation.stoppedAt?.rawValue ?? "nothing")")
    }
    let order = Check.allCases.map(\.rawValue)
    let place = stoppedAt?.text.flatMap(order.firstIndex(of:)) ?? order.count
    guard (explanation.sender != nil) == (place > order.firstIndex(of: "signature") ?? 0) else {
      throw Mismatch(description: "the sender is named too early, or not at all")
    }
  }

  private func changesNothing(_ name: String, _ expected: Value?) -> Bool {
    if ["explain", "pending", "held", "heldAccounts", "isBlocked", "save"].contains(name) { return true }
    // What is untrusted, or dated ahead, may be held.
    if let error = expected?["error"]?.text {
      return !["receive", "flood"].contains(name) || !["untrusted", "clock"].contains(error)
    }
    return expected?["event"]?["reason"]?.text == "duplicate" && name == "receive"
  }

  private func requireSame(_ before: Inbox, _ after: Inbox) throws {
    var (before, after) = (before, after)
    guard before.save() == after.save() || scene.hasRule("N35") else {
      throw Mismatch(description: "the state has changed")
    }
  }
}

extension ScenePlayer {
  private mutating func result(of step: Value) throws -> Value? {
    let (name, arguments) = try step.step
    switch name {
    case "receive":
      let event = try inbox.receive(envelope(arguments), now: arguments.timestamp("at"))
      return .object(["event": try event.json])
    case "explain":
      return .object(["event": inbox.explain(try envelope(arguments), now: try arguments.timestamp("at")).json])
    case "trust":
      let events = try inbox.trust(
        account(arguments), handle: arguments["handle"].map(Handle.init(json:)),
        displayName: arguments["displayName"]?.text,
        revocations: arguments["revocations"] == nil ? [] : arguments.hexes("revocations"),
        now: arguments.timestamp("at"))
      return .object(["events": .array(try events.map { try $0.json })])
    case "untrust":
      inbox.untrust(try account(arguments))
      return nil
    case "block":
      try inbox.block(account(arguments))
      return nil
    case "unblock":
      inbox.unblock(try account(arguments), now: try arguments.timestamp("at"))
      return nil
    case "isBlocked": return .object(["blocked": .bool(inbox.isBlocked(try account(arguments)))])
    case "revoke":
      return .object(["known": .bool(try inbox.revoke(arguments.hex("statement"), now: arguments.timestamp("at")))])
    case "acknowledge":
      guard let id = MessageID(try arguments.text("messageId")) else { throw JSON.Malformed("no message id") }
      return .object(["wasPending": .bool(inbox.acknowledge(account: try account(arguments), messageID: id))])
    case "pending":
      let events = inbox.pending(now: try arguments.timestamp("at"))
      return .object(["events": .array(try events.map { try $0.json })])
    case "held": return .object(["held": .array(inbox.held().map(\.json))])
    case "heldAccounts": return .object(["accounts": .array(inbox.heldAccounts().map(\.json))])
    case "discard": return .object(["discarded": .number(inbox.discard(try account(arguments)))])
    case "release":
      let events = inbox.release(now: try arguments.timestamp("at"))
      return .object(["events": .array(try events.map { try $0.json })])
    case "publish":
      let prekeys = try arguments.hexes("prekeys").map { try Prekey(exported: $0) }
      let bundles = try inbox.publish(prekeys, by: device, now: arguments.timestamp("at"))
      return .object(["bundles": .array(bundles.map { .hex($0) })])
    case "prune":
      let prekeys = inbox.prune(now: try arguments.timestamp("at"))
      return .object(["prekeys": .array(prekeys.map { .text($0.description) })])
    case "addPrekey":
      try inbox.addPrekey(Prekey(exported: arguments.hex("prekey")))
      return nil
    case "placeCall", "answered", "left", "joined": return try callStep(name, arguments)
    case "save":
      states[try arguments.text("as")] = inbox.save()
      return .object(["revision": .number(inbox.revision)])
    case "load": return try load(arguments)
    case "flood": return try flood(arguments)
    default: throw JSON.Malformed("a step without a player: \(name)")
    }
  }

  /// Section 8.2 of spec/inbox.md.
  private mutating func callStep(_ name: String, _ arguments: Value) throws -> Value? {
    let callID = try CallID(arguments.text("callId"))
    let accounts = try arguments["accounts"]?.array?.map { try account(named: $0.text ?? "") }
    switch name {
    case "placeCall":
      let sentAt = try inbox.placeCall(callID, accounts: accounts ?? [], now: arguments.timestamp("at"))
      return .object(["sentAt": .number(sentAt)])
    case "answered":
      let ring = try inbox.answered(caller: account(arguments), callID: callID, now: arguments.timestamp("at"))
      return .object(["ring": .number(ring)])
    case "left":
      if let accounts {
        inbox.left(callID: callID, accounts: accounts)
      } else {
        inbox.left(caller: try account(arguments), callID: callID)
      }
      return nil
    default:
      let events = try inbox.joined(
        caller: account(arguments), callID: callID, accounts: accounts ?? [], now: arguments.timestamp("at"))
      return .object(["events": .array(try events.map { try $0.json })])
    }
  }

  private mutating func load(_ arguments: Value) throws -> Value? {
    guard var state = states[try arguments.text("state")] else { throw JSON.Malformed("no such state") }
    let certificate =
      try arguments["device"] == nil ? device.certificate : Device(exported: arguments.hex("device")).certificate
    let atLeast = try arguments["atLeast"] == nil ? 0 : arguments.natural("atLeast")
    if let length = arguments["length"]?.natural { state = state.prefix(Int(length)) }
    if let cut = arguments["cut"]?.natural { state = state.dropLast(Int(cut)) }
    if arguments["append"] != nil { state += try arguments.hex("append") }
    if let version = arguments["version"]?.natural { state[state.startIndex] = UInt8(version) }
    if arguments["flipFrom"] != nil {
      return try loadFlipped(state, certificate, from: arguments.count("flipFrom"), every: arguments.count("flipEvery"))
    }
    inbox = try Inbox(state: Data(state), certificate: certificate, atLeast: atLeast)
    return nil
  }

  /// All are refused, and with the same code.
  private func loadFlipped(_ state: Data, _ certificate: Certificate, from first: Int, every: Int) throws -> Value? {
    var codes: Set<HushringError.Code> = []
    for bit in stride(from: first, to: state.count * 8, by: every) {
      var flipped = state
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      do {
        _ = try Inbox(state: flipped, certificate: certificate)
        throw Mismatch(description: "loaded with bit \(bit) flipped")
      } catch let error as HushringError {
        codes.insert(error.code)
      }
    }
    guard let code = codes.first, codes.count == 1 else { throw Mismatch(description: "refused as \(codes)") }
    throw HushringError(code)
  }

  private mutating func flood(_ arguments: Value) throws -> Value? {
    let sender = try Device(exported: arguments.hex("device"))
    let (content, now) = (try arguments.member("content"), try arguments.timestamp("at"))
    let bundle = try PrekeyBundle(
      verifying: arguments.hex("bundle"), account: inbox.account, now: scene.timestamp("now"))
    var results: Set<Value> = []
    for place in 0..<(try arguments.natural("count")) {
      let number = UInt32(truncatingIfNeeded: place).bigEndianBytes
      guard let messageID = MessageID(bytes: try arguments.hex("messageIds") + number) else {
        throw JSON.Malformed("no message id")
      }
      var content = content
      if arguments["callIds"] != nil {
        let bytes = try Array(arguments.hex("callIds")) + number
        let uuid = bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
        content = content.with("callId", .uuid(uuid))
      }
      let sentAt = try arguments.natural("firstSentAt") + place * arguments.natural("everyMs")
      let envelope = try sender.seal(
        Content(json: content), to: bundle, messageID: messageID, now: Timestamp(milliseconds: sentAt))
      do {
        let event = try inbox.receive(envelope, now: now).json
        results.insert(.object(["action": event["action"], "reason": event["reason"]]))
      } catch let error as HushringError {
        results.insert(.object(["error": .text(error.code.rawValue)]))
      }
    }
    guard let result = results.first, results.count == 1 else {
      throw Mismatch(description: "several results: \(results.map(JSON.text))")
    }
    return result
  }

  private func envelope(_ arguments: Value) throws -> Data {
    try scene.member("envelopes").base64(arguments.text("envelope"))
  }

  private func account(_ arguments: Value) throws -> AccountKey { try account(named: arguments.text("account")) }

  private func account(named name: String) throws -> AccountKey {
    try AccountKey(scene.member("accounts").hex(name))
  }
}

extension Value {
  /// A step's one member that names it, and what it has.
  fileprivate var step: (name: String, arguments: Value) {
    get throws {
      let members = (map ?? [:]).filter { !["comment", "expect"].contains($0.name) }
      guard members.count == 1, let step = members.first else { throw JSON.Malformed("a step of no name or several") }
      return (step.name, step.value)
    }
  }

  fileprivate func hasRule(_ rule: String) -> Bool { self["rules"]?.array?.contains(.text(rule)) ?? false }
}
