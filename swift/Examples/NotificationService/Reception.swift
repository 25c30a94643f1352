import CallKit
import Foundation
import Hushring
import HushringCallKit

/// Takes pushes and the mailbox: receives, saves, acts, acknowledges and saves (spec/sharing.md,
/// section 1).
///
/// What an event means for the extension, ``/HushringCallKit/Outcome`` says; here it is done.
actor Reception {
  private let installation: Installation
  private let mailbox: any Mailbox
  private let notices: any NoticeBoard
  private let report: @Sendable (CallPayload) async -> CallKitFailure?
  private let announce: @Sendable () -> Void
  private let interval: Duration
  private let patience: Duration

  /// The number of the wake that is at work, and of the last one that has ended.
  private var (current, ended) = (0, 0)
  /// For whom another wake follows.
  private var following: [PushHandler] = []
  private var waiting: [CheckedContinuation<Void, Never>] = []
  /// The handlers that are not answered yet, with the names of their events once these are known.
  private var open: [Open] = []
  /// One after the other: a push may come while a page is at work.
  private var atWork: Task<Void, Never>?

  /// Whether a push cannot be kept from being shown here: a call is shown in its place then, and not
  /// beside it.
  private var isUnfiltered = false
  /// Of the wake that is at work.
  private var sounds = Sounds()

  private struct Open {
    let handler: PushHandler
    var event: EventName?
    /// The event is acknowledged once the handler has shown it.
    var isShownLater = false
  }

  /// - Parameter report: Reports a call to CallKit, and returns why it was refused, if it was.
  init(
    _ installation: Installation, mailbox: any Mailbox, notices: any NoticeBoard = SystemNotices(),
    report: @escaping @Sendable (CallPayload) async -> CallKitFailure? = { await CXProvider.report($0) },
    announce: @escaping @Sendable () -> Void = DarwinSignal.post, interval: Duration = Configuration.grid,
    patience: Duration = Configuration.patience
  ) {
    self.installation = installation
    self.mailbox = mailbox
    self.notices = notices
    self.report = report
    self.announce = announce
    self.interval = interval
    self.patience = patience
  }

  /// Takes the envelope of a push, and the mailbox. Returns when the wake has ended that covers
  /// both, and the handler has answered: only then, because the system may stop the process as soon as it has
  /// an answer, and what is asked of the relay must not depend on what the push was.
  func take(_ handler: PushHandler) async {
    open.append(Open(handler: handler))
    defer { open.removeAll { $0.handler === handler } }
    if current > ended {
      // Another wake follows this one. The envelope is received at once, between two pages.
      following.append(handler)
      let number = current + 1
      if installation.clock.isSynchronized { try? await takePushed([handler]) }
      while ended < number { await withCheckedContinuation { waiting.append($0) } }
    } else {
      await wakeUntilNobodyFollows([handler])
    }
  }

  private func wakeUntilNobodyFollows(_ first: [PushHandler]) async {
    var handlers = first
    while !handlers.isEmpty {
      current += 1
      sounds = Sounds()
      await wake(handlers)
      // All answer before the lock is asked for, which another process may have.
      let shown = handlers.compactMap { $0.finish() }
      // If that fails, it is shown again, under its name.
      do { try installation.acknowledge(shown) } catch { Log.problem("what was shown is not acknowledged", error) }
      ended = current
      handlers = following
      following = []
      for continuation in waiting { continuation.resume() }
      waiting = []
    }
  }

  private func wake(_ handlers: [PushHandler]) async {
    let wake = Wake(
      mailbox: mailbox,
      isTimeKnown: { [installation] in installation.clock.isSynchronized },
      takeAll: { [self] envelopes in try await takeAll(envelopes) },
      interval: interval, mostPages: Configuration.mostPages, patience: patience)
    do {
      try await wake.run { [self] in try await takePushed(handlers) }
    } catch {
      Log.problem("a wake was not finished", error) // what was not confirmed comes again
    }
    // Last: else the missed call that takes the place of such a notification might go with it.
    if installation.clock.isSynchronized { notices.withdrawRings(before: installation.clock.now) }
  }

  /// Receives what was pushed. It comes again with its page, as a duplicate.
  private func takePushed(_ handlers: [PushHandler]) async throws {
    let unknown = handlers.filter { !$0.isKnown }
    let envelopes = unknown.compactMap(\.envelope)
    guard !envelopes.isEmpty else { return }
    do {
      _ = try await takeAll(envelopes)
    } catch {
      let outcome = Outcome(of: Outcome.Failure(error))
      for handler in unknown where !handler.isKnown { handler.show(outcome.shows) }
      throw error
    }
  }

  /// Returns whether there was room for all: if not at first, then after acting.
  private func takeAll(_ envelopes: [Data]) async throws -> Bool {
    let before = atWork
    let work = Task {
      await before?.value
      let refused = try await take(envelopes)
      return refused.isEmpty ? true : try await take(refused).isEmpty
    }
    atWork = Task { _ = await work.result }
    return try await work.value
  }

  /// Receives, saves, acts, acknowledges, and saves. Returns those for which there was no room.
  private func take(_ envelopes: [Data]) async throws -> [Data] {
    let unknown = Set(open.filter { !$0.handler.isKnown }.compactMap(\.handler.envelope))
    let (received, journal) = try installation.run { session in
      let now = try installation.relayTime
      var received = Received()
      for envelope in envelopes {
        if unknown.contains(envelope) { session.explain(envelope) } // before: afterwards it is a duplicate
        do throws(HushringError) {
          received.events[envelope] = EventName(try session.inbox.receive(envelope, now: now))
        } catch {
          received.codes[envelope] = error.code
        }
      }
      _ = session.inbox.release(now: now) // what was dated ahead, once its time has come
      return (received, Journal(session))
    }
    note(received)
    try await act(journal)
    for opened in open where !opened.handler.isKnown && opened.event != nil {
      opened.handler.show(.nothing) // it was shown before
    }
    return envelopes.filter { received.codes[$0] == .inboxFull }
  }

  private func note(_ received: Received) {
    for index in open.indices {
      guard let envelope = open[index].handler.envelope else { continue }
      if let event = received.events[envelope] { open[index].event = event }
      if let code = received.codes[envelope], open[index].event == nil {
        open[index].handler.show(Outcome(of: .refused(code)).shows)
      }
    }
  }

  /// What waits, for outside of the lock.
  private struct Journal: Sendable {
    var pending: Inbox.Pending
    let surroundings: Surroundings

    init(_ session: Session) {
      pending = session.inbox.pending(now: session.now)
      surroundings = session.surroundings
    }
  }

  private struct Received: Sendable {
    var events: [Data: EventName] = [:]
    var codes: [Data: HushringError.Code] = [:]
  }
}

