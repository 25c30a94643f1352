import Foundation

/// Keeps the system from suspending this process for a moment: a process that is suspended with the
/// lock of a shared file is killed (spec/sharing.md, section 2).
final class ExpiringActivity: @unchecked Sendable {
  /// Calls its block on another thread: with false once the activity is granted, and with true if it
  /// is not, or when it is about to expire. It lasts until the block has returned.
  typealias Perform = @Sendable (_ block: @escaping @Sendable (_ isExpired: Bool) -> Void) -> Void

  private let condition = NSCondition()
  private var state = State.asked

  private enum State {
    case asked, granted, expired, ended
  }

  /// Begins one, and waits until it is granted: before that, the process may be suspended at any
  /// moment.
  ///
  /// - Throws: ``HushringError/Code/busy`` if it is not granted.
  init(_ perform: Perform, patience: Duration) throws(HushringError) {
    perform { [self] isExpired in take(isExpired) }
    let end = Date(timeIntervalSinceNow: patience / .seconds(1))
    condition.lock()
    while state == .asked, condition.wait(until: end) {}
    let isGranted = state == .granted
    condition.unlock()
    guard isGranted else {
      self.end()
      throw HushringError(.busy)
    }
  }

  /// Whether the process is about to be suspended: begin nothing then.
  var isExpired: Bool {
    condition.lock()
    defer { condition.unlock() }
    return state == .expired
  }

  /// To be called once the lock is given back.
  func end() {
    condition.lock()
    state = .ended
    condition.broadcast()
    condition.unlock()
  }

  /// Returns once the lock is given back, also where the time is over: what is at work is short, and
  /// the process is suspended when this returns.
  private func take(_ isExpired: Bool) {
    condition.lock()
    defer { condition.unlock() }
    switch state {
    case .asked where isExpired:
      state = .expired
      condition.broadcast()
      return // it was not granted: nothing is at work
    case .asked: state = .granted
    case .granted: if isExpired { state = .expired }
    case .expired, .ended: break
    }
    condition.broadcast()
    while state != .ended { condition.wait() }
  }
}

extension ExpiringActivity {
  /// That of the system. Nothing where processes are not suspended.
  static let system: Perform? = {
    #if os(iOS)
      return { block in ProcessInfo.processInfo.performExpiringActivity(withReason: "hushring", using: block) }
    #else
      return nil
    #endif
  }()
}
