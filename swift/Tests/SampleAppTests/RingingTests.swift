import CallKit
import Foundation
import Hushring
import HushringCallKit
import Testing
import UserNotifications

@testable import SampleApp

/// Calls that ring: whatever else is broken or busy, and with CallKit or without.
@MainActor @Suite(.serialized) struct RingingTests {
  let world: AppWorld

  init() async throws { world = try await AppWorld.calm() }

  /// What is shown of Alice.
  private var shown: [UNNotificationRequest] {
    UNUserNotificationCenter.current().standInRequests.filter {
      Tap($0.content, action: "").subject?.account == world.alice.publicKey
    }
  }

  private func tap(_ request: UNNotificationRequest, _ action: String) async {
    await world.peer.take(Tap(request.content, action: action))
  }

  // The journal, and PushKit.

  @Test func aRingThatTheJournalGaveBeforePushKitGoesOn() async throws {
    let event = try world.aliceCalls(.random())
    await world.peer.lookAtJournal()
    try await world.arrive(event)
    #expect(!world.reports.contains { if case .ended = $0 { true } else { false } })
    #expect(world.peer.calls.calls.count == 1)
    let uuid = try #require(world.peer.callKit.active.first)
    #expect(await world.answer(uuid))
  }

  @Test func aBusyLockDoesNotEndACallThatRings() async throws {
    let event = try world.aliceCalls(.random())
    guard case .ring(let ring) = event.action else { return }
    try world.holdLock(for: .seconds(3))
    try await world.arrive(event) // gives up once, after two seconds
    #expect(world.reports.count == 1)
    // The answer waits for the offer.
    #expect(await world.answer(ring.callUUID))
    #expect(!world.reports.contains(.ended(ring.callUUID, .failed)))
  }

  @Test func whoDeclinesBeforeTheJournalIsReadHasDeclined() async throws {
    let event = try world.aliceCalls(.random())
    guard case .ring(let ring) = event.action else { return }
    try world.holdLock(for: .seconds(1))
    world.peer.arrive(.init(payload: ring.payload, mustReport: true) {})
    #expect(await world.end(ring.callUUID))
    guard case .end(let end) = try await world.aliceReceives().first?.action else {
      Issue.record("no end")
      return
    }
    #expect(end.end.reason == .declined)
    #expect(world.reports.count == 1) // it does not ring again
  }

