import Foundation
import Testing

@testable import Hushring
@testable import HushringCallKit

/// spec/sharing.md, section 2, "NSE", and section 4.
@Suite struct OutcomeTests {
  // Events.

  @Test func aRingIsReportedAndStaysInTheJournal() {
    let outcome = Outcome(of: Events.event(Events.ring(hasVideo: true)), in: Surroundings())
    #expect(outcome.reports == Events.payload(hasVideo: true))
    #expect(outcome.shows == .nothing)
    #expect(!outcome.isAcknowledged)
    #expect(outcome.remembersReported == Outcome.Remembered(callUUID: Events.callUUID, sentAt: Events.now))
    #expect(outcome.insteadOfReport?.kind == .call(hasVideo: true))
    #expect(outcome.insteadOfReport?.isTimeSensitive == true)
  }

  @Test func aRingThatWasReportedIsNotReportedAgain() {
    var surroundings = Surroundings()
    surroundings.reported.insert(Events.callUUID, sentAt: Events.now, now: Events.now)
    let outcome = Outcome(of: Events.event(Events.ring()), in: surroundings)
    #expect(outcome.reports == nil)
    #expect(outcome.shows == .nothing)
    #expect(!outcome.isAcknowledged)
  }

  @Test func aNewerRingOfTheSameCallIsReported() {
    var surroundings = Surroundings()
    let earlier = Timestamp(milliseconds: Events.now.milliseconds - 1)
    surroundings.reported.insert(Events.callUUID, sentAt: earlier, now: Events.now)
    #expect(Outcome(of: Events.event(Events.ring()), in: surroundings).reports != nil)
  }

  @Test func aRingThatCrossesACallInWhichTheUserWaitsIsTheApps() {
    let own = Events.callID("00000000-0000-4000-8000-000000000001")
    let event = Events.event(Events.ring(crossed: own))
    var surroundings = Surroundings()
    surroundings.waiting = [own]
    let left = Outcome(of: event, in: surroundings)
    #expect(left.reports == nil && left.isAnnounced && !left.isAcknowledged && left.remembersReported == nil)
    // Nobody waits there any more: `crossed` is a hint, and the call rings.
    #expect(Outcome(of: event, in: Surroundings()).reports != nil)
  }

  @Test func whereCallKitMustNotBeUsedATimeSensitiveNotificationRings() {
    var surroundings = Surroundings()
    surroundings.ringing = Ringing(storefront: "CHN")
    let outcome = Outcome(of: Events.event(Events.ring()), in: surroundings)
    #expect(outcome.reports == nil)
    let ring = Outcome.Remembered(callUUID: Events.callUUID, sentAt: Events.now)
    #expect(outcome.remembersNoticed == ring && outcome.remembersReported == nil)
    guard case .notice(let notice) = outcome.shows else {
      Issue.record("nothing rings")
      return
    }
    #expect(notice.kind == .call(hasVideo: false) && notice.isTimeSensitive && notice.name == "Alice")
    #expect(Ringing(storefront: "USA") == .callKit && Ringing(storefront: "HKG") == .callKit)
    surroundings.noticed = [ring]
    let again = Outcome(of: Events.event(Events.ring()), in: surroundings)
    #expect(again.shows == .nothing && !again.isAcknowledged)
  }

  // What CallKit answered.

  private func after(_ failure: CallKitFailure?) -> HushringCallKit.Outcome {
    Outcome(of: Events.event(Events.ring(hasVideo: true)), in: Surroundings()).after(failure)
  }

  @Test(arguments: [nil, CallKitFailure.callUUIDAlreadyExists])
  func aRingThatCallKitHasIsRememberedAndNotShown(failure: CallKitFailure?) {
    let outcome = after(failure)
    #expect(outcome.remembersReported != nil && outcome.remembersNoticed == nil)
    #expect(outcome.shows == .nothing && !outcome.isAcknowledged && outcome.reports == nil)
    #expect(outcome.withdraws == .call(Events.callUUID))
  }

  static let takenByNobody: [CallKitFailure] = [
    .extensionUnknown, .invalidClientProcess, .missingNotificationFilteringEntitlement, .connectionInterrupted,
    .unknown, .unentitled, .noAnswer, .other(domain: "x", code: 1),
  ]

  @Test(arguments: takenByNobody)
  func aRingThatCallKitDidNotTakeIsShownToBeAnsweredAndDoesNotCountAsReported(failure: CallKitFailure) {
    let outcome = after(failure)
    #expect(outcome.remembersReported == nil)
    #expect(outcome.remembersNoticed == Outcome.Remembered(callUUID: Events.callUUID, sentAt: Events.now))
    #expect(!outcome.isAcknowledged && !outcome.isStored) // the app answers it
    guard case .notice(let notice) = outcome.shows else {
      Issue.record("the call is lost")
      return
    }
    #expect(notice.kind == .call(hasVideo: true) && notice.isTimeSensitive && !notice.isQuiet)
    #expect(notice.callUUID == Events.callUUID && notice.identifier == Events.callUUID.uuidString)
    #expect(notice.messageID == Events.payload().messageID && notice.expiresAt == Events.payload().expiresAt)
  }

