import Foundation
import Testing

@testable import Hushring

/// spec/sharing.md, section 2: the lock is held only while the system has promised not to suspend the
/// process.
@Suite("The lock and the suspension of the process")
struct ExpiringActivityTests {
  private let url = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID())")

  /// The system: it grants or refuses, later and on another thread, and tells when the time is over.
  private final class System: @unchecked Sendable {
    private let condition = NSCondition()
    private var log: [String] = []
    private var block: (@Sendable (Bool) -> Void)?
    private let grants: Bool

    init(grants: Bool) { self.grants = grants }

    func perform(_ block: @escaping @Sendable (Bool) -> Void) {
      self.block = block
      run(isExpired: !grants, after: 0.05)
    }

    func expire() { run(isExpired: true, after: 0) }

    private func run(isExpired: Bool, after delay: Double) {
      guard let block else { return }
      Thread.detachNewThread { [self] in
        Thread.sleep(forTimeInterval: delay)
        note(isExpired ? "expires" : "granted")
        block(isExpired)
        note("over")
      }
    }

    func note(_ event: String) {
      condition.lock()
      log.append(event)
      condition.broadcast()
      condition.unlock()
    }

    /// What happened, once it is so much.
    func events(_ count: Int) -> [String] {
      condition.lock()
      defer { condition.unlock() }
      while log.count < count, condition.wait(until: Date(timeIntervalSinceNow: 5)) {}
      return log
    }
  }

  private func folder(_ system: System) throws -> SharedFolder {
    let folder = SharedFolder(url: url, patience: .seconds(20), perform: { system.perform($0) })
    try folder.create()
    return folder
  }

  @Test("Nothing is done before it is granted, and it lasts until the lock is given back")
  func granted() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let system = System(grants: true)
    let folder = try folder(system)
    try folder.locked { () throws(HushringError) in system.note("works") }
    #expect(system.events(3) == ["granted", "works", "over"])
  }

  @Test("Where it is not granted, nothing is done")
  func refused() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let system = System(grants: false)
    let folder = try folder(system)
    #expect(throws: HushringError(.busy)) {
      try folder.locked { () throws(HushringError) in system.note("works") }
    }
    #expect(system.events(2) == ["expires", "over"])
  }

  @Test("When the time is over, the process is suspended after the lock was given back")
  func expires() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let system = System(grants: true)
    let folder = try folder(system)
    try folder.locked { () throws(HushringError) in
      system.expire()
      _ = system.events(2)
      Thread.sleep(forTimeInterval: 0.05)
      system.note("works")
    }
    #expect(system.events(5) == ["granted", "expires", "works", "over", "over"])
  }

  @Test("Whoever waits for the lock gives up when the time is over")
  func waits() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let system = System(grants: true)
    let (waiting, holding) = (try folder(system), SharedFolder(url: url))
    let begin = ContinuousClock.now
    try holding.locked { () throws(HushringError) in
      Thread.detachNewThread {
        _ = system.events(1)
        system.expire()
      }
      #expect(throws: HushringError(.busy)) { try waiting.locked { () throws(HushringError) in } }
    }
    #expect(ContinuousClock.now - begin < .seconds(15))
  }
}
