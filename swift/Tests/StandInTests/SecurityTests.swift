import Foundation
import Security
import Testing

@Suite struct SecurityTests {
  private let item: [String: Any] = [
    kSecClass: kSecClassGenericPassword, kSecAttrService: "service", kSecAttrAccount: "account",
    kSecAttrAccessGroup: "group.shared",
  ]

  private func item(_ more: [String: Any]) -> CFDictionary { item.merging(more) { $1 } as CFDictionary }

  private func read(_ more: [String: Any] = [kSecReturnData: true]) -> (OSStatus, CFTypeRef?) {
    var result: CFTypeRef?
    return (SecItemCopyMatching(item(more), &result), result)
  }

  private func add(_ bytes: [UInt8], accessible: CFString = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
    -> OSStatus
  {
    SecItemAdd(item([kSecValueData: Data(bytes), kSecAttrAccessible: accessible]), nil)
  }

  @Test func anItemIsKeptChangedAndDeleted() {
    Keychain.$current.withValue(Keychain()) {
      #expect(read().0 == errSecItemNotFound)
      #expect(add([1]) == errSecSuccess)
      #expect(add([2]) == errSecDuplicateItem)
      #expect(read().1 as? Data == Data([1]))
      #expect(SecItemUpdate(item as CFDictionary, [kSecValueData: Data([3])] as CFDictionary) == errSecSuccess)
      #expect(read().1 as? Data == Data([3]))
      let attributes = read([kSecReturnAttributes: true, kSecMatchLimit: kSecMatchLimitAll]).1 as? [CFDictionary]
      #expect(attributes?.count == 1)
      #expect(
        attributes?.first?[kSecAttrAccessible] as? String == kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly)
      #expect(SecItemDelete(item as CFDictionary) == errSecSuccess)
      #expect(SecItemDelete(item as CFDictionary) == errSecItemNotFound)
      #expect(SecItemUpdate(item as CFDictionary, [kSecValueData: Data()] as CFDictionary) == errSecItemNotFound)
    }
  }

  @Test func aLockedDeviceReadsWhatIsForAfterTheFirstUnlock() {
    let keychain = Keychain()
    Keychain.$current.withValue(keychain) {
      #expect(add([1]) == errSecSuccess)
      keychain.lock = .locked
      #expect(read().1 as? Data == Data([1]))
      keychain.lock = .beforeFirstUnlock
      #expect(read().0 == errSecInteractionNotAllowed)
      #expect(read([:]).0 == errSecSuccess)
      #expect(SecItemUpdate(item as CFDictionary, [kSecValueData: Data()]) == errSecInteractionNotAllowed)
      #expect(SecItemDelete(item as CFDictionary) == errSecSuccess)
      #expect(add([1]) == errSecInteractionNotAllowed)
      keychain.lock = .locked
      #expect(add([1], accessible: kSecAttrAccessibleWhenUnlocked) == errSecInteractionNotAllowed)
    }
  }

  @Test func aGroupThatTheAppIsNotEntitledToIsRefused() {
    let keychain = Keychain(accessGroups: ["app"])
    Keychain.$current.withValue(keychain) {
      #expect(add([1]) == errSecMissingEntitlement)
      keychain.accessGroups = ["app", "group.shared"]
      #expect(add([1]) == errSecSuccess)
      keychain.accessGroups = ["app"]
      #expect(read().0 == errSecItemNotFound)
    }
  }

  @Test func callsFailAsATestSays() {
    let keychain = Keychain()
    Keychain.$current.withValue(keychain) {
      keychain.fail(errSecNotAvailable, errSecIO, in: .add)
      #expect(read().0 == errSecItemNotFound)
      #expect(add([1]) == errSecNotAvailable)
      #expect(add([1]) == errSecIO)
      #expect(add([1]) == errSecSuccess)
    }
  }

  @Test func queriesThatADeviceRefusesAreRefused() {
    Keychain.$current.withValue(Keychain()) {
      #expect(add([1]) == errSecSuccess)
      #expect(SecItemCopyMatching([kSecAttrService: "service"] as CFDictionary, nil) == errSecParam)
      #expect(SecItemUpdate(item([kSecReturnData: true]), [kSecValueData: Data()]) == errSecParam)
      #expect(SecItemUpdate(item as CFDictionary, [kSecClass: kSecClassGenericPassword]) == errSecParam)
      #expect(add([1], accessible: "always") == errSecParam)
    }
  }

  @Test func processesShareAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("keychain")
    Keychain.$current.withValue(Keychain(file: file)) { #expect(add([7]) == errSecSuccess) }
    Keychain.$current.withValue(Keychain(file: file)) { #expect(read().1 as? Data == Data([7])) }
  }
}
