import AVFAudio
import CallKit
import Foundation
import Hushring
import HushringCallKit
import Testing
import UserNotifications

@testable import SampleApp

/// What the sample's app does: spec/sharing.md, sections 2 and 3.
@MainActor @Suite(.serialized) struct AppTests {
  let world: AppWorld

  init() async throws { world = try await AppWorld.calm() }

  private static func callID(_ byte: UInt8) -> CallID {
    try! CallID(UUID(uuid: (byte, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, 1)))
  }

  // A call that the extension has reported.

  @Test func aCallThatRingsIsReportedAndItsOfferTaken() async throws {
    let event = try world.aliceCalls(.random())
    try await world.arrive(event)
    #expect(world.reports.count == 1)
    guard case .incoming(let uuid, let update) = world.reports.first else { return }
    #expect(update.name == "Alice" && update.handle == "+12025550123" && update.handleType == .phoneNumber)
    let record = try #require(try await world.records().first)
    #expect(record.uuid == uuid && record.offer == "offer" && record.phase == .ringing)
    #expect(try world.pending().isEmpty)
  }

  @Test func theReportIsMadeBeforePushKitsMethodReturns() throws {
    let event = try world.aliceCalls(.random())
    guard case .ring(let ring) = event.action else { return }
    world.peer.arrive(.init(payload: ring.payload, mustReport: true) {})
    #expect(world.reports.count == 1)
  }

  @Test func aPayloadThatCannotBeReadIsReportedAndEnds() async {
    await world.arrive(nil)
    #expect(world.reports.count == 2)
    guard case .incoming(let uuid, let update) = world.reports.first else { return }
    #expect(update.handle?.isEmpty == false)
    #expect(world.reports.last == .ended(uuid, .failed))
  }

  @Test func aCallThatWasCancelledMeanwhileIsReportedAndEnds() async throws {
    let callID = try CallID.random()
    let event = try world.aliceCalls(callID)
    _ = try world.receive(.callEnd(CallEnd(callID: callID, reason: .cancelled)))
    try await world.arrive(event)
    guard case .ring(let ring) = event.action else { return }
    #expect(world.reports.last == .ended(ring.callUUID, .unanswered))
    #expect(try world.pending().isEmpty)
    #expect(world.peer.store.state.history.map(\.kind) == [.missedCall])
  }

  @Test func whereTheSystemDoesNotDemandItACallThatIsOverDoesNotFlashUp() async throws {
    let callID = try CallID.random()
    let event = try world.aliceCalls(callID)
    _ = try world.receive(.callEnd(CallEnd(callID: callID, reason: .cancelled)))
    try await world.arrive(event, mustReport: false)
    #expect(world.reports.isEmpty)
    let other = try world.aliceCalls(.random())
    try await world.arrive(other, mustReport: false)
    #expect(world.reports.count == 1)
  }

  @Test func aCallThatNobodyKnowsEnds() async throws {
    let event = try world.aliceCalls(.random())
    try world.peer.installation.run { _ = $0.inbox.acknowledge(event) }
    try await world.arrive(event)
    guard case .ring(let ring) = event.action else { return }
    #expect(world.reports.last == .ended(ring.callUUID, .failed))
  }

  @Test func aCallThatRingsAlreadyIsReportedAgainAndGoesOn() async throws {
    let event = try world.aliceCalls(.random())
    try await world.arrive(event)
    try await world.arrive(event)
    #expect(world.reports.count == 2)
    #expect(world.peer.callKit.active.count == 1)
    #expect(try await world.records().count == 1)
  }

  @Test func theAppKnowsTheTimeThatTheExtensionKnew() throws {
    let installation = world.peer.installation
    try installation.run { _ in } // notes it
    let records = SharedRecords(in: installation.folder)
    let known = try #require(records.knownTime(at: Date()))
    #expect(abs(Int64(known.milliseconds) - Int64(AppWorld.now.milliseconds)) < 2_000)
    #expect(records.knownTime(at: Date(timeIntervalSinceNow: 300)) == nil)
    #expect(records.knownTime(at: Date(timeIntervalSinceNow: -300)) == nil)
  }

  @Test func aCallThatCallKitDidNotTakeInTheExtensionIsReportedWhenTheUserComes() async throws {
    let event = try world.aliceCalls(.random())
    guard case .ring(let ring) = event.action else { return }
    // The extension has shown a notification, and noted the ring.
    try world.peer.installation.add(.init(callUUID: ring.callUUID, sentAt: event.sentAt))
    await world.peer.lookAtJournal()
    #expect(world.reports.count == 1)
    #expect(try await world.records().map(\.phase) == [.ringing])
  }

