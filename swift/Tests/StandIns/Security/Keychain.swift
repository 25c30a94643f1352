// Test code, never part of a product: a stand-in for the keychain of Apple's Security (swift/Tests/StandIns/README.md).

import Foundation

/// What the functions `SecItem…` work on. A test that wants one of its own says
/// `Keychain.$current.withValue(Keychain()) { … }`.
public final class Keychain: @unchecked Sendable {
  @TaskLocal public static var current = Keychain()

  /// What a device's lock allows.
  public enum Lock: Sendable {
    /// Restarted, and not yet unlocked: nothing can be read.
    case beforeFirstUnlock
    /// Locked again: what is for after the first unlock can be read.
    case locked
    case unlocked
  }

  public enum Function: Sendable { case add, copy, update, delete }

  private let guarding = NSLock()
  private let file: URL?
  private var kept: [Item] = []
  private var lockNow = Lock.unlocked
  private var groups: [String]
  private var failures: [(function: Function?, status: OSStatus)] = []

  /// - Parameters:
  ///   - accessGroups: those that the app is entitled to. The first is where items go that name none.
  ///   - file: where the items are, for several processes that share them.
  public init(accessGroups: [String] = ["app", "group.shared"], file: URL? = nil) {
    groups = accessGroups
    self.file = file
  }

  public var lock: Lock {
    get { guarding.withLock { lockNow } }
    set { guarding.withLock { lockNow = newValue } }
  }

  public var accessGroups: [String] {
    get { groups }
    set { guarding.withLock { groups = newValue } }
  }

  /// Has the next calls fail without doing anything, one for each status given.
  ///
  /// - Parameter function: only calls of this one; of any, where nil.
  public func fail(_ statuses: OSStatus..., in function: Function? = nil) {
    guarding.withLock { failures += statuses.map { (function, $0) } }
  }

  /// How many items there are, of all groups.
  public var count: Int { guarding.withLock { items().count } }

  /// Every class of protection that an item has, for a test that none is weaker than meant.
  public var accessibleClasses: Set<String> { guarding.withLock { Set(items().map(\.accessible)) } }

  func isReadable(_ item: Item) -> Bool {
    switch lockNow {
    case .unlocked: true
    case .locked:
      [kSecAttrAccessibleAfterFirstUnlock, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly]
        .contains(item.accessible)
    case .beforeFirstUnlock: false
    }
  }

  /// All or nothing: what a call has changed counts only if it succeeds.
  func run(_ function: Function, _ body: (Keychain, inout [Item]) -> OSStatus) -> OSStatus {
    guarding.withLock {
      if let place = failures.firstIndex(where: { $0.function == nil || $0.function == function }) {
        return failures.remove(at: place).status
      }
      let descriptor = file.map { open($0.path + ".lock", O_CREAT | O_RDWR, 0o600) }
      if let descriptor { flock(descriptor, LOCK_EX) }
      defer { descriptor.map { _ = close($0) } }
      let before = items()
      var after = before
      let status = body(self, &after)
      if status == errSecSuccess, after != before, !keep(after) { return errSecIO }
      return status
    }
  }

  private func items() -> [Item] {
    guard let file else { return kept }
    guard let data = try? Data(contentsOf: file) else { return [] }
    return (try? JSONDecoder().decode([Item].self, from: data)) ?? []
  }

  private func keep(_ items: [Item]) -> Bool {
    guard let file else {
      kept = items
      return true
    }
    guard let data = try? JSONEncoder().encode(items) else { return false }
    return (try? data.write(to: file, options: .atomic)) != nil
  }
}
