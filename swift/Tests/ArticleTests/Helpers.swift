import Foundation

@testable import Hushring

// What the articles leave out: where things are, and what servers do.

func inDays(_ days: Double) -> EpochSeconds { EpochSeconds(Date(timeIntervalSinceNow: days * 86_400)) }

#if !canImport(Darwin)
  extension SharedInbox {
    /// In place of an app group and the keychain, which only Apple's systems have.
    init(appGroup: String, accessGroup: String) throws {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(appGroup)-\(UUID().uuidString)")
      self.init(folder: folder, keyStore: KeyStore(MemorySecrets()))
    }
  }
#endif

/// A keychain in memory.
final class MemorySecrets: SecretStore, @unchecked Sendable {
  private let lock = NSLock()
  private var secrets: [String: Data] = [:]

  func secret(_ name: String) throws(HushringError) -> Data? { lock.withLock { secrets[name] } }
  func setSecret(_ secret: Data, _ name: String) throws(HushringError) { lock.withLock { secrets[name] = secret } }
  func removeSecret(_ name: String) throws(HushringError) { lock.withLock { secrets[name] = nil } }
}

/// A device of another user, or another one of the own account, and its inbox.
struct OtherDevice {
  let account: Account
  let device: Device
  var inbox: Inbox
  let bundle: PrekeyBundle

  init(of account: Account? = nil) throws {
    let now = Timestamp(Date())
    self.account = try account ?? Account.generate()
    device = try Device.enroll(account: self.account, expiresAt: inDays(360), now: now)
    inbox = Inbox(certificate: device.certificate)
    let prekey = try Prekey.generate(.x25519, expiresAt: inDays(80), now: now)
    let bundles = try inbox.publish([prekey], by: device, now: now)
    bundle = try PrekeyBundle(verifying: bundles[0], account: device.account, now: now)
  }
}
