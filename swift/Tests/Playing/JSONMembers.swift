import Foundation

@testable import Hushring

// What vectors have (vectors/README.md). What is not there, or not of its type, is a fault of the vector.

extension Value {
  /// A member of a map, if it is there.
  public subscript(name: String) -> Value? { map?[name] }

  public func member(_ name: String) throws -> Value {
    guard let member = self[name] else { throw JSON.Malformed("no member \(name)") }
    return member
  }

  public func text(_ name: String) throws -> String {
    guard let text = try member(name).text else { throw JSON.Malformed("\(name) is no text") }
    return text
  }

  public func array(_ name: String) throws -> [Value] {
    guard let array = try member(name).array else { throw JSON.Malformed("\(name) is no list") }
    return array
  }

  /// An integer of at least 0, also one that is written as text.
  public var natural: UInt64? {
    switch self {
    case .integer(let value): UInt64(exactly: value)
    case .text(let text): UInt64(text)
    default: nil
    }
  }

  public func natural(_ name: String) throws -> UInt64 {
    guard let natural = try member(name).natural else { throw JSON.Malformed("\(name) is no integer") }
    return natural
  }

  public func count(_ name: String) throws -> Int {
    guard let count = Int(exactly: try natural(name)) else { throw JSON.Malformed("\(name) is too large") }
    return count
  }

  public func timestamp(_ name: String) throws -> Timestamp { Timestamp(milliseconds: try natural(name)) }

  public func seconds(_ name: String) throws -> EpochSeconds { EpochSeconds(try natural(name)) }

  /// Bytes in hexadecimal.
  public func hex(_ name: String) throws -> Data { try member(name).hex() }

  /// A list of bytes in hexadecimal.
  public func hexes(_ name: String) throws -> [Data] { try array(name).map { try $0.hex() } }

  public func hex() throws -> Data {
    guard let bytes = text.flatMap([UInt8].init(hexadecimal:)) else { throw JSON.Malformed("not hexadecimal") }
    return Data(bytes)
  }

  public func base64(_ name: String) throws -> Data {
    guard let bytes = Data(base64Encoded: try text(name)) else { throw JSON.Malformed("\(name) is not base64") }
    return bytes
  }

  public func uuid(_ name: String) throws -> UUID {
    guard let uuid = UUID(uuidString: try text(name)) else { throw JSON.Malformed("\(name) is no UUID") }
    return uuid
  }
}

extension Value {
  /// Bytes in hexadecimal.
  public static func hex(_ bytes: some Collection<UInt8>) -> Value { .text(bytes.hexadecimal) }

  public static func base64(_ data: Data) -> Value { .text(data.base64EncodedString()) }

  public static func uuid(_ uuid: UUID) -> Value { .text(uuid.uuidString.lowercased()) }

  /// Above 2^53 − 1 as text.
  public static func number(_ value: some BinaryInteger) -> Value {
    Int64(exactly: value).flatMap { $0.magnitude <= largestInteger.magnitude ? .integer($0) : nil } ?? .text("\(value)")
  }

  public static func number(_ time: Timestamp) -> Value { number(time.milliseconds) }

  public static func number(_ time: EpochSeconds) -> Value { number(time.value) }

  /// Leaves out what is nil.
  public static func object(_ members: KeyValuePairs<String, Value?>) -> Value {
    .map(Members(members.compactMap { name, value in value.map { (name, $0) } }))
  }

  public func with(_ name: String, _ value: Value?) -> Value {
    var members = map ?? Members()
    members[name] = value
    return .map(members)
  }

  /// With the members of another object.
  public func merging(_ other: Value) -> Value {
    var members = map ?? Members()
    for (name, value) in other.map ?? [:] { members[name] = value }
    return .map(members)
  }
}
