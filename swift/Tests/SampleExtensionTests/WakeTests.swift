import Foundation
import HushringCallKit
import StandInSupport
import Testing
import UserNotifications

@testable import Hushring
@testable import SampleNotificationService

/// Several requests at once, running out of time, pages, and what the relay sees of it.
@Suite(.serialized) struct WakeTests {
  let world: World

  init() async throws { world = try await World.calm() }

  private func until(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(5)) }
  }

  @Test func severalPushesAtOnceAreAnsweredEachOnce() async throws {
    let reception = world.extensionProcess()
    let pushes = try (0..<5).map { world.push(try world.message("\($0)")) }
    await withTaskGroup(of: Void.self) { group in
      for push in pushes { group.addTask { await reception.take(push.handler) } }
    }
    #expect(pushes.map(\.answers.count) == [1, 1, 1, 1, 1])
    // Each message is shown: by its own handler, or as an addition of a wake that found it first.
    let shown = pushes.compactMap(\.answers.body).filter { !$0.isEmpty }
    let added = world.notices.all.map { if case .message(let body?) = $0.kind { body } else { "" } }
    #expect((shown + added).sorted() == ["0", "1", "2", "3", "4"])
    #expect(try world.pending().isEmpty)
    // One wake, and one more for those that came meanwhile.
    #expect(world.mailbox.requests.filter { $0.isFetch && $0.after == nil }.count == 2)
  }

  @Test func aCallThatComesDuringAWakeIsReportedAtOnce() async throws {
    let reception = world.extensionProcess()
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    world.mailbox.hold()
    let first = world.push(try world.message("Hi"))
    let wake = Task { await reception.take(first.handler) }
    try await until { first.handler.isKnown }
    let second = world.push(try world.invite())
    let following = Task { await reception.take(second.handler) }
    try await until { world.callKit.reported.count == 1 } // before any page has come
    #expect(first.answers.count == 0 && second.answers.count == 0)
    world.mailbox.letGo()
    await wake.value
    await following.value
    #expect(first.answers.body == "Hi" && second.answers.title == "")
    #expect(world.callKit.reported.count == 1)
  }

  @Test func runningOutOfTimeAnswersEveryOpenHandlerOnce() async throws {
    let reception = world.extensionProcess()
    let open = OpenHandlers()
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    world.mailbox.hold()
    let known = world.push(try world.message("Hi"))
    let unknown = world.handler(of: nil)
    let tasks = [known, unknown].map { push in
      open.insert(push.handler)
      return Task { await reception.take(push.handler) }
    }
    try await until { known.handler.isKnown }
    open.finish { try world.installation.acknowledge($0) }
    // What was received is shown, and for the other the push as it came.
    #expect(known.answers.body == "Hi" && unknown.answers.title == "generic")
    world.mailbox.letGo()
    for task in tasks { await task.value }
    #expect(known.answers.count == 1 && unknown.answers.count == 1)
    #expect(try world.pending().isEmpty)
  }

  @Test func theLockOfAnotherProcessKeepsNoHandlerFromAnswering() async throws {
    let reception = world.extensionProcess()
    let open = OpenHandlers()
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    world.mailbox.hold()
    let pushes = try (0..<3).map { world.push(try world.message("\($0)")) }
    let tasks = pushes.map { push in
      open.insert(push.handler)
      return Task { await reception.take(push.handler) }
    }
    try await until { pushes.allSatisfy(\.handler.isKnown) }
    let asked = Locked<[Int]>([])
    open.finish { events in
      // All have answered before the lock is asked for, and it is asked for once.
      asked.withLock { $0 += [events.count] + pushes.map(\.answers.count) }
      try world.installation.acknowledge(events)
    }
    #expect(asked.withLock { $0 } == [3, 1, 1, 1])
    #expect(try world.pending().isEmpty)
    world.mailbox.letGo()
    for task in tasks { await task.value }
  }

  @Test func atTheEndOfAWakeAllAnswerBeforeTheLockIsAskedFor() async throws {
    let reception = world.extensionProcess()
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    world.mailbox.hold()
    let answered = Locked<[ContinuousClock.Instant]>([])
    let folder = SharedFolder(url: world.installation.folder.appendingPathComponent("inbox"))
    func push(_ text: String, _ onAnswer: @escaping @Sendable () -> Void) throws -> PushHandler {
      let content = UNMutableNotificationContent()
      content.userInfo = ["hushring": try world.message(text).base64EncodedString()]
      return PushHandler(content) { _ in
        answered.withLock { $0.append(.now) }
        onAnswer()
      }
    }
    // The app takes the lock as soon as the first of two has answered.
    let handlers = [
      try push("first") {},
      try push("second") {
        let isTaken = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          try? folder.locked { () throws(HushringError) in
            isTaken.signal()
            Thread.sleep(forTimeInterval: 1.5)
          }
        }
        isTaken.wait()
      },
      try push("third") {},
    ]
    var wakes: [Task<Void, Never>] = []
    for handler in handlers {
      wakes.append(Task { await reception.take(handler) })
      try await until { handler.isKnown }
    }
    world.mailbox.letGo()
    for wake in wakes { await wake.value }
    let times = answered.withLock { $0 }
    #expect(times.count == 3 && times[2] - times[1] < .seconds(1))
    #expect(try world.pending().isEmpty)
  }

  @Test func whatAHandlerHasShownIsNotAddedWhileItWaits() async throws {
    let reception = world.extensionProcess()
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    world.mailbox.hold()
    let first = world.push(try world.message("Hi"))
    let wake = Task { await reception.take(first.handler) }
    try await until { first.handler.isKnown }
    first.handler.finish() // time runs out, and it cannot be acknowledged
    #expect(first.answers.body == "Hi")
    #expect(try world.pending().count == 1)
    let second = world.push(try world.seal(.cover(Cover())))
    let following = Task { await reception.take(second.handler) }
    try await until { second.handler.isKnown }
    #expect(world.notices.all.isEmpty)
    world.mailbox.letGo()
    await wake.value
    await following.value
  }

  @Test func aCallThatIsBeingReportedWhenTimeRunsOutIsNotLost() async throws {
    let content = UNMutableNotificationContent()
    content.title = "generic"
    let answers = Answers()
    let handler = PushHandler(content) { answers.add($0) }
    let event = try ring()
    let outcome = Outcome(of: event, in: Surroundings())
    handler.show(.notice(try #require(outcome.insteadOfReport)))
    handler.finish()
    #expect(answers.title == "Alice" && answers.body == "Incoming call. Tap to answer.")
    #expect(!handler.show(.nothing))
    handler.finish()
    #expect(answers.count == 1)
  }

  private func ring() throws -> InboxEvent {
    try world.installation.run { try $0.inbox.receive(world.invite(), now: $0.now) }
  }

  @Test func theSystemsTwoMethodsAnswerOnce() throws {
    let service = NotificationService()
    let answers = Answers()
    let content = UNMutableNotificationContent()
    content.title = "generic"
    service.didReceive(UNNotificationRequest(identifier: "1", content: content, trigger: nil)) { answers.add($0) }
    service.serviceExtensionTimeWillExpire()
    #expect(answers.title == "generic")
    service.serviceExtensionTimeWillExpire()
    #expect(answers.count == 1)
  }

  // What the relay sees.

  @Test func whatIsAskedDoesNotDependOnWhatWasInIt() async throws {
    var traces: [[FakeMailbox.Request]] = []
    let stranger = try Device.enroll(account: Account.generate(), expiresAt: World.inDays(360), now: World.now)
    for kind in 0..<5 {
      let world = try World()
      defer { world.remove() }
      let envelope =
        switch kind {
        case 0: try world.invite()
        case 1: try world.message("Hi")
        case 2: try world.seal(.cover(Cover()))
        case 3: try stranger.seal(.message(Message(body: "Hi")), to: world.bundle, now: World.now)
        default: Data(repeating: 7, count: 2_880)
        }
      let push = world.push(envelope)
      await world.extensionProcess().take(push.handler)
      traces.append(world.mailbox.requests)
    }
    #expect(Set(traces.map { "\($0)" }).count == 1)
    #expect(traces[0].map(\.confirmed) == [0, 1])
  }

  @Test func aWakeHasAsManyPagesAsWaitedWhenItBegan() async throws {
    world.mailbox.post(try (0..<130).map { _ in try world.seal(.cover(Cover())) })
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 64, 64, 2])
    #expect(world.mailbox.requests.map(\.isFetch) == [true, true, true, false])
    #expect(world.mailbox.waiting == 0)
  }

  @Test func anEmptyMailboxIsAskedTwice() async throws {
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.mailbox.requests.map(\.isFetch) == [true, false])
  }

  @Test func requestsLeaveOnTheGrid() async throws {
    world.mailbox.post(try (0..<70).map { _ in try world.seal(.cover(Cover())) })
    let times = Locked<[ContinuousClock.Instant]>([])
    let mailbox = TimedMailbox(mailbox: world.mailbox, times: times)
    let wake = Wake(
      mailbox: mailbox, isTimeKnown: { true }, takeAll: { _ in true }, interval: .milliseconds(100), mostPages: 12)
    let start = ContinuousClock.now
    try await wake.run {}
    for (index, time) in times.withLock({ $0 }).enumerated() {
      let point = (time - start) / Duration.milliseconds(100)
      #expect(point >= Double(index), "request \(index) leaves at \(point)")
    }
  }

  struct TimedMailbox: Mailbox {
    let mailbox: FakeMailbox
    let times: Locked<[ContinuousClock.Instant]>

    func fetchPage(after place: Int?, confirming ids: [Int]) async throws -> Page {
      times.withLock { $0.append(.now) }
      return try await mailbox.fetchPage(after: place, confirming: ids)
    }

    func confirm(_ ids: [Int]) async throws {
      times.withLock { $0.append(.now) }
      try await mailbox.confirm(ids)
    }
  }

  @Test func aPageWithoutRoomIsPassedOverAndSevenBehindItAreTaken() async throws {
    world.mailbox.post((0..<64 * 12).map { _ in Data(count: 1) })
    let pages = Locked(0)
    let wake = Wake(
      mailbox: world.mailbox, isTimeKnown: { true },
      takeAll: { _ in pages.withLock { $0 += 1; return $0 != 2 } }, interval: .milliseconds(5), mostPages: 12)
    try await wake.run {}
    #expect(pages.withLock { $0 } == 9)
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 64, 0, 64, 64, 64, 64, 64, 64, 64, 0, 0, 0])
  }

  @Test func behindAPageThatWasNotSavedNothingIsTaken() async throws {
    world.mailbox.post((0..<64 * 3).map { _ in Data(count: 1) })
    struct NotSaved: Error {}
    let pages = Locked(0)
    let wake = Wake(
      mailbox: world.mailbox, isTimeKnown: { true },
      takeAll: { _ in
        pages.withLock { $0 += 1 }
        throw NotSaved()
      }, interval: .milliseconds(5), mostPages: 12)
    await #expect(throws: NotSaved.self) { try await wake.run {} }
    #expect(pages.withLock { $0 } == 1)
    #expect(world.mailbox.requests.map(\.confirmed) == [0, 0, 0, 0])
  }

  @Test func anExtensionEndsAfterItsPages() async throws {
    world.mailbox.post((0..<64 * 20).map { _ in Data(count: 1) })
    let wake = Wake(
      mailbox: world.mailbox, isTimeKnown: { true }, takeAll: { _ in true }, interval: .milliseconds(2),
      mostPages: Configuration.mostPages)
    try await wake.run {}
    #expect(world.mailbox.requests.count == 9)
  }

  @Test func anInboxWithoutRoomIsTakenAgainAfterActing() async throws {
    // 70 messages of one account: 64 have a place, and the others after these are acknowledged.
    world.mailbox.post(try (0..<64).map { try world.message("\($0)") })
    try world.installation.run { session in
      for index in 0..<30 { _ = try session.inbox.receive(world.message("before \(index)"), now: session.now) }
    }
    await world.extensionProcess().take(world.handler(of: nil).handler)
    #expect(world.mailbox.waiting == 0)
    #expect(world.notices.all.count == 94)
    #expect(try world.pending().isEmpty)
  }
}
