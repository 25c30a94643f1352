import Foundation
import Hushring

/// Posts envelopes, kills the processes, and judges what they did.
struct Driver {
  private let place: Place
  private var random: Generator
  private let alice: Device
  private let bob: AccountKey
  private let stranger: Device
  /// What was posted by Alice, and is not cover: of each message id the type.
  private var posted: [MessageID: String] = [:]
  private var calls: [CallID] = []
  private var postings = 0
  private var kills = 0

  init(_ place: Place, seed: UInt64) throws {
    self.place = place
    random = Generator(state: seed)
    let now = Timestamp(Date())
    let end = EpochSeconds(now.milliseconds / 1_000 + 86_400)
    let (alice, bob) = (try Account.generate(), try Account.generate())
    self.alice = try Device.enroll(account: alice, expiresAt: end, now: now)
    self.bob = bob.publicKey
    stranger = try Device.enroll(account: Account.generate(), expiresAt: end, now: now)
    try FileManager.default.createDirectory(at: place.mailbox, withIntermediateDirectories: true)
    try place.withKeychain {
      let shared = place.shared(KeychainStore(accessGroup: "shared"))
      try shared.begin(.device(Device.enroll(account: bob, expiresAt: end, now: now)))
      let prekey = try Prekey.generate(.x25519, expiresAt: end, now: now)
      try shared.publish([prekey], now: now)[0].write(to: place.bundle)
      try shared.update { inbox in _ = try inbox.trust(alice.publicKey, now: now) }
    }
  }

