extension Suite {
  /// How many bytes of compressed content fit an envelope: 2,588 (``x25519``) or 1,500 (``xwing``).
  public var capacity: Int { contentRoom }
}

extension Content {
  /// Returns how many bytes it needs, compressed: it can be sealed where ``Suite/capacity`` is as
  /// large.
  ///
  /// - Throws: As `Device.seal` does for a content: ``HushringError/Code/badContent``,
  ///   ``HushringError/Code/tooDeep``, ``HushringError/Code/tooMany``,
  ///   ``HushringError/Code/tooLong``.
  public func compressedSize() throws(HushringError) -> Int { try compressed().count }

  /// Leaves out ICE candidates until it fits an envelope of this suite: as few as needed, the least
  /// useful first.
  ///
  /// Those are, in this order, those of TCP, duplicates of one base, link-local ones, and IPv6 ones
  /// of a host; by priority where they are alike. All others stay, and one of each media section.
  /// Candidates stand in ``CallCandidates``, or as lines in an offer, an answer or another
  /// description. A content is never split.
  ///
  /// - Parameter suite: of several targets, that with the least room: ``Suite/xwing``, if there is
  ///   one.
  /// - Throws: ``HushringError/Code/tooLarge``, if it does not fit without them either; and as
  ///   ``compressedSize()`` does.
  public func fitted(to suite: Suite) throws(HushringError) -> Fitted {
    let available = suite.capacity
    guard try compressedSize() > available else { return Fitted(content: self, dropped: []) }
    let spare = spareCandidates
    var fitted = without(spare)
    let needed = try fitted.content.compressedSize()
    guard needed <= available else {
      var error = HushringError(.tooLarge)
      error.size = HushringError.Size(needed: needed, available: available)
      throw error
    }
    // Halving: without `few` of them it does not fit, without `many` it does.
    var (few, many) = (0, spare.count)
    while many - few > 1 {
      let count = few + (many - few) / 2
      let tried = without(spare.prefix(count))
      if try tried.content.compressedSize() <= available {
        (many, fitted) = (count, tried)
      } else {
        few = count
      }
    }
    return fitted
  }

  /// Checks it, encodes it and compresses it, as a frame holds it.
  func compressed() throws(HushringError) -> [UInt8] {
    var encoded = try encoded()
    defer { wipe(&encoded) }
    return Deflate.compress(encoded)
  }
}

/// A content that fits, and what had to be left out for it.
public struct Fitted: Sendable {
  public let content: Content
  /// The candidates that were left out, in the order in which they stood, to signal later or log.
  public let dropped: [String]
}

extension Fitted: Secretive {
  public var description: String { "\(content), without \(dropped.count) candidates" }
}
