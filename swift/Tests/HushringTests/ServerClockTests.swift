import Foundation
import Testing

@testable import Hushring

@Suite("The server's clock")
struct ServerClockTests {
  /// Those that the crate and the npm package play as well.
  private static let file = try? JSON.file("js/test/server-clock.json")
  private static let histories = (try? file?.array("histories")) ?? []

  @Test("Every history is played", arguments: histories)
  func history(_ history: Value) throws {
    let start = try #require(Self.file?["start"]?.integer)
    var clock = ServerClock()
    for step in try history.array("steps") {
      let time = { (name: String) throws in
        Timestamp(milliseconds: UInt64(start + (try #require(step[name]?.integer))))
      }
      let length = { (name: String) throws in Duration.milliseconds(try #require(step[name]?.integer)) }
      let local = LocalTime(system: try time("system"), monotonic: try length("monotonic"))
      if step["server"] != nil {
        clock.add(try time("server"), roundTrip: try length("roundTrip"), at: local)
        continue
      }
      let isSynchronized = step["synchronized"]?.bool
      let name = try history.text("name")
      if let isSynchronized { #expect(clock.isSynchronized(local) == isSynchronized, "\(name)") }
      #expect(try clock.now(local) == time("now"), "\(name)")
      if let isSynchronized { #expect(clock.isSynchronized(local) == isSynchronized, "\(name)") }
    }
  }

  @Test("There are histories")
  func someHistories() { #expect(Self.histories.count >= 20) }

  @Test("Times at the end of time do no harm")
  func extremes() {
    let times = [0, 1, 1 << 53, .max].map(Timestamp.init(milliseconds:))
    let lengths = [.zero, .seconds(Int64.max), .seconds(Int64.min), .milliseconds(-1)] as [Duration]
    var clock = ServerClock()
    for server in times {
      for system in times {
        for length in lengths {
          let local = LocalTime(system: system, monotonic: length)
          clock.add(server, roundTrip: length, at: local)
          _ = clock.isSynchronized(local)
          #expect(clock.now(local) <= max(system, Timestamp(milliseconds: 1 << 53)).adding(milliseconds: 86_400_000))
        }
      }
    }
  }

  @Test("By default it reads the device's clocks")
  func platform() {
    var clock = ServerClock()
    let before = Timestamp(Date())
    #expect((before...Timestamp(Date()).adding(milliseconds: 1)).contains(clock.now()))
    clock.add(before.adding(milliseconds: 3_600_000), roundTrip: .zero)
    let first = clock.now()
    #expect(first >= before.adding(milliseconds: 3_600_000))
    #expect(first < before.adding(milliseconds: 3_605_000))
    #expect(clock.isSynchronized())
  }
}