  @Test(arguments: [CallKitFailure.filteredByDoNotDisturb, .filteredDuringRestrictedSharingMode])
  func aRingThatWouldDisturbIsAQuietMissedCall(failure: CallKitFailure) {
    let outcome = after(failure)
    #expect(outcome.isStored && outcome.isAcknowledged)
    #expect(outcome.remembersReported == nil && outcome.remembersNoticed == nil)
    guard case .notice(let notice) = outcome.shows else {
      Issue.record("nothing is shown")
      return
    }
    #expect(notice.kind == .missedCall(hasVideo: true) && notice.isQuiet && !notice.isTimeSensitive)
  }

  @Test(arguments: [CallKitFailure.filteredByBlockList, .callIsProtected, .filteredBySensitiveParticipants])
  func aRingThatIsNotToBeSeenIsAnEntryAndNothingElse(failure: CallKitFailure) {
    let outcome = after(failure)
    #expect(outcome.isStored && outcome.isAcknowledged && outcome.shows == .nothing)
    #expect(outcome.remembersReported == nil && outcome.remembersNoticed == nil)
  }

  @Test(arguments: InboxEvent.MissedReason.allCases)
  func aMissedCallIsStoredShownAndAcknowledged(reason: InboxEvent.MissedReason) {
    let outcome = Outcome(of: Events.event(Events.missed(reason)), in: Surroundings())
    #expect(outcome.isStored && outcome.isAcknowledged && !outcome.isAnnounced)
    guard case .notice(let notice) = outcome.shows else {
      Issue.record("nothing is shown")
      return
    }
    #expect(notice.kind == .missedCall(hasVideo: false) && !notice.isTimeSensitive)
    // It takes the place of the notification that it rings.
    #expect(notice.callUUID == Events.callUUID && notice.identifier == Events.callUUID.uuidString)
    #expect(outcome.withdraws == .call(Events.callUUID))
  }

  @Test func theCallThatWasGivenUpBecauseBothCalledIsTheApps() {
    var surroundings = Surroundings()
    surroundings.engaged = [Events.alice]
    let outcome = Outcome(of: Events.event(Events.missed(.ended)), in: surroundings)
    #expect(outcome.shows == .nothing && outcome.isAnnounced && !outcome.isAcknowledged)
    #expect(Outcome(of: Events.event(Events.missed(.expired)), in: surroundings).isAcknowledged)
  }

  @Test(arguments: EndedReason.allCases)
  func anEndOfACallThatNobodyHasReportedIsAcknowledged(reason: EndedReason) {
    let outcome = Outcome(of: Events.event(Events.end(reason)), in: Surroundings())
    #expect(outcome.shows == .nothing && outcome.isAcknowledged && !outcome.isAnnounced)
    let isElsewhere = reason == .answeredElsewhere || reason == .declinedElsewhere
    #expect(outcome.withdraws == (isElsewhere ? .call(Events.callUUID) : nil))
  }

  @Test(arguments: EndedReason.allCases, [true, false])
  func anEndOfAnotherCallIsLeftToTheApp(reason: EndedReason, isReported: Bool) {
    var surroundings = Surroundings()
    if isReported {
      surroundings.reported.insert(Events.callUUID, sentAt: Events.now, now: Events.now)
    } else {
      surroundings.calls = [Events.callUUID]
    }
    let outcome = Outcome(of: Events.event(Events.end(reason)), in: surroundings)
    #expect(outcome.shows == .nothing && !outcome.isAcknowledged && outcome.isAnnounced)
    // Of a ring that the app has taken, the journal has no missed call that would take the place of
    // the notification.
    let isElsewhere = reason == .answeredElsewhere || reason == .declinedElsewhere
    #expect(outcome.withdraws == (isElsewhere || !isReported ? .call(Events.callUUID) : nil))
  }

  @Test(arguments: [Events.signal, Events.second])
  func signalsAreLeftToTheApp(action: InboxEvent.Action) {
    let outcome = Outcome(of: Events.event(action), in: Surroundings())
    #expect(outcome.shows == .nothing && !outcome.isAcknowledged && outcome.isAnnounced && outcome.reports == nil)
  }

  @Test(arguments: ["Hi", nil])
  func aMessageIsStoredShownAndAcknowledged(body: String?) {
    let outcome = Outcome(of: Events.event(Events.message(body)), in: Surroundings())
    #expect(outcome.isStored && outcome.isAcknowledged)
    guard case .notice(let notice) = outcome.shows else {
      Issue.record("nothing is shown")
      return
    }
    #expect(notice.kind == .message(body) && notice.callUUID == nil)
    #expect(notice.identifier == notice.account + ":000102030405060708090a0b0c0d0e0f")
  }

