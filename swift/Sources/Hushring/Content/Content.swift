import Foundation

/// A content, as it is sealed and received (spec/envelope.md, section 16).
///
/// A description names its type, and says nothing of what it holds.
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

  /// Such as `call.invite`.
  public var type: String {
    switch self {
    case .callInvite: "call.invite"
    case .callAnswer: "call.answer"
    case .callCandidates: "call.candidates"
    case .callNegotiate: "call.negotiate"
    case .callEnd: "call.end"
    case .message: "message"
    case .cover: "cover"
    case .other(let other): other.type
    }
  }

  /// The call that it is about, if it is about one.
  public var callID: CallID? {
    switch self {
    case .callInvite(let invite): invite.callID
    case .callAnswer(let answer): answer.callID
    case .callCandidates(let candidates): candidates.callID
    case .callNegotiate(let negotiate): negotiate.callID
    case .callEnd(let end): end.callID
    case .message, .cover: nil
    case .other(let other): other.callID
    }
  }
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

  public init(
    callID: CallID, handle: Handle? = nil, callerName: String? = nil, hasVideo: Bool, lifetime: Int? = nil,
    offer: String? = nil, groupID: String? = nil, data: Value? = nil, others: Members = [:]
  ) {
    self.callID = callID
    self.handle = handle
    self.callerName = callerName
    self.hasVideo = hasVideo
    self.lifetime = lifetime
    self.offer = offer
    self.groupID = groupID
    self.data = data
    self.others = others
  }
}

/// An answer to an invitation.
public struct CallAnswer: Hashable, Sendable {
  public var callID: CallID
  /// The time of the invitation that is answered, as `Inbox.answered` gave it.
  public var ring: Timestamp
  /// SDP.
  public var answer: String?
  /// The application's own; not null.
  public var data: Value?
  /// Members that version 1 does not know.
  public var others: Members

  public init(
    callID: CallID, ring: Timestamp, answer: String? = nil, data: Value? = nil, others: Members = [:]
  ) {
    self.callID = callID
    self.ring = ring
    self.answer = answer
    self.data = data
    self.others = others
  }
}

/// Candidates of ICE, all in one.
public struct CallCandidates: Hashable, Sendable {
  public var callID: CallID
  public var candidates: [Candidate]
  /// Members that version 1 does not know.
  public var others: Members

  public init(callID: CallID, candidates: [Candidate], others: Members = [:]) {
    self.callID = callID
    self.candidates = candidates
    self.others = others
  }

  /// A candidate, with the members of an `RTCIceCandidate`.
  public struct Candidate: Hashable, Sendable {
    public var candidate: String
    public var sdpMid: String?
    /// 0 to 65,535.
    public var sdpMLineIndex: Int?
    public var usernameFragment: String?
    /// Members that version 1 does not know.
    public var others: Members

    public init(
      candidate: String, sdpMid: String? = nil, sdpMLineIndex: Int? = nil, usernameFragment: String? = nil,
      others: Members = [:]
    ) {
      self.candidate = candidate
      self.sdpMid = sdpMid
      self.sdpMLineIndex = sdpMLineIndex
      self.usernameFragment = usernameFragment
      self.others = others
    }
  }
}

/// A new description of a session that stands.
public struct CallNegotiate: Hashable, Sendable {
  public var callID: CallID
  public var description: Description
  /// Members that version 1 does not know.
  public var others: Members

  public init(callID: CallID, description: Description, others: Members = [:]) {
    self.callID = callID
    self.description = description
    self.others = others
  }

  /// A description of a session, with the members of an `RTCSessionDescription`.
  public struct Description: Hashable, Sendable {
    public var type: DescriptionType
    /// SDP. It may be missing in a rollback alone.
    public var sdp: String?
    /// Members that version 1 does not know.
    public var others: Members

    public init(type: DescriptionType, sdp: String? = nil, others: Members = [:]) {
      self.type = type
      self.sdp = sdp
      self.others = others
    }
  }
}

