/// How much an inbox remembers (spec/inbox.md, section 2).
enum Bounds {
  static let prekeys = 256
  static let accounts = 4096
  /// Bytes of UTF-8, as cleaned, of all accounts together.
  static let names = 262_144
  /// Bytes of UTF-8, before cleaning.
  static let handle = 255
  static let displayName = 256
  static let messageIDs = (account: 512, all: 32_768)
  static let calls = (caller: 64, all: 2048)
  static let earlyEnds = 64
  static let placedCalls = 64
  static let legs = (call: 256, all: 2048)
  static let joinedCalls = 64
  static let participants = (call: 256, all: 2048)
  static let kept = (call: 4, account: 8, all: 64)
  static let journal = (account: 64, all: 256)
  static let deviceFloors = (account: 64, all: 2048)
  /// Of each of the two reasons for which envelopes are held.
  static let held = (account: 8, all: 64)
  /// Bytes of JSON.
  static let payload = 1024
}

/// Spans of time, in milliseconds.
enum Span {
  static let second: UInt64 = 1000
  static let minute = 60 * second
  static let day = 24 * 60 * minute
  /// How far ahead an envelope may be dated that is held for the clock.
  static let heldAhead = day
  /// How long a signal waits for its invitation.
  static let kept = 2 * minute
  /// How much longer than its lifetime a call rings.
  static let ringing = 30 * second
  /// For how long a call of one's own may be crossed by another's.
  static let crossing = 120 * second
}