  @Test func aTypeOfALaterVersionIsShownWithoutWords() {
    let outcome = Outcome(of: Events.event(Events.unknown), in: Surroundings())
    #expect(outcome.isStored && outcome.isAcknowledged)
    guard case .notice(let notice) = outcome.shows else {
      Issue.record("nothing is shown")
      return
    }
    #expect(notice.kind == .other)
  }

  @Test(arguments: [Events.message("sync"), Events.unknown])
  func whatTheOwnDevicesTellEachOtherIsNotShown(action: InboxEvent.Action) {
    var surroundings = Surroundings()
    surroundings.ownAccount = Events.own
    let outcome = Outcome(of: Events.event(action, from: Events.own), in: surroundings)
    #expect(outcome.shows == .nothing && outcome.isStored && outcome.isAcknowledged && outcome.isAnnounced)
  }

  @Test(arguments: InboxEvent.DropReason.allCases)
  func whatIsDroppedShowsNothing(reason: InboxEvent.DropReason) {
    let outcome = Outcome(of: Events.event(.drop(reason)), in: Surroundings())
    #expect(outcome.shows == .nothing && outcome.isAcknowledged && !outcome.isAnnounced && !outcome.isStored)
    // It may have rung. In place of an older ring, there is the newer one.
    #expect(outcome.withdraws == (reason == .repeated ? nil : .event))
  }

  @Test func aNoticeAlwaysHasAName() {
    let handle = Handle(type: .phoneNumber, value: "+12025550123")
    func name(_ name: String?, _ handle: Handle?) -> String {
      Notice(.other, of: Events.event(Events.unknown, name: name, handle: handle)).name
    }
    #expect(name("Alice", handle) == "Alice")
    #expect(name(nil, handle) == "+12025550123")
    #expect(name("", nil) == "0994 e72d c8ce bf78 f388 f66c 4832 5317")
  }

  @Test func whatIsLoggedOfAnOutcomeNamesNobody() {
    var dumped = ""
    for action in [Events.message("a secret"), Events.ring(), Events.missed(.ended)] {
      let outcome = Outcome(of: Events.event(action), in: Surroundings())
      dump(outcome, to: &dumped)
      dumped += "\(outcome)"
    }
    dump(CallDisplay(Events.payload()), to: &dumped)
    for word in ["secret", "Alice", "12025550123"] { #expect(!dumped.contains(word)) }
  }

  // Refusals.

  /// A row of the table in spec/sharing.md, section 4.
  struct Row {
    let codes: [String]
    let shows: String
  }

  /// What the table says of each code that it names, read from the specification itself.
  static let table: [Row] = rows(of: "spec/sharing.md", section: "## 4. What an extension shows")

  @Test func theTableOfTheSpecificationIsRead() {
    #expect(Self.table.count == 13)
    #expect(Self.table.flatMap(\.codes).count >= 18)
  }

  @Test func everyCodeOfTheTableIsShownAsItSays() throws {
    for row in Self.table {
      for name in row.codes where !["drop"].contains(name) {
        let code = try #require(HushringError.Code(rawValue: name), "the specification names \(name)")
        let shows = Outcome(of: .refused(code)).shows
        #expect(shows == (row.shows.hasPrefix("nothing") ? .nothing : .generic), "\(name)")
      }
    }
  }

  @Test func theFaultsOfContentShowNothing() {
    let codes: [HushringError.Code] = [
      .badCBOR, .badCompression, .badContent, .tooDeep, .tooLong, .tooMany, .callIDTaken,
    ]
    for code in codes { #expect(Outcome(of: .refused(code)).shows == .nothing) }
  }

  @Test func whereNobodyCouldLookThePushIsShownAsItCame() {
    let codes: [HushringError.Code] = [
      .locked, .busy, .badState, .stateTooNew, .stateRolledBack, .wrongAccount, .wrongDevice, .inboxFull,
    ]
    for failure in codes.map(Outcome.Failure.refused) + [.timeUnknown, .timeOver, .other] {
      #expect(Outcome(of: failure).shows == .generic)
    }
  }

  @Test(arguments: HushringError.Code.allCases)
  func aRefusalDoesNothingElse(code: HushringError.Code) {
    let outcome = Outcome(of: .refused(code))
    #expect(outcome.reports == nil && !outcome.isStored && !outcome.isAcknowledged && !outcome.isAnnounced)
    #expect(outcome.remembersReported == nil && outcome.remembersNoticed == nil)
    #expect(outcome.withdraws == nil && outcome.insteadOfReport == nil)
  }

  private static func rows(of path: String, section: String) -> [Row] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let text = (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let first = lines.firstIndex { $0 == section } ?? lines.startIndex
    let rows = lines[first...].dropFirst().prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("|") }
    return rows.dropFirst(2).map { row in
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let quoted = cells[0].split(separator: "`", omittingEmptySubsequences: false)
      let codes = quoted.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
      return Row(codes: codes.filter { $0 != "load" }, shows: cells[1])
    }
  }
}
