import Foundation
import Testing

@testable import Hushring
@testable import HushringCallKit

@Suite struct ReportedRingsTests {
  private func at(_ minutes: UInt64) -> Timestamp {
    Timestamp(milliseconds: Events.now.milliseconds + minutes * 60_000)
  }

  @Test func aRingIsKnownByItsCallAndItsTime() {
    var rings = ReportedRings()
    rings.insert(Events.callUUID, sentAt: at(0), now: at(0))
    #expect(rings.contains(Events.callUUID, sentAt: at(0)))
    #expect(!rings.contains(Events.callUUID, sentAt: at(1)))
    #expect(rings.contains(Events.callUUID))
    #expect(!rings.contains(UUID(), sentAt: at(0)))
  }

  @Test func aRingIsForgottenAfterAQuarterOfAnHour() {
    var rings = ReportedRings()
    rings.insert(Events.callUUID, sentAt: at(0), now: at(0))
    rings.insert(UUID(), sentAt: at(0), now: at(15))
    #expect(rings.contains(Events.callUUID))
    rings.insert(UUID(), sentAt: at(0), now: at(16))
    #expect(!rings.contains(Events.callUUID))
  }

  @Test func aClockThatGoesBackForgetsNothing() {
    var rings = ReportedRings()
    rings.insert(Events.callUUID, sentAt: at(60), now: at(60))
    rings.insert(UUID(), sentAt: at(0), now: at(0))
    #expect(rings.contains(Events.callUUID))
  }

  @Test func theListSurvivesItsFile() throws {
    var rings = ReportedRings()
    rings.insert(Events.callUUID, sentAt: at(0), now: at(0))
    let data = try JSONEncoder().encode(rings)
    #expect(try JSONDecoder().decode(ReportedRings.self, from: data) == rings)
  }
}
