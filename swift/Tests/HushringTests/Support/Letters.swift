import Foundation
import Testing

@testable import Hushring

/// Envelopes that are opened already: an inbox takes them from E26 on, without cryptography. Keys are numbers.
enum Letters {
  static func account(_ number: UInt64) -> AccountKey { AccountKey(checked: Bytes32(quarters: (1, 0, 0, number))) }

  static func device(_ number: UInt64) -> DeviceKey { DeviceKey(checked: Bytes32(quarters: (2, 0, 0, number))) }

  static func messageID(_ number: UInt64) -> MessageID { MessageID(high: 0, low: number) }

  static func callID(_ number: UInt64) -> CallID {
    let uuid = UUID(uuid: withUnsafeBytes(of: (UInt64(0), number.bigEndian)) { $0.load(as: uuid_t.self) })
    do { return try CallID(uuid) } catch { preconditionFailure("it is not of version 8") }
  }

  /// - Parameters:
  ///   - account: A number. That of ``inbox()`` is 0.
  ///   - device: A number. That of ``inbox()`` is 0.
  static func letter(
    from account: UInt64, _ device: UInt64, id: UInt64, at sentAt: Timestamp, _ content: Content,
    notBefore: EpochSeconds = EpochSeconds(0), expiresAt: EpochSeconds = EpochSeconds(.max)
  ) throws -> OpenedEnvelope {
    let stream = Deflate.compress(try content.encoded())
    return try letter(
      from: account, device, id: id, at: sentAt, stream: stream, notBefore: notBefore, expiresAt: expiresAt)
  }

  static func letter(
    from account: UInt64, _ device: UInt64, id: UInt64, at sentAt: Timestamp, stream: [UInt8],
    notBefore: EpochSeconds = EpochSeconds(0), expiresAt: EpochSeconds = EpochSeconds(.max)
  ) throws -> OpenedEnvelope {
    let bytes =
      Self.account(account).bytes.bytes + Self.device(device).bytes.bytes + notBefore.value.bigEndianBytes
      + expiresAt.value.bigEndianBytes + [UInt8](repeating: 0, count: 64)
    return OpenedEnvelope(
      tag: UInt32(truncatingIfNeeded: id).bigEndianBytes.hexadecimal,
      certificate: try #require(Certificate(unverified: bytes)), messageID: messageID(id), sentAt: sentAt,
      stream: stream)
  }

  static func inbox() -> Inbox {
    var inbox = Inbox(account: account(0), device: device(0))
    inbox.accounts.insert(AccountRecord(key: account(0), replayFloor: nil))
    return inbox
  }

  static let now = Timestamp(milliseconds: 1_800_000_000_000)
}

extension Inbox {
  @discardableResult
  mutating func take(_ letter: OpenedEnvelope, now: Timestamp = Letters.now) throws(HushringError) -> InboxEvent {
    try take(letter, from: .relay, now: now)
  }

  /// The state that it would save.
  var state: Data {
    var copy = self
    return copy.save()
  }

  /// Loads what it would save.
  func reloaded() throws -> Inbox {
    var bytes = account.bytes.bytes + device.bytes.bytes
    bytes += [UInt8](repeating: 0, count: 80)
    return try Inbox(state: state, certificate: #require(Certificate(unverified: bytes)))
  }
}
