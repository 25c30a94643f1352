import Foundation
import Hushring

/// What a notification says. The app finds the words.
public struct Notice: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A call rings, and CallKit does not: it refused, or must not be used here. Show it as
    /// time-sensitive.
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
  /// The same for the same event, so that a second notification replaces the first: account and
  /// message id.
  public let identifier: String
  /// Of a call. A missed call that was shown under it is taken away if another device has answered.
  public let callUUID: UUID?
  /// Where the extension finds who is called back, or written to: 64 hexadecimal digits.
  public let account: String

  /// Whether it breaks through a Focus, if the user allows that: a call that rings, and nothing
  /// else.
  public var isTimeSensitive: Bool {
    if case .call = kind { true } else { false }
  }

  init(_ kind: Kind, of event: InboxEvent, callUUID: UUID? = nil) {
    let sender = event.sender
    self.kind = kind
    self.callUUID = callUUID
    account = sender.account.data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    identifier = "\(account):\(event.messageID)"
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
