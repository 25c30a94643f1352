import Foundation

@testable import Hushring

/// JSON as a tree of values, in which there are no bytes. Foundation's takes canonically equivalent names for one, and
/// booleans for numbers.
public enum JSON {
  /// Something that is not JSON, or a vector that is not in the form of vectors/README.md.
  public struct Malformed: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
  }

  /// Reads a file of the repository.
  public static func file(_ path: String) throws -> Value { try parse(Repository.data(path)) }

  public static func parse(_ json: some Sequence<UInt8>) throws -> Value {
    var parser = Parser(json: Array(json))
    let value = try parser.value()
    guard parser.peek == nil else { throw parser.malformed }
    return value
  }

  private struct Parser {
    let json: [UInt8]
    var place = 0

    var malformed: Malformed { Malformed("no JSON at \(place)") }

    /// The next character that is not white space.
    var peek: UInt8? {
      mutating get {
        while place < json.count, [0x20, 0x0a, 0x0d, 0x09].contains(json[place]) { place += 1 }
        return place < json.count ? json[place] : nil
      }
    }

    mutating func value() throws -> Value {
      switch peek {
      case UInt8(ascii: "{"):
        var members = Members()
        try list("{", "}") { parser in
          _ = parser.peek
          let name = try parser.string()
          try parser.expect(":")
          members[name] = try parser.value()
        }
        return .map(members)
      case UInt8(ascii: "["):
        var items: [Value] = []
        try list("[", "]") { parser in items.append(try parser.value()) }
        return .array(items)
      case UInt8(ascii: "\""): return .text(try string())
      case UInt8(ascii: "t"): return try word("true", .bool(true))
      case UInt8(ascii: "f"): return try word("false", .bool(false))
      case UInt8(ascii: "n"): return try word("null", .null)
      default: return try number()
      }
    }

    mutating func list(_ open: Unicode.Scalar, _ close: Unicode.Scalar, _ item: (inout Parser) throws -> Void) throws {
      try expect(open)
      while peek != UInt8(ascii: close) {
        try item(&self)
        if peek != UInt8(ascii: close) { try expect(",") }
      }
      try expect(close)
    }

    mutating func expect(_ character: Unicode.Scalar) throws {
      guard peek == UInt8(ascii: character) else { throw malformed }
      place += 1
    }

    mutating func word(_ text: String, _ value: Value) throws -> Value {
      guard json[place...].starts(with: text.utf8) else { throw malformed }
      place += text.utf8.count
      return value
    }

    mutating func number() throws -> Value {
      let text = String(decoding: json[place...].prefix { "+-.0123456789eE".utf8.contains($0) }, as: UTF8.self)
      place += text.utf8.count
      if let integer = Int64(text) { return .integer(integer) }
      guard let number = Double(text) else { throw malformed }
      return Value(number)
    }

    mutating func string() throws -> String {
      try expect("\"")
      var units: [UInt8] = []
      while place < json.count, json[place] != UInt8(ascii: "\"") {
        if json[place] == UInt8(ascii: "\\") {
          units += try escape().utf8
        } else {
          units.append(json[place])
          place += 1
        }
      }
      try expect("\"")
      return String(decoding: units, as: UTF8.self)
    }

    mutating func escape() throws -> String {
      guard place + 1 < json.count else { throw malformed }
      defer { place += 2 }
      switch json[place + 1] {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{c}"
      case UInt8(ascii: "u"):
        let first = try unit()
        if !UTF16.isLeadSurrogate(first) { return String(decoding: [first], as: UTF16.self) }
        place += 2
        return String(decoding: [first, try unit()], as: UTF16.self)
      case let other: return String(decoding: [other], as: UTF8.self)
      }
    }

    mutating func unit() throws -> UInt16 {
      let digits = String(decoding: json[place...].dropFirst(2).prefix(4), as: UTF8.self)
      guard let unit = UInt16(digits, radix: 16) else { throw malformed }
      place += 4
      return unit
    }
  }
}

extension Content {
  /// A content as the vectors write it (vectors/README.md).
  public init(json: Value) throws {
    guard var members = json.fromJSON.map else { throw JSON.Malformed("a content is a map") }
    if let type = members["type"]?.text, type.begins(with: "call."), let callID = members["callId"]?.text {
      guard let uuid = UUID(uuidString: callID) else { throw HushringError(.badCallID) }
      members["callId"] = .bytes(Data(try CallID(uuid).bytes))
    }
    try self.init(members: members)
  }

  /// As the vectors write it.
  public var json: Value {
    get throws {
      var members = try self.members()
      if let callID { members["callId"] = .text(callID.uuid.uuidString.lowercased()) }
      return Value.map(members).asJSON
    }
  }
}

extension Value {
  /// With the bytes that `{ "bytes": hex }` stands for.
  fileprivate var fromJSON: Value {
    switch self {
    case .array(let items): return .array(items.map(\.fromJSON))
    case .map(let members):
      if members.count == 1, let hex = members["bytes"]?.text, let bytes = [UInt8](hexadecimal: hex) {
        return .bytes(Data(bytes))
      }
      return .map(Members(members.map { ($0.name, $0.value.fromJSON) }))
    default: return self
    }
  }

  var asJSON: Value {
    switch self {
    case .bytes(let bytes): .map(["bytes": .text(bytes.hexadecimal)])
    case .array(let items): .array(items.map(\.asJSON))
    case .map(let members): .map(Members(members.map { ($0.name, $0.value.asJSON) }))
    default: self
    }
  }
}
