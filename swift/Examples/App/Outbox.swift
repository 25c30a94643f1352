import Foundation
import Hushring

/// Sending. One act of the user is one fan-out, in one request: to all devices of the recipient,
/// and to all other devices of the own account, which get cover if there is nothing to tell them
/// (spec/threat-model.md, DEP9).
///
/// What is sealed is stored until the relay has it, so that a relay that fails, or a process that
/// dies, loses nothing: the same bytes are posted again. What goes to one account keeps its order,
/// and waits for no other account.
@MainActor
final class Outbox {
  private let store: AppStore
  private let installation: Installation
  private let bundles: Bundles
  private let relay: @Sendable ([Relay.Post]) async throws -> Void
  /// One for each account that something waits for.
  private var lines: [AccountKey: Line] = [:]
  private var background: BackgroundTime?

  private struct Line {
    let task: Task<Void, Never>
    /// Before it is tried again.
    var pause: Task<Void, Never>?
  }

  /// What is said to one account, and to the own other devices.
  struct Act {
    let account: AccountKey
    let content: Content
    var own = Content.cover(Cover())
    /// When it counts as sent. By default now.
    var at: Timestamp?
  }

  /// - Parameter relay: Posts one act: all of its envelopes, or none.
  init(
    store: AppStore, installation: Installation, bundles: Bundles,
    relay: @escaping @Sendable ([Relay.Post]) async throws -> Void
  ) {
    self.store = store
    self.installation = installation
    self.bundles = bundles
    self.relay = relay
  }

  /// Seals acts that belong to one account, stores them, and begins to post. Throws if nothing was
  /// sealed: then nobody is told.
  ///
  /// - Parameters:
  ///   - call: The call to leave, once they are posted.
  ///   - item: What the history has of them.
  func send(_ acts: [Act], leaves call: LeftCall? = nil, item: HistoryItem? = nil) throws {
    guard let account = acts.first?.account else { return }
    let posts = try acts.flatMap(seal)
    let entry = OutboxEntry(id: UUID(), account: account, posts: posts, leaves: call, item: item?.id)
    try store.change { state in
      state.outbox.append(entry)
      if let item { state.remember(item) }
    }
    post()
  }

  /// Posts what is stored, now, whatever pause there is: somebody has come to the app, or has done
  /// something. If the system suspends the app meanwhile, it goes on when this is called again.
  func post() {
    for account in Set(store.state.outbox.map(\.account)) {
      if let line = lines[account] {
        line.pause?.cancel()
      } else {
        if background == nil { background = BackgroundTime("post") { [weak self] in self?.stop() } }
        lines[account] = Line(task: Task { await self.postAll(to: account) })
      }
    }
  }

  private func stop() {
    for line in lines.values {
      line.task.cancel()
      line.pause?.cancel()
    }
    (lines, background) = ([:], nil)
  }

  /// Makes content small enough for each of the recipient's devices, by leaving out candidates.
  func fitted(_ content: Content, to account: AccountKey) throws -> Content {
    let suites = try bundles.targets(of: account).map(\.bundle.suite)
    return try content.fitted(to: suites.max() ?? .x25519).content
  }

  private func seal(_ act: Act) throws -> [Relay.Post] {
    let device = try installation.device
    let now = act.at ?? installation.clock.now
    func posts(_ content: Content, _ targets: [Bundles.Target]) throws -> [Relay.Post] {
      guard !targets.isEmpty else { return [] }
      let envelopes = try device.sealMany(content, to: targets.map(\.bundle), now: now)
      return zip(targets, envelopes).map { Relay.Post(mailbox: $0.mailbox, envelope: $1) }
    }
    let targets = try bundles.targets(of: act.account)
    guard !targets.isEmpty else { throw Bundles.Problem.unreachable }
    return try posts(act.content, targets) + posts(act.own, bundles.targets(of: installation.account))
  }

  // Posting.

  /// Pauses do not depend on what it is (DEP5).
  private func postAll(to account: AccountKey) async {
    var pause = Duration.milliseconds(250)
    while !Task.isCancelled, let entry = store.state.outbox.first(where: { $0.account == account }) {
      do {
        try await post(entry.posts, to: account)
        try await finish(entry)
        pause = .milliseconds(250)
      } catch {
        guard !Task.isCancelled else { return }
        Log.problem("an act was not posted", error)
        do {
          switch (error as? RelayError)?.remedy {
          case .giveUp: try await finish(entry, isRefused: true)
          case .register: return leaveLine(of: account)
          default: await wait((error as? RelayError)?.retryAfter ?? pause, account)
          }
        } catch {
          Log.problem("a refused act is not forgotten", error)
          await wait(pause, account)
        }
        pause = min(pause * 2, .seconds(30))
      }
    }
    if !Task.isCancelled { leaveLine(of: account) }
  }

  private func leaveLine(of account: AccountKey) {
    lines[account] = nil
    guard lines.isEmpty else { return }
    background?.end()
    background = nil
  }

  private func wait(_ duration: Duration, _ account: AccountKey) async {
    let pause = Task { _ = try? await Task.sleep(for: duration) }
    lines[account]?.pause = pause
    await pause.value
    lines[account]?.pause = nil
  }

  /// - Throws: what the relay said, if it does not have all that it can take.
  private func post(_ posts: [Relay.Post], to account: AccountKey) async throws {
    do {
      try await relay(posts)
    } catch let error as RelayError {
      switch error.remedy {
      case .nothing: return
      case .leaveOut(let mailboxes):
        let left = posts.filter { !mailboxes.contains($0.mailbox) }
        guard left.count < posts.count else { throw RelayError(code: error.code, status: 400) }
        if error.status == 404 { bundles.expire(account) }
        if !left.isEmpty { try await post(left, to: account) }
      case .inParts:
        guard posts.count > 1 else { throw RelayError(code: error.code, status: 400) }
        try await post(Array(posts.prefix(posts.count / 2)), to: account)
        try await post(Array(posts.dropFirst(posts.count / 2)), to: account)
      case .later, .register, .giveUp: throw error
      }
    }
  }

  /// Leaves the call, and then forgets the entry: if the process dies in between, the same is
  /// posted again, and the relay says that it has it.
  private func finish(_ entry: OutboxEntry, isRefused: Bool = false) async throws {
    if let call = entry.leaves { try await installation.work { $0.leave(call) } }
    try store.change { state in
      state.outbox.removeAll { $0.id == entry.id }
      guard isRefused, let index = state.history.firstIndex(where: { $0.id == entry.item }) else { return }
      state.history[index].isRefused = true
    }
  }
}

extension RelayError {
  enum Remedy: Equatable {
    /// The relay has it.
    case nothing
    /// The same bytes later: the relay is not there, is busy, or asks for patience.
    case later
    /// These mailboxes are gone, or full. The others get it.
    case leaveOut([String])
    /// Too much for one request; or it has some of it, and does not say which.
    case inParts
    /// The relay does not know this device, or not any more. What waits goes on waiting.
    case register
    /// It will never take this.
    case giveUp
  }

  /// What an answer to a post asks for, by its status (www/relay/README.md).
  var remedy: Remedy {
    switch status {
    case 401, 403: .register
    case 404 where !mailboxes.isEmpty, 507 where !mailboxes.isEmpty: .leaveOut(mailboxes)
    case 409 where isAllPosted: .nothing
    case 409 where code == "already_posted": .inParts
    case 413: .inParts
    case _ where isTemporary: .later
    // 400, 410, 415 and whatever else the request is to blame for.
    default: .giveUp
    }
  }
}
