/// The equation of a signature without cofactor (spec/envelope.md, S6), for a system whose own
/// verification has another opinion of it (see ``SelfTest``). All that passes through it is public.
enum EdwardsEquation {
  /// Whether the encoding of [S]B − [k]A is R, where k is `hash`, 64 bytes, modulo L.
  ///
  /// - Parameter key: satisfies K6.
  static func holds(signature: Signature, hash: [UInt8], key: Bytes32) -> Bool {
    guard let point = Point(decoding: key) else { return false }
    let minusA = point.negated
    let both = Point.base.adding(minusA)
    let s = signature.s.littleEndianWords
    let k = Scalar.reduced(hash)
    var sum = Point.neutral
    for bit in (0..<256).reversed() {
      sum = sum.doubled
      switch (isSet(bit, s), isSet(bit, k)) {
      case (true, true): sum = sum.adding(both)
      case (true, false): sum = sum.adding(.base)
      case (false, true): sum = sum.adding(minusA)
      case (false, false): break
      }
    }
    return sum.encoding == signature.r.bytes
  }

  private static func isSet(_ bit: Int, _ words: [UInt64]) -> Bool { words[bit / 64] >> UInt64(bit % 64) & 1 == 1 }
}

/// Numbers modulo L = 2^252 + 27742317777372353535851937790883648493, in four words, the lowest
/// first.
enum Scalar {
  static let order = constant("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")

  /// A little-endian number of any length, modulo L, bit by bit.
  static func reduced(_ bytes: [UInt8]) -> [UInt64] {
    let order = order.littleEndianWords
    var rest: [UInt64] = [0, 0, 0, 0]
    for byte in bytes.reversed() {
      for bit in (0..<8).reversed() {
        // The rest is below L, so twice that, and one more, is below 2^254.
        rest = rest.indices.map { rest[$0] << 1 | ($0 == 0 ? UInt64(byte >> bit & 1) : rest[$0 - 1] >> 63) }
        if !rest.reversed().lexicographicallyPrecedes(order.reversed()) { rest = difference(rest, order) }
      }
    }
    return rest
  }

  private static func difference(_ left: [UInt64], _ right: [UInt64]) -> [UInt64] {
    var borrow: UInt64 = 0
    return zip(left, right).map { left, right in
      let (first, under) = left.subtractingReportingOverflow(right)
      let (second, again) = first.subtractingReportingOverflow(borrow)
      borrow = under || again ? 1 : 0
      return second
    }
  }
}

/// A point in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z.
private struct Point {
  let x: FieldElement
  let y: FieldElement
  let z: FieldElement
  let t: FieldElement

  static let neutral = Point(x: .zero, y: .one, z: .one, t: .zero)

  static let base: Point = {
    guard let base = Point(decoding: constant("5866666666666666666666666666666666666666666666666666666666666666"))
    else { preconditionFailure("RFC 8032's base point") }
    return base
  }()

  private static let twiceD = EdwardsPoint.d + EdwardsPoint.d

  private init(x: FieldElement, y: FieldElement, z: FieldElement, t: FieldElement) {
    (self.x, self.y, self.z, self.t) = (x, y, z, t)
  }

  /// - Parameter encoding: canonical.
  init?(decoding encoding: Bytes32) {
    let y = FieldElement(encoding)
    let square = y.squared
    guard let root = FieldElement.squareRoot(of: square - .one, over: EdwardsPoint.d * square + .one) else {
      return nil
    }
    let isNegative = encoding.bytes[31] >> 7 == 1
    let x = root.isOdd == isNegative ? root : -root
    self.init(x: x, y: y, z: .one, t: x * y)
  }

  var encoding: [UInt8] {
    let inverse = z.inverse
    var bytes = (y * inverse).bytes
    if (x * inverse).isOdd { bytes[31] |= 0x80 }
    return bytes
  }

  var negated: Point { Point(x: -x, y: y, z: z, t: -t) }

  /// The formula holds for every two points, equal ones and those of small order among them.
  func adding(_ other: Point) -> Point {
    let a = (y - x) * (other.y - other.x)
    let b = (y + x) * (other.y + other.x)
    let c = t * Self.twiceD * other.t
    let d = (z + z) * other.z
    let (e, f, g, h) = (b - a, d - c, d + c, b + a)
    return Point(x: e * f, y: g * h, z: f * g, t: e * h)
  }

  var doubled: Point {
    let a = x.squared
    let b = y.squared
    let c = z.squared + z.squared
    let h = a + b
    let e = h - (x + y).squared
    let g = a - b
    let f = c + g
    return Point(x: e * f, y: g * h, z: f * g, t: e * h)
  }
}