  mutating func run(kills most: Int) throws {
    let began = Date()
    var processes = try Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, try start($0)) })
    while kills < most {
      try post()
      let isAimed = Bool.random(using: &random)
      let victim = isAimed ? awaitUpdate() : processes.values.randomElement(using: &random)
      usleep(.random(in: 0...(isAimed ? 20_000 : 60_000), using: &random))
      for role in Role.allCases {
        let isKilled = processes[role] == victim
        if isKilled { kill(processes[role]!, SIGKILL) }
        guard try hasEnded(processes[role]!, waiting: isKilled) else { continue }
        kills += 1
        processes[role] = try start(role)
      }
    }
    try Data().write(to: place.end)
    // The app goes last, because the extension leaves to it what only an app can finish.
    for role in [Role.extension, .app] {
      while try !ended(processes[role]!) { processes[role] = try start(role) }
    }
    try judge()
    print("\(kills) kills in \(Int(Date().timeIntervalSince(began))) s: all is well")
  }

  // The processes.

  private func start(_ role: Role) throws -> pid_t {
    var process = pid_t()
    let words = [CommandLine.arguments[0], role.rawValue, place.folder.path]
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    guard posix_spawn(&process, "/proc/self/exe", nil, nil, &arguments, environ) == 0 else { throw Failure("spawn") }
    return process
  }

  /// Whether it was killed; if it has ended in another way, that is a failure.
  private func hasEnded(_ process: pid_t, waiting: Bool) throws -> Bool {
    var status: Int32 = 0
    guard waitpid(process, &status, waiting ? 0 : WNOHANG) == process else { return false }
    guard status & 0x7f == SIGKILL else { throw Failure("a process ended with \(status)") }
    return true
  }

  /// Waits until it ends by itself.
  ///
  /// - Returns: false if it has killed itself.
  private func ended(_ process: pid_t) throws -> Bool {
    var status: Int32 = 0
    waitpid(process, &status, 0)
    guard status == 0 || status & 0x7f == SIGKILL else { throw Failure("a process ended with \(status)") }
    return status == 0
  }

  /// Waits until a process is between loading and saving, and returns it; nil, if none is for a
  /// while.
  private func awaitUpdate() -> pid_t? {
    let before = place.size(of: .revisions)
    for _ in 0..<200 {
      if place.size(of: .revisions) > before { return place.last(of: .revisions).flatMap { pid_t($0[1]) } }
      usleep(500)
    }
    return nil
  }

  // The relay.

  private mutating func post() throws {
    let waiting = try FileManager.default.contentsOfDirectory(atPath: place.mailbox.path).count
    for _ in 0..<Int.random(in: 0...3, using: &random) where waiting < 40 {
      let now = Timestamp(Date())
      let bundle = try PrekeyBundle(verifying: Data(contentsOf: place.bundle), account: bob, now: now)
      let envelope: Data
      switch Int.random(in: 0..<20, using: &random) {
      case 0: envelope = Data((0..<2_880).map { _ in .random(in: 0...255, using: &random) })
      case 1: envelope = try stranger.seal(.message(Message(body: "Win")), to: bundle, now: now)
      case 2: envelope = try alice.seal(.cover(Cover()), to: bundle, now: now)
      default:
        let content = try self.content()
        let id = try MessageID.random()
        envelope = try alice.seal(content, to: bundle, messageID: id, now: now)
        posted[id] = content.type
      }
      postings += 1
      let name = String(format: "%08d", postings)
      let beside = place.folder.appendingPathComponent(name)
      try envelope.write(to: beside)
      rename(beside.path, place.mailbox.appendingPathComponent(name).path)
    }
  }

  private mutating func content() throws -> Content {
    let call = calls.randomElement(using: &random)
    switch (Int.random(in: 0..<10, using: &random), call) {
    case (0...1, let call?): return .callEnd(CallEnd(callID: call, reason: .cancelled))
    case (2, let call?): return .callInvite(CallInvite(callID: call, hasVideo: false))
    case (3, let call?): return .callCandidates(CallCandidates(callID: call, candidates: []))
    case (4...6, _):
      let call = try CallID.random()
      calls = calls.suffix(7) + [call]
      return .callInvite(CallInvite(callID: call, hasVideo: true))
    default: return .message(Message(body: "Are you there?"))
    }
  }

  // The judgement.

  private func judge() throws {
    let done = place.lines(of: .done)
    let stored = Set(place.lines(of: .stored).map { $0[0] })
    let finished = Set(done.map { $0[0] })
    for (id, type) in posted {
      guard finished.contains("\(id)") else { throw Failure("lost: \(type) \(id)") }
      if type == "message", !stored.contains("\(id)") { throw Failure("lost: \(id)") }
    }
    let ids = Set(posted.keys.map { "\($0)" })
    guard finished.union(stored).isSubset(of: ids) else { throw Failure("invented") }
    guard stored.count == posted.values.count(where: { $0 == "message" }) else { throw Failure("invented") }

    let revisions = place.lines(of: .revisions).compactMap { UInt64($0[0]) }
    guard zip(revisions, revisions.dropFirst()).allSatisfy({ $0 <= $1 }) else { throw Failure("rolled back") }

    var listed: [String: UInt64] = [:]
    for line in place.lines(of: .listed) {
      let (ring, time) = (line[0] + line[1], UInt64(line[2]) ?? 0)
      listed[ring] = min(listed[ring] ?? .max, time)
    }
    let reported = place.lines(of: .reported)
    for line in reported where UInt64(line[2]) ?? 0 > listed[line[0] + line[1]] ?? .max {
      throw Failure("a ring was reported again: \(line)")
    }
    let rings = Set(reported.map { $0[0] + $0[1] })

    try place.withKeychain {
      let shared = place.shared(KeychainStore(accessGroup: "shared"))
      let pending = try shared.read { Array($0.pending(now: Timestamp(Date()))) }
      guard pending.isEmpty else { throw Failure("\(pending.count) events are left") }
      let revision = try shared.read { $0.revision }
      print(
        "\(postings) envelopes, \(posted.count) contents, \(rings.count) rings reported \(reported.count) times,",
        "revision \(revision), \(try shared.keys().prekeys.count) prekeys,",
        "\(place.lines(of: .suicides).count) kills around the keychain")
    }
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let mixed = (state ^ state >> 33) &* 0xff51_afd7_ed55_8ccd
    return mixed ^ mixed >> 33
  }
}
