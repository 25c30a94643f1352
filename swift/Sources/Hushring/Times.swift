import Foundation

/// A moment, in whole milliseconds since 1970 (spec/envelope.md, section 1.3). Its arithmetic
/// saturates.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since 1970.
  public let milliseconds: UInt64

  /// Makes a moment of milliseconds since 1970, any number of them.
  public init(milliseconds: UInt64) { self.milliseconds = milliseconds }

  /// The moment of a date, rounded down; 1970 for one before it.
  public init(_ date: Date) {
    let value = (date.timeIntervalSince1970 * 1000).rounded(.down)
    milliseconds = UInt64(exactly: min(max(value, 0), 0x1p63)) ?? 0
  }

  /// The date, as exactly as one can say it.
  public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

  /// A later moment; the last one that there is, if there is none.
  func adding(milliseconds more: UInt64) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(more)
    return Timestamp(milliseconds: overflow ? .max : sum)
  }

  /// An earlier moment; 1970, if there is none.
  func subtracting(milliseconds less: UInt64) -> Timestamp {
    Timestamp(milliseconds: milliseconds < less ? 0 : milliseconds - less)
  }

  /// In whole seconds, rounded down.
  var seconds: EpochSeconds { EpochSeconds(milliseconds / 1000) }
}

/// A moment, in whole seconds since 1970, as certificates, bundles, link requests and revocations
/// have them.
public struct EpochSeconds: Hashable, Comparable, Sendable {
  /// Seconds since 1970.
  public let value: UInt64

  /// Makes a moment of seconds since 1970, any number of them.
  public init(_ value: UInt64) { self.value = value }

  /// The moment of a date, rounded down; 1970 for one before it.
  public init(_ date: Date) { self = Timestamp(date).seconds }

  /// The date, as exactly as one can say it.
  public var date: Date { Date(timeIntervalSince1970: Double(value)) }

  /// In milliseconds, saturating.
  public var timestamp: Timestamp {
    let (product, overflow) = value.multipliedReportingOverflow(by: 1000)
    return Timestamp(milliseconds: overflow ? .max : product)
  }

  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
