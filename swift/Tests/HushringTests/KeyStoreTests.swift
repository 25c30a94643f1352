import Foundation
import Testing

@testable import Hushring

#if canImport(Security)
  import Security
#endif

@Suite("The store of keys")
struct KeyStoreTests {
  private let people: People
  private let secrets = MemorySecrets()

  init() throws { people = try People() }

  @Test("Device and prekeys come back as they were put in")
  func roundTrip() throws {
    let store = KeyStore(secrets)
    #expect(try store.keys() == nil)
    try store.setKeys(Keys(.device(people.bobPhone), prekeys: people.prekeys))
    let keys = try #require(try store.keys())
    #expect(keys.device?.exported == people.bobPhone.exported)
    #expect(keys.prekeys.map(\.exported) == people.prekeys.map(\.exported))
    try store.setKeys(Keys(.external(people.bobPhone.certificate)))
    let external = try #require(try store.keys())
    #expect(external.device == nil && external.prekeys.isEmpty)
    #expect(external.certificate == people.bobPhone.certificate)
    #expect(secrets.names == ["keys"])
  }

  @Test("An item that is not as it was written is refused")
  func damaged() throws {
    let store = KeyStore(secrets)
    try store.setKeys(Keys(.device(people.bobPhone), prekeys: people.prekeys))
    let good = try #require(try secrets.secret("keys"))
    for count in 0..<good.count where (count - 178) % 41 != 0 || count < 178 {
      try secrets.setSecret(good.prefix(count), "keys")
      #expect(code { try store.keys() } == .badState, "\(count)")
    }
    let changes: [(Int, UInt8, HushringError.Code)] = [
      (0, 0, .badState), (0, 2, .stateTooNew), (1, 0, .badState), (1, 2, .badState), (1, 3, .badState),
      (2, good[2] ^ 1, .badState), (100, good[100] ^ 1, .badState), (178, 3, .stateTooNew),
    ]
    for (place, byte, expected) in changes {
      var bad = good
      bad[place] = byte
      try secrets.setSecret(bad, "keys")
      #expect(code { try store.keys() } == expected, "\(place)")
    }
  }

  @Test("A revision is that of one device, and of no other")
  func revisions() throws {
    let store = KeyStore(secrets)
    let device = people.bobPhone.publicKey
    #expect(try store.revision(of: device) == 0)
    try store.setRevision(.max, of: device)
    #expect(try store.revision(of: device) == .max)
    #expect(try store.revision(of: people.alicePhone.publicKey) == 0)
    let good = try #require(try secrets.secret("revision"))
    for (bad, expected) in [(Data([0]) + good.dropFirst(), HushringError.Code.badState), (Data([2]), .stateTooNew)] {
      try secrets.setSecret(bad, "revision")
      #expect(code { try store.revision(of: device) } == expected)
    }
    for bad in [good.dropLast(), good + [0], Data()] {
      try secrets.setSecret(Data(bad), "revision")
      #expect(code { try store.revision(of: device) } == .badState)
    }
  }

  #if canImport(Security)
    @Test("In the keychain, keys are in one item, which no other device ever gets")
    func keychain() throws {
      let keychain = Keychain(accessGroups: ["app", "TEAM.shared"])
      try Keychain.$current.withValue(keychain) {
        let store = KeyStore(accessGroup: "TEAM.shared")
        #expect(try store.keys() == nil)
        for prekeys in [[], people.prekeys] {
          try store.setKeys(Keys(.device(people.bobPhone), prekeys: prekeys))
          #expect(try store.keys()?.prekeys.map(\.id) == prekeys.map(\.id))
        }
        #expect(keychain.count == 1)
        try store.setRevision(7, of: people.bobPhone.publicKey)
        #expect(keychain.count == 2)
        #expect(keychain.accessibleClasses == [kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly])
        #expect(try KeyStore(KeychainStore(accessGroup: nil)).keys() != nil)
        #expect(try KeyStore(KeychainStore(service: "another", accessGroup: "TEAM.shared")).keys() == nil)
        try store.removeKeys()
        try store.removeKeys()
        #expect(keychain.count == 0)
      }
    }

    @Test("Before the first unlock, keys are locked; without the entitlement, the status says so")
    func locked() throws {
      let keychain = Keychain(accessGroups: ["TEAM.shared"])
      try Keychain.$current.withValue(keychain) {
        let store = KeyStore(accessGroup: "TEAM.shared")
        try store.setKeys(Keys(.device(people.bobPhone)))
        keychain.lock = .locked
        #expect(try store.keys() != nil)
        keychain.lock = .beforeFirstUnlock
        #expect(code { try store.keys() } == .locked)
        #expect(code { try store.setRevision(1, of: people.bobPhone.publicKey) } == .locked)
        keychain.lock = .unlocked
        keychain.accessGroups = []
        do throws(HushringError) {
          try store.setRevision(1, of: people.bobPhone.publicKey)
          Issue.record("it was let in")
        } catch {
          #expect(error.code == .storage)
          #expect(error.status == Int(errSecMissingEntitlement))
        }
      }
    }
  #endif
}
