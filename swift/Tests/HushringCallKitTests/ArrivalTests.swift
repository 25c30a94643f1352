import Foundation
import Testing

@testable import Hushring
@testable import HushringCallKit

/// spec/sharing.md, section 2: what the app does that was launched for a call.
@Suite struct ArrivalTests {
  let arrival = Arrival(payload: Events.payload(), active: [], mustReport: true)

  @Test func theCallIsReportedFromThePayload() {
    #expect(arrival.callUUID == Events.callUUID)
    #expect(arrival.display.handle.value == "+12025550123")
    #expect(arrival.display.callerName == "Alice")
    #expect(arrival.isReportedFirst && !arrival.isActive)
  }

  @Test func aPayloadThatCannotBeReadIsReportedAsACallOfNobodyAndEnds() {
    let unreadable = Arrival(payload: nil, active: [Events.callUUID], mustReport: true)
    #expect(!unreadable.display.handle.value.isEmpty)
    #expect(!unreadable.isActive && unreadable.isReportedFirst)
    #expect(unreadable.next(listed: nil) == .ends(.failed))
    #expect(unreadable.callUUID != Arrival(payload: nil, active: [], mustReport: true).callUUID)
  }

  @Test func whereTheSystemDoesNotDemandItACallIsReportedOnlyIfItRings() {
    #expect(!Arrival(payload: Events.payload(), active: [], mustReport: false).isReportedFirst)
  }

  @Test func aCallThatRingsRings() {
    guard case .rings(let ring) = arrival.next(listed: Events.event(Events.ring())) else {
      Issue.record("it does not ring")
      return
    }
    #expect(ring.payload == Events.payload())
  }

  static let over: [(InboxEvent.Action?, EndedReason)] = [
    (Events.missed(.ended), .unanswered), (Events.missed(.expired), .unanswered),
    (.drop(.answeredElsewhere), .answeredElsewhere), (.drop(.declinedElsewhere), .declinedElsewhere),
    (.drop(.over), .failed), (Events.signal, .failed), (nil, .failed),
  ]

  @Test(arguments: over)
  func aCallThatIsOverEndsAtOnce(action: InboxEvent.Action?, reason: EndedReason) {
    #expect(arrival.next(listed: action.map { Events.event($0) }) == .ends(reason))
  }

  @Test func aRingThatANewerOneReplacedIsNoEnd() {
    #expect(arrival.next(listed: Events.event(.drop(.repeated))) == .goesOn)
  }

  @Test func aCallThatCallKitHasGoesOnUnlessItIsOver() {
    let again = Arrival(payload: Events.payload(), active: [Events.callUUID], mustReport: true)
    #expect(again.isActive && again.isReportedFirst && again.callUUID == Events.callUUID)
    #expect(again.next(listed: nil) == .goesOn)
    #expect(again.next(listed: Events.event(Events.signal)) == .goesOn)
    #expect(again.next(listed: Events.event(Events.missed(.ended))) == .ends(.unanswered))
    #expect(again.next(listed: Events.event(.drop(.answeredElsewhere))) == .ends(.answeredElsewhere))
  }

  @Test(arguments: EndedReason.allCases)
  func callKitHearsOfAnEndOnceNobodyIsLeft(reason: EndedReason) {
    for (remaining, told) in [(nil, true), (0, true), (1, false), (255, false)] as [(Int?, Bool)] {
      guard case .end(let end) = Events.end(reason, remaining: remaining) else { return }
      #expect(end.reportedReason == (told ? reason : nil))
    }
  }

  @Test func anOutgoingCallHasAHandle() {
    let empty = Handle(type: .phoneNumber, value: "")
    for handle in [nil, empty] {
      let display = CallDisplay(to: Events.alice, handle: handle, displayName: "", hasVideo: true)
      #expect(display.handle.value == "0994 e72d c8ce bf78 f388 f66c 4832 5317")
      #expect(display.handle.type == .generic && display.callerName == nil && display.hasVideo)
    }
  }
}
