import Foundation

/// The deterministic profile of CBOR that contents are encoded in (spec/envelope.md, section 14).
enum CBOR {
  /// Bytes of an encoded content (C13).
  static let longest = 65_536
  /// Nested arrays and maps (C10).
  static let deepest = 16
  /// Items of arrays and members of maps, together (C12).
  static let mostItems = 4_096

  /// - Throws: ``HushringError/Code/badCBOR``, ``HushringError/Code/tooDeep``,
  ///   ``HushringError/Code/tooMany``: the first breach from the front.
  static func decode(_ bytes: [UInt8]) throws(HushringError) -> Members {
    var decoder = CBORDecoder(bytes)
    let members = try decoder.content()
    // C14. The decoder has found it all already, if it has no fault.
    var encoder = CBOREncoder(capacity: bytes.count)
    defer { wipe(&encoder.bytes) }
    do { try encoder.add(.map(members), depth: 0) } catch { throw HushringError(.badCBOR) }
    guard encoder.bytes == bytes else { throw HushringError(.badCBOR) }
    return members
  }

  /// - Throws: ``HushringError/Code/badContent`` with the path of a value that has no encoding;
  ///   ``HushringError/Code/tooDeep``, ``HushringError/Code/tooMany``,
  ///   ``HushringError/Code/tooLong``.
  static func encode(_ members: Members) throws(HushringError) -> [UInt8] {
    // The whole room at once, because an array that grew would leave a part of it behind.
    var encoder = CBOREncoder(capacity: longest)
    do {
      try encoder.add(.map(members), depth: 0)
    } catch {
      wipe(&encoder.bytes)
      throw error
    }
    return encoder.bytes
  }
}

/// The high three bits of an initial byte.
private enum MajorType: UInt8 {
  case unsigned, negative, bytes, text, array, map, tag, other
}

/// The initial bytes of major type 7 that there are.
private enum Simple {
  static let `false`: UInt8 = 0xf4
  static let `true`: UInt8 = 0xf5
  static let null: UInt8 = 0xf6
  static let float: UInt8 = 0xfb
}

/// Refuses whatever has another encoding than the one that ``CBOREncoder`` writes.
struct CBORDecoder {
  private let bytes: [UInt8]
  private var place = 0
  private var items = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private var remaining: Int { bytes.count - place }

  mutating func content() throws(HushringError) -> Members {
    guard case .map(let members) = try value(depth: 0, accepting: .map), remaining == 0 else {
      throw HushringError(.badCBOR)
    }
    return members
  }

  /// - Parameter accepting: the one type that will do; any, if it is missing.
  private mutating func value(depth: Int, accepting expected: MajorType? = nil) throws(HushringError) -> Value {
    let initial = try byte()
    guard let type = MajorType(rawValue: initial >> 5), type == expected ?? type else {
      throw HushringError(.badCBOR)
    }
    switch type {
    case .unsigned: return .integer(try integer(initial, largest: UInt64(Value.largestInteger)))
    case .negative: return .integer(-1 - (try integer(initial, largest: UInt64(Value.largestInteger) - 1)))
    case .bytes: return .bytes(Data(try string(initial)))
    case .text: return .text(try text(initial))
    case .array:
      let count = try self.count(initial, depth: depth, smallest: 1)
      var items: [Value] = []
      items.reserveCapacity(count)
      for _ in 0..<count { items.append(try value(depth: depth + 1)) }
      return .array(items)
    case .map:
      var members = Members()
      let count = try self.count(initial, depth: depth, smallest: 2)
      members.reserveCapacity(count)
      for _ in 0..<count {
        guard case .text(let name) = try value(depth: depth + 1, accepting: .text),
          members.isNext(name)
        else { throw HushringError(.badCBOR) }
        members.append(name, try value(depth: depth + 1))
      }
      return .map(members)
    case .tag, .other: return try simple(initial)
    }
  }

  private mutating func simple(_ initial: UInt8) throws(HushringError) -> Value {
    switch initial {
    case Simple.false: return .bool(false)
    case Simple.true: return .bool(true)
    case Simple.null: return .null
    case Simple.float:
      let value = Double(bitPattern: try number(8))
      guard value.hasEncoding else { throw HushringError(.badCBOR) }
      return .float(value)
    default: throw HushringError(.badCBOR)
    }
  }

  private mutating func integer(_ initial: UInt8, largest: UInt64) throws(HushringError) -> Int64 {
    let value = try argument(initial)
    guard value <= largest, let integer = Int64(exactly: value) else { throw HushringError(.badCBOR) }
    return integer
  }

  private mutating func text(_ initial: UInt8) throws(HushringError) -> String {
    let bytes = try string(initial)
    // It replaces what is malformed, and drops nothing. `String(validating:as:)` needs iOS 18.
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.elementsEqual(bytes), !bytes.contains(0) else { throw HushringError(.badCBOR) }
    return text
  }

  private mutating func string(_ initial: UInt8) throws(HushringError) -> ArraySlice<UInt8> {
    try take(try length(initial, smallest: 1))
  }

