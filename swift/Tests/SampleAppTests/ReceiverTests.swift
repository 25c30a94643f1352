import BackgroundTasks
import Foundation
import Hushring
import HushringCallKit
import StandInSupport
import Testing

@testable import SampleApp

/// The journal, the mailbox and the bundles: what waits for what.
@MainActor @Suite(.serialized) struct ReceiverTests {
  let world: AppWorld
  let mailbox = FakeMailbox()

  init() async throws { world = try await AppWorld.calm() }

  private func receiver(
    act: @escaping @MainActor (Journal.Effect) -> Void = { _ in }, keep: @escaping @MainActor () -> Void = {}
  ) -> Receiver {
    Receiver(world.peer.installation, mailbox: mailbox, interval: .milliseconds(5), act: act, keep: keep)
  }

  // The journal.

  @Test func aMessageIsAmongTheArrivalsBeforeItIsAcknowledged() async throws {
    _ = try world.receive(.message(Message(body: "Hi")))
    // The app is killed right after: its store never gets it.
    try await receiver().takeJournal()
    #expect(try world.pending().isEmpty && world.peer.store.state.history.isEmpty)
    let other = world.restart()
    await other.lookAtJournal()
    #expect(other.store.state.history.map(\.text) == ["Hi"])
  }

  @Test func whatCannotBeStoredIsNotAcknowledgedAndACallRingsAllTheSame() async throws {
    let folder = world.peer.installation.arrivals.folder
    try Data().write(to: folder) // no folder can be there
    _ = try world.receive(.message(Message(body: "Hi")))
    _ = try world.aliceCalls(.random())
    await world.peer.lookAtJournal()
    #expect(try world.pending().map(\.action.name) == [.notify])
    #expect(world.peer.calls.calls.count == 1)
    try FileManager.default.removeItem(at: folder)
    await world.peer.lookAtJournal()
    #expect(world.peer.store.state.history.map(\.text) == ["Hi"])
  }

  @Test func theJournalHasOneOwnerWhoeverAsks() async throws {
    for body in ["1", "2", "3"] { _ = try world.receive(.message(Message(body: body))) }
    var shown = 0
    let receiver = receiver(act: { effect in if case .shown = effect { shown += 1 } })
    async let first: InboxEvent? = receiver.takeJournal()
    async let second: InboxEvent? = receiver.takeJournal()
    _ = try await (first, second)
    #expect(shown == 3)
  }

  @Test func whatActsMayAskForTheJournalAgain() async throws {
    _ = try world.receive(.message(Message(body: "Hi")))
    var again: Task<Void, Never>?
    var asker: Receiver?
    let receiver = receiver(act: { _ in again = Task { _ = try? await asker?.takeJournal() } })
    asker = receiver
    try await receiver.takeJournal()
    await again?.value
    #expect(try world.pending().isEmpty)
    asker = nil
  }

  @Test func theMainThreadIsFreeWhileTheLockIsBusy() async throws {
    try world.holdLock(for: .seconds(1.8))
    let start = ContinuousClock.now
    let take = Task { try await receiver().takeJournal() }
    try await Task.sleep(for: .milliseconds(50)) // it waits for the lock by now
    #expect(ContinuousClock.now - start < .seconds(1.6))
    _ = try await take.value
  }

  // The mailbox.

  @Test func twoWhoWakeShareOneWake() async throws {
    let receiver = receiver()
    async let first: Void = receiver.wake()
    async let second: Void = receiver.wake()
    _ = try await (first, second)
    #expect(mailbox.fetches == 1)
  }

  @Test func aDrainIsAWakeThatBeginsAfterIt() async throws {
    let receiver = receiver()
    async let first: Void = receiver.wake()
    try await until { mailbox.fetches == 1 }
    try await receiver.drain()
    try await first
    #expect(mailbox.fetches == 2)
  }

  @Test func cancellingReachesTheMailbox() async throws {
    mailbox.isSilent = true
    let receiver = receiver()
    let wake = Task { try await receiver.wake() }
    try await until { mailbox.fetches == 1 }
    let joined = Task { try await receiver.wake() }
    try await Task.sleep(for: .milliseconds(20))
    mailbox.isSilent = false
    wake.cancel()
    await #expect(throws: (any Error).self) { try await wake.value }
    try await joined.value // has begun its own
    #expect(mailbox.fetches == 2)
  }

  @Test func theSystemsTaskIsCompletedOnceAlsoIfItsTimeIsOver() async throws {
    let delegate = AppDelegate()
    let task = BGTask(standInIdentifier: Configuration.refreshTask)
    delegate.refresh(task)
    task.expirationHandler?()
    try await until { !task.standInCompletions.isEmpty }
    try await Task.sleep(for: .milliseconds(50))
    #expect(task.standInCompletions == [false])
  }

