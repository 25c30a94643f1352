extension Content {
  /// The places of the ICE candidates that it can do without, the least useful first. Of each media
  /// section the most useful one stays. Places count all candidates, also those that are not in the
  /// form of RFC 8839.
  var spareCandidates: [Int] {
    let all = candidates
    let ranked = all.map { Ranked(candidate: $0, rank: Rank($0, among: all)) }
    let spare = ranked.filter { one in
      let isBest = !ranked.contains { $0.candidate.section == one.candidate.section && one.rank < $0.rank }
      return one.rank.usefulness != .needed && !isBest
    }
    return spare.sorted { $0.rank < $1.rank }.map(\.candidate.place)
  }

  /// Leaves out the candidates in these places.
  func without(_ places: some Sequence<Int>) -> Fitted {
    let places = Set(places)
    var place = 0
    var dropped: [String] = []
    let isDropped = { (text: Substring.UTF8View) -> Bool in
      defer { place += 1 }
      guard places.contains(place) else { return false }
      let words = text.split(whereSeparator: \.isSpace)
      let end = words.last?.endIndex ?? text.startIndex
      let start = text.starts(with: "a=".utf8) ? text.index(text.startIndex, offsetBy: 2) : text.startIndex
      dropped.append(String(Substring(text[start..<end])))
      return true
    }
    var content = self
    if case .callCandidates(var batch) = self {
      batch.candidates.removeAll { isDropped($0.candidate[...].utf8) }
      content = .callCandidates(batch)
    } else if let sdp {
      var kept = ""
      for line in sdp.utf8Lines where !(line.starts(with: Candidate.line.utf8) && isDropped(line)) {
        kept += Substring(line)
      }
      content.sdp = kept
    }
    return Fitted(content: content, dropped: dropped)
  }

  private var candidates: [Candidate] {
    if case .callCandidates(let batch) = self {
      let entries = batch.candidates
      return entries.enumerated().compactMap { place, entry in
        let section = entries.firstIndex { other in
          other.sdpMid.isSame(as: entry.sdpMid) && other.sdpMLineIndex == entry.sdpMLineIndex
        }
        return Candidate(place: place, section: section ?? place, text: entry.candidate[...].utf8)
      }
    }
    var (place, section) = (0, 0)
    var candidates: [Candidate] = []
    for line in sdp?.utf8Lines ?? [] {
      if line.starts(with: "m=".utf8) { section += 1 }
      guard line.starts(with: Candidate.line.utf8) else { continue }
      if let candidate = Candidate(place: place, section: section, text: line) { candidates.append(candidate) }
      place += 1
    }
    return candidates
  }

  /// The description of a session in it.
  private var sdp: String? {
    get {
      switch self {
      case .callInvite(let invite): invite.offer
      case .callAnswer(let answer): answer.answer
      case .callNegotiate(let negotiate): negotiate.description.sdp
      case .callCandidates, .callEnd, .message, .cover, .other: nil
      }
    }
    set {
      switch self {
      case .callInvite(var invite):
        invite.offer = newValue
        self = .callInvite(invite)
      case .callAnswer(var answer):
        answer.answer = newValue
        self = .callAnswer(answer)
      case .callNegotiate(var negotiate):
        negotiate.description.sdp = newValue
        self = .callNegotiate(negotiate)
      case .callCandidates, .callEnd, .message, .cover, .other: break
      }
    }
  }
}

/// An ICE candidate as RFC 8839 writes it.
private struct Candidate {
  /// The beginning of its line in a description.
  static let line = "a=candidate:"

  let place: Int
  /// The media section that it belongs to.
  let section: Int
  let isUDP: Bool
  let priority: UInt64
  let address: String
  let kind: String
  /// What duplicates have in common. The base of a relay is its own address.
  let base: [String]

  init?(place: Int, section: Int, text: Substring.UTF8View) {
    let words = text.split(whereSeparator: \.isSpace).map { String(Substring($0)) }
    // Foundation, component, transport, priority, address, port, "typ", type.
    guard words.count >= 8, let priority = UInt64(words[3]) else { return nil }
    self.place = place
    self.section = section
    isUDP = words[2].lowercased() == "udp"
    self.priority = priority
    address = words[4].lowercased()
    kind = words[7]
    let extensions = words.dropFirst(8)
    let related = extensions.drop { $0 != "raddr" }.dropFirst().first
    // A browser that hides its addresses writes the first two.
    let isReflected = kind != "relay" && !["0.0.0.0", "::", nil].contains(related)
    base = ["\(section)", words[1], kind, isReflected ? related?.lowercased() ?? "" : address]
  }

  /// Of 169.254.0.0/16 or fe80::/10.
  var isLinkLocal: Bool { address.begins(with: "169.254.") || isIPv6 && isLinkLocalIPv6 }

  var isIPv6: Bool { address.utf8.contains(UInt8(ascii: ":")) }

  private var isLinkLocalIPv6: Bool { ["fe8", "fe9", "fea", "feb"].contains { address.begins(with: $0) } }
}

/// How useful a candidate is, from the least.
private enum Usefulness: Int {
  /// UDP mostly connects where TCP does.
  case tcp
  /// Another one of the same base has a higher priority.
  case duplicate
  /// It reaches one link.
  case linkLocal
  case hostIPv6
  case needed

  init(_ candidate: Candidate, among all: [Candidate]) {
    let isHost = candidate.kind == "host"
    self =
      switch true {
      case !candidate.isUDP: .tcp
      case all.contains(where: { $0.isUDP && $0.base == candidate.base && $0.isPreferred(to: candidate) }): .duplicate
      case isHost && candidate.isLinkLocal: .linkLocal
      case isHost && candidate.isIPv6: .hostIPv6
      default: .needed
      }
  }
}

private struct Rank: Comparable {
  let usefulness: Usefulness
  let priority: UInt64
  let place: Int

  init(_ candidate: Candidate, among all: [Candidate]) {
    usefulness = Usefulness(candidate, among: all)
    priority = candidate.priority
    place = candidate.place
  }

  static func < (left: Self, right: Self) -> Bool {
    // Of two that are alike, the later one goes first.
    (left.usefulness.rawValue, left.priority, right.place) < (right.usefulness.rawValue, right.priority, left.place)
  }
}

private struct Ranked {
  let candidate: Candidate
  let rank: Rank
}

extension Candidate {
  fileprivate func isPreferred(to other: Candidate) -> Bool {
    priority == other.priority ? place < other.place : priority > other.priority
  }
}

extension String {
  /// The lines with their ends. `split` by characters would not find `\r\n`, which is one.
  fileprivate var utf8Lines: [Substring.UTF8View] {
    var lines: [Substring.UTF8View] = []
    var rest = self[...].utf8
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let next = rest.index(after: end)
      lines.append(rest[..<next])
      rest = rest[next...]
    }
    if !rest.isEmpty { lines.append(rest) }
    return lines
  }
}

extension UInt8 {
  /// Whether it is white space of ASCII.
  fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
