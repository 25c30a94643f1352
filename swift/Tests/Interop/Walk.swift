import Foundation

@testable import Hushring
@testable import Playing

/// A random scene: a few people with several devices say anything in any order, and an app does anything. There are few
/// accounts, calls and message ids, so that they meet. Expects what the package's own inbox gives.
struct Walk {
  private static let steps = 80

  private let people: [Person]
  private let phone: Device
  private let bundle: PrekeyBundle
  private var player: ScenePlayer
  private var steps: [Value] = []
  private var now: UInt64
  private var exports: [Data]
  private var saved: [(name: String, revision: UInt64)] = []

  /// Those who send, each with one of its devices.
  private struct Person {
    let name: String
    let account: Account
    let devices: [Device]
  }

  // What a walk is like. Half of what people say is about the same few things.
  private let calls: [CallID]
  private let messageIDs: [MessageID]
  private let isSlow = yes(), isCalling = yes(), isUnsteady = one(in: 3), hasFastClocks = one(in: 3)
  private let comparesRevisions = yes()
  /// Times of invitations and of the app's own calls, which answers and ends name.
  private var moments: [UInt64]
  private var speaker = (person: 0, device: 0)

  init() throws {
    now = 1_000 * .random(in: 1_000_000_000..<4_000_000_000, using: &draw)
    let start = Timestamp(milliseconds: now)
    people = try [("me", 2), ("alice", 3), ("bob", 2), ("carol", 1)].map { name, count in
      let account = try Account(exported: Data(randomBytes(32)))
      let devices = try (0..<count).map { _ in
        try Device.enroll(
          account: account, expiresAt: EpochSeconds(start.seconds.value + one(of: [120, 86_400, 200 * daySeconds, 200 * daySeconds])),
          notBefore: EpochSeconds(start.seconds.value - one(of: [0, 3, 50]) * 86_400), now: start)
      }
      return Person(name: name, account: account, devices: devices)
    }
    phone = try Device.enroll(
      account: people[0].account, expiresAt: EpochSeconds(start.seconds.value + 300 * daySeconds), now: start)
    let prekey = try hushring_play.prekey(.x25519, expiresAt: start.seconds.value + 80 * daySeconds)
    exports = [prekey.exported]
    bundle = try PrekeyBundle(
      verifying: phone.publish([prekey], now: start)[0], account: people[0].account.publicKey, now: start)
    calls = (0..<3).map { _ in draw.callID() }
    messageIDs = (0..<3).compactMap { _ in MessageID(bytes: randomBytes(16)) }
    moments = [now]
    player = try ScenePlayer(
      .object([
        "comment": "Anything in any order.", "rules": comparesRevisions ? ["N35"] : [],
        "receiver": ["device": .hex(phone.exported), "prekeys": [.hex(prekey.exported)]], "now": .number(now),
        "accounts": .map(Members(people.map { ($0.name, .hex($0.account.publicKey.data)) })), "envelopes": [:],
      ]))
  }

  mutating func go() throws -> Value {
    for person in people where !one(in: 5) { try step("trust", ["account": .text(person.name), "at": .number(now)]) }
    if isCalling { try place(people.dropFirst().map(\.name)) }
    for _ in 0..<Self.steps {
      switch Int.random(in: 0..<24, using: &draw) {
      case 0..<14: try receive()
      case 14..<19: try callStep()
      default: try appStep()
      }
      try step("pending", ["at": .number(now)])
    }
    try step("held", [:])
    try step("heldAccounts", [:])
    return player.scene.with("steps", .array(steps))
  }

  /// Takes a step, and writes it down with what it gave.
  @discardableResult
  private mutating func step(_ name: String, _ arguments: Value) throws -> Value? {
    let step = Value.map([name: arguments])
    var expected: Value?
    switch name {
    case "receive":
      let stop = try player.stop(of: arguments)
      expected = try player.take(step).map { $0.with("stoppedAt", stop) }
    case "explain":
      // In the form of what receiving would give.
      var copy = player
      expected = try copy.take(["receive": arguments])?.with("stoppedAt", player.stop(of: arguments))
    default: expected = try player.take(step)
    }
    let isCompared = name != "save" || comparesRevisions
    steps.append(isCompared ? step.with("expect", expected) : step)
    return expected
  }

  private func name() -> String { one(of: people).name }

  private func at() -> Value { .number(now) }
}

// MARK: What arrives.

