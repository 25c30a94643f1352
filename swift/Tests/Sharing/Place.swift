import Foundation
import Hushring
import Security

enum Role: String, CaseIterable { case app, `extension` }

/// What the processes share, and the logs of what they did.
struct Place: Sendable {
  let folder: URL

  init(_ folder: URL) { self.folder = folder }

  /// The relay's: one file an envelope, in the order of their names.
  var mailbox: URL { folder.appendingPathComponent("mailbox") }
  /// The bundle that was published last.
  var bundle: URL { folder.appendingPathComponent("bundle") }
  /// Once it is there, a process ends when nothing is left to do.
  var end: URL { folder.appendingPathComponent("end") }

  func shared(_ secrets: some SecretStore) -> SharedInbox {
    SharedInbox(folder: folder.appendingPathComponent("group"), keyStore: KeyStore(secrets))
  }

  func withKeychain<Result>(_ body: () throws -> Result) rethrows -> Result {
    let keychain = Keychain(accessGroups: ["shared"], file: folder.appendingPathComponent("keychain"))
    return try Keychain.$current.withValue(keychain, operation: body)
  }

  enum Log: String, CaseIterable {
    /// A ring that was reported: call, time of the ring, and when the list had been looked at.
    case reported
    /// A ring that was put into the list: call, time of the ring, and when it was there.
    case listed
    /// A message that is in the app's store.
    case stored
    /// What became of an event: its message id, and as what it was acknowledged or dropped.
    case done
    /// The revisions that were loaded.
    case revisions
    /// Kills by a process's own hand.
    case suicides
  }

  /// In one piece: a line is there, or it is not.
  func write(_ words: Any..., to log: Log) {
    let line = words.map { "\($0)" }.joined(separator: " ") + "\n"
    let descriptor = open(path(log), O_WRONLY | O_APPEND | O_CREAT, 0o600)
    precondition(descriptor >= 0 && Foundation.write(descriptor, line, line.utf8.count) == line.utf8.count)
    close(descriptor)
  }

  func lines(of log: Log) -> [[String]] {
    let text = (try? String(contentsOfFile: path(log), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
  }

  func size(of log: Log) -> Int {
    var status = stat()
    return stat(path(log), &status) == 0 ? Int(status.st_size) : 0
  }

  /// The last line.
  func last(of log: Log) -> [String]? {
    guard let file = FileHandle(forReadingAtPath: path(log)), let end = try? file.seekToEnd() else { return nil }
    try? file.seek(toOffset: end - min(end, 200))
    let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").last.map { $0.split(separator: " ").map(String.init) }
  }

  private func path(_ log: Log) -> String { folder.appendingPathComponent("\(log.rawValue).log").path }
}

/// In nanoseconds, the same for all processes.
func monotonicTime() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// The keychain, before and after each access to which a process may be killed.
struct FragileSecrets: SecretStore {
  let keychain = KeychainStore(accessGroup: "shared")
  let place: Place

  func secret(_ name: String) throws(HushringError) -> Data? { try keychain.secret(name) }

  func setSecret(_ secret: Data, _ name: String) throws(HushringError) {
    perhapsDie("before \(name)")
    try keychain.setSecret(secret, name)
    perhapsDie("after \(name)")
  }

  func removeSecret(_ name: String) throws(HushringError) { try keychain.removeSecret(name) }

  private func perhapsDie(_ moment: String) {
    guard Int.random(in: 0..<20) == 0 else { return }
    place.write(moment, to: .suicides)
    kill(getpid(), SIGKILL)
  }
}