/// The end of a call, or of a ring (spec/inbox.md, section 8.4).
public struct CallEnd: Hashable, Sendable {
  public var callID: CallID
  public var reason: EndReason
  /// The account that placed the call, 32 bytes. With ``ring`` where a callee says it.
  public var caller: Data?
  /// The time of the invitation that the end is about.
  public var ring: Timestamp?
  /// The callee's device that was taken, 32 bytes.
  public var device: Data?
  /// Members that version 1 does not know.
  public var others: Members

  /// Makes the end of a call by its caller.
  ///
  /// - Parameter reason: not ``EndReason/declined``, ``EndReason/busy`` or one that says elsewhere.
  public init(callID: CallID, reason: EndReason, others: Members = [:]) {
    self.init(callID: callID, reason: reason, caller: nil, ring: nil, device: nil, others: others)
  }

  /// Makes the end of a call by one of those that were called: for the caller; or, with
  /// ``EndReason/answeredElsewhere`` or ``EndReason/declinedElsewhere``, for the other devices of
  /// its own account.
  ///
  /// - Parameters:
  ///   - caller: the account that placed the call.
  ///   - ring: the time of the invitation that the end is about, as `Inbox.answered` gave it.
  public init(
    callID: CallID, reason: EndReason, caller: AccountKey, ring: Timestamp, others: Members = [:]
  ) {
    self.init(callID: callID, reason: reason, caller: caller.data, ring: ring, device: nil, others: others)
  }

  /// Makes the caller's word of which device it has taken, where a second one has answered.
  public init(callID: CallID, taken device: DeviceKey, others: Members = [:]) {
    self.init(
      callID: callID, reason: .answeredElsewhere, caller: nil, ring: nil, device: device.data, others: others)
  }

  init(callID: CallID, reason: EndReason, caller: Data?, ring: Timestamp?, device: Data?, others: Members) {
    self.callID = callID
    self.reason = reason
    self.caller = caller
    self.ring = ring
    self.device = device
    self.others = others
  }
}

/// A message.
public struct Message: Hashable, Sendable {
  public var body: String?
  /// The application's own; not null.
  public var data: Value?
  /// Members that version 1 does not know.
  public var others: Members

  public init(body: String? = nil, data: Value? = nil, others: Members = [:]) {
    self.body = body
    self.data = data
    self.others = others
  }
}

/// A content without a meaning, which fills gaps.
public struct Cover: Hashable, Sendable {
  /// Members that version 1 does not know.
  public var others: Members

  public init(others: Members = [:]) { self.others = others }
}

/// A content of a type that version 1 does not know.
public struct OtherContent: Hashable, Sendable {
  /// Not one that version 1 knows.
  public var type: String
  /// Of a type that begins with `call.`, where there is one.
  public var callID: CallID?
  /// All other members.
  public var members: Members

  public init(type: String, callID: CallID? = nil, members: Members = [:]) {
    self.type = type
    self.callID = callID
    self.members = members
  }
}

/// Where a caller can be reached.
public struct Handle: Hashable, Sendable {
  public var type: HandleType
  /// At most 255 bytes of UTF-8.
  public var value: String
  /// Members that version 1 does not know. Of a pinned handle there are none.
  public var others: Members

  public init(type: HandleType, value: String, others: Members = [:]) {
    self.type = type
    self.value = value
    self.others = others
  }
}

/// What kind of handle the system shows.
public enum HandleType: String, CaseIterable, Sendable {
  case generic, phoneNumber, emailAddress
}

/// The type of a session description, as WebRTC has it.
public enum DescriptionType: String, CaseIterable, Sendable {
  case offer, answer, pranswer, rollback
}

/// Why a call ends (spec/envelope.md, section 16).
public enum EndReason: String, CaseIterable, Sendable {
  case failed, remoteEnded, unanswered, answeredElsewhere, declinedElsewhere, declined, busy, cancelled
}
