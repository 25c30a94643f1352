import Foundation
import Hushring

/// A message or a missed call that has arrived, in a file of its own until the app has put it into
/// its store: the extension never reads what is there, and so has room for it.
struct Arrived: Codable, Sendable {
  /// Of a message its sender's account and message id, of a call its UUID: what arrives twice is
  /// there once.
  let id: String
  let account: AccountKey
  let kind: Kind
  /// By the sender's clock.
  let at: Timestamp
  var text: String?

  enum Kind: String, Codable {
    case message, missedCall
    /// Of a type that this version does not know.
    case other
  }

  /// What an event leaves behind, if it is one that is stored.
  init?(_ event: InboxEvent) {
    (account, at) = (event.sender.account, event.sentAt)
    switch event.action {
    case .missed(let missed):
      (id, kind) = (missed.callUUID.uuidString, .missedCall)
    case .ring(let ring): // that CallKit refused, because the user wanted quiet
      (id, kind) = (ring.callUUID.uuidString, .missedCall)
    case .notify(let notification):
      id = "\(account.data.hexadecimalDigits)-\(event.messageID)"
      if case .message(let message) = notification.content {
        (kind, text) = (.message, message.body)
      } else {
        kind = .other
      }
    case .end, .signal, .second, .drop: return nil
    }
  }
}

extension Arrived {
  /// A call that rang again, for a process that is gone.
  init(missed callUUID: UUID, _ event: InboxEvent) {
    (id, account) = (callUUID.uuidString, event.sender.account)
    (kind, at) = (.missedCall, event.sentAt)
  }
}

/// The folder of what has arrived.
struct Arrivals: Sendable {
  let folder: URL

  func put(_ item: Arrived) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try JSONEncoder().encode(item).writeProtected(to: file(item.id))
  }

  /// Takes a missed call away: another device has answered.
  func removeMissedCall(_ callUUID: UUID) { try? FileManager.default.removeItem(at: file(callUUID.uuidString)) }

  /// For the app: hands out each item, and forgets those that were taken. What cannot be read stays,
  /// because a newer extension may have written it.
  func takeAll(_ take: (Arrived) throws -> Void) throws {
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    for file in files where file.pathExtension == "json" {
      guard let item = try? JSONDecoder().decode(Arrived.self, from: Data(contentsOf: file)) else { continue }
      try take(item)
      try FileManager.default.removeItem(at: file)
    }
  }

  private func file(_ id: String) -> URL { folder.appendingPathComponent(id).appendingPathExtension("json") }
}

extension Data {
  /// Writes all of it or nothing, readable once the device has been unlocked, and never in a
  /// backup.
  func writeProtected(to url: URL) throws {
    #if os(iOS)
      try write(to: url, options: [.atomic, .completeFileProtectionUntilFirstUserAuthentication])
      var (url, values) = (url, URLResourceValues())
      values.isExcludedFromBackup = true
      try url.setResourceValues(values)
    #else
      try write(to: url, options: .atomic)
    #endif
  }
}