  @Test func aLaunchForACallDoesNotPutARefreshOff() throws {
    let (delegate, scheduler) = (AppDelegate(), BGTaskScheduler.shared)
    scheduler.standInForget()
    func begins() -> [Date?] {
      var dates: [Date?] = []
      scheduler.getPendingTaskRequests { dates = $0.map(\.earliestBeginDate) }
      return dates
    }
    delegate.keepRefreshScheduled()
    let first = begins()
    delegate.keepRefreshScheduled()
    #expect(first.count == 1 && begins() == first)
    delegate.refresh(BGTask(standInIdentifier: Configuration.refreshTask)) // the next one
    #expect(begins().count == 1 && begins() != first)
  }

  // Bundles.

  private func bundles(
    _ published: Relay.Published, asked: Locked<[AccountKey]> = Locked([]),
    drain: @escaping @MainActor () async throws -> Void = {}
  ) -> Bundles {
    Bundles(
      store: world.peer.store, installation: world.peer.installation,
      relay: { account in
        asked.withLock { $0.append(account) }
        try await Task.sleep(for: .milliseconds(20))
        return published
      }, drain: drain)
  }

  @Test func aRevocationIsDrainedForWithoutWaitingForItself() async throws {
    let statement = try world.alice.revoke(
      world.laptop.publicKey, before: EpochSeconds(Date()), now: AppWorld.now)
    // The inbox is woken from where bundles are fetched, and the other way round.
    let receiver = receiver()
    let bundles = bundles(.init(devices: [], revocations: [statement]), drain: { try await receiver.drain() })
    mailbox.put([try world.seal(.message(Message(body: "before the loss")))])
    try await receiver.wake()
    try await bundles.refresh(world.alice.publicKey)
    #expect(try bundles.targets(of: world.alice.publicKey).isEmpty) // at once
    let before = mailbox.fetches
    try await bundles.revoke()
    #expect(mailbox.fetches == before + 1) // one wake, which began after
    #expect(throws: HushringError.self) { try world.receive(.message(Message(body: "after it"))) }
    try await bundles.revoke()
    #expect(mailbox.fetches == before + 1)
  }

  @Test func twoWhoAskForOneAccountGetOneAnswer() async throws {
    let asked = Locked<[AccountKey]>([])
    let bundles = bundles(.init(devices: [], revocations: []), asked: asked)
    async let first: Void = bundles.refresh(world.alice.publicKey)
    async let second: Void = bundles.refresh(world.alice.publicKey)
    _ = try await (first, second)
    #expect(asked.withLock { $0.count } == 1)
  }

  @Test func aNewContactIsFetchedOnTheScheduleOneAtATime() async throws {
    let asked = Locked<[AccountKey]>([])
    let bundles = bundles(.init(devices: [], revocations: []), asked: asked)
    let own = try world.peer.installation.account
    await bundles.refreshOne()
    await bundles.refreshOne()
    #expect(Set(asked.withLock { $0 }) == [own, world.alice.publicKey])
    await bundles.refreshOne()
    #expect(asked.withLock { $0.count } == 2) // nothing is due for half a day
    let new = try Account.generate().publicKey
    try world.peer.contacts.trust(new, name: "Carol", handle: nil)
    await bundles.refreshOne()
    #expect(asked.withLock { $0.last } == new)
  }

  @Test func aClockThatWasSetForwardAndBackKeepsNothingFromBeingFetched() async throws {
    let asked = Locked<[AccountKey]>([])
    let bundles = bundles(.init(devices: [], revocations: []), asked: asked)
    try world.peer.store.change { state in
      state.own.nextFetch = Date(timeIntervalSinceNow: 100 * 86_400)
      guard var contact = state.contact(world.alice.publicKey) else { return }
      contact.known.nextFetch = Date(timeIntervalSinceNow: 35 * 3_600) // as it may have been chosen
      state.put(contact)
    }
    await bundles.refreshOne()
    await bundles.refreshOne()
    #expect(try asked.withLock { $0 } == [world.peer.installation.account])
  }

  @Test func whatIsFetchedWhileTheRelaysTimeIsNotKnownIsNotKept() async throws {
    // A process that the relay has not told its time. By a wrong one, all bundles may have ended.
    let installation = try newInstallation(withAccount: true)
    let peer = Peer(installation: installation, media: FakeMedia())
    let good = KnownBundles.Published(bundle: Data([1]), mailbox: "0a")
    try peer.store.change { $0.own.bundles = [good] }
    let bundles = Bundles(
      store: peer.store, installation: installation, relay: { _ in .init(devices: [], revocations: []) }, drain: {})
    let own = try installation.account
    await #expect(throws: Installation.Problem.timeUnknown) { try await bundles.refresh(own) }
    #expect(peer.store.state.own.bundles.map(\.bundle) == [good.bundle])
    #expect(peer.store.state.own.nextFetch == .distantPast)
    installation.clock.add(AppWorld.now, roundTrip: .milliseconds(1))
    try await bundles.refresh(own)
    #expect(peer.store.state.own.bundles.isEmpty && peer.store.state.own.nextFetch > Date())
  }

  // Pushes.