extension Walk {
  private mutating func receive() throws {
    passTime()
    let known = player.scene["envelopes"]?.map ?? [:]
    var name = "envelope \(known.count)"
    if let old = known.randomElement(using: &draw), one(in: 16) {
      name = old.name
    } else {
      let envelope = try sealed()
      player.scene = player.scene.with("envelopes", .map(known).with(name, .base64(envelope)))
    }
    if one(in: 12) { try step("explain", ["envelope": .text(name), "at": at()]) }
    try step("receive", ["envelope": .text(name), "at": at()])
  }

  private mutating func sealed() throws -> Data {
    // Often the one who spoke last.
    if !one(in: 3) {
      let person = one(of: Array(people.indices))
      speaker = (person, Int.random(in: people[person].devices.indices, using: &draw))
    }
    let person = people[speaker.person]
    let device = one(in: 30) ? phone : person.devices[speaker.device]
    let content = try said(by: person)
    let isInvitation = content.type == "call.invite"
    let sentAt = sentAt(ofInvitation: isInvitation)
    if isInvitation { moments.append(sentAt) }
    let fresh = MessageID(bytes: randomBytes(16)) ?? messageIDs[0]
    let stream = Deflate.compress(try content.encoded())
    // The package seals nothing outside of a certificate's times, and a phone must refuse it.
    let frame = Frame.unsigned(
      device.certificate, one(in: 12) ? one(of: messageIDs) : fresh, Timestamp(milliseconds: sentAt), stream)
    return try encrypted(to: bundle) { transcript in try device.key.signed(frame, transcript) }
  }

  private func sentAt(ofInvitation isInvitation: Bool) -> UInt64 {
    if isInvitation, hasFastClocks, yes() { return now + one(of: [1, 95 * second, 10 * minute - 1, 10 * minute]) }
    switch Int.random(in: 0..<12, using: &draw) {
    case 0..<4: return moment()
    case 4:
      return now - one(of: [0, second, 40 * second, 91 * second, 200 * second, 2 * day, 29 * day, 30 * day, 31 * day])
    case 5: return now + one(of: [minute, 10 * minute, 10 * minute + 1, hour, day, day + 1])
    default: return now - one(of: [0, 0, 1, second])
    }
  }

  /// A time that something is about, or one beside it.
  private func moment() -> UInt64 {
    let moment = one(of: Array(moments.suffix(6)))
    return one(of: [moment, moment, moment, moment + 1, moment - 1])
  }

  /// The first is mostly one's own, the others are mostly calls of others.
  private func call(own: Bool) -> CallID { calls[one(of: own ? [0, 0, 0, 0, 1] : [1, 1, 1, 2, 0])] }

  private func said(by person: Person) throws -> Content {
    let ring = Timestamp(milliseconds: one(in: 8) ? 0 : moment())
    let theirs = call(own: false)
    let weights = isCalling ? [3, 9, 8, 4, 2, 2, 1] : [9, 9, 1, 5, 2, 2, 1]
    var place = Int.random(in: 0..<weights.reduce(0, +), using: &draw)
    let kind = weights.firstIndex { weight in
      place -= weight
      return place < 0
    }
    switch kind {
    case 0:
      return .callInvite(
        CallInvite(
          callID: theirs, handle: draw.maybe { _ in handle() }, callerName: draw.maybe { _ in name(atMost: 60) },
          hasVideo: yes(), lifetime: draw.maybe { .random(in: 1...90, using: &$0) },
          groupID: one(in: 4) ? "a group" : nil))
    case 1: return .callEnd(end(by: person, ring: ring))
    case 2: return .callAnswer(CallAnswer(callID: call(own: true), ring: ring))
    case 3:
      let callID = call(own: yes())
      switch Int.random(in: 0..<3, using: &draw) {
      case 0: return .callCandidates(CallCandidates(callID: callID, candidates: []))
      case 1: return .callNegotiate(CallNegotiate(callID: callID, description: .init(type: .rollback)))
      default: return .other(OtherContent(type: "call.hold", callID: yes() ? callID : nil))
      }
    case 4: return .cover(Cover())
    case 5: return yes() ? .message(.init(body: name(atMost: 20))) : .other(OtherContent(type: "app.poll"))
    default: return draw.content()
    }
  }

