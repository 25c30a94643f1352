import Foundation

/// An event: something that an ``Inbox`` received (spec/inbox.md, section 7).
public struct InboxEvent: Hashable, Sendable {
  /// 8 hexadecimal digits: all that may be logged of an envelope.
  public let envelopeTag: String
  public let sender: Sender
  /// Names the event, together with the sender's account.
  public let messageID: MessageID
  public let sentAt: Timestamp
  public let action: Action

  /// What the application is to do, with what it needs for it.
  public enum Action: Hashable, Sendable {
    case ring(Ring)
    case missed(Missed)
    case end(End)
    case signal(Signal)
    case second(Second)
    case notify(Notification)
    case drop(DropReason)
  }
}

/// Who sent an envelope.
public struct Sender: Hashable, Sendable {
  public let account: AccountKey
  public let device: DeviceKey
  /// As pinned, when the event was given or listed.
  public let handle: Handle?
  public let displayName: String?
}

/// A call that rings: the application reports it to CallKit.
public struct Ring: Hashable, Sendable {
  /// The UUID under which CallKit knows the call.
  public let callUUID: UUID
  /// For `reportNewIncomingVoIPPushPayload`.
  public let payload: CallPayload
  public let claimed: Claims
  /// The last moment at which it rings.
  public let expiresAt: Timestamp
  /// A call of one's own to the same account, if it may still wait (spec/inbox.md, section 8.6).
  public let crossed: CallID?
  public let invite: CallInvite
}

/// A call that does not ring any more: the application shows a missed call.
public struct Missed: Hashable, Sendable {
  public let callUUID: UUID
  public let reason: MissedReason
  /// `now` − `sentAt` in milliseconds, at least 0.
  public let age: UInt64
  public let claimed: Claims
  public let invite: CallInvite
}

/// A call has ended: the application tells CallKit.
public struct End: Hashable, Sendable {
  public let callUUID: UUID
  public let endedReason: EndedReason
  /// Of a call of one's own: how many of the accounts that were called are left. CallKit hears of the end when
  /// none is.
  public let remaining: Int?
  public let end: CallEnd
}

/// Something for the engine of a call.
public struct Signal: Hashable, Sendable {
  public let callUUID: UUID
  /// An answer, candidates, a description, an end, an unknown type that begins with `call.`, or an invitation to
  /// answer anew.
  public let content: Content
}

/// Another device has answered than the one that was taken: the application tells both (spec/sharing.md,
/// section 3.5).
public struct Second: Hashable, Sendable {
  public let callUUID: UUID
  /// The device that was taken.
  public let taken: DeviceKey
  public let answer: CallAnswer
}

/// Something to show: a message, or a type that version 1 does not know.
public struct Notification: Hashable, Sendable {
  /// ``Content/message(_:)`` or ``Content/other(_:)``.
  public let content: Content
  public var isKnown: Bool {
    if case .message = content { true } else { false }
  }
}

/// What the caller says of itself, cleaned (spec/inbox.md, N25). Never its identity.
public struct Claims: Hashable, Sendable {
  public let handle: Handle?
  public let callerName: String?
}

public enum MissedReason: String, CaseIterable, Sendable {
  case certificate, clock, ended, expired
}

public enum DropReason: String, CaseIterable, Sendable {
  case answered, answeredElsewhere, certificate, cover, declinedElsewhere, duplicate, early, over, own, repeated,
    taken, unknown
}

/// The values of `CXCallEndedReason`.
public enum EndedReason: Int, CaseIterable, Sendable {
  case failed = 1
  case remoteEnded, unanswered, answeredElsewhere, declinedElsewhere
}

/// What an extension hands to the application through CallKit: texts, booleans and integers, at most 1,024 bytes as
/// JSON (spec/inbox.md, section 9).
public struct CallPayload: Hashable, Sendable {
  public let callUUID: UUID
  public let callID: CallID
  public let account: AccountKey
  public let device: DeviceKey
  public let messageID: MessageID
  /// What the system shows, and looks up in the user's contacts: the pinned one, or the fingerprint of the account.
  public let handle: Handle
  public let callerName: String?
  public let hasVideo: Bool
  public let sentAt: Timestamp
  public let expiresAt: Timestamp
}
