import Foundation
import Hushring
import StandInSupport
import Testing
import UIKit

@testable import SampleApp

/// Posting, and what the relay's answers do.
@MainActor @Suite(.serialized) struct OutboxTests {
  let world: AppWorld
  let relay = FakePosts()
  let outbox: Outbox

  init() async throws {
    world = try await AppWorld.calm()
    let (store, installation, bundles) = (world.peer.store, world.peer.installation, world.peer.bundles)
    outbox = Outbox(store: store, installation: installation, bundles: bundles) { [relay] in try await relay.post($0) }
  }

  private var state: AppState { world.peer.store.state }

  /// Puts an act into the outbox that was sealed before.
  private func put(_ account: AccountKey, _ mailboxes: [String] = ["0a"], leaves: LeftCall? = nil) throws {
    let posts = mailboxes.map { Relay.Post(mailbox: $0, envelope: Data(count: 1)) }
    try world.peer.store.change {
      $0.outbox.append(OutboxEntry(id: UUID(), account: account, posts: posts, leaves: leaves))
    }
  }

  @Test(arguments: [0, 408, 425, 429, 500, 503])
  func whatIsTemporaryIsPostedAgain(status: Int) async throws {
    relay.fail([RelayError(code: "x", status: status)])
    try put(world.alice.publicKey)
    outbox.post()
    try await until { state.outbox.isEmpty }
    #expect(relay.posts.count == 2 && relay.posts[0] == relay.posts[1])
  }

  @Test(arguments: [400, 404, 410, 415, 422])
  func whatIsRefusedForGoodIsForgottenAndMarked(status: Int) async throws {
    relay.fail([RelayError(code: "x", status: status)])
    let item = HistoryItem(
      id: "1", account: world.alice.publicKey, kind: .message, isOutgoing: true, at: AppWorld.now, text: "Hi")
    try outbox.send([Outbox.Act(account: world.alice.publicKey, content: .message(Message(body: "Hi")))], item: item)
    try await until { state.outbox.isEmpty }
    #expect(relay.posts.count == 1 && state.history.map(\.isRefused) == [true])
  }

  @Test(arguments: [401, 403])
  func whatARelayDoesNotTakeFromThisDeviceWaits(status: Int) async throws {
    relay.fail([RelayError(code: "x", status: status)])
    try put(world.alice.publicKey)
    outbox.post()
    try await until { relay.posts.count == 1 }
    try await Task.sleep(for: .milliseconds(400))
    #expect(relay.posts.count == 1 && state.outbox.count == 1)
    outbox.post() // when the user comes again
    try await until { state.outbox.isEmpty }
  }

  @Test(arguments: [404, 507])
  func aMailboxThatIsGoneOrFullIsLeftOut(status: Int) async throws {
    relay.fail([RelayError(code: "x", status: status, mailboxes: ["0b"])])
    try put(world.alice.publicKey, ["0a", "0b"])
    outbox.post()
    try await until { state.outbox.isEmpty }
    #expect(relay.posts.map { $0.map(\.mailbox) } == [["0a", "0b"], ["0a"]])
  }

  @Test func whatWasPostedIsDone() async throws {
    relay.fail([RelayError(code: "already_posted", status: 409, isAllPosted: true)])
    try put(world.alice.publicKey)
    outbox.post()
    try await until { state.outbox.isEmpty }
    #expect(relay.posts.count == 1)
  }

  @Test(arguments: [409, 413])
  func whatIsTooMuchOrPartlyThereGoesInParts(status: Int) async throws {
    relay.fail([RelayError(code: "already_posted", status: status)])
    try put(world.alice.publicKey, ["0a", "0b"])
    outbox.post()
    try await until { state.outbox.isEmpty }
    #expect(relay.posts.map { $0.map(\.mailbox) } == [["0a", "0b"], ["0a"], ["0b"]])
  }

