import Foundation
import HushringCallKit
import Testing
import UserNotifications

@testable import Hushring
@testable import SampleNotificationService

/// What is shown in place of a call, what the app needs when it is tapped, and when it is taken away.
@Suite(.serialized) struct NoticeTests {
  let world: World
  let center = UNUserNotificationCenter() // of this test alone

  init() async throws {
    world = try await World.calm()
    try world.installation.run { $0.records.ringing = .notification } // as in mainland China
  }

  /// A call comes to the extension, and is shown by the system's notifications.
  private func ring(_ callID: CallID) async throws -> InboxEvent {
    await receive(try world.invite(callID))
    return try #require(try world.pending().first)
  }

  private func receive(_ envelope: Data) async {
    await world.extensionProcess(notices: notices).take(world.push(envelope).handler)
  }

  private var notices: SystemNotices { SystemNotices(center: { [center] in center }) }

  private var shown: [NoticeSubject] { center.standInRequests.compactMap { NoticeSubject($0.content) } }

  @Test func aNotificationOfACallHasWhatTheAppNeedsToAnswer() async throws {
    let event = try await ring(.random())
    guard case .ring(let ring) = event.action else { return }
    let subject = try #require(shown.first)
    #expect(shown.count == 1 && subject.category == .call)
    #expect(subject.account == event.sender.account && subject.messageID == event.messageID)
    #expect(subject.callUUID == ring.callUUID && subject.expiresAt == ring.expiresAt)
    let content = try #require(center.standInRequests.first).content
    // Apple allows the ringtone with an `INStartCallIntent` alone.
    #expect(content.interruptionLevel == .timeSensitive && content.sound === UNNotificationSound.default)
    #expect(NoticeSubject(UNNotificationContent()) == nil)
  }

  @Test func aMissedCallTakesThePlaceOfTheCallThatRangAndCanBeCalledBack() async throws {
    let callID = try CallID.random()
    let event = try await ring(callID)
    await receive(try world.seal(.callEnd(CallEnd(callID: callID, reason: .cancelled))))
    #expect(shown.map(\.category) == [.missedCall])
    #expect(shown.first?.account == event.sender.account && shown.first?.callUUID != nil)
    #expect(shown.first?.expiresAt == nil)
  }

  @Test func aCallThatAnotherDeviceHasAnsweredIsTakenAway() async throws {
    let callID = try CallID.random()
    let event = try await ring(callID)
    #expect(shown.count == 1)
    await receive(try world.answeredElsewhere(callID, ring: event.sentAt))
    #expect(shown.isEmpty)
    #expect(try world.pending().isEmpty)
  }

  /// As what an extension has shown by its answer, under a name of the system's.
  @Test func aRingThatIsDroppedIsTakenAwayUnderWhateverName() async throws {
    let callID = try CallID.random()
    let event = try await ring(callID)
    let content = try #require(center.standInRequests.first).content
    center.add(UNNotificationRequest(identifier: "the system's", content: content, trigger: nil))
    notices.withdraw(EventName(event))
    #expect(shown.isEmpty)
  }

  @Test func aCallThatTheAppHasTakenIsTakenAwayWhenItEnds() async throws {
    let callID = try CallID.random()
    let event = try await ring(callID)
    guard case .ring(let ring) = event.action else { return }
    try world.installation.run { session in
      session.records.put(
        CallRecord(
          uuid: ring.callUUID, callID: callID, isOutgoing: false, account: event.sender.account, ring: event.sentAt,
          hasVideo: false, expiresAt: ring.expiresAt, phase: .ringing))
      _ = session.inbox.acknowledge(event)
    }
    await receive(try world.seal(.callEnd(CallEnd(callID: callID, reason: .cancelled))))
    #expect(shown.isEmpty)
    #expect(try world.pending().map(\.action.name) == [.end]) // the app's
  }

  @Test func aCallWhoseTimeIsOverIsTakenAwayAndNothingElse() async throws {
    let event = try await ring(.random())
    guard case .ring(let ring) = event.action else { return }
    notices.withdrawRings(before: ring.expiresAt)
    #expect(shown.count == 1)
    await receive(try world.message("Hi")) // the time is not over
    #expect(shown.map(\.category).contains(.call))
    notices.withdrawRings(before: Timestamp(milliseconds: ring.expiresAt.milliseconds + 1))
    #expect(!shown.map(\.category).contains(.call))
  }

  @Test func ofHundredsThatWaitThreeMakeASoundAndEachCall() async throws {
    let missed = Content.callInvite(CallInvite(callID: try .random(), hasVideo: false))
    let old = Timestamp(milliseconds: World.now.milliseconds - 120_000)
    world.mailbox.post(try (0..<100).map { try world.message("\($0)") } + [world.seal(missed, at: old)])
    world.mailbox.post(try (0..<2).map { _ in try world.invite() })
    let push = world.push(try world.message("pushed"))
    let reception = world.extensionProcess(notices: notices)
    await reception.take(push.handler)
    let contents = center.standInRequests.map(\.content)
    let calls = contents.filter { $0.categoryIdentifier == NoticeSubject.Category.call.rawValue }
    #expect(calls.count == 2 && calls.allSatisfy { $0.sound != nil && $0.interruptionLevel == .timeSensitive })
    let others = contents.filter { $0.categoryIdentifier != NoticeSubject.Category.call.rawValue }
    // The push has the first sound.
    #expect(push.answers.sounds == 1)
    #expect(others.count == 101 && others.filter { $0.sound != nil }.map(\.body) == ["0", "1"])
    #expect(others.filter { $0.sound == nil }.allSatisfy { $0.interruptionLevel == .passive })
    // The next wake has its own.
    let later = world.push(try world.message("later"))
    await reception.take(later.handler)
    #expect(later.answers.sounds == 1)
  }

  @Test func eachWakeLooksForCallsWhoseTimeIsOver() async throws {
    for count in 1...2 {
      await world.extensionProcess().take(world.handler(of: nil).handler)
      #expect(world.notices.looksForOver == count)
    }
  }

  /// CallKit takes the call while the extension's time runs out, and the notification has been shown.
  @Test func aNotificationThatWasShownWhileCallKitTookTheCallIsTakenAway() async throws {
    try world.installation.run { $0.records.ringing = .callKit }
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    let push = world.push(try world.invite())
    let reception = Reception(
      world.installation, mailbox: world.mailbox, notices: world.notices,
      report: { _ in
        push.handler.finish()
        return nil
      }, interval: .milliseconds(30))
    await reception.take(push.handler)
    #expect(push.answers.body == "Incoming call. Tap to answer.")
    #expect(world.notices.withdrawn.count == 1)
  }
}