  /// Reads how many items or members a container has.
  private mutating func count(_ initial: UInt8, depth: Int, smallest: Int) throws(HushringError) -> Int {
    guard depth < CBOR.deepest else { throw HushringError(.tooDeep) }
    let count = try length(initial, smallest: smallest)
    items += count
    guard items <= CBOR.mostItems else { throw HushringError(.tooMany) }
    return count
  }

  /// Reads a length or count that what remains has room for (C11).
  ///
  /// - Parameter smallest: how many bytes one takes at least.
  private mutating func length(_ initial: UInt8, smallest: Int) throws(HushringError) -> Int {
    guard let length = Int(exactly: try argument(initial)), length <= remaining / smallest else {
      throw HushringError(.badCBOR)
    }
    return length
  }

  /// Reads the argument of an initial byte, in its shortest form (C3, C4).
  private mutating func argument(_ initial: UInt8) throws(HushringError) -> UInt64 {
    let (argument, smallest): (UInt64, UInt64) =
      switch initial & 31 {
      case let small where small < 24: (UInt64(small), 0)
      case 24: (try number(1), 24)
      case 25: (try number(2), 1 << 8)
      case 26: (try number(4), 1 << 16)
      case 27: (try number(8), 1 << 32)
      default: throw HushringError(.badCBOR)
      }
    guard argument >= smallest else { throw HushringError(.badCBOR) }
    return argument
  }

  private mutating func number(_ size: Int) throws(HushringError) -> UInt64 {
    try take(size).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func byte() throws(HushringError) -> UInt8 {
    guard let byte = try take(1).first else { throw HushringError(.badCBOR) }
    return byte
  }

  private mutating func take(_ count: Int) throws(HushringError) -> ArraySlice<UInt8> {
    guard count <= remaining else { throw HushringError(.badCBOR) }
    defer { place += count }
    return bytes[place..<place + count]
  }
}

private struct CBOREncoder {
  var bytes: [UInt8] = []
  private var items = 0

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  mutating func add(_ value: Value, depth: Int) throws(HushringError) {
    switch value {
    case .null: try add([Simple.null])
    case .bool(let value): try add([value ? Simple.true : Simple.false])
    case .integer(let value):
      guard value.magnitude <= Value.largestInteger.magnitude else { throw HushringError(.badContent) }
      try add(value < 0 ? .negative : .unsigned, argument: value < 0 ? value.magnitude - 1 : value.magnitude)
    case .float(let value):
      guard value.hasEncoding else { throw HushringError(.badContent) }
      try add([Simple.float] + value.bitPattern.bigEndianBytes)
    case .text(let text): try add(text)
    case .bytes(let data):
      try add(.bytes, argument: UInt64(data.count))
      try add(data)
    case .array(let items):
      try count(items.count, depth: depth)
      try add(.array, argument: UInt64(items.count))
      for (place, item) in items.enumerated() {
        do { try add(item, depth: depth + 1) } catch { throw error.within(place: place) }
      }
    case .map(let members):
      try count(members.count, depth: depth)
      try add(.map, argument: UInt64(members.count))
      for (name, value) in members {
        do {
          try add(name)
          try add(value, depth: depth + 1)
        } catch { throw error.within(name) }
      }
    }
  }

  private mutating func count(_ count: Int, depth: Int) throws(HushringError) {
    guard depth < CBOR.deepest else { throw HushringError(.tooDeep) }
    items += count
    guard items <= CBOR.mostItems else { throw HushringError(.tooMany) }
  }

  private mutating func add(_ text: String) throws(HushringError) {
    guard !text.utf8.contains(0) else { throw HushringError(.badContent) }
    try add(.text, argument: UInt64(text.utf8.count))
    try add(text.utf8)
  }

  private mutating func add(_ type: MajorType, argument: UInt64) throws(HushringError) {
    let initial = type.rawValue << 5
    switch argument {
    case 0..<24: try add([initial | UInt8(argument)])
    case 24..<1 << 8: try add([initial | 24, UInt8(argument)])
    case 1 << 8..<1 << 16: try add([initial | 25] + UInt16(argument).bigEndianBytes)
    case 1 << 16..<1 << 32: try add([initial | 26] + UInt32(argument).bigEndianBytes)
    default: try add([initial | 27] + argument.bigEndianBytes)
    }
  }

  private mutating func add(_ more: some Collection<UInt8>) throws(HushringError) {
    guard more.count <= CBOR.longest - bytes.count else { throw HushringError(.tooLong) }
    bytes += more
  }
}

extension Double {
  /// Whether it is one of the numbers that are encoded as floats (C9).
  fileprivate var hasEncoding: Bool { isFinite && self != rounded(.towardZero) }
}

extension HushringError {
  /// Puts the name of what holds a member in front of the member's own path.
  func within(_ name: String) -> HushringError { within(name, isPlace: false) }

  /// Puts the place of an item in front of the path within it.
  func within(place: Int) -> HushringError { within("[\(place)]", isPlace: true) }

  private func within(_ container: String, isPlace: Bool) -> HushringError {
    guard code == .badContent else { return self }
    var error = self
    error.member = container + (member.map { beginsWithPlace ? $0 : "." + $0 } ?? "")
    error.beginsWithPlace = isPlace
    return error
  }
}