  /// Ends a call as a sibling, a callee or a caller does, and sometimes as none of them.
  private func end(by person: Person, ring: Timestamp) -> CallEnd {
    let me = people[0].account.publicKey
    let usual = person.name == "me" ? 0 : one(of: [1, 2])
    switch one(in: 6) ? Int.random(in: 0..<4, using: &draw) : usual {
    case 0:
      let caller = one(in: 6) ? me : one(of: Array(people.dropFirst())).account.publicKey
      return CallEnd(
        callID: call(own: false), reason: one(of: [.answeredElsewhere, .declinedElsewhere]), caller: caller, ring: ring)
    case 1:
      let reasons: [EndReason] = [.declined, .declined, .remoteEnded, .remoteEnded] + EndReason.allCases
      let caller = one(in: 8) ? one(of: people).account.publicKey : me
      return CallEnd(callID: call(own: true), reason: one(of: reasons), caller: caller, ring: ring)
    case 2:
      return CallEnd(
        callID: call(own: false), reason: one(of: [.failed, .remoteEnded, .unanswered, .cancelled]))
    default:
      return CallEnd(callID: call(own: false), taken: one(of: [phone] + people[0].devices + people[1].devices).publicKey)
    }
  }

  private mutating func passTime() {
    if isUnsteady, one(in: 16) { now -= one(of: [second, 10 * minute - 1, 10 * minute, hour]) }
    if one(in: 10), let last = lastMoment() {
      now = max(last, now)
    } else {
      let short: [UInt64] = [0, 1, 1, second]
      let long: [UInt64] = [30 * second, 95 * second, 2 * minute] + (isSlow ? [hour, day, 12 * day] : [])
      now += one(in: isSlow ? 7 : 10) ? one(of: long) : one(of: short)
    }
  }

  /// The last moment of a ring that waits, or one beside it.
  private func lastMoment() -> UInt64? {
    for event in player.inbox.pending(now: Timestamp(milliseconds: now)) {
      guard case .ring(let ring) = event.action else { continue }
      return ring.expiresAt.milliseconds + one(of: [0, 0, 1, 1, 2]) - 1
    }
    return nil
  }
}

// MARK: What the app does.

extension Walk {
  private mutating func place(_ names: [String]) throws {
    let placed = try step(
      "placeCall",
      ["callId": .uuid(call(own: true).uuid), "accounts": .array(names.map(Value.text)), "at": at()])
    if let sentAt = placed?["sentAt"]?.natural { moments.append(sentAt) }
  }

  private func someNames() -> [String] { (0..<Int.random(in: 0..<4, using: &draw)).map { _ in name() } }

  /// A step that belongs to a call, which may not fit.
  private mutating func callStep() throws {
    let caller = one(in: 4) ? name() : people[speaker.person].name
    let theirs: Value = ["callId": .uuid(call(own: false).uuid), "account": .text(caller)]
    let own: Value = ["callId": .uuid(call(own: true).uuid), "account": "me"]
    let accounts: Value = ["accounts": .array(someNames().map(Value.text))]
    switch Int.random(in: isCalling ? 0..<11 : 2..<11, using: &draw) {
    case 0...2: try place(someNames())
    case 3...5: try step("answered", theirs.with("at", at()))
    case 6...7: try step("left", theirs)
    case 8: try step("left", yes() ? own : own.merging(accounts))
    case 9: try step("joined", theirs.merging(accounts).with("at", at()))
    default: try step("joined", own.merging(accounts).with("at", at()))
    }
  }

  private mutating func appStep() throws {
    let account: Value = ["account": .text(name())]
    switch Int.random(in: 0..<18, using: &draw) {
    case 0...3: try trust()
    case 4: try step("untrust", account)
    case 5: try step("block", account)
    case 6...7: try step("unblock", account.with("at", at()))
    case 8: try step("discard", account)
    case 9...10: try step("release", ["at": at()])
    case 11: try step("revoke", ["statement": .hex(try statement(of: one(of: people))), "at": at()])
    case 12: try publish()
    case 13...14: try acknowledge()
    case 15: try prune()
    case 16:
      try step("held", [:])
      try step("heldAccounts", [:])
      try step("isBlocked", account)
    default: try restart()
    }
  }

  private mutating func trust() throws {
    let person = one(of: people)
    let count = one(of: [0, 0, 0, 1, 1, 2, 3])
    let statements = try (0..<count).map { _ in
      try statement(of: one(in: 12) ? one(of: people) : person)
    }
    try step(
      "trust",
      .object([
        "account": .text(person.name), "at": at(), "handle": yes() ? try handleJSON() : nil,
        "displayName": yes() ? .text(one(in: 12) ? "a\0b" : name(atMost: one(of: [30, 256, 300]))) : nil,
        "revocations": count == 0 ? nil : .array(statements.map { .hex($0) }),
      ]))
  }

