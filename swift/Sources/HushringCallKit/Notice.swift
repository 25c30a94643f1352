import Foundation
import Hushring

/// What a notification says. The app finds the words.
public struct Notice: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A call rings, and CallKit does not: it refused, or must not be used here. Show it as
    /// time-sensitive, and take it away at ``Notice/expiresAt``.
    case call(hasVideo: Bool)
    case missedCall(hasVideo: Bool)
    /// A message, with its body.
    case message(String?)
    /// A content of a type that this version does not know.
    case other
  }

  public let kind: Kind
  /// Who sent it, as pinned: the name, else the handle, else the fingerprint of the account. Never
  /// empty.
  public let name: String
  /// The same for what replaces it: account and message id; of a call its UUID, so that a missed
  /// call takes the place of the call that rang.
  public let identifier: String
  /// Who is answered, called back, or written to: 64 hexadecimal digits.
  public let account: String
  /// Names the event, together with ``account``.
  public let messageID: MessageID
  /// Of a call.
  public let callUUID: UUID?
  /// Of a call that rings: its last moment.
  public let expiresAt: Timestamp?
  /// Whether it makes no sound and lights nothing up: the user did not want to be disturbed, or the
  /// app has set it, because it is one of many.
  public var isQuiet: Bool

  /// Whether it breaks through a Focus, if the user allows that: a call that rings, and nothing
  /// else.
  public var isTimeSensitive: Bool {
    if case .call = kind { true } else { false }
  }

  init(_ kind: Kind, of event: InboxEvent, isQuiet: Bool = false) {
    let sender = event.sender
    self.kind = kind
    self.isQuiet = isQuiet
    account = sender.account.data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    messageID = event.messageID
    switch event.action {
    case .ring(let ring): (callUUID, expiresAt) = (ring.callUUID, ring.expiresAt)
    case .missed(let missed): (callUUID, expiresAt) = (missed.callUUID, nil)
    case .end, .signal, .second, .notify, .drop: (callUUID, expiresAt) = (nil, nil)
    }
    identifier = callUUID?.uuidString ?? "\(account):\(event.messageID)"
    let names = [sender.displayName, sender.handle?.value, sender.account.fingerprint]
    name = names.compactMap { $0 }.first { !$0.isEmpty } ?? account
  }
}

// Names and messages stay out of logs.
extension Notice: CustomStringConvertible, CustomReflectable {
  public var description: String {
    switch kind {
    case .call: "Notice(call)"
    case .missedCall: "Notice(missedCall)"
    case .message: "Notice(message)"
    case .other: "Notice(other)"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Notice.Kind: CustomStringConvertible, CustomReflectable {
  public var description: String {
    switch self {
    case .call: "call"
    case .missedCall: "missedCall"
    case .message: "message"
    case .other: "other"
    }
  }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