  @Test func nobodyWaitsForWhatIsStuckToSomebodyElse() async throws {
    relay.refuse("0b")
    let stuck = try Account.generate().publicKey
    try put(stuck, ["0b"])
    outbox.post()
    try await until { relay.posts.count == 1 }
    try put(world.alice.publicKey)
    outbox.post()
    try await until { state.outbox.map(\.account) == [stuck] }
  }

  @Test func aNewActCutsThePauseShort() async throws {
    relay.fail([RelayError(code: "x", status: 503, retryAfter: .seconds(60))])
    try put(world.alice.publicKey)
    outbox.post()
    try await until { relay.posts.count == 1 }
    try await Task.sleep(for: .milliseconds(50))
    try put(world.alice.publicKey, ["0b"])
    outbox.post()
    try await until { state.outbox.isEmpty }
    #expect(relay.posts.map { $0.map(\.mailbox) } == [["0a"], ["0a"], ["0b"]]) // in their order
  }

  @Test func whatCannotBeForgottenIsNotPostedInALoop() async throws {
    let file = world.peer.installation.folder.appendingPathComponent("app.json")
    try put(world.alice.publicKey)
    let stored = try Data(contentsOf: file)
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true) // nothing can be stored
    outbox.post()
    try await Task.sleep(for: .milliseconds(500))
    #expect((1...3).contains(relay.posts.count))
    try FileManager.default.removeItem(at: file)
    try stored.write(to: file)
    outbox.post()
    try await until { state.outbox.isEmpty }
  }

  @Test func whenTheTimeInTheBackgroundIsOverPostingStopsAndGoesOnLater() async throws {
    let others = UIApplication.shared.standInTasks
    relay.isSilent = true
    try put(world.alice.publicKey)
    outbox.post()
    let own = UIApplication.shared.standInTasks.subtracting(others)
    #expect(own.count == 1)
    try await until { relay.posts.count == 1 }
    UIApplication.shared.standInExpire(own)
    #expect(own.isDisjoint(with: UIApplication.shared.standInTasks))
    try await until { relay.cancelled == 1 }
    relay.isSilent = false
    outbox.post()
    try await until { state.outbox.isEmpty }
  }

  @Test func aMessageIsSealedAndStoredWithTheHistory() async throws {
    try world.peer.send("Hi", to: world.contact)
    #expect(state.history.map(\.text) == ["Hi"] && state.outbox.first?.item == state.history.first?.id)
    #expect(try await world.aliceReceives().map(\.action.name) == [.notify])
  }

  @Test func aTextOfTheServersIsNotLogged() {
    #expect(Log.reason(RelayError(code: "Alice is calling", status: 400)) == "status 400")
    #expect(Log.reason(Installation.Problem.timeUnknown) == "timeUnknown")
  }
}

final class FakePosts: Sendable {
  private let state = Locked(
    (posts: [[Relay.Post]](), errors: [RelayError](), refused: "", isSilent: false, cancelled: 0))

  var posts: [[Relay.Post]] { state.withLock { $0.posts } }
  var cancelled: Int { state.withLock { $0.cancelled } }
  /// Whether it does not answer at all.
  var isSilent: Bool {
    get { state.withLock { $0.isSilent } }
    set { state.withLock { $0.isSilent = newValue } }
  }

  /// The next posts fail so.
  func fail(_ errors: [RelayError]) { state.withLock { $0.errors += errors } }

  /// It is never there for this mailbox.
  func refuse(_ mailbox: String) { state.withLock { $0.refused = mailbox } }

  func post(_ posts: [Relay.Post]) async throws {
    let (error, isSilent) = state.withLock { state -> (RelayError?, Bool) in
      state.posts.append(posts)
      if posts.contains(where: { $0.mailbox == state.refused }) { return (RelayError(code: "x", status: 503), false) }
      return (state.errors.isEmpty ? nil : state.errors.removeFirst(), state.isSilent)
    }
    do {
      while isSilent { try await Task.sleep(for: .milliseconds(10)) }
    } catch {
      state.withLock { $0.cancelled += 1 }
      throw error
    }
    if let error { throw error }
  }
}

extension Relay.Post: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.mailbox == right.mailbox && left.envelope == right.envelope
  }
}
