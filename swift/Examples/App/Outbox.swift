import Foundation
import Hushring
import UIKit

/// Sending. One act of the user is one fan-out, in one request: to all devices of the recipient,
/// and to all other devices of the own account, which get cover if there is nothing to tell them
/// (spec/threat-model.md, DEP9).
///
/// What is sealed is stored until the relay has it, so that a relay that fails, or a process that
/// dies, loses nothing: the same bytes are posted again, in their order.
@MainActor
final class Outbox {
  private let store: AppStore
  private let relay: Relay
  private let installation: Installation
  private let bundles: Bundles
  private var posting: Task<Void, Never>?
  private var background = UIBackgroundTaskIdentifier.invalid

  /// What is said to one account, and to the own other devices.
  struct Act {
    /// The recipient. Nobody, where only the own devices are told something.
    let account: AccountKey?
    let content: Content
    var own = Content.cover(Cover())
    /// When it counts as sent. By default now.
    var at: Timestamp?
  }

  init(store: AppStore, relay: Relay, installation: Installation, bundles: Bundles) {
    self.store = store
    self.relay = relay
    self.installation = installation
    self.bundles = bundles
  }

  /// Seals what an act says, stores it, and begins to post. Throws if nothing was sealed: then
  /// nobody is told.
  ///
  /// - Parameter leaves: The call to leave, once it is posted.
  func send(_ acts: [Act], leaves call: UUID? = nil) throws {
    var posts: [Relay.Post] = []
    for act in acts { posts += try seal(act) }
    try store.change { $0.outbox.append(OutboxEntry(id: UUID(), posts: posts, leaves: call)) }
    post()
  }

  /// Posts what is stored, until nothing is left. If the system suspends the app meanwhile, it goes
  /// on when the app runs again.
  func post() {
    guard posting == nil, !store.state.outbox.isEmpty else { return }
    // A call that was declined on the lock screen leaves the app no other reason to run.
    background = UIApplication.shared.beginBackgroundTask(withName: "post") { [weak self] in self?.endBackground() }
    posting = Task {
      while let entry = store.state.outbox.first {
        await postUntilDone(entry)
        finish(entry)
      }
      posting = nil
      endBackground()
    }
  }

  private func endBackground() {
    UIApplication.shared.endBackgroundTask(background)
    background = .invalid
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
    let targets = try act.account.map { try bundles.targets(of: $0) } ?? []
    guard act.account == nil || !targets.isEmpty else { throw Bundles.Problem.unreachable }
    return try posts(act.content, targets) + posts(act.own, bundles.targets(of: installation.account))
  }

  /// Pauses do not depend on what it is (DEP5).
  private func postUntilDone(_ entry: OutboxEntry) async {
    var (posts, pause) = (entry.posts, Duration.milliseconds(250))
    while !posts.isEmpty {
      do {
        return try await relay.post(posts)
      } catch let error as RelayError where error.code == "already_posted" && error.isAllPosted {
        return
      } catch let error as RelayError where error.code == "unknown_mailbox" {
        let left = posts.filter { !error.mailboxes.contains($0.mailbox) }
        posts = left.count < posts.count ? left : [] // else it would be refused again and again
      } catch let error as RelayError where !error.isTemporary {
        return Log.problem("the relay refuses an act: \(error.code)")
      } catch {
        try? await Task.sleep(for: (error as? RelayError)?.retryAfter ?? pause)
        pause = min(pause * 2, .seconds(30))
      }
    }
  }

  /// Leaves the call, and then forgets the entry: if the process dies in between, the same is
  /// posted again.
  private func finish(_ entry: OutboxEntry) {
    do {
      if let uuid = entry.leaves { try installation.run { $0.leave(uuid) } }
      try store.change { $0.outbox.removeAll { $0.id == entry.id } }
    } catch {
      Log.problem("an act was posted and is not forgotten") // it is posted again, which does no harm
    }
  }
}
