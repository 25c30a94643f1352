import Foundation

/// A content, as it is sealed and received (spec/envelope.md, section 16).
public enum Content: Hashable, Sendable {
  case callInvite(CallInvite)
  case callAnswer(CallAnswer)
  case callCandidates(CallCandidates)
  case callNegotiate(CallNegotiate)
  case callEnd(CallEnd)
  case message(Message)
  case cover(Cover)
  /// A type that version 1 does not know: the application's own, or a later version's.
  case other(OtherContent)
}

/// An invitation to a call, or to ring again.
public struct CallInvite: Hashable, Sendable {
  public var callID: CallID
  /// A claim of the sender, which is never shown as its identity.
  public var handle: Handle?
  /// A claim of the sender, at most 256 bytes of UTF-8, which is never shown as its identity.
  public var callerName: String?
  public var hasVideo: Bool
  /// 1 to 90 seconds; 60 where it is missing.
  public var lifetime: Int?
  /// SDP.
  public var offer: String?
  /// At most 128 bytes of UTF-8.
  public var groupID: String?
  /// The application's own; not null.
  public var data: Value?
  /// Members that version 1 does not know.
  public var others: Members
}

/// An answer to an invitation.
public struct CallAnswer: Hashable, Sendable {
  public var callID: CallID
  /// The time of the invitation that is answered, as `Inbox.answered` gave it.
  public var ring: Timestamp
  /// SDP.
  public var answer: String?
  public var data: Value?
  public var others: Members
}

/// Candidates of ICE, all in one.
public struct CallCandidates: Hashable, Sendable {
  public var callID: CallID
  public var candidates: [Candidate]
  public var others: Members

  public struct Candidate: Hashable, Sendable {
    public var candidate: String
    public var sdpMid: String?
    /// 0 to 65,535.
    public var sdpMLineIndex: Int?
    public var usernameFragment: String?
    public var others: Members
  }
}

/// A new description of a session that stands.
public struct CallNegotiate: Hashable, Sendable {
  public var callID: CallID
  public var description: Description
  public var others: Members

  public struct Description: Hashable, Sendable {
    public var type: DescriptionType
    /// SDP. It may be missing in a rollback alone.
    public var sdp: String?
    public var others: Members
  }
}

/// The end of a call, or of a ring (spec/inbox.md, section 8.4).
public struct CallEnd: Hashable, Sendable {
  public var callID: CallID
  public var reason: EndReason
  /// The account that placed the call, 32 bytes. With ``ring`` where a callee says it.
  public var caller: Data?
  public var ring: Timestamp?
  /// The callee's device that was taken, 32 bytes.
  public var device: Data?
  public var others: Members
}

/// A message.
public struct Message: Hashable, Sendable {
  public var body: String?
  public var data: Value?
  public var others: Members
}

/// A content without a meaning, which fills gaps.
public struct Cover: Hashable, Sendable {
  public var others: Members
}

/// A content of a type that version 1 does not know.
public struct OtherContent: Hashable, Sendable {
  public var type: String
  /// Of a type that begins with `call.`, where there is one.
  public var callID: CallID?
  /// All other members.
  public var members: Members
}

/// Where a caller can be reached.
public struct Handle: Hashable, Sendable {
  public var type: HandleType
  /// At most 255 bytes of UTF-8.
  public var value: String
  /// Members that version 1 does not know. Of a pinned handle there are none.
  public var others: Members
}

public enum HandleType: String, CaseIterable, Sendable {
  case generic, phoneNumber, emailAddress
}

public enum DescriptionType: String, CaseIterable, Sendable {
  case offer, answer, pranswer, rollback
}

public enum EndReason: String, CaseIterable, Sendable {
  case failed, remoteEnded, unanswered, answeredElsewhere, declinedElsewhere, declined, busy, cancelled
}
