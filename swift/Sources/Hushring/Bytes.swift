extension Collection<UInt8> {
  /// Lowercase.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef".unicodeScalars)
    var text = String.UnicodeScalarView()
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(text)
  }
}

extension [UInt8] {
  /// - Parameter hexadecimal: pairs of lowercase digits.
  init?(hexadecimal: String) {
    var nibbles: [UInt8] = []
    for digit in hexadecimal.utf8 {
      switch digit {
      case 0x30...0x39: nibbles.append(digit - 0x30)
      case 0x61...0x66: nibbles.append(digit - 0x61 + 10)
      default: return nil
      }
    }
    guard nibbles.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
  }
}

extension FixedWidthInteger {
  var bigEndianBytes: [UInt8] { Swift.withUnsafeBytes(of: bigEndian) { Array($0) } }
}

/// Reads a structure of fixed fields from its beginning. Whoever makes one has checked the length.
struct Reader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { rest = ArraySlice(bytes) }

  /// The next bytes, or all that are left.
  mutating func bytes(_ count: Int) -> ArraySlice<UInt8> {
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func integer<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type = Number.self) -> Number {
    bytes(MemoryLayout<Number>.size).reduce(0) { $0 << 8 | Number($1) }
  }
}
