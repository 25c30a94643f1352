import Foundation
import HushringCallKit
import Testing
import UserNotifications

@testable import Hushring
@testable import SampleNotificationService

/// What the sample's extension does of each push: spec/sharing.md, sections 1, 2 and 4.
@Suite(.serialized) struct ExtensionTests {
  let world: World

  init() async throws { world = try await World.calm() }

  // What is found.

  @Test func aCallIsReportedAndNothingIsShown() async throws {
    let push = world.push(try world.invite(hasVideo: true))
    await world.extensionProcess().take(push.handler)
    #expect(world.callKit.reported.map(\.hasVideo) == [true])
    #expect(world.callKit.reported.first?.callerName == "Alice")
    #expect(push.answers.title == "" && push.answers.count == 1)
    #expect(world.notices.all.isEmpty)
    // It stays in the journal: the app takes the offer from there.
    let pending = try world.pending()
    #expect(pending.map(\.action.name) == [.ring])
    #expect(world.mailbox.waiting == 0)
  }

  @Test func aCallIsReportedOnceWhateverComesAgain() async throws {
    let envelope = try world.invite()
    for _ in 0..<2 {
      let push = world.push(envelope)
      await world.extensionProcess().take(push.handler)
      #expect(push.answers.title == "")
    }
    #expect(world.callKit.reported.count == 1)
  }

  @Test(arguments: CallKitFailure.known)
  func whatCallKitRefusesIsShownByItsReason(failure: CallKitFailure) async throws {
    world.callKit.fail(failure)
    let push = world.push(try world.invite())
    await world.extensionProcess().take(push.handler)
    let (pending, isNoticed) = try world.installation.run { session in
      (session.inbox.pending(now: session.now).map(EventName.init), !session.records.noticed.isEmpty)
    }
    switch failure.consequence {
    case .timeSensitiveNotification:
      // Without the entitlement, a push that shows nothing would be shown beside it.
      if failure == .missingNotificationFilteringEntitlement {
        #expect(world.notices.all.isEmpty && push.answers.body == "Incoming call. Tap to answer.")
      } else {
        #expect(world.notices.all.map(\.kind) == [.call(hasVideo: false)] && push.answers.title == "")
      }
      #expect(pending.count == 1 && isNoticed)
    case .quietMissedCall:
      #expect(push.answers.body == "Missed call" && world.notices.all.isEmpty)
      #expect(pending.isEmpty && !isNoticed)
    case .entryOnly:
      #expect(push.answers.title == "" && world.notices.all.isEmpty && pending.isEmpty)
    case .update:
      #expect(push.answers.title == "" && world.notices.all.isEmpty && pending.count == 1)
    }
    var stored: [Arrived.Kind] = []
    try world.installation.arrivals.takeAll { stored.append($0.kind) }
    let isMissed = [.quietMissedCall, .entryOnly].contains(failure.consequence)
    #expect(stored == (isMissed ? [.missedCall] : []))
  }

  /// Else the app would wait for CallKit, which does not have it.
  @Test func aRingThatCallKitRefusedDoesNotCountAsReportedAndIsShownOnce() async throws {
    world.callKit.fail(.connectionInterrupted)
    let envelope = try world.invite()
    for _ in 0..<2 { await world.extensionProcess().take(world.push(envelope).handler) }
    #expect(world.callKit.reported.count == 1 && world.notices.all.count == 1)
    let uuid = try #require(world.callKit.reported.first).callUUID
    #expect(try world.installation.run { !$0.reported.contains(uuid) })
    let other = try world.invite()
    await world.extensionProcess().take(world.push(other).handler)
    let taken = try #require(world.callKit.reported.last).callUUID
    #expect(try world.installation.run { $0.reported.contains(taken) })
  }

  @Test func inChinaANotificationRings() async throws {
    try world.installation.run { $0.records.ringing = .notification }
    let push = world.push(try world.invite())
    await world.extensionProcess().take(push.handler)
    #expect(world.callKit.reported.isEmpty)
    #expect(world.notices.all.map(\.isTimeSensitive) == [true])
    #expect(push.answers.title == "")
  }

