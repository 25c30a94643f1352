import Foundation

/// An event: something that an ``Inbox`` received (spec/inbox.md, section 7).
public struct InboxEvent: Hashable, Sendable {
  /// 8 hexadecimal digits: all that may be logged of an envelope.
  public let envelopeTag: String
  /// Its account and device, with what is pinned for the account.
  public let sender: Sender
  /// Names the event, together with the sender's account.
  public let messageID: MessageID
  /// By the sender's clock.
  public let sentAt: Timestamp
  /// What the application is to do.
  public let action: Action

  /// What the application is to do, with what it needs for it.
  public enum Action: Hashable, Sendable {
    /// Report the call to CallKit.
    case ring(Ring)
    /// Show a missed call. It never rings.
    case missed(Missed)
    /// Tell CallKit that the call has ended; in a call of one's own once ``End/remaining`` is 0.
    case end(End)
    /// Pass it to the engine of the call.
    case signal(Signal)
    /// Tell the devices of the sender's account which of them was taken.
    case second(Second)
    /// Show a message.
    case notify(Notification)
    /// Show nothing. One that ``Inbox/receive(_:now:)`` returns is not pending; one that
    /// ``Inbox/pending(now:)`` lists is to be acknowledged like all others.
    case drop(DropReason)

    /// What it is, without what it holds.
    public enum Name: String, CaseIterable, Sendable {
      case ring, missed, end, signal, second, notify, drop
    }

    /// What it is, without what it holds.
    public var name: Name {
      switch self {
      case .ring: .ring
      case .missed: .missed
      case .end: .end
      case .signal: .signal
      case .second: .second
      case .notify: .notify
      case .drop: .drop
      }
    }
  }

  /// Who sent it.
  public struct Sender: Hashable, Sendable {
    /// The account that its certificate names.
    public let account: AccountKey
    /// The device that has signed it.
    public let device: DeviceKey
    /// As pinned for the account, when the event was given or listed.
    public let handle: Handle?
    /// As pinned for the account, when the event was given or listed.
    public let displayName: String?
  }

  /// A call that rings.
  public struct Ring: Hashable, Sendable {
    /// The UUID under which CallKit knows the call.
    public let callUUID: UUID
    /// For `reportNewIncomingVoIPPushPayload`.
    public let payload: CallPayload
    /// What the caller says of itself: never its identity.
    public let claimed: Claims
    /// The last moment at which it rings: 30 seconds after its lifetime, counted from when it was
    /// sent, or received if that is earlier.
    public let expiresAt: Timestamp
    /// A call of one's own to this account that the invitation has crossed: both call each other
    /// (spec/inbox.md, section 8.6). It counts only while that call waits for an answer, or is
    /// connected. Do not ring then. If ``invite`` has the smaller id, answer it and end the own
    /// call; else wait for the answer to the own one.
    public let crossed: CallID?
    /// The invitation, with its offer.
    public let invite: CallInvite
  }

  /// A call that does not ring any more.
  public struct Missed: Hashable, Sendable {
    /// The UUID under which CallKit knows the call.
    public let callUUID: UUID
    /// Why it does not ring.
    public let reason: MissedReason
    /// How long ago it was sent, in milliseconds by both clocks; 0 if it is dated ahead.
    public let age: UInt64
    /// What the caller says of itself: never its identity.
    public let claimed: Claims
    /// The invitation, with its offer.
    public let invite: CallInvite
  }

  /// A call has ended. In a call of one's own it has ended for one account; after a decline another
  /// device of that account may still answer.
  public struct End: Hashable, Sendable {
    /// The UUID under which CallKit knows the call.
    public let callUUID: UUID
    /// What to tell CallKit.
    public let endedReason: EndedReason
    /// In a call of one's own: how many accounts have neither ended nor declined it.
    public let remaining: Int?
    /// The content.
    public let end: CallEnd
  }

  /// Something for the engine of a call that rings, was answered, was placed, or was joined.
  public struct Signal: Hashable, Sendable {
    /// The UUID under which CallKit knows the call.
    public let callUUID: UUID
    /// An answer, candidates, a description or an unknown type that begins with `call.`. An end,
    /// where it speaks for one device alone. An invitation, where its call was answered here: the
    /// engine answers anew.
    public let content: Content
  }

  /// A second device of an account has answered a call of one's own. Seal to all devices of that
  /// account which was taken, with ``CallEnd/init(callID:taken:others:)``.
  public struct Second: Hashable, Sendable {
    /// The UUID under which CallKit knows the call.
    public let callUUID: UUID
    /// The device that was taken.
    public let taken: DeviceKey
    /// The answer that came second.
    public let answer: CallAnswer
  }

  /// Something to show: a message, or a type that version 1 does not know.
  public struct Notification: Hashable, Sendable {
    /// ``Content/message(_:)`` or ``Content/other(_:)``.
    public let content: Content

    /// Whether version 1 knows its type.
    public var isKnown: Bool {
      if case .message = content { true } else { false }
    }
  }

  /// The handle and name that the caller claims, cleaned (spec/inbox.md, N25).
  ///
  /// Anybody can claim anything: never show it in place of ``Sender``.
  public struct Claims: Hashable, Sendable {
    /// Type and value; an empty value if nothing visible is left of it.
    public let handle: Handle?
    /// Empty if nothing visible is left of it.
    public let callerName: String?
  }

  /// Why a call was missed.
  public enum MissedReason: String, CaseIterable, Sendable {
    /// The certificate of the caller's device is not valid now.
    case certificate
    /// It was dated ahead, and held until its time came.
    case clock
    /// The caller has given up.
    case ended
    /// It arrived more than 30 seconds after its lifetime, or a clock is wrong.
    case expired
  }

  /// Why there is nothing to show.
  public enum DropReason: String, CaseIterable, Sendable {
    /// Another device of the own account has answered or declined, and this one has answered.
    case answered
    /// An invitation to a call that another device of the own account has answered.
    case answeredElsewhere
    /// About a call, by a device whose certificate is not valid now.
    case certificate
    /// It says nothing.
    case cover
    /// An invitation to a call that another device of the own account has declined.
    case declinedElsewhere
    /// It was received before.
    case duplicate
    /// It came before its invitation, and follows that as a signal.
    case early
    /// About a call, or a ring, that has ended.
    case over
    /// This device sent it.
    case own
    /// A ring that was received, or an older one.
    case repeated
    /// The caller has taken this device.
    case taken
    /// About a call that is not known, or that does not concern the sender.
    case unknown
  }
}

/// The values of `CXCallEndedReason`.
public enum EndedReason: Int, CaseIterable, Sendable {
  case failed = 1
  /// Also declined, busy and cancelled.
  case remoteEnded
  case unanswered, answeredElsewhere, declinedElsewhere
}

extension InboxEvent.Sender {
  public static func == (left: Self, right: Self) -> Bool {
    left.account == right.account && left.device == right.device && left.handle == right.handle
      && left.displayName.isSame(as: right.displayName)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(account)
    hasher.combine(device)
  }
}

extension InboxEvent.Claims {
  public static func == (left: Self, right: Self) -> Bool {
    left.handle == right.handle && left.callerName.isSame(as: right.callerName)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(handle) }
}

// Names stay out of logs, as contents do.
extension InboxEvent.Sender: CustomReflectable {
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension InboxEvent.Claims: CustomReflectable {
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallPayload: CustomReflectable {
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension InboxEvent: CustomStringConvertible, CustomReflectable {
  /// Names the action and the envelope, and says nothing of what it holds.
  public var description: String { "InboxEvent(\(action.name.rawValue), \(envelopeTag))" }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
