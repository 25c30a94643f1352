import Foundation
import Hushring

/// What the app does about a call that the system has launched it for (spec/sharing.md, section 2).
///
/// iOS demands that a call is reported for it, and ends apps that do not. So the app reports what
/// the payload says, looks at the journal, and ends the call at once if it is over:
///
/// 1. ``init(payload:active:mustReport:)``, and report, before PushKit's method returns;
/// 2. ``next(listed:)`` with the event that `pending` lists under the payload's account and message
///    id.
public struct Arrival: Sendable {
  /// The UUID to report. Of a payload that cannot be read, a new one.
  public let callUUID: UUID
  public let display: CallDisplay
  public let payload: CallPayload?
  /// Whether the call is reported before anything is looked at. If not, it is reported if it rings.
  public let isReportedFirst: Bool
  /// Whether CallKit has this very call, because it rings or was answered. It is reported all the
  /// same: CallKit refuses it as ``CallKitFailure/callUUIDAlreadyExists``, and iOS is content.
  public let isActive: Bool

  /// - Parameters:
  ///   - payload: What came through PushKit: ``/Hushring/CallPayload/init(dictionary:)``.
  ///   - active: The calls that CallKit knows.
  ///   - mustReport: `PKVoIPPushMetadata.mustReport`, from iOS 26.4 on; true before. It is false in
  ///     the foreground, in a call, and for a push that is too old: then a call that is over need
  ///     not flash up.
  public init(payload: CallPayload?, active: Set<UUID>, mustReport: Bool) {
    self.payload = payload
    callUUID = payload?.callUUID ?? UUID()
    display = payload.map(CallDisplay.init) ?? .unreadable
    isReportedFirst = mustReport
    isActive = payload.map { active.contains($0.callUUID) } ?? false
  }

  public enum Next: Hashable, Sendable {
    /// It rings. The app takes the offer, remembers the call, and acknowledges the event; and it
    /// reports the call, if that has not been done.
    case rings(InboxEvent.Ring)
    /// It is over. The call ends, if it was reported; what the journal lists of it is seen to as
    /// always.
    case ends(EndedReason)
    /// Nothing is to be done: CallKit has this call, and nothing says that it is over; or a newer
    /// ring of it is in the journal.
    case goesOn
  }

  /// - Parameter listed: The event, if the journal lists it. Nothing if it does not, or if it could
  ///   not be looked at.
  public func next(listed: InboxEvent?) -> Next {
    switch listed?.action {
    case .ring(let ring): .rings(ring)
    case .missed: .ends(.unanswered)
    case .drop(.answeredElsewhere): .ends(.answeredElsewhere)
    case .drop(.declinedElsewhere): .ends(.declinedElsewhere)
    case .drop(.repeated): .goesOn
    case .drop, .end, .signal, .second, .notify, nil: isActive ? .goesOn : .ends(.failed)
    }
  }
}

extension InboxEvent.End {
  /// What CallKit is told, or nothing while others are left in the call.
  public var reportedReason: EndedReason? { (remaining ?? 0) > 0 ? nil : endedReason }
}