  @Test func whereCallKitMustNotBeUsedTheAppDoesNotAskForItsPushes() throws {
    let installation = world.peer.installation
    #expect(world.peer.takesCallPushes)
    try installation.run { $0.records.ringing = .notification }
    let other = Peer(installation: installation, media: FakeMedia())
    #expect(!other.takesCallPushes)
  }

  // Answering and declining.

  @Test func answeringSavesThenSealsTheAnswerWithItsRing() async throws {
    let callID = try CallID.random()
    let event = try world.aliceCalls(callID, hasVideo: true)
    try await world.arrive(event)
    let uuid = try #require(try await world.records().first).uuid
    #expect(await world.answer(uuid))
    #expect(try await world.records().map(\.phase) == [.answered])
    let received = try await world.aliceReceives()
    #expect(world.media.log == ["answer offer with video"])
    guard case .signal(let signal) = received.first?.action, case .callAnswer(let answer) = signal.content else {
      Issue.record("no answer")
      return
    }
    #expect(answer.ring == event.sentAt && answer.answer == "answer")
  }

  @Test func thereIsSoundOnlyBetweenCallKitsTwoCalls() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    let uuid = try #require(try await world.records().first).uuid
    #expect(await world.answer(uuid))
    #expect(!world.media.log.contains("audio"))
    world.peer.callKit.provider(world.provider, didActivate: AVAudioSession.sharedInstance())
    #expect(world.media.log.last == "audio")
    world.peer.callKit.provider(world.provider, didDeactivate: AVAudioSession.sharedInstance())
    #expect(world.media.log.last == "silence")
  }

  @Test func answeringACallThatIsOverFailsAndSealsNothing() async throws {
    let callID = try CallID.random()
    try await world.arrive(try world.aliceCalls(callID))
    let uuid = try #require(try await world.records().first).uuid
    _ = try world.receive(.callEnd(CallEnd(callID: callID, reason: .cancelled)))
    #expect(await !world.answer(uuid))
    #expect(world.reports.last == .ended(uuid, .unanswered))
    #expect(world.peer.store.state.outbox.isEmpty)
    #expect(await !world.answer(UUID()))
  }

  @Test func decliningTellsTheCaller() async throws {
    let event = try world.aliceCalls(.random())
    try await world.arrive(event)
    let uuid = try #require(try await world.records().first).uuid
    #expect(await world.end(uuid))
    #expect(try await world.records().map(\.phase) == [.declining])
    guard case .end(let end) = try await world.aliceReceives().first?.action else {
      Issue.record("no end")
      return
    }
    #expect(end.end.reason == .declined && end.end.ring == event.sentAt && end.remaining == 0)
    // The user's own end is not reported back to CallKit.
    #expect(!world.reports.contains(.ended(uuid, .declinedElsewhere)))
  }

  @Test func aRingThatCallKitEndsByItselfIsNoDecline() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    let record = try #require(try await world.records().first)
    world.peer.calls.systemPatience = .zero // a minute later
    #expect(await world.end(record.uuid))
    #expect(world.peer.store.state.outbox.isEmpty)
    #expect(world.peer.store.state.history.map(\.kind) == [.missedCall])
  }

  @Test func anEndOfTheCallersEndsTheRingAndIsAMissedCall() async throws {
    let callID = try CallID.random()
    try await world.arrive(try world.aliceCalls(callID))
    let uuid = try #require(try await world.records().first).uuid
    _ = try world.receive(.callEnd(CallEnd(callID: callID, reason: .cancelled)))
    await world.peer.lookAtJournal()
    #expect(world.reports.last == .ended(uuid, .remoteEnded))
    #expect(world.peer.store.state.history.map(\.kind) == [.missedCall])
    #expect(try world.pending().isEmpty)
    #expect(try await world.records().isEmpty)
  }

  @Test func hangingUpOverTheConnectionPostsNothing() async throws {
    try await world.arrive(try world.aliceCalls(.random()))
    let uuid = try #require(try await world.records().first).uuid
    #expect(await world.answer(uuid))
    _ = try await world.aliceReceives()
    world.media.isConnected = true
    #expect(await world.end(uuid))
    try await until { try await world.records().isEmpty }
    #expect(world.peer.store.state.outbox.isEmpty)
  }

  @Test func hangingUpWithoutAConnectionNamesTheRing() async throws {
    let event = try world.aliceCalls(.random())
    try await world.arrive(event)
    let uuid = try #require(try await world.records().first).uuid
    #expect(await world.answer(uuid))
    _ = try await world.aliceReceives()
    #expect(await world.end(uuid))
    guard case .end(let end) = try await world.aliceReceives().first?.action else {
      Issue.record("no end")
      return
    }
    #expect(end.end.reason == .remoteEnded && end.end.ring == event.sentAt)
  }

  // Placing.

  private func place(hasVideo: Bool = false) async throws -> CallRecord {
    try world.peer.call(world.contact, video: hasVideo)
    let uuid = try #require(world.peer.callKit.active.first)
    #expect(await world.start(uuid))
    return try #require(await world.records().first { $0.uuid == uuid })
  }

  @Test func placingRegistersAndThenSealsWithTheTimeThatThisGave() async throws {
    let call = try await place(hasVideo: true)
    #expect(call.phase == .waiting && world.reports == [.startedConnecting(call.uuid)])
    let event = try #require(try await world.aliceReceives().first)
    guard case .ring(let ring) = event.action else {
      Issue.record("it does not ring")
      return
    }
    #expect(event.sentAt == call.ring && ring.invite.hasVideo && ring.invite.offer == "offer")
  }

  @Test func anAnswerIsAcceptedAndCallKitHearsOfTheConnection() async throws {
    let call = try await place()
    _ = try await world.aliceReceives()
    try world.aliceAnswers(call)
    await world.peer.lookAtJournal()
    try await until { world.media.log.last == "accept answer" }
    #expect(try await world.records().map(\.phase) == [.answered])
    world.media.onConnected?(call.uuid)
    #expect(world.reports.last == .connected(call.uuid))
    #expect(try await world.records().map(\.phase) == [.connected])
  }

  @Test func ofAPlacedCallThatIsUpTheExtensionHearsForHalfAMinuteAtATime() async throws {
    let call = try await place()
    _ = try await world.aliceReceives()
    try world.aliceAnswers(call)
    await world.peer.lookAtJournal()
    try await until { try await world.records().first.map { $0.expiresAt != call.expiresAt } ?? false }
    let up = try #require(try await world.records().first)
    #expect(up.expiresAt.milliseconds <= world.peer.installation.clock.now.milliseconds + 30_000)
    #expect(up.isCurrent(at: up.expiresAt))
    #expect(!up.isCurrent(at: Timestamp(milliseconds: up.expiresAt.milliseconds + 1)))
  }

  @Test func theHistoryIsInTheOrderOfTime() throws {
    let item = { (id: String, at: UInt64) in
      HistoryItem(
        id: id, account: world.alice.publicKey, kind: .message, isOutgoing: false, at: Timestamp(milliseconds: at))
    }
    var heard = 0
    world.peer.store.onChange = { heard += 1 }
    for (id, at) in [("b", 2), ("d", 4), ("a", 1), ("c", 2), ("d", 3)] as [(String, UInt64)] {
      try world.peer.store.change { $0.remember(item(id, at)) }
    }
    #expect(world.peer.store.state.history.map(\.id) == ["a", "b", "c", "d"] && heard == 5)
  }

  @Test func aTapBeforeThereIsAScreenWaitsForOne() async throws {
    let content = UNMutableNotificationContent()
    content.categoryIdentifier = NoticeSubject.Category.message.rawValue
    content.userInfo = [NoticeSubject.account: world.alice.publicKey.data.hexadecimalDigits]
    await world.peer.take(Tap(content, action: "open"))
    var opened: [AccountKey] = []
    world.peer.onOpen = { opened.append($0) }
    world.peer.onOpen = { opened.append($0) }
    #expect(opened == [world.alice.publicKey])
  }

  @Test func whatWasRefusedIsHeldThoughTheWorkThrows() async throws {
    let installation = world.peer.installation
    try installation.run { $0.inbox.untrust(world.alice.publicKey) }
    let envelope = try world.seal(.message(Message(body: "Hello")))
    #expect(throws: HushringError.self) {
      try installation.run { _ = try $0.inbox.receive(envelope, now: max($0.now, AppWorld.now)) }
    }
    #expect(try installation.run { $0.inbox.held().count } == 1)
  }

  @Test func givingUpIsSealedNoEarlierThanTheInvitation() async throws {
    let call = try await place()
    _ = try await world.aliceReceives()
    #expect(await world.end(call.uuid))
    let event = try #require(try await world.aliceReceives().first)
    #expect(event.action.name == .end && event.sentAt >= call.ring)
  }

  @Test func anAnswerThatComesTooLateIsEnded() async throws {
    let call = try await place()
    _ = try await world.aliceReceives()
    try world.peer.installation.run { $0.records.removeCall(call.uuid) } // its time was over
    try world.aliceAnswers(call)
    await world.peer.lookAtJournal()
    #expect(try await world.aliceReceives().map(\.action.name) == [.end])
  }

  /// The relay would learn from the post that what it has just pushed was a call (DEP1).
  @Test func atALaunchForACallNobodyIsToldOfAnEarlierOne() async throws {
    let call = try await place()
    _ = try await world.aliceReceives()
    try world.peer.installation.run { $0.records.removeCall(call.uuid) } // its time was over
    try world.aliceAnswers(call)
    let app = world.restart()
    await app.lookAtJournal()
    try await Task.sleep(for: .milliseconds(50))
    #expect(app.store.state.outbox.isEmpty)
    #expect(try world.pending().map(\.action.name) == [.signal])
    await app.keepHouse() // the timer, or the user
    await app.lookAtJournal()
    #expect(try await world.aliceReceives(from: app).map(\.action.name) == [.end])
  }

  @Test func aContactWithoutDevicesCannotBeCalledAndNothingIsPosted() async throws {
    try world.peer.store.change { state in
      guard var contact = state.contact(world.alice.publicKey) else { return }
      contact.known.bundles = []
      state.put(contact)
    }
    #expect(throws: Bundles.Problem.unreachable) { try world.peer.call(world.contact, video: false) }
    #expect(try await world.records().isEmpty)
    #expect(world.peer.store.state.outbox.isEmpty)
  }

  // Both at once.

  @Test func whoHasTheGreaterCallAnswersTheOtherAndNothingRings() async throws {
    let own = try await place()
    _ = try await world.aliceReceives()
    let theirs = Self.callID(0) // smaller than any that is drawn
    _ = try world.aliceCalls(theirs)
    await world.peer.lookAtJournal()
    #expect(!world.reports.contains { if case .incoming = $0 { true } else { false } })
    let actions = try await world.aliceReceives().map(\.action.name)
    #expect(actions == [.signal, .end] || actions == [.signal, .drop])
    #expect(try world.pending().isEmpty)
    // To CallKit it is a call that the user has placed.
    let uuid = callKitUUID(caller: world.alice.publicKey, callID: theirs)
    #expect(world.peer.callKit.active == [uuid] && uuid != own.uuid)
    #expect(await world.start(uuid))
    world.media.onConnected?(uuid)
    #expect(world.reports.last == .connected(uuid))
  }

  @Test func whoHasTheSmallerCallWaitsAndTheRingStays() async throws {
    _ = try await place()
    _ = try await world.aliceReceives()
    _ = try world.aliceCalls(Self.callID(0xFF))
    await world.peer.lookAtJournal()
    #expect(world.peer.store.state.outbox.isEmpty)
    #expect(try world.pending().map(\.action.name) == [.ring])
    #expect(!world.reports.contains { if case .incoming = $0 { true } else { false } })
  }

  // The rest.

  @Test func aMessageIsKeptOnce() async throws {
    _ = try world.receive(.message(Message(body: "Hi")))
    await world.peer.lookAtJournal()
    #expect(world.peer.store.state.history.map(\.text) == ["Hi"])
    #expect(try world.pending().isEmpty)
  }

  @Test func afterACrashTheCallsOfTheOldProcessAreEnded() async throws {
    let waiting = try await place()
    _ = try await world.aliceReceives()
    let other = world.restart()
    other.calls.resume()
    #expect(other.store.state.outbox.map(\.leaves?.uuid) == [waiting.uuid])
    #expect(try await world.aliceReceives(from: other).map(\.action.name) == [.end])
  }

  @Test func aBlockedAccountIsNotSeen() async throws {
    try world.peer.contacts.block(world.alice.publicKey)
    #expect(throws: HushringError.self) { try world.receive(.message(Message(body: "Hi"))) }
    #expect(try world.peer.contacts.requests().isEmpty)
    try world.peer.contacts.unblock(world.alice.publicKey)
    let later = Timestamp(milliseconds: AppWorld.now.milliseconds + 5_000)
    #expect(throws: HushringError.self) { try world.receive(.message(Message(body: "Hi")), at: later) }
  }

  @Test func strangersAreListedForTheUserToOpen() throws {
    try world.peer.contacts.remove(world.alice.publicKey)
    let later = Timestamp(milliseconds: AppWorld.now.milliseconds + 5_000)
    let envelope = try world.seal(.message(Message(body: "Hi")), at: later)
    try world.peer.installation.run { session in
      _ = try? session.inbox.receive(envelope, now: later) // it is held
    }
    #expect(try world.peer.contacts.requests().map(\.account) == [world.alice.publicKey])
    try world.peer.contacts.discard(world.alice.publicKey)
    #expect(try world.peer.contacts.requests().isEmpty)
  }

  @Test func prekeysArePublishedWeeklyAndUploadedUntilTheRelayHasThem() async throws {
    let peer = world.peer
    let house = Housekeeping(store: peer.store, relay: peer.relay, installation: peer.installation)
    await #expect(throws: (any Error).self) { try await house.keep() } // there is no relay
    let publication = try #require(peer.store.state.publication)
    #expect(!publication.isUploaded && publication.bundles.count == Suite.supported.count)
    await #expect(throws: (any Error).self) { try await house.keep() }
    #expect(peer.store.state.publication?.bundles == publication.bundles) // the same bytes again
    #expect(peer.store.state.prunedAt != nil)
  }
}
