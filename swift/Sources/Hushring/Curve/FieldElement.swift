/// An integer modulo p = 2^255 − 19, in five limbs of 51 bits.
///
/// What is computed here is public: keys and signatures. So nothing takes care to need the same
/// time for every value. Nothing can trap: limbs stay below 2^52 between the operations, and all of
/// them wrap.
struct FieldElement {
  private var limbs: (UInt64, UInt64, UInt64, UInt64, UInt64)

  private static let mask: UInt64 = 1 << 51 - 1

  /// p
  static let modulus = constant("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")

  static let zero = FieldElement(0)
  static let one = FieldElement(1)

  init(_ small: UInt32) { limbs = (UInt64(small), 0, 0, 0, 0) }

  private init(_ limbs: (UInt64, UInt64, UInt64, UInt64, UInt64)) { self.limbs = limbs }

  /// Reads 32 bytes, little-endian, without bit 255. The number may be p or more, and is then
  /// reduced.
  init(_ bytes: Bytes32) {
    let words = bytes.littleEndianWords
    limbs = (
      words[0] & Self.mask,
      (words[0] >> 51 | words[1] << 13) & Self.mask,
      (words[1] >> 38 | words[2] << 26) & Self.mask,
      (words[2] >> 25 | words[3] << 39) & Self.mask,
      words[3] >> 12 & Self.mask
    )
  }

  /// 32 bytes, little-endian, below p.
  var bytes: [UInt8] {
    var (a, b, c, d, e) = carried.limbs
    // Whether the number, which is below 2p, is p or more: then adding 19 carries out of bit 255.
    var excess = (a &+ 19) >> 51
    excess = (b &+ excess) >> 51
    excess = (c &+ excess) >> 51
    excess = (d &+ excess) >> 51
    excess = (e &+ excess) >> 51
    a &+= 19 &* excess
    b &+= a >> 51
    c &+= b >> 51
    d &+= c >> 51
    e &+= d >> 51
    (a, b, c, d, e) = (a & Self.mask, b & Self.mask, c & Self.mask, d & Self.mask, e & Self.mask)
    let words = [a | b << 51, b >> 13 | c << 38, c >> 26 | d << 25, d >> 39 | e << 12]
    return words.flatMap { $0.bigEndianBytes.reversed() }
  }

  var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

  static func + (left: Self, right: Self) -> Self {
    let (f, g) = (left.limbs, right.limbs)
    return Self((f.0 &+ g.0, f.1 &+ g.1, f.2 &+ g.2, f.3 &+ g.3, f.4 &+ g.4)).carried
  }

  static func - (left: Self, right: Self) -> Self {
    let (f, g) = (left.limbs, right.limbs)
    // 4p is added first, whose limbs are larger than any.
    let first: UInt64 = 1 << 53 - 76
    let other: UInt64 = 1 << 53 - 4
    return Self(
      (
        f.0 &+ first &- g.0, f.1 &+ other &- g.1, f.2 &+ other &- g.2, f.3 &+ other &- g.3, f.4 &+ other &- g.4
      )
    ).carried
  }

  static prefix func - (element: Self) -> Self { zero - element }

  static func * (left: Self, right: Self) -> Self {
    let (f, g) = (left.limbs, right.limbs)
    // 2^255 is 19 modulo p.
    let h = (g.1 &* 19, g.2 &* 19, g.3 &* 19, g.4 &* 19)
    var a = Wide(f.0, g.0) + Wide(f.1, h.3) + Wide(f.2, h.2) + Wide(f.3, h.1) + Wide(f.4, h.0)
    var b = Wide(f.0, g.1) + Wide(f.1, g.0) + Wide(f.2, h.3) + Wide(f.3, h.2) + Wide(f.4, h.1)
    var c = Wide(f.0, g.2) + Wide(f.1, g.1) + Wide(f.2, g.0) + Wide(f.3, h.3) + Wide(f.4, h.2)
    var d = Wide(f.0, g.3) + Wide(f.1, g.2) + Wide(f.2, g.1) + Wide(f.3, g.0) + Wide(f.4, h.3)
    var e = Wide(f.0, g.4) + Wide(f.1, g.3) + Wide(f.2, g.2) + Wide(f.3, g.1) + Wide(f.4, g.0)
    b.add(a.carry())
    c.add(b.carry())
    d.add(c.carry())
    e.add(d.carry())
    let (high, low) = (19 as UInt64).multipliedFullWidth(by: e.carry())
    a.add(low)
    a.high &+= high
    b.add(a.carry())
    return Self((a.low, b.low, c.low, d.low, e.low))
  }

  var squared: Self { self * self }

  /// Its 2^`count`-th power.
  func squared(_ count: Int) -> Self { (0..<count).reduce(self) { power, _ in power.squared } }

  /// Its (2^252 − 3)-th power, of which both of the following are made.
  private var power: Self {
    let two = squared
    let nine = two.squared(2) * self
    let ones5 = (nine * two).squared * nine
    let ones10 = ones5.squared(5) * ones5
    let ones20 = ones10.squared(10) * ones10
    let ones40 = ones20.squared(20) * ones20
    let ones50 = ones40.squared(10) * ones10
    let ones100 = ones50.squared(50) * ones50
    let ones200 = ones100.squared(100) * ones100
    let ones250 = ones200.squared(50) * ones50
    return ones250.squared(2) * self
  }

  /// Whether it is a square modulo p, or 0: whether its (p − 1)/2-th power is not −1.
  var isSquare: Bool {
    // (p − 1)/2 = 4·(2^252 − 3) + 2
    let legendre = power.squared(2) * squared
    return !(legendre + .one).isZero
  }

  /// 0, of 0.
  var inverse: Self {
    // p − 2 = 8·(2^252 − 3) + 3
    power.squared(3) * squared * self
  }

  /// The same number with limbs below 2^51 and a little.
  private var carried: Self {
    let f = limbs
    let carry = (f.0 >> 51, f.1 >> 51, f.2 >> 51, f.3 >> 51, f.4 >> 51)
    return Self(
      (
        f.0 & Self.mask &+ 19 &* carry.4,
        f.1 & Self.mask &+ carry.0,
        f.2 & Self.mask &+ carry.1,
        f.3 & Self.mask &+ carry.2,
        f.4 & Self.mask &+ carry.3
      ))
  }
}

/// A product of two limbs, and sums of such.
private struct Wide {
  var high: UInt64
  var low: UInt64

  @inline(__always)
  init(_ left: UInt64, _ right: UInt64) { (high, low) = left.multipliedFullWidth(by: right) }

  private init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  @inline(__always)
  static func + (left: Self, right: Self) -> Self {
    var sum = Self(high: left.high &+ right.high, low: left.low)
    sum.add(right.low)
    return sum
  }

  @inline(__always)
  mutating func add(_ more: UInt64) {
    let (sum, overflow) = low.addingReportingOverflow(more)
    low = sum
    if overflow { high &+= 1 }
  }

  /// Takes away and returns all but the lowest 51 bits.
  @inline(__always)
  mutating func carry() -> UInt64 {
    let rest = high << 13 | low >> 51
    high = 0
    low &= 1 << 51 - 1
    return rest
  }
}
