import Foundation
import Hushring

/// Whom to seal to. The bundles of every contact, and of the own account, are fetched on a schedule
/// and kept: never because somebody is about to call (spec/threat-model.md, DEP6 and DEP7).
@MainActor
final class Bundles {
  private let store: AppStore
  private let relay: Relay
  private let installation: Installation
  /// Takes one wake: what a device sent before it was lost is received before it is revoked
  /// (spec/sharing.md, section 6).
  private let drain: () async throws -> Void

  /// One device to seal to.
  struct Target: Sendable {
    let bundle: PrekeyBundle
    let mailbox: String
  }

  enum Problem: Error {
    /// The relay withholds a stronger bundle of a device: an attack, until it is there.
    case downgraded
    /// None of their devices can be reached.
    case unreachable
  }

  init(store: AppStore, relay: Relay, installation: Installation, drain: @escaping () async throws -> Void) {
    self.store = store
    self.relay = relay
    self.installation = installation
    self.drain = drain
  }

  /// Fetches those that are due, one request for each account, at moments that do not belong
  /// together.
  func refreshDue() async {
    guard let own = try? installation.account else { return }
    let trusted = store.state.contacts.filter(\.isTrusted).map(\.account)
    for account in ([own] + trusted).shuffled() where known(account).nextFetch <= Date() {
      do { try await Task.sleep(for: .milliseconds(Int.random(in: 0..<2_000))) } catch { return }
      try? await refresh(account) // the next moment comes
    }
  }

  /// Fetches and verifies what an account published, and keeps what counts.
  func refresh(_ account: AccountKey) async throws {
    let published = try await relay.bundles(of: account)
    let before = known(account)
    if published.revocations.contains(where: { !before.revocations.contains($0) }) { try await drain() }
    let verified = try PrekeyBundle.verifyAll(
      published.devices.flatMap(\.bundles), account: account, revocations: before.revocations + published.revocations,
      lastPublished: before.lastPublished, now: installation.clock.now)
    var mailboxes: [Data: String] = [:]
    for device in published.devices {
      for bundle in device.bundles { mailboxes[bundle] = device.mailbox }
    }
    let bundles = verified.bundles.compactMap { bundle in
      mailboxes[bundle.data].map { KnownBundles.Published(bundle: bundle.data, mailbox: $0) }
    }
    try keep(
      KnownBundles(
        lastPublished: verified.lastPublished, revocations: verified.revocations, bundles: bundles,
        nextFetch: Date(timeIntervalSinceNow: .random(in: 12...36) * 3_600)),
      of: account)
    try installation.run { session in
      for statement in verified.revocations { _ = try session.inbox.revoke(statement, now: session.now) }
    }
  }

  /// The devices of an account; of the own one, the others.
  func targets(of account: AccountKey) throws -> [Target] {
    let now = installation.clock.now
    let known = known(account)
    // They are verified again, because certificates end.
    let verified = try PrekeyBundle.verifyAll(
      known.bundles.map(\.bundle), account: account, revocations: known.revocations,
      lastPublished: known.lastPublished, now: now)
    let choice = PrekeyBundle.choose(verified.bundles, except: try installation.device.publicKey, now: now)
    guard choice.downgraded.isEmpty else { throw Problem.downgraded }
    return choice.targets.compactMap { bundle in
      known.bundles.first { $0.bundle == bundle.data }.map { Target(bundle: bundle, mailbox: $0.mailbox) }
    }
  }

  private func known(_ account: AccountKey) -> KnownBundles {
    if account == (try? installation.account) { return store.state.own }
    return store.state.contact(account)?.known ?? KnownBundles()
  }

  private func keep(_ known: KnownBundles, of account: AccountKey) throws {
    let isOwn = account == (try? installation.account)
    try store.change { state in
      if isOwn {
        state.own = known
      } else if var contact = state.contact(account) {
        contact.known = known
        state.put(contact)
      }
    }
  }
}
