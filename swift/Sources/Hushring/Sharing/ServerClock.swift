import Foundation

/// The time now by a server's clock: its answers correct the clock of the device. An invitation
/// from a clock that is 91 seconds slow never rings, and an envelope from one that is an hour fast
/// is held for an hour. So senders and receivers pass ``now(_:)`` as `now` everywhere.
///
/// The correction is bounded to a day in either direction, because the server is not trusted with
/// more. Of the last eight answers, those count that agree with most others, and among them the one
/// with the shortest round trip: one wrong answer among three does no harm. Where no two agree, the
/// one nearest to the device's own clock counts. A time that was synchronized never goes back:
/// where it would, it stands still, unless that time was wrong by more than 10 minutes.
///
/// Between answers, as much time has passed as the two clocks of the device say at most: the
/// system's may be set back, and a monotonic one may stand still while the device sleeps. Add an
/// answer when the device wakes, and with every request that has one.
public struct ServerClock: Sendable {
  private var answers: [Answer] = []
  private var best: Answer?
  /// The last time that was given and known.
  private var last: Int64 = 0

  /// Creates a clock without any answer: it says what the system's clock says.
  public init() {}

  /// Adds an answer of the server. One that took longer than a minute says too little, and is left
  /// out.
  ///
  /// - Parameters:
  ///   - serverTime: The time that the server gave, for example of its HTTP header `Date`.
  ///   - roundTrip: How long the request took, by a clock that runs on while the device sleeps, such
  ///     as `ContinuousClock`.
  ///   - local: What the device's clocks said when the answer came.
  public mutating func add(_ serverTime: Timestamp, roundTrip: Duration, at local: LocalTime = .now) {
    let roundTrip = max(roundTrip.milliseconds, 0)
    guard roundTrip <= Self.longestRoundTrip else { return }
    let answer = Answer(
      server: serverTime.bounded + roundTrip / 2, roundTrip: roundTrip, system: local.system.bounded,
      monotonic: local.monotonic.milliseconds)
    answers = answers.suffix(Self.mostAnswers - 1) + [answer]
    best = choose(newest: answer)
  }

  /// Returns the time. Before the first answer that is the system's.
  public mutating func now(_ local: LocalTime = .now) -> Timestamp {
    let (time, isKnown) = look(local)
    if isKnown { last = time }
    return Timestamp(milliseconds: UInt64(clamping: time))
  }

  /// Returns whether the time is known: whether ``now(_:)`` is within 30 seconds of what the
  /// server's answers say.
  ///
  /// It is not before the first answer, while the device's clock is wrong by more than a day, and
  /// while the time stands still for more than that. Then receive nothing, because honest calls
  /// would be refused or missed; and if it stays so, tell the user to set the clock.
  public func isSynchronized(_ local: LocalTime = .now) -> Bool { look(local).isKnown }
}

/// What the clocks of a device say at one moment.
public struct LocalTime: Hashable, Sendable {
  /// The system's clock, which people and networks set.
  public let system: Timestamp
  /// A clock that only goes forward, counted from any moment.
  public let monotonic: Duration

  public init(system: Timestamp, monotonic: Duration) {
    self.system = system
    self.monotonic = monotonic
  }

  /// Now.
  public static var now: LocalTime {
    LocalTime(system: Timestamp(Date()), monotonic: start.duration(to: .now))
  }

  private static let start = ContinuousClock.now
}

/// All in milliseconds.
private struct Answer {
  /// The server's time at the moment when the answer came.
  let server: Int64
  let roundTrip: Int64
  let system: Int64
  let monotonic: Int64

  /// Whether one of the device's clocks has seen as much time pass between two answers as the
  /// server says.
  func agrees(with other: Answer) -> Bool {
    let slack = (roundTrip + other.roundTrip) / 2 + ServerClock.tolerance
    let passed = server - other.server
    return abs(passed - (monotonic - other.monotonic)) <= slack || abs(passed - (system - other.system)) <= slack
  }

  /// The time that has passed until another moment, at least nothing.
  func elapsed(system: Int64, monotonic: Int64) -> Int64 {
    max(system - self.system, monotonic - self.monotonic, 0)
  }
}

extension ServerClock {
  private static let day: Int64 = 86_400_000
  /// By how much the time may differ from the server's where it counts as known.
  private static let synchronized: Int64 = 30_000
  /// The longest time for which the time stands still instead of going back.
  private static let longestPause: Int64 = 600_000
  /// The longest round trip of an answer that counts: half of it is what the answer may be wrong by.
  private static let longestRoundTrip: Int64 = 60_000
  /// Answers that are kept.
  private static let mostAnswers = 8
  /// By how much two answers may differ, beside what their round trips explain. An HTTP `Date` has
  /// whole seconds.
  fileprivate static let tolerance: Int64 = 2_000
  /// A clock that runs wrong by a second has run for this many.
  private static let drift: Int64 = 5_000

  /// The time to give, near to the system's and not shortly before the last one; and whether it is
  /// the server's.
  private func look(_ local: LocalTime) -> (time: Int64, isKnown: Bool) {
    let system = local.system.bounded
    let byServer = best.map { $0.server + $0.elapsed(system: system, monotonic: local.monotonic.milliseconds) }
    let bounded = min(max(byServer ?? system, system - Self.day, 0), system + Self.day)
    let stands = bounded < last && last - bounded <= Self.longestPause
    let time = stands ? last : bounded
    return (time, byServer.map { abs(time - $0) <= Self.synchronized } ?? false)
  }

  /// The answer that counts. Of several that are as good, the newest.
  private func choose(newest: Answer) -> Answer {
    let votes = answers.map { answer in answers.count { answer.agrees(with: $0) } }
    let most = votes.max() ?? 0
    guard most > 1, let place = votes.lastIndex(of: most) else {
      return least { abs($0.server - $0.system) } ?? newest
    }
    let leader = answers[place]
    return least { answer in
      guard answer.agrees(with: leader) else { return nil }
      let age = answer.elapsed(system: newest.system, monotonic: newest.monotonic)
      return answer.roundTrip / 2 + age / Self.drift
    } ?? newest
  }

  /// The answer of the least value; of several, the newest. Those without a value do not count.
  private func least(_ value: (Answer) -> Int64?) -> Answer? {
    let valued = answers.reversed().compactMap { answer in value(answer).map { (answer, $0) } }
    return valued.min { $0.1 < $1.1 }?.0
  }
}

extension Timestamp {
  /// In milliseconds, so that sums and differences of a few do not overflow.
  fileprivate var bounded: Int64 { Int64(min(milliseconds, 1 << 53)) }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let bounded = min(max(seconds, -(1 << 43)), 1 << 43)
    return bounded * 1_000 + attoseconds / 1_000_000_000_000_000
  }
}
