import Foundation
import Hushring

/// One of the two processes (spec/sharing.md, sections 1 and 2).
struct Player {
  private let role: Role
  private let place: Place
  private let shared: SharedInbox

  init(_ role: Role, _ place: Place) {
    self.role = role
    self.place = place
    shared = place.shared(FragileSecrets(place: place))
  }

  /// Until it is told to end, or nobody drives it any more.
  func play() throws {
    let driver = getppid()
    while getppid() == driver {
      let isEnding = FileManager.default.fileExists(atPath: place.end.path)
      let page = try nextPage()
      if try receive(page), role == .app { try perhapsPublish() }
      if isEnding, try nextPage().isEmpty, try isFinished() { return }
      if page.isEmpty { usleep(1_000) }
    }
  }

  /// The extension leaves to the app what only an app can finish.
  private func isFinished() throws -> Bool {
    try role == .extension || shared.read { Array($0.pending(now: now)).isEmpty }
  }

  private var now: Timestamp { Timestamp(Date()) }

  /// The names of the first envelopes that were not confirmed.
  private func nextPage() throws -> [String] {
    Array(try FileManager.default.contentsOfDirectory(atPath: place.mailbox.path).sorted().prefix(64))
  }

  /// Receives a page, acts, and confirms it.
  ///
  /// - Returns: whether it could.
  private func receive(_ page: [String]) throws -> Bool {
    for _ in 0..<3 {
      guard let isFull = try patiently({ try receiveOnce(page) }) else { return false }
      try act()
      guard isFull else {
        for name in page { unlink(place.mailbox.appendingPathComponent(name).path) }
        return true
      }
    }
    return false
  }

  /// - Returns: whether there was no room for one.
  private func receiveOnce(_ page: [String]) throws -> Bool {
    let envelopes = page.compactMap { try? Data(contentsOf: place.mailbox.appendingPathComponent($0)) }
    return try shared.update { inbox in
      place.write(inbox.revision, getpid(), to: .revisions)
      var isFull = false
      for envelope in envelopes {
        do {
          let event = try inbox.receive(envelope, now: now)
          // It is in no journal: what was saved and not written down would seem to be lost.
          if case .drop(let reason) = event.action, reason != .duplicate, reason != .cover { finish(event) }
        } catch {
          guard let code = (error as? HushringError)?.code else { throw error }
          isFull = isFull || code == .inboxFull
          precondition(
            [.inboxFull, .untrusted, .decryptionFailed, .unknownPrekey, .badLength, .unsupportedVersion,
              .unsupportedSuite].contains(code), "\(code)")
        }
      }
      inbox.release(now: now)
      return isFull
    }
  }

  private func finish(_ event: InboxEvent) { place.write(event.messageID, event.action.name.rawValue, to: .done) }

  private func act() throws {
    guard let pending = try patiently({ try shared.read { Array($0.pending(now: now)) } }) else { return }
    var finished: [InboxEvent] = []
    for event in pending {
      switch (event.action, role) {
      case (.ring(let ring), _):
        guard try report(ring, sentAt: event.sentAt) else { continue }
        if role == .app { finished.append(event) }
      case (.end(let end), .extension):
        if try !shared.reportedRings().contains(end.callUUID) { finished.append(event) }
      case (.signal, .extension), (.second, .extension): continue
      case (.notify, _):
        place.write(event.messageID, to: .stored)
        finished.append(event)
      case (.missed, _), (.drop, _), (.end, .app), (.signal, .app), (.second, .app): finished.append(event)
      }
    }
    guard !finished.isEmpty else { return }
    finished.forEach(finish)
    _ = try patiently {
      try shared.update { inbox in
        place.write(inbox.revision, getpid(), to: .revisions)
        for event in finished { inbox.acknowledge(event) }
      }
    }
  }

  /// - Returns: whether it was reported, now or before.
  private func report(_ ring: InboxEvent.Ring, sentAt: Timestamp) throws -> Bool {
    let looked = monotonicTime()
    if try shared.reportedRings().contains(ring.callUUID, sentAt: sentAt) { return true }
    place.write(ring.callUUID, sentAt.milliseconds, looked, to: .reported)
    guard try patiently({ try shared.addReportedRing(ring.callUUID, sentAt: sentAt, now: now) }) != nil else {
      return false
    }
    place.write(ring.callUUID, sentAt.milliseconds, monotonicTime(), to: .listed)
    return true
  }

  private func perhapsPublish() throws {
    guard Int.random(in: 0..<15) == 0, try shared.keys().prekeys.count < 200 else { return }
    let expiresAt = EpochSeconds(now.milliseconds / 1_000 + 86_400)
    let prekey = try Prekey.generate(.x25519, expiresAt: expiresAt, now: now)
    guard let bundles = try patiently({ try shared.publish([prekey], now: now) }) else { return }
    try bundles[0].write(to: place.bundle, options: .atomic)
  }

  /// - Returns: nil if the other process is at work: later, then.
  private func patiently<Result>(_ body: () throws -> Result) throws -> Result? {
    do { return try body() } catch let error as HushringError where error.code == .busy { return nil }
  }
}
