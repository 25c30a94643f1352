import Foundation

extension CallPayload {
  /// Reads what an extension has reported: its ``dictionary``, with which the system has launched
  /// the application.
  ///
  /// Each member has the one form that ``dictionary`` gives it. Members that are not known are
  /// passed over, because the system may add its own.
  ///
  /// - Throws: ``HushringError/Code/unsupportedVersion`` for a payload of a later version;
  ///   ``HushringError/Code/badContent`` with the ``HushringError/member`` that is missing or has
  ///   another form, also where `callUUID` is not that of the call. iOS demands a call for it all
  ///   the same.
  public init(dictionary: [AnyHashable: Any]) throws(HushringError) {
    let members = PayloadMembers(dictionary)
    guard try members.integer("hushring") == 1 else { throw HushringError(.unsupportedVersion) }
    let account = try members.key("account", AccountKey.init(checking:))
    let callID = try members.value("callId") { (text: String) in Self.uuid(text).flatMap { try? CallID($0) } }
    let callUUID = try members.value("callUUID", Self.uuid)
    guard callUUID == callKitUUID(caller: account, callID: callID) else { throw PayloadMembers.bad("callUUID") }
    let type = try members.value("handleType") { (text: String) in
      HandleType.allCases.first { $0.rawValue.utf8.elementsEqual(text.utf8) }
    }
    let value = try members.value("handle", Self.filled)
    self.init(
      callUUID: callUUID,
      callID: callID,
      account: account,
      device: try members.key("device", DeviceKey.init(checking:)),
      messageID: try members.value("messageId") { (text: String) in MessageID(text) },
      handle: Handle(type: type, value: value),
      callerName: try members.isMissing("callerName") ? nil : members.value("callerName", Self.filled),
      hasVideo: try members.flag("hasVideo"),
      sentAt: Timestamp(milliseconds: try members.integer("sentAt")),
      expiresAt: Timestamp(milliseconds: try members.integer("expiresAt"))
    )
  }

  /// In lower case, with hyphens.
  private static func uuid(_ text: String) -> UUID? {
    guard let uuid = UUID(uuidString: text), uuid.uuidString.lowercased().utf8.elementsEqual(text.utf8) else {
      return nil
    }
    return uuid
  }

  private static func filled(_ text: String) -> String? { text.isEmpty ? nil : text }
}

extension AccountKey {
  fileprivate init?(checking bytes: [UInt8]) {
    guard let key = try? AccountKey(bytes) else { return nil }
    self = key
  }
}

extension DeviceKey {
  fileprivate init?(checking bytes: [UInt8]) {
    guard let key = try? DeviceKey(bytes) else { return nil }
    self = key
  }
}

/// A dictionary that went through the system, where every number has become an `NSNumber`: one that
/// holds a boolean is no integer here, and the other way around.
private struct PayloadMembers {
  private let values: [AnyHashable: Any]

  init(_ values: [AnyHashable: Any]) { self.values = values }

  static func bad(_ name: String) -> HushringError {
    var error = HushringError(.badContent)
    error.member = name
    return error
  }

  func isMissing(_ name: String) -> Bool { values[name] == nil }

  func value<Value>(_ name: String, _ read: (String) -> Value?) throws(HushringError) -> Value {
    guard case .text(let text) = PayloadScalar(values[name]), let value = read(text) else { throw Self.bad(name) }
    return value
  }

  func key<Key>(_ name: String, _ read: ([UInt8]) -> Key?) throws(HushringError) -> Key {
    try value(name) { text in Array(hexadecimal: text).flatMap(read) }
  }

  func flag(_ name: String) throws(HushringError) -> Bool {
    guard case .flag(let flag) = PayloadScalar(values[name]) else { throw Self.bad(name) }
    return flag
  }

  func integer(_ name: String) throws(HushringError) -> UInt64 {
    guard case .integer(let number) = PayloadScalar(values[name]) else { throw Self.bad(name) }
    return number
  }
}

private enum PayloadScalar {
  case text(String), flag(Bool), integer(UInt64)

  init?(_ value: Any?) {
    guard let value else { return nil }
    if let text = value as? String {
      self = .text(text)
      return
    }
    #if canImport(ObjectiveC)
      guard let number = value as? NSNumber else { return nil }
      if CFGetTypeID(number) == CFBooleanGetTypeID() {
        self = .flag(number.boolValue)
      } else if !CFNumberIsFloatType(number), let integer = UInt64(exactly: number) {
        self = .integer(integer)
      } else {
        return nil
      }
    #else
      switch value {
      case let flag as Bool: self = .flag(flag)
      case let integer as UInt64: self = .integer(integer)
      default: return nil
      }
    #endif
  }
}
