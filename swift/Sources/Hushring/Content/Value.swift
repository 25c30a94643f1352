import Foundation

/// A part of a content (spec/envelope.md, section 14).
///
/// Text is compared as UTF-8, byte by byte: what Unicode takes for the same text is not the same
/// here. A description says the kind of a value, and nothing of what it holds.
public enum Value: Sendable {
  case null
  case bool(Bool)
  /// Within ±(2^53 − 1).
  case integer(Int64)
  /// Finite and not integral. ``init(_:)-(Double)`` makes an integer of what is.
  case float(Double)
  /// Without U+0000.
  case text(String)
  case bytes(Data)
  case array([Value])
  case map(Members)

  /// The largest integer that a content may hold, 2^53 − 1. The smallest is its negative.
  public static let largestInteger: Int64 = 1 << 53 - 1

  /// Makes a number as contents have it: an integer, if its value is integral and within
  /// ±(2^53 − 1).
  public init(_ number: Double) {
    guard let integer = Int64(exactly: number), integer.magnitude <= Value.largestInteger.magnitude else {
      self = .float(number)
      return
    }
    self = .integer(integer)
  }

  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The value, if it is a boolean.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value, if it is an integer.
  public var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The value, if it is a number, be it an integer or not.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  /// The value, if it is text.
  public var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// The value, if it is bytes.
  public var bytes: Data? {
    if case .bytes(let value) = self { value } else { nil }
  }

  /// The value, if it is an array.
  public var array: [Value]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The value, if it is a map.
  public var map: Members? {
    if case .map(let value) = self { value } else { nil }
  }
}

/// The members of a map, in the order of their encoding: shorter names first, equally long ones
/// bytewise.
///
/// Names are compared as UTF-8, byte by byte. Of several members of one name, the last one given
/// counts.
public struct Members: Hashable, Sendable {
  private var entries: [Entry] = []

  public init() {}

  public init(_ members: some Sequence<(String, Value)>) {
    for (name, value) in members { self[name] = value }
  }

  public subscript(name: String) -> Value? {
    get {
      let place = self.place(of: name)
      return hasMember(name, at: place) ? entries[place].value : nil
    }
    set {
      let place = self.place(of: name)
      switch (hasMember(name, at: place), newValue) {
      case (true, let value?): entries[place].value = value
      case (true, nil): entries.remove(at: place)
      case (false, let value?): entries.insert(Entry(name: name, value: value), at: place)
      case (false, nil): break
      }
    }
  }

  /// Removes a member, and returns its value.
  @discardableResult
  public mutating func removeValue(of name: String) -> Value? {
    let place = self.place(of: name)
    return hasMember(name, at: place) ? entries.remove(at: place).value : nil
  }

  /// Whether a name comes behind all others.
  func isNext(_ name: String) -> Bool { entries.last.map { $0.name.precedes(name) } ?? true }

  /// Adds a member whose name is next.
  mutating func append(_ name: String, _ value: Value) { entries.append(Entry(name: name, value: value)) }

  mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// Where a member is, or would be.
  private func place(of name: String) -> Int {
    entries.boundary { !$0.name.precedes(name) }
  }

  private func hasMember(_ name: String, at place: Int) -> Bool {
    place < entries.count && entries[place].name.isSame(as: name)
  }

  private struct Entry: Hashable, Sendable {
    let name: String
    var value: Value

    static func == (left: Self, right: Self) -> Bool { left.name.isSame(as: right.name) && left.value == right.value }

    func hash(into hasher: inout Hasher) {
      hasher.combine(utf8: name)
      hasher.combine(value)
    }
  }
}

extension Members: RandomAccessCollection {
  public var startIndex: Int { entries.startIndex }
  public var endIndex: Int { entries.endIndex }

  public subscript(index: Int) -> (name: String, value: Value) { (entries[index].name, entries[index].value) }
}

extension Members: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral members: (String, Value)...) { self.init(members) }
}

extension Value: Hashable {
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
    case (.text(let left), .text(let right)): left.isSame(as: right)
    case (.bytes(let left), .bytes(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.map(let left), .map(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value.bitPattern)
    case .text(let value): hasher.combine(utf8: value)
    case .bytes(let value): hasher.combine(value)
    case .array(let value): hasher.combine(value)
    case .map(let value): hasher.combine(value)
    }
  }
}

// Not by nil, because `members["name"] == nil` would ask for a null then.
extension Value: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(arrayLiteral items: Value...) { self = .array(items) }
  public init(dictionaryLiteral members: (String, Value)...) { self = .map(Members(members)) }
}

extension Value: Secretive {
  public var description: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .float: "a number"
    case .text: "text"
    case .bytes: "bytes"
    case .array: "an array"
    case .map: "a map"
    }
  }
}

extension Members: Secretive {
  public var description: String { "\(count) members" }
}

extension String {
  /// Whether the bytes are the same. `==` takes canonically equivalent texts for one.
  func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Whether the bytes begin with those of a text. `hasPrefix` misses one that a combining mark
  /// follows.
  func begins(with prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

  /// In the order of map keys (spec/envelope.md, C6).
  func precedes(_ other: String) -> Bool {
    let (count, otherCount) = (utf8.count, other.utf8.count)
    return count == otherCount ? utf8.lexicographicallyPrecedes(other.utf8) : count < otherCount
  }
}

extension String? {
  func isSame(as other: String?) -> Bool {
    switch (self, other) {
    case (nil, nil): true
    case (let left?, let right?): left.isSame(as: right)
    default: false
    }
  }
}

extension Hasher {
  /// As ``Swift/String/isSame(as:)`` compares.
  mutating func combine(utf8 text: String?) {
    combine(text?.utf8.count)
    for byte in text?.utf8 ?? "".utf8 { combine(byte) }
  }
}
