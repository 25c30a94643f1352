import Foundation
import Testing

@testable import Hushring

@Suite("Bounds of an inbox")
struct InboxBoundsTests {
  @Test("A flood of strangers leaves eight envelopes each, and 64 in all")
  func strangers() throws {
    var inbox = Letters.inbox()
    let cover = Deflate.compress(try Content.cover(Cover()).encoded())
    for number: UInt64 in 1...3000 {
      let letter = try Letters.letter(from: number % 100 + 1, 1, id: number, at: Letters.now, stream: cover)
      #expect(throws: HushringError.untrusted(Letters.account(number % 100 + 1))) { try inbox.take(letter) }
    }
    #expect(inbox.held().count == 64)
    #expect(inbox.accounts.count == 1)
    for number: UInt64 in 3001...3100 {
      let letter = try Letters.letter(from: 7, 1, id: number, at: Letters.now, stream: cover)
      _ = try? inbox.take(letter)
    }
    #expect(inbox.heldAccounts().first { $0.account == Letters.account(7) }?.count == 8)
    #expect(inbox.held().count == 64)
  }

  @Test("A flood of a contact's messages leaves 512 ids, and a floor below them")
  func messages() throws {
    var inbox = Letters.inbox()
    try inbox.trust(Letters.account(1), now: Letters.now)
    let stream = Deflate.compress(try Content.message(Message()).encoded())
    func letter(_ number: UInt64) throws -> OpenedEnvelope {
      try Letters.letter(
        from: 1, 1, id: number, at: Letters.now.adding(milliseconds: number), stream: stream)
    }
    for number: UInt64 in 0..<2000 { inbox.acknowledge(try inbox.take(letter(number))) }
    #expect(inbox.accounts[Letters.account(1)]?.messageIDs.count == 512)
    #expect(try inbox.take(letter(1488)).action == .drop(.duplicate))
    #expect(throws: HushringError(.replayed)) { try inbox.take(letter(1487)) }
  }

  @Test("Calls, kept signals and early ends of a flood stay within their bounds")
  func calls() throws {
    var inbox = Letters.inbox()
    for account: UInt64 in 1...40 { try inbox.trust(Letters.account(account), now: Letters.now) }
    var id: UInt64 = 0
    for account: UInt64 in 1...40 {
      for call: UInt64 in 1...70 {
        id += 1
        let ring = CallInvite(callID: Letters.callID(call), hasVideo: false)
        inbox.acknowledge(
          try inbox.take(try Letters.letter(from: account, 1, id: id, at: Letters.now, .callInvite(ring))))
        id += 1
        let signal = CallCandidates(callID: Letters.callID(100 + call % 5), candidates: [])
        _ = try? inbox.take(try Letters.letter(from: account, 1, id: id, at: Letters.now, .callCandidates(signal)))
        id += 1
        let end = CallEnd(
          callID: Letters.callID(200 + call), reason: .answeredElsewhere, caller: Letters.account(account),
          ring: Letters.now)
        let sentAt = Letters.now.adding(milliseconds: id)
        inbox.acknowledge(try inbox.take(try Letters.letter(from: 0, 1, id: id, at: sentAt, .callEnd(end))))
      }
    }
    #expect(inbox.accounts.totals.calls == 2048)
    #expect(inbox.accounts.records.map(\.calls.count).max() ?? 0 <= 64)
    #expect(inbox.kept.signals.count == 64)
    #expect(inbox.earlyEnds.entries.count == 64)
    #expect(try inbox.reloaded().state == inbox.state)
  }

  @Test("Placed and joined calls of a flood stay within their bounds")
  func placed() throws {
    var inbox = Letters.inbox()
    let accounts = (1...256).map { Letters.account($0) }
    for call: UInt64 in 1...100 {
      let id = Letters.callID(call)
      _ = try inbox.placeCall(id, accounts: accounts, now: Letters.now)
      try inbox.joined(caller: inbox.account, callID: id, accounts: accounts, now: Letters.now)
    }
    #expect(inbox.placed.calls.map(\.legs.count) == Array(repeating: 256, count: 8))
    #expect(inbox.joinedCalls.calls.map(\.participants.count) == Array(repeating: 256, count: 8))
    #expect(throws: HushringError(.inboxFull)) {
      try inbox.placeCall(Letters.callID(100), accounts: [Letters.account(1000)], now: Letters.now)
    }
    for call: UInt64 in 101...200 { _ = try inbox.placeCall(Letters.callID(call), accounts: [], now: Letters.now) }
    #expect(inbox.placed.calls.count == 64)
    #expect(inbox.joinedCalls.calls.isEmpty)
    #expect(try inbox.reloaded().state == inbox.state)
  }

  @Test("With every bound reached, an inbox does all that it does")
  func everyBound() throws {
    let crowded = try CrowdedInbox.atEveryBound()
    var inbox = crowded.inbox
    let now = CrowdedInbox.now
    #expect(inbox.pending(now: now).reduce(0) { count, _ in count + 1 } == 319)
    #expect(inbox.held().count == 128)
    let stranger = try Account.generate().publicKey
    #expect(throws: HushringError(.inboxFull)) { try inbox.trust(stranger, now: now) }
    #expect(throws: HushringError(.inboxFull)) { try inbox.block(stranger) }
    #expect(throws: HushringError(.inboxFull)) {
      let name = String(repeating: "a", count: 256)
      try inbox.trust(crowded.contact.account, displayName: name, now: now)
    }
    inbox.prune(now: now.adding(milliseconds: 100 * Span.day))
    #expect(inbox.accounts.totals.messageIDs == 0)
    #expect(inbox.held().isEmpty)
  }
}