  /// One whose process has not heard of the relay yet.
  private func newInstallation(withAccount hasAccount: Bool) throws -> Installation {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (secrets, closed) = (MemorySecrets(), try #require(URL(string: "http://127.0.0.1:9")))
    if hasAccount { try makeAccount(in: Installation(folder: folder, secrets: secrets, relay: closed)) }
    return Installation(folder: folder, secrets: secrets, relay: closed)
  }

  private func makeAccount(in installation: Installation) throws {
    installation.clock.add(AppWorld.now, roundTrip: .milliseconds(1))
    try installation.makeAccount(name: "Me", registration: .init(mailbox: "00", token: "token"))
  }

  @Test(arguments: [false, true]) func nothingThatLastsGoesByATimeThatTheRelayHasNotTold(isTakenOver: Bool) throws {
    let peer = Peer(installation: try newInstallation(withAccount: true), media: FakeMedia())
    if isTakenOver { peer.installation.clock.takeOver(AppWorld.now) }
    let alice = try Account.generate().publicKey
    let before = peer.store.state.contacts.map(\.account)
    for work: @MainActor () throws -> Void in [
      { try peer.contacts.trust(alice, name: "Alice", handle: nil) },
      { try peer.contacts.unblock(alice) },
      { try peer.installation.prune() },
      { _ = try peer.installation.publish() },
      { try peer.installation.renewCertificate() },
    ] {
      #expect(throws: Installation.Problem.timeUnknown) { try work() }
    }
    #expect(peer.store.state.contacts.map(\.account) == before)
    peer.installation.clock.add(AppWorld.now, roundTrip: .milliseconds(1))
    try peer.contacts.trust(alice, name: "Alice", handle: nil)
  }

  @Test func aTimeThatWasTakenOverListsTheJournalAndReceivesNothing() async throws {
    let installation = try newInstallation(withAccount: true)
    let receiver = Receiver(installation, mailbox: mailbox, interval: .milliseconds(5), act: { _ in }, keep: {})
    installation.clock.takeOver(AppWorld.now)
    try await receiver.takeJournal()
    mailbox.put([Data(count: 2_880)])
    try? await receiver.wake()
    #expect(mailbox.fetches > 0 && mailbox.confirmed.isEmpty)
    installation.clock.add(AppWorld.now, roundTrip: .milliseconds(1))
    mailbox.put([Data(count: 2_880)])
    try await receiver.wake()
    #expect(mailbox.confirmed == [0])
  }

  @Test func aTokenThatComesBeforeTheAccountIsKept() async throws {
    let peer = Peer(installation: try newInstallation(withAccount: false), media: FakeMedia())
    let routed = Locked<[Data]>([])
    peer.pushRoute = { token in routed.withLock { $0.append(token) } }
    peer.routePushes(to: Data([1]))
    try await Task.sleep(for: .milliseconds(20))
    #expect(routed.withLock { $0.isEmpty })
    try makeAccount(in: peer.installation)
    await peer.keepHouse()
    #expect(routed.withLock { $0 } == [Data([1])])
  }

  /// The relay would learn from the request that what it has just pushed was a call (DEP1).
  @Test func atALaunchThatMayBeForACallTheTokenWaits() async throws {
    let peer = Peer(installation: try newInstallation(withAccount: true), media: FakeMedia())
    let routed = Locked<[Data]>([])
    peer.pushRoute = { token in routed.withLock { $0.append(token) } }
    peer.routePushes(to: Data([1]))
    peer.arrive(.init(payload: nil, mustReport: true) {})
    try await Task.sleep(for: .milliseconds(50))
    #expect(routed.withLock { $0.isEmpty })
    await peer.keepHouse() // the timer, or the user
    #expect(routed.withLock { $0 } == [Data([1])])
    peer.routePushes(to: Data([2]))
    try await until { routed.withLock { $0 } == [Data([1]), Data([2])] }
  }
}

/// Hands out what was put, once.
final class FakeMailbox: Mailbox {
  private let state = Locked((envelopes: [Data](), fetches: 0, isSilent: false))
  private let confirmations = Locked<[Int]>([])

  var confirmed: [Int] { confirmations.withLock { $0 } }
  var fetches: Int { state.withLock { $0.fetches } }
  var isSilent: Bool {
    get { state.withLock { $0.isSilent } }
    set { state.withLock { $0.isSilent = newValue } }
  }

  func put(_ envelopes: [Data]) { state.withLock { $0.envelopes += envelopes } }

  func fetchPage(after place: Int?, confirming ids: [Int]) async throws -> Page {
    let (envelopes, isSilent) = state.withLock { state -> ([Data], Bool) in
      state.fetches += 1
      defer { state.envelopes = [] }
      return (state.envelopes, state.isSilent)
    }
    try await confirm(ids)
    if isSilent { try await Task.sleep(for: .seconds(60)) }
    try await Task.sleep(for: .milliseconds(20))
    return Page(envelopes: envelopes, ids: Array(envelopes.indices), next: 0, waiting: envelopes.count)
  }

  func confirm(_ ids: [Int]) async throws { confirmations.withLock { $0 += ids } }
}