  @Test func endingACallClosesItAtOnceWhileTheLockIsBusy() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    let uuid = try #require(world.peer.callKit.active.first)
    #expect(await world.answer(uuid))
    _ = try await world.aliceReceives()
    try world.holdLock(for: .seconds(1))
    let start = ContinuousClock.now
    #expect(await world.end(uuid))
    try await until { world.media.log.last == "close" }
    #expect(world.peer.calls.calls.isEmpty && ContinuousClock.now - start < .milliseconds(500))
    #expect(try await world.records().map(\.phase) == [.ending])
  }

  @Test func callsAreReportedThoughTheAppsFileIsDamaged() async throws {
    let file = world.peer.installation.folder.appendingPathComponent("app.json")
    try Data("no JSON".utf8).write(to: file)
    let other = world.restart()
    #expect(other.takesCallPushes)
    let event = try world.aliceCalls(.random())
    guard case .ring(let ring) = event.action else { return }
    other.arrive(.init(payload: ring.payload, mustReport: true) {})
    #expect(other.callKit.provider.standInReports.count == 1)
    try await until { !other.calls.calls.isEmpty }
    // Nothing takes the place of what cannot be read.
    #expect(throws: (any Error).self) { try other.store.change { $0.prunedAt = Date() } }
    #expect(try Data(contentsOf: file) == Data("no JSON".utf8))
  }

  // CallKit's actions.

  @Test func anAnswerIsFulfilledOnceBeforeTheEngineOrTheNetworkIsAsked() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    world.media.isSlow = true
    let uuid = try #require(world.peer.callKit.active.first)
    let action = CXAnswerCallAction(call: uuid)
    world.peer.callKit.provider(world.provider, perform: action)
    try await until { action.isComplete }
    #expect(action.standInFulfilled == true && world.peer.store.state.outbox.isEmpty)
    #expect(try await world.records().map(\.phase) == [.answered]) // saved before
    world.media.isSlow = false
    _ = try await world.aliceReceives()
    #expect(action.standInAnswers == 1)
  }

  @Test func anEndIsFulfilledBeforeItIsPosted() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    let uuid = try #require(world.peer.callKit.active.first)
    let action = CXEndCallAction(call: uuid)
    world.peer.callKit.provider(world.provider, perform: action)
    #expect(action.standInAnswers == 1 && world.media.log == ["close"])
  }

  @Test func anActionThatTimesOutIsNotAnsweredAndItsCallEnds() async throws {
    try world.peer.call(world.contact, video: false)
    let uuid = try #require(world.peer.callKit.active.first)
    world.media.isSlow = true
    let action = CXStartCallAction(call: uuid, handle: CXHandle(type: .generic, value: "x"))
    world.peer.callKit.provider(world.provider, perform: action)
    try await until { world.media.log == ["offer"] }
    world.peer.callKit.provider(world.provider, timedOutPerforming: action)
    #expect(world.reports.last == .ended(uuid, .failed))
    #expect(world.peer.calls.calls.isEmpty)
    world.media.isSlow = false
    try await until { try await world.records().isEmpty }
    #expect(action.standInAnswers == 0 && world.peer.store.state.outbox.isEmpty)
  }

  @Test func aCallCannotBeHeld() {
    let action = CXSetHeldCallAction(call: UUID(), onHold: true)
    world.peer.callKit.provider(world.provider, perform: action)
    #expect(action.standInFulfilled == false)
  }

  @Test func aStartThatCallKitDoesNotGrantIsOver() async throws {
    world.peer.callKit.controller.standInFail([CocoaError(.fileNoSuchFile)])
    try world.peer.call(world.contact, video: false)
    let uuid = try #require(world.peer.callKit.active.first)
    try await until { world.peer.callKit.active.isEmpty }
    #expect(await !world.start(uuid)) // too late
    #expect(world.peer.store.state.outbox.isEmpty)
  }

  @Test func aResetEndsEveryCall() async throws {
    let event = try world.aliceCalls(.random())
    try await world.arrive(event)
    let uuid = try #require(world.peer.callKit.active.first)
    #expect(await world.answer(uuid))
    _ = try await world.aliceReceives()
    world.peer.callKit.providerDidReset(world.provider)
    #expect(world.peer.calls.calls.isEmpty && world.peer.callKit.active.isEmpty)
    guard case .end(let end) = try await world.aliceReceives().first?.action else {
      Issue.record("no end")
      return
    }
    #expect(end.end.reason == .failed && world.media.log.last == "close")
  }

  // Without CallKit.

  @Test(arguments: [
    CXErrorCodeIncomingCallError.Code.filteredByDoNotDisturb, .filteredByBlockList,
  ])
  func aCallThatTheUserDoesNotWantIsMissedAndNobodyIsTold(code: CXErrorCodeIncomingCallError.Code) async throws {
    world.provider.standInFail([CXErrorCodeIncomingCallError(code)])
    try await world.arrive(try world.aliceCalls(.random()))
    try await until { world.peer.store.state.history.map(\.kind) == [.missedCall] }
    #expect(try await world.records().isEmpty)
    #expect(world.peer.store.state.outbox.isEmpty)
    let levels = shown.map(\.content.interruptionLevel)
    #expect(levels == (code == .filteredByDoNotDisturb ? [.passive] : []))
  }

  @Test func aCallThatCallKitRefusesRingsByANotificationThatAnswersIt() async throws {
    world.provider.standInFail([CXErrorCodeIncomingCallError(.unentitled)])
    try await world.arrive(try world.aliceCalls(.random()))
    try await until { shown.count == 1 }
    #expect(shown.map(\.content.interruptionLevel) == [.timeSensitive])
    await tap(shown[0], UNNotificationDefaultActionIdentifier)
    #expect(try await world.aliceReceives().map(\.action.name) == [.signal])
    #expect(world.media.log.contains("audio"))
  }

  @Test func whereCallKitMustNotBeUsedACallRingsAndIsAnsweredInTheApp() async throws {
    world.peer.ring(by: .notification)
    #expect(!world.peer.takesCallPushes)
    _ = try await world.records() // it is written down, for the extension
    let event = try world.aliceCalls(.random())
    await world.peer.lookAtJournal()
    #expect(world.reports.isEmpty && world.peer.inApp.active.count == 1 && shown.count == 1)
    guard case .ring(let ring) = event.action else { return }
    #expect(world.peer.answer(ring.callUUID))
    #expect(try await world.aliceReceives().map(\.action.name) == [.signal])
    try await until { world.media.log.contains("audio") }
    world.peer.end(ring.callUUID)
    #expect(try await world.aliceReceives().map(\.action.name) == [.end])
    #expect(world.media.log.contains("silence") && world.peer.inApp.active.isEmpty)

    // A call of the user's own.
    try world.peer.call(world.contact, video: false)
    #expect(try await world.aliceReceives().map(\.action.name) == [.ring])
    #expect(world.provider.standInReports.isEmpty && world.peer.callKit.controller.standInTransactions.isEmpty)
  }

  @Test func whatTheExtensionHasShownIsNotShownAgain() async throws {
    world.peer.ring(by: .notification)
    _ = try await world.records()
    let event = try world.aliceCalls(.random())
    guard case .ring(let ring) = event.action else { return }
    try world.peer.installation.add(.init(callUUID: ring.callUUID, sentAt: event.sentAt))
    await world.peer.lookAtJournal()
    #expect(shown.isEmpty && world.peer.inApp.active == [ring.callUUID])
  }

  // Notifications.

  private func notification(_ event: InboxEvent) throws -> UNNotificationRequest {
    let notice = try #require(Outcome(of: event, in: Surroundings()).insteadOfReport)
    return UNNotificationRequest(identifier: notice.identifier, content: notice.content, trigger: nil)
  }

  @Test func aCallThatRingsNoMoreLeavesNoNotificationThatItDoes() async throws {
    let center = UNUserNotificationCenter.current()
    for isLeft in [true, false] {
      let callID = try CallID.random()
      let event = try world.aliceCalls(callID)
      // As an extension shows it by its answer, under a name of the system's.
      let name = "the system's, \(isLeft)"
      center.add(UNNotificationRequest(identifier: name, content: try notification(event).content, trigger: nil))
      if isLeft {
        try world.peer.installation.run { _ = $0.inbox.left(caller: world.alice.publicKey, callID: callID) }
      } else {
        _ = try world.receive(.callEnd(CallEnd(callID: callID, reason: .cancelled)))
      }
      await world.peer.lookAtJournal()
      #expect(!center.standInRequests.map(\.identifier).contains(name))
    }
  }

  @Test func aTapOnACallThatRingsAsksCallKitToAnswerIt() async throws {
    let event = try world.aliceCalls(.random())
    await tap(try notification(event), UNNotificationDefaultActionIdentifier)
    let controller = world.peer.callKit.controller
    try await until { !controller.standInTransactions.isEmpty }
    let action = try #require(controller.standInTransactions.first?.actions.first as? CXAnswerCallAction)
    guard case .ring(let ring) = event.action else { return }
    #expect(action.callUUID == ring.callUUID)
    #expect(await world.answer(ring.callUUID))
  }

  @Test func aTapOnACallThatIsOverOpensItsCaller() async throws {
    let callID = try CallID.random()
    let event = try world.aliceCalls(callID)
    _ = try world.receive(.callEnd(CallEnd(callID: callID, reason: .cancelled)))
    var opened: [AccountKey] = []
    world.peer.onOpen = { opened.append($0) }
    await tap(try notification(event), UNNotificationDefaultActionIdentifier)
    #expect(opened == [world.alice.publicKey])
    #expect(world.peer.callKit.controller.standInTransactions.isEmpty)
    #expect(world.peer.store.state.history.map(\.kind) == [.missedCall])
  }

  @Test func aMissedCallHasAButtonThatCallsBack() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    world.peer.calls.systemPatience = .zero
    #expect(await world.end(try #require(world.peer.callKit.active.first)))
    let missed = try #require(shown.first)
    let category = try #require(Tap.categories.first { $0.identifier == missed.content.categoryIdentifier })
    await tap(missed, try #require(category.actions.first).identifier)
    let action = world.peer.callKit.controller.standInTransactions.last?.actions.first
    #expect(action is CXStartCallAction)
  }

  @Test func aCallIsDeclinedFromItsNotification() async throws {
    world.peer.ring(by: .notification)
    _ = try await world.records()
    await tap(try notification(try world.aliceCalls(.random())), "decline")
    #expect(try await world.aliceReceives().map(\.action.name) == [.end])
  }

  @Test func aCallThatTheUserEndsBeforeCallKitHasItDoesNotRingForNobody() async throws {
    let (calls, uuid) = (world.peer.callKit, UUID())
    let display = CallDisplay(to: world.alice.publicKey, handle: nil, displayName: "Alice", hasVideo: false)
    calls.report(uuid, display, notice: nil)
    // CallKit does not know it yet.
    calls.controller.standInFail([NSError(domain: "CXErrorDomainRequestTransaction", code: 4)])
    calls.end(uuid)
    try await until { world.reports.last == .ended(uuid, .failed) }
    #expect(calls.active.isEmpty)
  }

  @Test func aTapReachesTheAppThroughTheCentre() async throws {
    let taps = NotificationTaps(world.peer)
    #expect(UNUserNotificationCenter.current().delegate === taps)
    let event = try world.aliceCalls(.random())
    let request = try notification(event)
    await withCheckedContinuation { continuation in
      taps.userNotificationCenter(
        .current(),
        didReceive: UNNotificationResponse(
          standInRequest: request, actionIdentifier: UNNotificationDefaultActionIdentifier),
        withCompletionHandler: { continuation.resume() })
    }
    #expect(world.peer.calls.calls.count == 1)
  }

  @Test func aCallOfAProcessThatIsGoneCanStillBeAnsweredByItsNotification() async throws {
    let event = try world.aliceCalls(.random())
    await world.peer.lookAtJournal()
    _ = try await world.records()
    let other = world.restart()
    await other.take(Tap(try notification(event).content, action: "answer"))
    #expect(other.calls.calls.count == 1)
    try await until { !other.callKit.controller.standInTransactions.isEmpty }
  }
}
