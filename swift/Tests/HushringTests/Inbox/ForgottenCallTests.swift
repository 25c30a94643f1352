import Foundation
import Testing

@testable import Hushring

@Suite("Calls that are forgotten while their rings wait")
struct ForgottenCallTests {
  private let caller = Letters.account(1)
  private let call = Letters.callID(1)

  private func later(_ seconds: UInt64) -> Timestamp { Letters.now.adding(milliseconds: seconds * 1000) }

  /// An inbox in which a ring waits, whose call was answered on another device for the ring of
  /// second 10, declined for that of second 20, and forgotten. Only second 10 is still known.
  private func inbox() throws -> Inbox {
    var inbox = Letters.inbox()
    try inbox.trust(caller, now: Letters.now)
    let ring = CallInvite(callID: call, hasVideo: false)
    try inbox.take(try Letters.letter(from: 1, 1, id: 1, at: Letters.now, .callInvite(ring)))
    try anew(&inbox)
    try hear(.answeredElsewhere, of: 10, id: 2, &inbox)
    try end(at: 13, id: 3, &inbox)
    try hear(.declinedElsewhere, of: 20, id: 4, &inbox)
    try anew(&inbox)
    return inbox
  }

  private func anew(_ inbox: inout Inbox) throws {
    inbox.untrust(caller)
    try inbox.trust(caller, now: Letters.now)
  }

  private func hear(_ reason: EndReason, of ring: UInt64, id: UInt64, _ inbox: inout Inbox) throws {
    let end = CallEnd(callID: call, reason: reason, caller: caller, ring: later(ring))
    try inbox.take(try Letters.letter(from: 0, id, id: id, at: later(id), .callEnd(end)), now: later(30))
  }

  private func end(at seconds: UInt64, id: UInt64, _ inbox: inout Inbox) throws {
    let end = CallEnd(callID: call, reason: .cancelled)
    try inbox.take(try Letters.letter(from: 1, 1, id: id, at: later(seconds), .callEnd(end)), now: later(30))
  }

  private func listed(_ inbox: Inbox) -> InboxEvent.Action? {
    inbox.pending(now: later(30)).first { $0.sender.account == caller }?.action
  }

  @Test("A word of another device that is older than what is known says again what is known")
  func earlyEnd() throws {
    var inbox = try inbox()
    #expect(listed(inbox) == .drop(.declinedElsewhere))
    try hear(.declinedElsewhere, of: 5, id: 5, &inbox)
    #expect(listed(inbox) == .drop(.answeredElsewhere))
    #expect(listed(try inbox.reloaded()) == .drop(.answeredElsewhere))
  }

  @Test("So it does where the call is recorded again, and nothing but such a word does")
  func recorded() throws {
    var inbox = try inbox()
    try end(at: 25, id: 5, &inbox)
    inbox.left(caller: caller, callID: call)
    #expect(listed(inbox) == .drop(.declinedElsewhere))
    try hear(.declinedElsewhere, of: 5, id: 6, &inbox)
    #expect(listed(inbox) == .drop(.answeredElsewhere))
  }

  @Test("A word about a newer ring than those that wait reaches them all")
  func newer() throws {
    var inbox = try inbox()
    try hear(.answeredElsewhere, of: 21, id: 5, &inbox)
    #expect(listed(inbox) == .drop(.answeredElsewhere))
    try hear(.declinedElsewhere, of: 21, id: 6, &inbox)
    #expect(listed(inbox) == .drop(.declinedElsewhere))
  }
}
