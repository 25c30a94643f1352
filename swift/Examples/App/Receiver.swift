import Foundation
import Hushring

/// The one owner of the journal and of the mailbox in the app.
///
/// Whatever asks for the journal comes after whoever asked before. What it says is handed to
/// ``act``, which begins what is to be done and waits for nothing: so nothing that the journal
/// causes can wait for the journal, and it may ask for it again.
@MainActor
final class Receiver {
  private let installation: Installation
  private let mailbox: any Mailbox
  private let interval: Duration
  private let act: @MainActor (Journal.Effect) -> Void
  private let keep: @MainActor () -> Void
  private var last: Task<Void, Never>?
  private let waking = Single()
  /// Since when a ring that crosses an own call has waited.
  private var crossings: [EventName: ContinuousClock.Instant] = [:]

  /// - Parameters:
  ///   - act: Begins what is to be done, and waits for nothing.
  ///   - keep: Takes what has arrived into the app's store.
  init(
    _ installation: Installation, mailbox: any Mailbox, interval: Duration = Configuration.grid,
    act: @escaping @MainActor (Journal.Effect) -> Void, keep: @escaping @MainActor () -> Void
  ) {
    self.installation = installation
    self.mailbox = mailbox
    self.interval = interval
    self.act = act
    self.keep = keep
  }

  // The journal.

  /// Acts on what waits, once the time is known: a call that rings would be listed as missed by a
  /// clock that is wrong.
  ///
  /// - Parameters:
  ///   - isAtOnce: Whether it cannot wait for that, because a call was reported. The relay is not
  ///     asked because of a call (DEP1).
  ///   - name: The event to return, if it is listed.
  /// - Throws: if the journal could not be read, or not be stored. What is in it waits.
  @discardableResult
  func takeJournal(isAtOnce: Bool = false, listing name: EventName? = nil) async throws -> InboxEvent? {
    let before = last
    let task = Task {
      await before?.value
      return try await goThroughJournal(isAtOnce, name)
    }
    last = Task { _ = await task.result }
    return try await task.value
  }

  private func goThroughJournal(_ isAtOnce: Bool, _ name: EventName?) async throws -> InboxEvent? {
    installation.takeTimeOver()
    guard isAtOnce || installation.clock.isSynchronized else { throw Installation.Problem.timeUnknown }
    let overdue = crossings.filter { ContinuousClock.now - $0.value >= Self.crossingPatience }.map(\.key)
    // What CallKit has reported to the app rings already, whatever it crosses.
    let journal = Journal(arrivals: installation.arrivals, overdue: Set(overdue + [name].compactMap { $0 }))
    let (listed, effects) = try await installation.work { session in
      let pending = session.inbox.pending(now: session.now)
      return (name.flatMap { name in pending.first { EventName($0) == name } }, journal.take(&session))
    }
    for effect in effects {
      if case .crossed(let event, _) = effect { wait(for: EventName(event)) }
      act(effect)
    }
    keep()
    return listed
  }

  /// After five seconds it rings: the other app may have lost its call (spec/sharing.md, section 3.7).
  private func wait(for crossing: EventName) {
    guard crossings[crossing] == nil else { return }
    crossings[crossing] = .now
    Task {
      try? await Task.sleep(for: Self.crossingPatience + .milliseconds(100))
      do { try await takeJournal() } catch { Log.problem("a call that crosses another one waits", error) }
      crossings[crossing] = nil
    }
  }

  private static let crossingPatience = Duration.seconds(5)

  // The mailbox.

  /// Takes the mailbox: all that waits. Whoever asks meanwhile joins.
  func wake() async throws {
    try await waking.run { [self] in
      let wake = Wake(
        mailbox: mailbox,
        isTimeKnown: { [installation] in installation.clock.isFromRelay },
        takeAll: { [self] envelopes in try await takeAll(envelopes) }, interval: interval)
      try await wake.run {}
    }
  }

  /// Takes all that waits now. A wake that has begun before may not cover it.
  func drain() async throws {
    await waking.finished()
    try await wake()
  }

  /// Returns whether there was room for all: if not at first, then after acting.
  private func takeAll(_ envelopes: [Data]) async throws -> Bool {
    let refused = try await take(envelopes)
    return refused.isEmpty ? true : try await take(refused).isEmpty
  }

  private func take(_ envelopes: [Data]) async throws -> [Data] {
    let refused = try await installation.work { [installation] session in
      let now = try installation.relayTime
      var refused: [Data] = []
      for envelope in envelopes {
        do throws(HushringError) {
          _ = try session.inbox.receive(envelope, now: now)
        } catch {
          if error.code == .inboxFull { refused.append(envelope) } // else it is refused, or held
        }
      }
      _ = session.inbox.release(now: now)
      return refused
    }
    // It is saved, and may be confirmed. What could not be acted upon waits in the journal.
    do { try await takeJournal() } catch { Log.problem("the journal waits", error) }
    return refused
  }
}