  @Test func aMessageIsShownStoredAndAcknowledged() async throws {
    let push = world.push(try world.message("Hi"))
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.title == "Alice" && push.answers.body == "Hi")
    #expect(world.notices.all.isEmpty)
    #expect(try world.pending().isEmpty)
    var texts: [String?] = []
    try world.installation.arrivals.takeAll { texts.append($0.text) }
    #expect(texts == ["Hi"])
  }

  @Test func whatElseAWakeBringsIsAdded() async throws {
    world.mailbox.post([try world.message("first")])
    let push = world.push(try world.message("second"))
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.body == "second")
    #expect(world.notices.all.map(\.kind) == [.message("first")])
    #expect(try world.pending().isEmpty)
  }

  @Test func aCallThatCameTooLateIsAMissedCall() async throws {
    let invite = Content.callInvite(CallInvite(callID: try .random(), hasVideo: false))
    let old = Timestamp(milliseconds: World.now.milliseconds - 120_000)
    let push = world.push(try world.seal(invite, at: old))
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.body == "Missed call" && world.callKit.reported.isEmpty)
    #expect(try world.pending().isEmpty)
  }

  @Test func anEndOfACallThatRangIsLeftToTheAppAndAnnounced() async throws {
    let callID = try CallID.random()
    let ring = world.push(try world.invite(callID))
    await world.extensionProcess().take(ring.handler)
    let end = world.push(try world.seal(.callEnd(CallEnd(callID: callID, reason: .cancelled))))
    await world.extensionProcess().take(end.handler)
    #expect(end.answers.title == "")
    #expect(world.announced.withLock { $0 } > 0)
    // The ring is a missed call now, which the extension shows. What CallKit is to be told is the
    // app's.
    #expect(world.notices.all.map(\.kind) == [.missedCall(hasVideo: false)])
    #expect(try world.pending().map(\.action.name) == [.end])
  }

  @Test func anEndOfACallThatNeverRangIsDoneWith() async throws {
    let callID = try CallID.random()
    world.mailbox.post([try world.invite(callID)])
    let end = world.push(try world.seal(.callEnd(CallEnd(callID: callID, reason: .cancelled))))
    // The end is pushed first, and its invitation comes with the page.
    await world.extensionProcess().take(end.handler)
    #expect(world.callKit.reported.isEmpty && end.answers.title == "")
    #expect(world.notices.all.map(\.kind) == [.missedCall(hasVideo: false)])
    #expect(try world.pending().isEmpty)
  }

  @Test func aRingThatCrossesTheUsersOwnCallIsTheApps() async throws {
    let own = try CallID.random()
    try world.installation.run { session in
      let ring = try session.inbox.placeCall(own, accounts: [world.alice.publicKey], now: session.now)
      let uuid = callKitUUID(caller: session.inbox.account, callID: own)
      session.records.put(
        CallRecord(
          uuid: uuid, callID: own, isOutgoing: true, account: world.alice.publicKey, ring: ring, hasVideo: false,
          expiresAt: Timestamp(milliseconds: ring.milliseconds + 90_000), phase: .waiting))
    }
    let push = world.push(try world.invite())
    await world.extensionProcess().take(push.handler)
    #expect(world.callKit.reported.isEmpty && push.answers.title == "")
    #expect(world.announced.withLock { $0 } > 0)
  }

  @Test func aCallBehindWhatCannotBeStoredRingsInTheSameWake() async throws {
    let folder = world.installation.arrivals.folder
    try Data().write(to: folder) // no folder can be there
    world.mailbox.post([try world.message("Hi"), try world.invite(), try world.message("again")])
    let (handler, answers) = world.handler(of: nil)
    await world.extensionProcess().take(handler)
    #expect(world.callKit.reported.count == 1 && world.notices.all.isEmpty && answers.title == "generic")
    #expect(try world.pending().map(\.action.name) == [.notify, .ring, .notify])
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 0])
    try FileManager.default.removeItem(at: folder)
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.notices.all.map(\.kind) == [.message("Hi"), .message("again")])
    #expect(world.callKit.reported.count == 1 && world.mailbox.waiting == 0)
  }

  // Where there is nothing to see, or nobody could look.

  @Test func aStrangerIsNeverSeen() async throws {
    let stranger = try Account.generate()
    let phone = try Device.enroll(account: stranger, expiresAt: World.inDays(360), now: World.now)
    let envelope = try phone.seal(.message(Message(body: "Cheap")), to: world.bundle, now: World.now)
    let push = world.push(envelope)
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.title == "" && world.notices.all.isEmpty)
    #expect(world.mailbox.waiting == 0) // confirmed like any other
  }

  @Test func noiseIsNeverSeen() async throws {
    for length in [0, 100, 2_880] {
      let push = world.push(Data(repeating: 1, count: length))
      await world.extensionProcess().take(push.handler)
      #expect(push.answers.title == "", "\(length) bytes")
    }
  }

  @Test func aPushWithoutAnEnvelopeIsShownAsItCame() async throws {
    let (handler, answers) = world.handler(of: nil)
    await world.extensionProcess().take(handler)
    #expect(answers.title == "generic")
  }

  @Test func beforeTheFirstUnlockThePushIsShownAndNothingIsConfirmed() async throws {
    world.secrets.lock(true)
    let push = world.push(try world.message("Hi"))
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.title == "generic")
    #expect(world.mailbox.waiting == 1)
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 0])
    world.secrets.lock(false)
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.notices.all.map(\.kind) == [.message("Hi")])
  }

  /// iOS has said so for hours of items that it had.
  @Test func whileTheKeychainSaysThatItHasNoKeysNothingIsConfirmed() async throws {
    world.secrets.hide(true)
    let push = world.push(try world.message("Hi"))
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.title == "generic")
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 0])
    world.secrets.hide(false)
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.notices.all.map(\.kind) == [.message("Hi")])
  }

  @Test func whileTheTimeIsNotKnownNothingIsReceived() async throws {
    world.mailbox.clock = nil // answers without a time
    let push = world.push(try world.invite())
    await world.extensionProcess().take(push.handler)
    #expect(push.answers.title == "generic" && world.callKit.reported.isEmpty)
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 0])
    #expect(try world.pending().isEmpty)
  }

  @Test func whereTheRelayIsAwayThePushIsTakenIfTheTimeIsKnown() async throws {
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    world.mailbox.isAway = true
    let push = world.push(try world.invite())
    await world.extensionProcess().take(push.handler)
    #expect(world.callKit.reported.count == 1 && push.answers.title == "")
    // And comes again later, as a duplicate.
    world.mailbox.isAway = false
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.callKit.reported.count == 1 && world.mailbox.waiting == 0)
  }

  @Test func whereTheFirstPageDoesNotComeThePushIsShown() async throws {
    world.mailbox.hold()
    let push = world.push(try world.message("Hi"))
    await world.extensionProcess(patience: .milliseconds(50)).take(push.handler)
    #expect(push.answers.title == "generic" && world.mailbox.requests.isEmpty)
  }

  @Test func whereNoDeviceIsLinkedThePushIsShown() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let empty = Installation(folder: folder, secrets: MemorySecrets(), relay: folder)
    let mailbox = FakeMailbox()
    mailbox.clock = empty.clock
    let (handler, answers) = world.handler(of: try world.message("Hi"))
    await Reception(empty, mailbox: mailbox, notices: world.notices, report: { _ in nil }, interval: .milliseconds(10))
      .take(handler)
    #expect(answers.title == "generic")
  }

  @Test func anEnvelopeIsExplainedForTheUserAndOnlyItsTagIsLogged() async throws {
    let push = world.push(try world.invite())
    await world.extensionProcess().take(push.handler)
    let explanations = try world.installation.run { $0.records.explanations }
    #expect(explanations.count == 1 && explanations.first?.text.contains("passed") == true)
  }
}
