import Foundation

extension Inbox {
  /// Receives one envelope, 2,880 bytes (spec/envelope.md, section 13; spec/inbox.md, section 4).
  ///
  /// Every event except a drop is pending from then on. Act on what is ``pending(now:)`` instead of
  /// on the event that is returned here, so that nothing is lost in a crash between saving and
  /// acting.
  ///
  /// After ``HushringError/Code/inboxFull`` (256 events are pending, or 64 of this account) confirm
  /// nothing of this page to the relay; act, acknowledge, and receive the page again. An envelope
  /// that is ``HushringError/Code/untrusted`` is held until its account is trusted, and one of a
  /// trusted account that is ``HushringError/Code/clock``, at most 24 hours ahead, until
  /// ``release(now:)``: of each kind at most 64, and 8 of one account. All others are done with.
  ///
  /// - Throws: the code of the first check that fails: `badLength`, `unsupportedVersion`,
  ///   `unsupportedSuite`, `unknownPrekey`, `decryptionFailed`, `badContentLength`, `badPadding`,
  ///   `badCertificate`, `badSignature`, `untrusted` with the account, `replayed`, `clock` and
  ///   `tooOld` with the age, `revoked`, `certificateNotYetValid`, `certificateExpired`,
  ///   `inboxFull`, `badCompression`, `tooLong`, `badCBOR`, `tooDeep`, `tooMany`, `badContent` with
  ///   the member, `callIDTaken`.
  @discardableResult
  public mutating func receive(_ envelope: Data, now: Timestamp) throws(HushringError) -> InboxEvent {
    let letter = try open(envelope)
    return try take(letter, from: .relay, now: now)
  }

  /// Receives the held envelopes that were dated ahead and whose time has come (N13). Call it
  /// whenever the app wakes, before saving. The events are returned, and pending; an invitation
  /// among them is missed. Those that are refused now are gone, except where there is no room for
  /// their events.
  @discardableResult
  public mutating func release(now: Timestamp) -> [InboxEvent] {
    let latest = now.adding(milliseconds: Limits.clockTolerance)
    var events: [InboxEvent] = []
    var stay: [MessageName] = []
    for held in holding.entries where held.reason == .clock && held.letter.origin.sentAt <= latest {
      do {
        events.append(try take(held.letter, from: .clock, now: now))
      } catch {
        if error.code == .inboxFull { stay.append(MessageName(held.letter.origin)) }
      }
    }
    holding.removeAll { held in
      held.reason == .clock && held.letter.origin.sentAt <= latest && !stay.contains(MessageName(held.letter.origin))
    }
    return events
  }

  /// E17 to E25.
  func open(_ envelope: Data) throws(HushringError) -> OpenedEnvelope {
    try OpenedEnvelope.open(envelope, account: account, device: device) { suite, id in
      prekeys.first { $0.id == id && $0.suite == suite }
    }
  }

  /// Where an envelope comes from that is received from E26 on.
  enum Source {
    case relay
    /// It was held as untrusted, and its account has become trusted.
    case trust
    /// It was held for the clock, and its time has come.
    case clock
  }

  /// E26 on.
  mutating func take(
    _ letter: OpenedEnvelope, from source: Source, now: Timestamp
  ) throws(HushringError) -> InboxEvent {
    switch judge(letter, from: source, now: now) {
    case .accepted(let ruling): return accept(letter, ruling, now: now)
    case .duplicate: return event(of: letter.origin, .drop(.duplicate), nil, nil, now: now)
    case .refused(let error, let check):
      if source != .clock { hold(letter, refused: error, at: check, now: now) }
      throw error
    }
  }

  /// N11 and N13: holds what was refused, if it is to be held.
  private mutating func hold(_ letter: OpenedEnvelope, refused error: HushringError, at check: Check, now: Timestamp) {
    guard !holding.contains(letter.origin) else { return }
    switch check {
    case .trust:
      guard accounts[letter.origin.account]?.standing != .blocked else { return }
      guard case .none = stop(of: letter, now: now) else { return }
      holding.hold(letter, .untrusted)
    case .sentAt where error.code == .clock:
      guard letter.origin.sentAt <= now.adding(milliseconds: Span.heldAhead) else { return }
      holding.hold(letter, .clock)
    default: break
    }
  }
}

/// An account and a message id, which name an event.
struct MessageName: Hashable {
  let account: AccountKey
  let id: MessageID

  init(_ origin: Origin) {
    account = origin.account
    id = origin.messageID
  }
}
