import Foundation
import Testing

@testable import Hushring

/// Random acts in a small world, where much meets: four accounts of two devices, four calls.
@Suite("An inbox under random acts")
struct RandomInboxTests {
  @Test("It keeps its promises", arguments: 0..<12)
  func promises(_ seed: UInt64) throws {
    var world = World(seed: seed, times: .near)
    for _ in 0..<1500 { try world.act() }
    #expect(world.received > 100)
  }

  @Test("It bears all times", arguments: 100..<106)
  func extremes(_ seed: UInt64) throws {
    var world = World(seed: seed, times: .any)
    for _ in 0..<1500 { try world.act() }
  }
}

private struct World {
  enum Times {
    case near, any
  }

  private var inbox = Letters.inbox()
  private var generator: SeededGenerator
  private let times: Times
  private var now = Letters.now
  private var acts: UInt64 = 0
  private var sent: [OpenedEnvelope] = []
  private var accepted: Set<UInt64> = []
  private(set) var received = 0

  init(seed: UInt64, times: Times) {
    generator = SeededGenerator(seed: seed)
    self.times = times
  }

  mutating func act() throws {
    now = time()
    let before = inbox
    let account = Letters.account(number(5))
    let call = Letters.callID(number(4))
    do {
      try step(account, call)
    } catch {
      let mayHold = error.code == .untrusted || error.code == .clock
      #expect(inbox.state == before.state || mayHold, "a refusal changed something: \(error)")
    }
    try check()
  }

  private mutating func step(_ account: AccountKey, _ call: CallID) throws(HushringError) {
    switch number(20) {
    case 0: try inbox.trust(account, displayName: "A\(number(3))", now: now)
    case 1: if number(6) == 0 { inbox.untrust(account) }
    case 2: if number(6) == 0 { try inbox.block(account) } else { inbox.unblock(account, now: now) }
    case 3:
      _ = try inbox.placeCall(
        call, accounts: [account, Letters.account(number(5))].prefix(1 + Int(number(2))), now: now)
    case 4: _ = try inbox.answered(caller: account, callID: call, now: now)
    case 5: inbox.left(caller: account, callID: call)
    case 6: inbox.left(callID: call, accounts: [account])
    case 7: try inbox.joined(caller: account, callID: call, accounts: [Letters.account(number(5)), account], now: now)
    case 8: if number(8) == 0 { inbox.prune(now: now) }
    case 9: inbox.release(now: now)
    case 10: acknowledge()
    default: try receive()
    }
  }

  private mutating func receive() throws(HushringError) {
    let isAgain = !sent.isEmpty && number(3) == 0
    let letter = isAgain ? sent[Int(number(sent.count))] : newLetter()
    if !isAgain { sent.append(letter) }
    let judged = inbox.judge(letter, from: .relay, now: now)
    do {
      let event = try inbox.take(letter, from: .relay, now: now)
      switch judged {
      case .accepted:
        // The id of cover is not kept. All others are accepted once, because each id has one time.
        if event.action != .drop(.cover) {
          let isNew = accepted.insert(letter.messageID.low).inserted
          #expect(isNew, "accepted again")
        }
      case .duplicate: #expect(event.action == .drop(.duplicate))
      case .refused: Issue.record("not refused")
      }
      received += 1
      if case .drop = event.action { return }
      let listed = inbox.pending(now: now).filter {
        $0.messageID == event.messageID && $0.sender.account == event.sender.account
      }
      #expect(listed == [event], "what was accepted is listed as it was")
    } catch {
      guard case .refused(let expected, _) = judged else { throw error }
      #expect(error == expected)
      throw error
    }
  }

  private mutating func acknowledge() {
    guard let event = Array(inbox.pending(now: now)).randomElement(using: &generator) else { return }
    let acknowledged = (inbox.acknowledge(event), inbox.acknowledge(event))
    #expect(acknowledged == (true, false))
  }

  private func check() throws {
    let waiting = Dictionary(grouping: inbox.journal.entries, by: \.origin.account).mapValues(\.count)
    #expect(waiting.values.allSatisfy { $0 <= 64 + 8 })
    #expect(inbox.joinedCalls.calls.allSatisfy { inbox.isUp($0.caller, $0.id) })
    let trusted = inbox.accounts.records.filter { $0.standing == .trusted }.map(\.key)
    #expect(
      inbox.holding.entries.allSatisfy { entry in
        let sender = entry.letter.origin.account
        return trusted.contains(sender) ? entry.reason == .clock : entry.reason == .untrusted || sender == inbox.account
      })
    #expect(
      inbox.accounts.records.allSatisfy { record in
        let isKnown = record.standing == .trusted || record.key == inbox.account
        return isKnown || record.messageIDs.count == 0 && record.calls.isEmpty && record.pinned.size == 0
      })
    guard received.isMultiple(of: 20) else { return }
    let loaded = try inbox.reloaded()
    #expect(loaded.state == inbox.state)
    #expect(Array(loaded.pending(now: now)) == Array(inbox.pending(now: now)))
    #expect(loaded.held() == inbox.held())
  }

  private mutating func newLetter() -> OpenedEnvelope {
    let account = number(5)
    let expiresAt = number(6) == 0 ? now.seconds : EpochSeconds(.max)
    let (device, sentAt, content) = (account * 2 + number(2), time(), content())
    do {
      return try Letters.letter(
        from: account, device, id: UInt64(sent.count), at: sentAt, content, expiresAt: expiresAt)
    } catch {
      preconditionFailure("\(content) cannot be encoded")
    }
  }

  private mutating func content() -> Content {
    let call = Letters.callID(number(4))
    let ring = sent.randomElement(using: &generator)?.sentAt ?? now
    // A content holds no time above 2^53 − 1.
    let named = min(ring, Timestamp(milliseconds: 1 << 53 - 1))
    switch number(9) {
    case 0, 1, 2: return .callInvite(CallInvite(callID: call, hasVideo: true, lifetime: number(2) == 0 ? nil : 90))
    case 3: return .callAnswer(CallAnswer(callID: call, ring: named))
    case 4: return .callCandidates(CallCandidates(callID: call, candidates: []))
    case 5: return .message(Message(body: "hi"))
    case 6: return number(3) == 0 ? .cover(Cover()) : .other(OtherContent(type: "call.hold", callID: call))
    case 7: return .callEnd(CallEnd(callID: call, reason: .cancelled))
    default:
      let reasons: [EndReason] = [
        .declined, .remoteEnded, .busy, .answeredElsewhere, .declinedElsewhere, .failed, .unanswered,
      ]
      return .callEnd(
        CallEnd(
          callID: call, reason: reasons[Int(number(reasons.count))], caller: Letters.account(number(5)), ring: named))
    }
  }

  private mutating func time() -> Timestamp {
    switch times {
    case .near:
      acts += 1
      return Letters.now.adding(milliseconds: acts * 5_000 + number(15) * 40_000)
    case .any:
      let edges: [UInt64] = [0, 1, 600_000, Limits.envelopeAge, 1 << 53 - 1, 1 << 63 - 1, 1 << 63, .max - 1, .max]
      return Timestamp(milliseconds: edges[Int(number(edges.count))] &+ (number(2) == 0 ? 0 : number(3) &- 1))
    }
  }

  private mutating func number(_ bound: Int) -> UInt64 { generator.next() % UInt64(bound) }
}
