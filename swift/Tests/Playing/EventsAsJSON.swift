import Foundation

@testable import Hushring

// Events, and what else an inbox lists, as the scenes write them (vectors/README.md).

extension InboxEvent {
  public var json: Value {
    get throws {
      let common = Value.object([
        "action": .text(action.name.rawValue), "envelopeTag": .text(envelopeTag), "sender": sender.json,
        "messageId": .text(messageID.description), "sentAt": .number(sentAt),
      ])
      return common.merging(try action.json)
    }
  }
}

extension InboxEvent.Sender {
  fileprivate var json: Value {
    .object([
      "account": .hex(account.data), "device": .hex(device.data), "handle": handle?.json,
      "displayName": displayName.map(Value.text),
    ])
  }
}

extension InboxEvent.Action {
  fileprivate var json: Value {
    get throws {
      switch self {
      case .ring(let ring):
        .object([
          "callUUID": .uuid(ring.callUUID), "callKit": try ring.payload.checked, "claimed": ring.claimed.json,
          "expiresAt": .number(ring.expiresAt), "crossed": ring.crossed.map { .uuid($0.uuid) },
          "content": try Content.callInvite(ring.invite).json,
        ])
      case .missed(let missed):
        .object([
          "callUUID": .uuid(missed.callUUID), "reason": .text(missed.reason.rawValue), "age": .number(missed.age),
          "claimed": missed.claimed.json, "content": try Content.callInvite(missed.invite).json,
        ])
      case .end(let end):
        .object([
          "callUUID": .uuid(end.callUUID), "endedReason": .number(end.endedReason.rawValue),
          "remaining": end.remaining.map { .number($0) }, "content": try Content.callEnd(end.end).json,
        ])
      case .signal(let signal): .object(["callUUID": .uuid(signal.callUUID), "content": try signal.content.json])
      case .second(let second):
        .object([
          "callUUID": .uuid(second.callUUID), "taken": .hex(second.taken.data),
          "content": try Content.callAnswer(second.answer).json,
        ])
      case .notify(let notification):
        .object(["known": .bool(notification.isKnown), "content": try notification.content.json])
      case .drop(let reason): .object(["reason": .text(reason.rawValue)])
      }
    }
  }
}

extension InboxEvent.Claims {
  fileprivate var json: Value {
    .object(["handle": handle?.json, "callerName": callerName.map(Value.text)])
  }
}

extension CallPayload {
  /// The dictionary, whose JSON is bounded, in the order of the specification, and says the same.
  fileprivate var checked: Value {
    get throws {
      let json = self.json
      guard json.count <= 1024 else { throw JSON.Malformed("a dictionary of \(json.count) bytes") }
      let order = [
        "hushring", "callUUID", "callId", "account", "device", "messageId", "handleType", "handle", "callerName",
        "hasVideo", "sentAt", "expiresAt",
      ]
      let text = String(decoding: json, as: UTF8.self)
      let places = order.compactMap { text.range(of: "\"\($0)\":")?.lowerBound }
      guard places == places.sorted(), places.count == order.count - (callerName == nil ? 1 : 0) else {
        throw JSON.Malformed("a dictionary in another order")
      }
      let members = dictionary.map { name, member -> (String, Value) in
        switch member {
        case let text as String: (name, .text(text))
        case let bool as Bool: (name, .bool(bool))
        case let integer as UInt64: (name, .number(integer))
        default: (name, .null)
        }
      }
      guard try JSON.parse(json) == .map(Members(members)) else { throw JSON.Malformed("not what the JSON says") }
      return .map(Members(members))
    }
  }
}

extension Handle {
  init(json: Value) throws {
    guard let type = HandleType(rawValue: try json.text("type")) else { throw JSON.Malformed("a handle's type") }
    self.init(type: type, value: try json.text("value"))
  }

  fileprivate var json: Value { .object(["type": .text(type.rawValue), "value": .text(value)]) }
}

extension HeldEnvelope {
  public var json: Value {
    .object([
      "envelopeTag": .text(envelopeTag), "account": .hex(account.data), "device": .hex(device.data),
      "messageId": .text(messageID.description), "sentAt": .number(sentAt), "reason": .text(reason.rawValue),
    ])
  }
}

extension HeldAccount {
  public var json: Value {
    .object([
      "account": .hex(account.data), "count": .number(count), "earliest": .number(earliest),
      "latest": .number(latest),
    ])
  }
}

extension Explanation {
  /// Action and reason, or code.
  public var json: Value {
    switch result {
    case .ring: .object(["action": "ring"])
    case .missed(let reason): .object(["action": "missed", "reason": .text(reason.rawValue)])
    case .end: .object(["action": "end"])
    case .signal: .object(["action": "signal"])
    case .second: .object(["action": "second"])
    case .notify: .object(["action": "notify"])
    case .drop(let reason): .object(["action": "drop", "reason": .text(reason.rawValue)])
    case .refused(let code): .object(["code": .text(code.rawValue)])
    }
  }
}
