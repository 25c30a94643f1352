// Test code, never part of a product: a stand-in for the keychain of Apple's Security (swift/Tests/StandIns/README.md).

import Foundation

public func SecItemAdd(_ attributes: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
  Keychain.current.run(.add) { keychain, items in
    guard let new = keychain.newItem(attributes) else { return errSecParam }
    guard keychain.accessGroups.contains(new.group) else { return errSecMissingEntitlement }
    guard keychain.isReadable(new) else { return errSecInteractionNotAllowed }
    guard !items.contains(where: { $0.key == new.key }) else { return errSecDuplicateItem }
    items.append(new)
    result?.pointee = new.answer(attributes)
    return errSecSuccess
  }
}

public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
  Keychain.current.run(.copy) { keychain, items in
    guard let matches = keychain.matches(query) else { return errSecParam }
    let found = items.filter(matches)
    guard let first = found.first else { return errSecItemNotFound }
    // One that asks whether there is such an item needs no key.
    guard query[kSecReturnData] as? Bool == true || query[kSecReturnAttributes] as? Bool == true else {
      return errSecSuccess
    }
    switch query[kSecMatchLimit] as? String ?? kSecMatchLimitOne {
    case kSecMatchLimitOne:
      guard keychain.isReadable(first) else { return errSecInteractionNotAllowed }
      result?.pointee = first.answer(query)
    case kSecMatchLimitAll:
      guard found.allSatisfy(keychain.isReadable) else { return errSecInteractionNotAllowed }
      result?.pointee = found.compactMap { $0.answer(query) }
    default: return errSecParam
    }
    return errSecSuccess
  }
}

public func SecItemUpdate(_ query: CFDictionary, _ attributesToUpdate: CFDictionary) -> OSStatus {
  Keychain.current.run(.update) { keychain, items in
    guard query[kSecReturnData] == nil, query[kSecReturnAttributes] == nil, query[kSecMatchLimit] == nil,
      query[kSecValueData] == nil, let matches = keychain.matches(query),
      attributesToUpdate.keys.allSatisfy(Item.changeable.contains)
    else { return errSecParam }
    let places = items.indices.filter { matches(items[$0]) }
    guard !places.isEmpty else { return errSecItemNotFound }
    guard places.allSatisfy({ keychain.isReadable(items[$0]) }) else { return errSecInteractionNotAllowed }
    for place in places {
      guard items[place].update(attributesToUpdate) else { return errSecParam }
    }
    return errSecSuccess
  }
}

/// Also while the device is locked, as on a device.
public func SecItemDelete(_ query: CFDictionary) -> OSStatus {
  Keychain.current.run(.delete) { keychain, items in
    guard query[kSecReturnData] == nil, query[kSecValueData] == nil, let matches = keychain.matches(query) else {
      return errSecParam
    }
    let before = items.count
    items.removeAll(where: matches)
    return items.count < before ? errSecSuccess : errSecItemNotFound
  }
}

/// A generic password.
struct Item: Codable, Equatable {
  let service: String
  let account: String
  let group: String
  let synchronizable: Bool
  var accessible: String
  var label: String?
  var generic: Data?
  var value: Data

  static let changeable: Set<String> = [kSecValueData, kSecAttrAccessible, kSecAttrLabel, kSecAttrGeneric]
  static let classes = [
    kSecAttrAccessibleAfterFirstUnlock, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
    kSecAttrAccessibleWhenUnlocked, kSecAttrAccessibleWhenUnlockedThisDeviceOnly,
  ]

  /// Of two items with one key there is none but the first.
  var key: [String] { [service, account, group, synchronizable ? "sync" : ""] }

  mutating func update(_ attributes: CFDictionary) -> Bool {
    if let new = attributes[kSecValueData] {
      guard let data = new as? Data else { return false }
      value = data
    }
    if let new = attributes[kSecAttrAccessible] {
      guard let name = new as? String, Item.classes.contains(name) else { return false }
      accessible = name
    }
    if let new = attributes[kSecAttrLabel] as? String { label = new }
    if let new = attributes[kSecAttrGeneric] as? Data { generic = new }
    return true
  }

  /// What a query wants to have returned: data, attributes, or attributes with data among them.
  func answer(_ query: CFDictionary) -> Any? {
    let wantsData = query[kSecReturnData] as? Bool == true
    guard query[kSecReturnAttributes] as? Bool == true else { return wantsData ? value : nil }
    var attributes: CFDictionary = [
      kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: account,
      kSecAttrAccessGroup: group, kSecAttrAccessible: accessible, kSecAttrSynchronizable: synchronizable,
    ]
    attributes[kSecAttrLabel] = label
    attributes[kSecAttrGeneric] = generic
    if wantsData { attributes[kSecValueData] = value }
    return attributes
  }
}

extension Keychain {
  fileprivate static let queryable: Set<String> = [
    kSecClass, kSecAttrService, kSecAttrAccount, kSecAttrAccessGroup, kSecAttrAccessible, kSecAttrSynchronizable,
    kSecAttrLabel, kSecAttrGeneric, kSecMatchLimit, kSecReturnData, kSecReturnAttributes, kSecUseDataProtectionKeychain,
  ]

  fileprivate func newItem(_ attributes: CFDictionary) -> Item? {
    guard attributes[kSecClass] as? String == kSecClassGenericPassword, attributes[kSecMatchLimit] == nil,
      attributes.keys.allSatisfy({ Self.queryable.contains($0) || $0 == kSecValueData }),
      let accessible = (attributes[kSecAttrAccessible] ?? kSecAttrAccessibleWhenUnlocked) as? String,
      Item.classes.contains(accessible)
    else { return nil }
    return Item(
      service: attributes[kSecAttrService] as? String ?? "", account: attributes[kSecAttrAccount] as? String ?? "",
      group: attributes[kSecAttrAccessGroup] as? String ?? accessGroups.first ?? "",
      synchronizable: attributes[kSecAttrSynchronizable] as? Bool ?? false, accessible: accessible,
      label: attributes[kSecAttrLabel] as? String, generic: attributes[kSecAttrGeneric] as? Data,
      value: attributes[kSecValueData] as? Data ?? Data())
  }

  /// Whether an item is meant; nil for a query that a device refuses, or that the stand-in does not know.
  fileprivate func matches(_ query: CFDictionary) -> ((Item) -> Bool)? {
    guard query[kSecClass] as? String == kSecClassGenericPassword, query.keys.allSatisfy(Self.queryable.contains)
    else { return nil }
    let groups = accessGroups
    return { item in
      guard groups.contains(item.group) else { return false }
      func agrees(_ name: String, _ value: String?) -> Bool { query[name].map { $0 as? String == value } ?? true }
      let synchronizable =
        query[kSecAttrSynchronizable] as? String == kSecAttrSynchronizableAny
        || item.synchronizable == (query[kSecAttrSynchronizable] as? Bool ?? false)
      return synchronizable && agrees(kSecAttrService, item.service) && agrees(kSecAttrAccount, item.account)
        && agrees(kSecAttrAccessGroup, item.group) && agrees(kSecAttrAccessible, item.accessible)
        && agrees(kSecAttrLabel, item.label)
        && (query[kSecAttrGeneric].map { $0 as? Data == item.generic } ?? true)
    }
  }
}
