import Foundation

@testable import Hushring

/// Secrets in memory, which can be told to fail.
final class MemorySecrets: SecretStore, @unchecked Sendable {
  private let guarding = NSLock()
  private var secrets: [String: Data] = [:]
  private var failure: HushringError?
  private var isHidden = false
  /// What was done, such as `set revision`.
  private(set) var log: [String] = []

  func fail(_ error: HushringError?) { guarding.withLock { failure = error } }

  /// Has it say, of all that it has, that it is not there, as iOS has.
  func hide(_ isHidden: Bool) { guarding.withLock { self.isHidden = isHidden } }

  var names: Set<String> { guarding.withLock { Set(secrets.keys) } }

  func secret(_ name: String) throws(HushringError) -> Data? { try access("get", name) { isHidden ? nil : $0[name] } }

  func setSecret(_ secret: Data, _ name: String) throws(HushringError) { try access("set", name) { $0[name] = secret } }

  func removeSecret(_ name: String) throws(HushringError) { try access("remove", name) { $0[name] = nil } }

  private func access<Result>(
    _ what: String, _ name: String, _ body: (inout [String: Data]) -> Result
  ) throws(HushringError) -> Result {
    guarding.lock()
    defer { guarding.unlock() }
    log.append("\(what) \(name)")
    if let failure { throw failure }
    return body(&secrets)
  }
}
