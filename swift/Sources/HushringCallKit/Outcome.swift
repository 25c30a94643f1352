import Foundation
import Hushring

/// What the extension does about one thing that it found: what it shows, reports, stores,
/// acknowledges (spec/sharing.md, section 2, "NSE", and section 4).
///
/// A call is given to CallKit first (``reports``), and what is done then depends on its answer:
/// ``after(_:)``. An outcome depends on nothing else, so all of it can be tested. Nothing here
/// touches the network.
public struct Outcome: Sendable {
  /// What is shown.
  public var shows = Shown.nothing
  /// What is given to `CXProvider.reportNewIncomingVoIPPushPayload(_:)`.
  public var reports: CallPayload?
  /// What stands in for the call if the extension's time runs out before CallKit has answered.
  public var insteadOfReport: Notice?
  /// The ring of which ``/Hushring/SharedInbox/addReportedRing(_:sentAt:now:)`` is told, because
  /// CallKit has taken it.
  public var remembersReported: Remembered?
  /// The ring that was shown as a notification. It goes to ``Surroundings/noticed``, so that it is
  /// shown once. CallKit does not have it.
  public var remembersNoticed: Remembered?
  /// Whether the app's own store gets the event. It comes before the acknowledgement.
  public var isStored = false
  /// Whether the event is acknowledged. If not, it stays in the journal, for the app.
  public var isAcknowledged = false
  /// Whether the app is told, by a Darwin notification, to look at the journal.
  public var isAnnounced = false
  /// The notifications that are taken away, because what they say is over. Before anything is shown
  /// or stored.
  public var withdraws: Withdrawn?

  public enum Shown: Hashable, Sendable {
    /// Empty content, which needs the entitlement to filter notifications. Without it, the system
    /// shows the push.
    case nothing
    /// The push as it came, with the app's localised text `NEW_ACTIVITY`.
    case generic
    case notice(Notice)
  }

  public enum Withdrawn: Hashable, Sendable {
    /// What was shown of this very event.
    case event
    /// Whatever was shown of a call.
    case call(UUID)
  }

  /// A ring by its name.
  public struct Remembered: Hashable, Codable, Sendable {
    public let callUUID: UUID
    public let sentAt: Timestamp

    public init(callUUID: UUID, sentAt: Timestamp) {
      self.callUUID = callUUID
      self.sentAt = sentAt
    }
  }

  private var quietMissedCall: Notice?

  private init() {}
}

/// What both processes have written down, as far as an outcome depends on it. Read it while the
/// lock is held.
public struct Surroundings: Sendable {
  public var ringing = Ringing.callKit
  /// ``/Hushring/SharedInbox/reportedRings()``.
  public var reported = ReportedRings()
  /// The rings that were shown as a notification: ``Outcome/remembersNoticed``.
  public var noticed: Set<Outcome.Remembered> = []
  /// The account of this device. What its other devices say is for the app, and not shown.
  public var ownAccount: AccountKey?
  /// The calls that the app has a record of, by their UUID.
  public var calls: Set<UUID> = []
  /// Calls that the user places, or is in, and of which the app says that it still waits, or that
  /// they are up.
  public var waiting: Set<CallID> = []
  /// The accounts of those.
  public var engaged: Set<AccountKey> = []

  public init() {}
}

extension Outcome {
  /// What comes of an event of the journal.
  public init(of event: InboxEvent, in surroundings: Surroundings) {
    self.init()
    switch event.action {
    case .ring(let ring): take(ring, of: event, in: surroundings)
    case .missed(let missed): take(missed, of: event, in: surroundings)
    case .end(let end): take(end, in: surroundings)
    case .signal, .second: isAnnounced = true
    case .notify(let notify):
      (isStored, isAcknowledged) = (true, true)
      guard event.sender.account != surroundings.ownAccount else {
        isAnnounced = true
        return
      }
      if case .message(let message) = notify.content {
        shows = .notice(Notice(.message(message.body), of: event))
      } else {
        shows = .notice(Notice(.other, of: event))
      }
    case .drop(let reason):
      isAcknowledged = true
      // A ring that was shown may have become one. A newer ring takes the place of the older.
      if reason != .repeated { withdraws = .event }
    }
  }

  /// What comes of a ring that was given to CallKit, once it has answered.
  ///
  /// - Parameter failure: Why CallKit did not take it; nothing, if it did.
  public func after(_ failure: CallKitFailure?) -> Outcome {
    var outcome = Outcome()
    outcome.withdraws = reports.map { .call($0.callUUID) } // what was shown of an earlier ring, or when time ran out
    switch failure?.consequence {
    case nil, .update: outcome.remembersReported = remembersReported
    case .timeSensitiveNotification:
      // The call still rings, and stays in the journal: the user taps, and the app answers it.
      outcome.remembersNoticed = remembersReported
      if let insteadOfReport { outcome.shows = .notice(insteadOfReport) }
    case .quietMissedCall:
      (outcome.isStored, outcome.isAcknowledged) = (true, true)
      if let quietMissedCall { outcome.shows = .notice(quietMissedCall) }
    case .entryOnly: (outcome.isStored, outcome.isAcknowledged) = (true, true)
    }
    return outcome
  }

