import Foundation
import Hushring

/// Whom to seal to. The bundles of every contact, and of the own account, are fetched on a schedule
/// and kept: never because somebody is about to call (spec/threat-model.md, DEP6 and DEP7).
@MainActor
final class Bundles {
  private let store: AppStore
  private let installation: Installation
  private let relay: @Sendable (AccountKey) async throws -> Relay.Published
  /// Takes one wake: what a device sent before it was lost is received before it is revoked
  /// (spec/sharing.md, section 6).
  private let drain: @MainActor () async throws -> Void
  private var fetches: [AccountKey: Single] = [:]
  private var schedule: Task<Void, Never>?

  /// One device to seal to.
  struct Target: Sendable {
    let bundle: PrekeyBundle
    let mailbox: String
  }

  enum Problem: Error {
    /// The relay withholds a stronger bundle of a device: an attack, until it is there.
    case downgraded
    /// None of their devices can be reached. The bundles of a new contact come within minutes.
    case unreachable
  }

  /// - Parameter relay: Fetches what an account has published.
  init(
    store: AppStore, installation: Installation,
    relay: @escaping @Sendable (AccountKey) async throws -> Relay.Published,
    drain: @escaping @MainActor () async throws -> Void
  ) {
    self.store = store
    self.installation = installation
    self.relay = relay
    self.drain = drain
  }

  // The schedule.

  /// Fetches what is due, one account about every minute while the app runs, so that no two requests
  /// belong together (DEP6). A new contact is due.
  func keepFresh() {
    guard schedule == nil else { return }
    schedule = Task { [weak self] in
      while true {
        do { try await Task.sleep(for: .seconds(.random(in: 20..<100))) } catch { return }
        await self?.refreshOne()
      }
    }
  }

  /// Fetches the bundles of one account that is due, if there is one.
  func refreshOne() async {
    guard let own = try? installation.account else { return }
    let trusted = store.state.contacts.filter(\.isTrusted).map(\.account)
    let due = ([own] + trusted).filter { known($0, own: own).isDue(at: Date()) }
    guard let account = due.randomElement() else { return }
    do {
      try await refresh(account)
      try await revoke()
    } catch {
      Log.problem("bundles were not fetched", error) // the next moment comes
    }
  }

  /// The relay does not know one of their mailboxes any more.
  func expire(_ account: AccountKey) {
    var known = known(account)
    known.nextFetch = .distantPast
    do { try keep(known, of: account) } catch { Log.problem("bundles are not fetched anew", error) }
  }

  /// Fetches and verifies what an account published, and keeps what counts. From here on nothing is
  /// sealed to what it has revoked. Two who ask for one account get one answer.
  ///
  /// - Throws: `Installation.Problem.timeUnknown`, and nothing is kept: by a wrong time, bundles that are
  ///   good have ended.
  func refresh(_ account: AccountKey) async throws {
    let fetch = fetches[account] ?? Single()
    fetches[account] = fetch
    try await fetch.run { [self] in
      let published = try await relay(account) // the time comes with it
      let (now, before) = (try installation.relayTime, known(account))
      let verified = try PrekeyBundle.verifyAll(
        published.devices.flatMap(\.bundles), account: account,
        revocations: before.revocations + published.revocations, lastPublished: before.lastPublished,
        now: now)
      var mailboxes: [Data: String] = [:]
      for device in published.devices {
        for bundle in device.bundles { mailboxes[bundle] = device.mailbox }
      }
      let bundles = verified.bundles.compactMap { bundle in
        mailboxes[bundle.data].map { KnownBundles.Published(bundle: bundle.data, mailbox: $0) }
      }
      let new = verified.revocations.filter { !before.revocations.contains($0) }
      try keep(
        KnownBundles(
          lastPublished: verified.lastPublished, revocations: verified.revocations, waiting: before.waiting + new,
          bundles: bundles, nextFetch: Date(timeIntervalSinceNow: .random(in: KnownBundles.interval))),
        of: account)
    }
  }

  /// Has the inbox refuse what is revoked, after a wake that began when that was known. Nobody who
  /// seals waits for it.
  func revoke() async throws {
    guard let own = try? installation.account else { return }
    let accounts = ([own] + store.state.contacts.map(\.account)).filter { !known($0, own: own).waiting.isEmpty }
    let statements = accounts.flatMap { known($0, own: own).waiting }
    guard !statements.isEmpty else { return }
    try await drain()
    try await installation.work { [installation] session in
      let now = try installation.relayTime
      for statement in statements { _ = try session.inbox.revoke(statement, now: now) }
    }
    for account in accounts {
      var known = known(account)
      known.waiting.removeAll(where: statements.contains)
      try keep(known, of: account)
    }
  }

  // What is known.

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

  private func known(_ account: AccountKey) -> KnownBundles { known(account, own: try? installation.account) }

  /// - Parameter own: The own account. To find it out, all keys are read.
  private func known(_ account: AccountKey, own: AccountKey?) -> KnownBundles {
    if account == own { return store.state.own }
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
