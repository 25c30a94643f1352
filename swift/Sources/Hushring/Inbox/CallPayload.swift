import Foundation

/// What an extension hands to the application through CallKit: texts, booleans and integers, at
/// most 1,024 bytes as JSON (spec/inbox.md, section 9).
///
/// Pass its ``dictionary`` to `reportNewIncomingVoIPPushPayload`. It does not hold the offer, which
/// is in the event: the application finds that in ``Inbox/pending(now:)`` by ``account`` and
/// ``messageID``.
public struct CallPayload: Hashable, Sendable {
  /// The UUID under which CallKit knows the call. With ``sentAt`` it names a ring.
  public let callUUID: UUID
  /// The id of the call between the devices.
  public let callID: CallID
  /// The caller's account.
  public let account: AccountKey
  /// The caller's device.
  public let device: DeviceKey
  /// The id of the invitation.
  public let messageID: MessageID
  /// What the system shows, and looks up in the user's contacts: the pinned one, or the fingerprint
  /// of the account.
  public let handle: Handle
  /// The pinned name, without as many characters at its end as do not fit.
  public private(set) var callerName: String?
  /// Whether the caller asks for video.
  public let hasVideo: Bool
  /// By the caller's clock.
  public let sentAt: Timestamp
  /// The last moment at which it rings.
  public let expiresAt: Timestamp

  /// Makes a payload, of which `callerName` is cut to what fits.
  init(
    callUUID: UUID, callID: CallID, account: AccountKey, device: DeviceKey, messageID: MessageID, handle: Handle,
    callerName: String?, hasVideo: Bool, sentAt: Timestamp, expiresAt: Timestamp
  ) {
    self.callUUID = callUUID
    self.callID = callID
    self.account = account
    self.device = device
    self.messageID = messageID
    self.handle = Handle(type: handle.type, value: handle.value)
    self.hasVideo = hasVideo
    self.sentAt = sentAt
    self.expiresAt = expiresAt
    self.callerName = callerName.map { _ in "" }
    let room = Bounds.payload - JSON.encode(members).count
    self.callerName = callerName?.prefix(bytes: room)
  }

  /// The dictionary as JSON: its members in the order of the specification, without white space.
  public var json: Data { Data(JSON.encode(members)) }

  /// The dictionary, of `String`, `Bool` and `UInt64`. The application reads it with
  /// ``init(dictionary:)``.
  public var dictionary: [String: any Sendable] {
    var dictionary: [String: any Sendable] = [:]
    for (name, member) in members {
      switch member {
      case .text(let value): dictionary[name] = value
      case .bool(let value): dictionary[name] = value
      case .integer(let value): dictionary[name] = value
      }
    }
    return dictionary
  }

  private var members: [(String, Member)] {
    let members: [(String, Member?)] = [
      ("hushring", .integer(1)),
      ("callUUID", .text(callUUID.uuidString.lowercased())),
      ("callId", .text(callID.uuid.uuidString.lowercased())),
      ("account", .text(account.data.hexadecimal)),
      ("device", .text(device.data.hexadecimal)),
      ("messageId", .text(messageID.description)),
      ("handleType", .text(handle.type.rawValue)),
      ("handle", .text(handle.value)),
      ("callerName", callerName.map(Member.text)),
      ("hasVideo", .bool(hasVideo)),
      ("sentAt", .integer(sentAt.milliseconds)),
      ("expiresAt", .integer(expiresAt.milliseconds)),
    ]
    return members.compactMap { name, member in member.map { (name, $0) } }
  }

  fileprivate enum Member {
    case text(String)
    case bool(Bool)
    case integer(UInt64)
  }
}

extension CallPayload {
  public static func == (left: Self, right: Self) -> Bool {
    left.callUUID == right.callUUID && left.callID == right.callID && left.account == right.account
      && left.device == right.device && left.messageID == right.messageID && left.handle == right.handle
      && left.callerName.isSame(as: right.callerName) && left.hasVideo == right.hasVideo
      && left.sentAt == right.sentAt && left.expiresAt == right.expiresAt
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(callUUID)
    hasher.combine(account)
    hasher.combine(messageID)
  }
}

/// JSON with the escapes of spec/relay.md, P7.
private enum JSON {
  static func encode(_ members: [(String, CallPayload.Member)]) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (name, member) in members {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes += "\"\(name)\":".utf8
      switch member {
      case .text(let value):
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 { escape(byte, into: &bytes) }
        bytes.append(UInt8(ascii: "\""))
      case .bool(let value): bytes += (value ? "true" : "false").utf8
      case .integer(let value): bytes += String(value).utf8
      }
    }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
    case 0x08: bytes += "\\b".utf8
    case 0x09: bytes += "\\t".utf8
    case 0x0A: bytes += "\\n".utf8
    case 0x0C: bytes += "\\f".utf8
    case 0x0D: bytes += "\\r".utf8
    case 0..<0x20: bytes += "\\u00\([byte].hexadecimal)".utf8
    default: bytes.append(byte)
    }
  }
}

extension String {
  /// As many scalars from its beginning as have at most so many bytes in JSON.
  fileprivate func prefix(bytes bound: Int) -> String {
    var (prefix, size) = (UnicodeScalarView(), 0)
    for scalar in unicodeScalars {
      var bytes: [UInt8] = []
      for byte in String(scalar).utf8 { JSON.escape(byte, into: &bytes) }
      size += bytes.count
      guard size <= bound else { break }
      prefix.append(scalar)
    }
    return String(prefix)
  }
}