  private mutating func take(_ ring: InboxEvent.Ring, of event: InboxEvent, in surroundings: Surroundings) {
    // The app's alone: it knows whether its user still waits in the call that this one crosses.
    if let crossed = ring.crossed, surroundings.waiting.contains(crossed) {
      isAnnounced = true
      return
    }
    let name = Remembered(callUUID: ring.callUUID, sentAt: event.sentAt)
    guard !surroundings.reported.contains(ring.callUUID, sentAt: event.sentAt), !surroundings.noticed.contains(name)
    else { return }
    let notice = Notice(.call(hasVideo: ring.invite.hasVideo), of: event)
    switch surroundings.ringing {
    case .callKit:
      (reports, remembersReported, insteadOfReport) = (ring.payload, name, notice)
      quietMissedCall = Notice(.missedCall(hasVideo: ring.invite.hasVideo), of: event, isQuiet: true)
    case .notification: (shows, remembersNoticed) = (.notice(notice), name)
    }
    // It stays in the journal: the app takes the offer from there.
  }

  private mutating func take(_ missed: InboxEvent.Missed, of event: InboxEvent, in surroundings: Surroundings) {
    // They have called each other, and this is the call that was given up (spec/sharing.md, section
    // 3.7).
    if missed.reason == .ended, surroundings.engaged.contains(event.sender.account) {
      isAnnounced = true
      return
    }
    (isStored, isAcknowledged) = (true, true)
    withdraws = .call(missed.callUUID) // that it rings
    shows = .notice(Notice(.missedCall(hasVideo: missed.invite.hasVideo), of: event))
  }

  private mutating func take(_ end: InboxEvent.End, in surroundings: Surroundings) {
    let isTheApps = surroundings.calls.contains(end.callUUID)
    if isTheApps || surroundings.reported.contains(end.callUUID) {
      isAnnounced = true
    } else {
      isAcknowledged = true
    }
    switch end.endedReason {
    case .answeredElsewhere, .declinedElsewhere: withdraws = .call(end.callUUID)
    // A ring that is still in the journal becomes a missed call there, which takes the place of the
    // notification. One that the app has taken does not.
    case .failed, .remoteEnded, .unanswered: if isTheApps { withdraws = .call(end.callUUID) }
    }
  }
}

extension Outcome {
  /// Why there is no event of a push.
  public enum Failure: Hashable, Sendable {
    /// ``/Hushring/Inbox/receive(_:now:)`` refused the envelope, or the inbox could not be had:
    /// `locked`, `busy`, or a code of loading it.
    case refused(HushringError.Code)
    /// The server's time is not known. Nothing is received.
    case timeUnknown
    /// The extension's time ran out before the envelope was received.
    case timeOver
    /// The push has no envelope, or something else failed, such as storing.
    case other
  }

  /// What is shown where there is no event. Nothing else is done, and nothing is confirmed of what
  /// was not received.
  public init(of failure: Failure) {
    self.init()
    switch failure {
    case .refused(let code): shows = Self.isSilent(code) ? .nothing : .generic
    case .timeUnknown, .timeOver, .other: shows = .generic
    }
  }

  /// Whether a refusal shows nothing, because nobody is to be seen who has not proved to be a
  /// contact, or because there is nothing to see. Else nobody could look.
  private static func isSilent(_ code: HushringError.Code) -> Bool {
    switch code {
    // Nobody has proved to have sent it.
    case .badLength, .unsupportedVersion, .unsupportedSuite, .unknownPrekey, .decryptionFailed, .badContentLength,
      .badPadding, .badCertificate, .badSignature:
      true
    // A stranger.
    case .untrusted: true
    // It was shown.
    case .replayed: true
    // It is held, and a message or a missed call once it is released; or there is no such moment.
    case .clock, .tooOld: true
    // Perhaps whoever has a lost device.
    case .revoked, .certificateNotYetValid, .certificateExpired: true
    // A contact's fault, of its content.
    case .badCBOR, .badCompression, .badContent, .tooDeep, .tooLong, .tooMany, .callIDTaken: true
    // Something of a contact waits, perhaps a call.
    case .inboxFull: false
    // Keys or state could not be read, or the other process is at work.
    case .locked, .busy, .keysMissing, .storage, .notLinked, .badState, .stateTooNew, .stateRolledBack, .wrongAccount,
      .wrongDevice:
      false
    // Not of a received envelope. If one comes all the same, nobody could look.
    case .badCallID, .badKey, .badLifetime, .badMAC, .badOffers, .bundleExpired, .bundleNotYetValid, .callOver,
      .duplicateSuite, .invalidSigner, .noPrekeys, .noRandomness, .prekeyExpired, .staleBundle, .tooLarge, .weakKey:
      false
    }
  }
}