// Acting.

extension Reception {
  /// Goes through the journal: a few events at a time, because one may have a megabyte.
  ///
  /// - Throws: What failed first, when all of it was gone through: a call behind an event that cannot
  ///   be stored rings all the same. That event waits in the journal.
  private func act(_ journal: Journal) async throws {
    var pending = journal.pending
    var failure: (any Error)?
    var isAnnounced = false
    var isOver = false
    while !isOver {
      var done: [EventName] = []
      for _ in 0..<8 {
        guard let event = pending.next() else {
          isOver = true
          break
        }
        guard !open.contains(where: { $0.isShownLater && $0.event == EventName(event) }) else { continue }
        let outcome = Outcome(of: event, in: journal.surroundings)
        do { try await act(outcome, of: event, &done) } catch { failure = failure ?? error }
        isAnnounced = isAnnounced || outcome.isAnnounced
      }
      do { try installation.acknowledge(done) } catch { failure = failure ?? error }
    }
    if isAnnounced { announce() }
    if let failure { throw failure }
  }

  private func act(_ found: Outcome, of event: InboxEvent, _ done: inout [EventName]) async throws {
    let name = EventName(event)
    let handler = open.first { $0.event == name }?.handler
    let outcome = await afterReport(found, handler)
    switch outcome.withdraws {
    case .event: notices.withdraw(name)
    case .call(let callUUID):
      notices.withdraw(callUUID)
      installation.arrivals.removeMissedCall(callUUID)
    case nil: break
    }
    if outcome.isStored, let item = Arrived(event) { try installation.arrivals.put(item) }
    switch outcome.shows {
    case .notice(let loud):
      let notice = sounds.given(to: loud)
      if !notice.isTimeSensitive, showLater(notice, name) { return }
      // A call does not wait for the end of the wake.
      if isUnfiltered, let handler, handler.show(.notice(notice)) { handler.finish() } else { notices.show(notice) }
    case .nothing, .generic: break
    }
    handler?.show(.nothing)
    if let ring = outcome.remembersReported { try installation.add(ring) }
    if let ring = outcome.remembersNoticed { try installation.run { $0.records.addNoticed(ring) } }
    if outcome.isAcknowledged { done.append(name) }
  }

  /// Gives a call to CallKit, if it is one, and returns what comes of its answer.
  private func afterReport(_ outcome: Outcome, _ handler: PushHandler?) async -> Outcome {
    guard let payload = outcome.reports, let instead = outcome.insteadOfReport else { return outcome }
    handler?.show(.notice(instead)) // if time runs out meanwhile
    let failure = await report(payload)
    if let failure { Log.problem("CallKit: \(failure.code). \(failure.remedy)") }
    isUnfiltered = failure == .missingNotificationFilteringEntitlement
    return outcome.after(failure)
  }

  /// Whether the event is that of a push, whose handler shows it. Then it is acknowledged once that
  /// is done.
  private func showLater(_ notice: Notice, _ name: EventName) -> Bool {
    guard let index = open.firstIndex(where: { $0.event == name }) else { return false }
    open[index].isShownLater = open[index].handler.show(.notice(notice), of: name)
    return open[index].isShownLater
  }
}

extension Outcome.Failure {
  /// Why nothing could be received.
  init(_ error: any Error) {
    switch error {
    case let error as HushringError: self = .refused(error.code)
    case Installation.Problem.timeUnknown: self = .timeUnknown
    default: self = .other
    }
  }
}
