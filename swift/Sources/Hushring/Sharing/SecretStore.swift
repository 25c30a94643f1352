import Foundation

#if canImport(Darwin)
  @preconcurrency import Security
#elseif canImport(Security)
  import Security
#endif

/// A place for a few small secrets, by name: ``KeychainStore``, or another one for tests.
public protocol SecretStore: Sendable {
  /// Returns a secret, or nil if there is none of this name. The keychain has also said that of
  /// items that it had, before the first unlock and for hours after it (spec/sharing.md, section 1).
  ///
  /// - Throws: ``HushringError/Code/locked`` before the device is first unlocked;
  ///   ``HushringError/Code/storage``.
  func secret(_ name: String) throws(HushringError) -> Data?

  /// Puts a secret in the place of the one of this name, in one step.
  func setSecret(_ secret: Data, _ name: String) throws(HushringError)

  /// Removes the secret of this name, if there is one.
  func removeSecret(_ name: String) throws(HushringError)
}

#if canImport(Security)
  /// Generic passwords in the keychain that can be read once the device was unlocked after its
  /// start, and that never leave it: of the class AfterFirstUnlockThisDeviceOnly, and not
  /// synchronised.
  public struct KeychainStore: SecretStore {
    private let service: String
    private let accessGroup: String?

    /// - Parameters:
    ///   - service: Names the items, together with the secret's name.
    ///   - accessGroup: That which app and extension share, with the team's prefix, such as
    ///     `ABCDE12345.org.example.shared`. It stands among the keychain access groups of both.
    public init(service: String = "hushring", accessGroup: String?) {
      self.service = service
      self.accessGroup = accessGroup
    }

    public func secret(_ name: String) throws(HushringError) -> Data? {
      var query = item(name)
      query[kSecReturnData as String] = true
      query[kSecMatchLimit as String] = kSecMatchLimitOne
      var result: CFTypeRef?
      let status = SecItemCopyMatching(query as CFDictionary, &result)
      if status == errSecItemNotFound { return nil }
      try check(status)
      guard let secret = result as? Data else { throw .storage(Int(errSecDecode)) }
      return secret
    }

    public func setSecret(_ secret: Data, _ name: String) throws(HushringError) {
      let attributes: [String: Any] = [
        kSecValueData as String: secret,
        kSecAttrAccessible as String: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
      ]
      let status = SecItemUpdate(item(name) as CFDictionary, attributes as CFDictionary)
      guard status == errSecItemNotFound else { return try check(status) }
      let new = item(name).merging(attributes) { _, new in new }
      try check(SecItemAdd(new as CFDictionary, nil))
    }

    public func removeSecret(_ name: String) throws(HushringError) {
      let status = SecItemDelete(item(name) as CFDictionary)
      if status != errSecItemNotFound { try check(status) }
    }

    private func item(_ name: String) -> [String: Any] {
      var item: [String: Any] = [
        kSecClass as String: kSecClassGenericPassword,
        kSecAttrService as String: service,
        kSecAttrAccount as String: name,
        kSecAttrSynchronizable as String: false,
        // On macOS, the keychain that has access groups.
        kSecUseDataProtectionKeychain as String: true,
      ]
      item[kSecAttrAccessGroup as String] = accessGroup
      return item
    }

    private func check(_ status: OSStatus) throws(HushringError) {
      switch status {
      case errSecSuccess: return
      case errSecInteractionNotAllowed: throw HushringError(.locked)
      default: throw .storage(Int(status))
      }
    }
  }
#endif

extension HushringError {
  /// - Parameter status: an `errno`, or an `OSStatus`.
  static func storage(_ status: Int) -> HushringError {
    var error = HushringError(.storage)
    error.status = status
    return error
  }
}