  /// Sound, or not.
  private func statement(of person: Person) throws -> Data {
    let days: UInt64 = one(of: [0, 1, 10, 60, 60, 396, 397, 400])
    let floor = EpochSeconds(now / 1_000 - days * daySeconds + one(of: [0, 0, 1, one(in: 8) ? 3_600 : 0]))
    // The account may have signed it when its clock was ahead.
    let then = Timestamp(milliseconds: now + day)
    let device = one(of: [nil, nil] + person.devices.map { Optional($0.publicKey) })
    let sound =
      try device.map { try person.account.revoke($0, before: floor, now: then) }
      ?? person.account.revoke(before: floor, now: then)
    switch Int.random(in: 0..<24, using: &draw) {
    case 0: return Data(flippingABit(sound))
    case 1: return sound.dropLast()
    case 2: return try Somebody().account.revoke(before: floor, now: then)
    default: return sound
    }
  }

  private mutating func publish() throws {
    let count = one(of: [0, 1, 1, 2])
    let prekeys = try (0..<count).map { _ in
      try prekey(one(in: 4) ? .xwing : .x25519, expiresAt: now / 1_000 + one(of: [1, 30, 90]) * 86_400)
    }
    let result = try step(
      "publish",
      ["prekeys": .array(prekeys.map { .hex($0.exported) }), "at": .number(now - one(of: [0, hour]))])
    if result?["bundles"] != nil { exports += prekeys.map(\.exported) }
  }

  private mutating func acknowledge() throws {
    let pending = Array(player.inbox.pending(now: Timestamp(milliseconds: now)))
    if let event = pending.randomElement(using: &draw), !one(in: 4) {
      let sender = people.first { $0.account.publicKey == event.sender.account }
      try step(
        "acknowledge",
        ["account": .text(sender?.name ?? name()), "messageId": .text("\(event.messageID)")])
    } else {
      try step("acknowledge", ["account": .text(name()), "messageId": .text("\(one(of: messageIDs))")])
    }
  }

  /// Also at times at which floors are forgotten and records freed.
  private mutating func prune() throws {
    let ahead: UInt64 = one(of: [0, 0, 0, 0, 31 * day, 31 * day, 337 * day, 397 * day])
    let begin = one(of: [now, now / 1_000 * 1_000, moment()])
    try step("prune", ["at": .number(begin + ahead + one(of: [0, 1, 1, 2]) - 1)])
  }

  /// The process dies, and starts again.
  private mutating func restart() throws {
    let name = "state \(saved.count)"
    guard let revision = try step("save", ["as": .text(name)])?["revision"]?.natural else { return }
    saved.append((name, revision))
    let damages: [Value] = [
      ["version": 0], ["version": 255], ["length": 0], ["cut": 1], ["append": "00"], ["atLeast": .number(1 << 40)],
    ]
    let old = one(in: 3) ? one(of: Array(saved.suffix(2))) : (name, revision)
    try step("load", Value.object(["state": .text(name)]).merging(one(of: damages)))
    // What was saved in between may be of the same revision.
    let isDemanded = comparesRevisions && yes()
    try step("load", .object(["state": .text(old.0), "atLeast": isDemanded ? .number(old.1) : nil]))
    for export in exports { try step("addPrekey", ["prekey": .hex(export)]) }
  }
}

// MARK: Names.

extension Walk {
  /// Characters that are taken out of names, that stay, or that count as nothing.
  private static let characters = Array(
    "aé漢0 \"\\'\t\n\u{7f}\u{85}\u{a0}\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{2028}\u{202e}"
      .unicodeScalars)
    + Array("\u{205f}\u{2060}\u{2800}\u{3000}\u{fe0f}\u{feff}\u{fff9}\u{34f}\u{301}👩🏴\u{e0067}\u{e007f}".unicodeScalars)

  private func name(atMost count: Int) -> String {
    var name = ""
    while true {
      var longer = name
      longer.unicodeScalars.append(one(of: Self.characters))
      if longer.utf8.count > count || one(in: count) { return name }
      name = longer
    }
  }

  private func handle() -> Handle {
    let type = one(of: HandleType.allCases)
    let digits = String((0..<Int.random(in: 0..<20, using: &draw)).map { _ in one(of: Array("+49 (0)30/123-45.*#,;")) })
    return Handle(type: type, value: type == .phoneNumber && yes() ? digits : name(atMost: 100))
  }

  private func handleJSON() throws -> Value {
    let handle = handle()
    return ["type": .text(handle.type.rawValue), "value": .text(handle.value)]
  }
}
