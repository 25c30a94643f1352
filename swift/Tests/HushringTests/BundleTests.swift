import Foundation
import Testing

@testable import Hushring

@Suite("Bundles")
struct BundleTests {
  private static let now = People.now

  private static func verified(
    _ device: Device, _ prekeys: [Prekey], after last: EpochSeconds? = nil
  ) throws -> [PrekeyBundle] {
    try device.publish(prekeys, after: last, now: now).map {
      try PrekeyBundle(verifying: $0, account: device.account, now: now)
    }
  }

  @Test("Where X-Wing is not supported, the weaker bundle is the target and nothing is downgraded")
  func withoutXWing() throws {
    let people = try People()
    let choice = PrekeyBundle.choose(people.bundles, except: nil, supported: [.x25519], now: Self.now)
    #expect(choice.targets.map(\.suite) == [.x25519])
    #expect(choice.downgraded.isEmpty && choice.expired.isEmpty && choice.unsupported.isEmpty)
  }

  @Test("Where X-Wing is not supported, a device that has nothing else is no target, and is named")
  func withXWingAlone() throws {
    let people = try People()
    let bundles = people.bundles.filter { $0.suite == .xwing }
    let choice = PrekeyBundle.choose(bundles, except: nil, supported: [.x25519], now: Self.now)
    #expect(choice.targets.isEmpty && choice.downgraded.isEmpty && choice.expired.isEmpty)
    #expect(choice.unsupported == bundles)
    let later = PrekeyBundle.choose(bundles, except: nil, supported: [.x25519], now: People.later(days: 31).timestamp)
    #expect(later.unsupported.isEmpty && later.expired == bundles)
  }

  @Test("One's own device is left out")
  func except() throws {
    let people = try People()
    let choice = PrekeyBundle.choose(people.bundles, except: people.bobPhone.publicKey, now: Self.now)
    #expect(choice.targets.isEmpty && choice.expired.isEmpty)
  }

  @Test("Devices of two accounts with one key are two targets")
  func sharedKey() throws {
    let people = try People()
    let secret = try LinkSecret.random()
    let request = try people.bobPhone.request(secret: secret, now: Self.now)
    let grant = try people.alice.certify(
      request: request, secret: secret, expiresAt: People.later(days: 90), now: Self.now)
    let pending = try PendingDevice(exported: people.bobPhone.exported.prefix(32))
    let other = try pending.activate(grant: grant, request: request, secret: secret, now: Self.now)
    let bundles = try people.bundles + Self.verified(other, people.prekeys)
    let choice = PrekeyBundle.choose(bundles, now: Self.now)
    #expect(choice.targets.map(\.account) == [people.bob.publicKey, people.alice.publicKey])
  }

  @Test("A publication is after the last one, and none is after the last moment")
  func publications() throws {
    let people = try People()
    let last = Self.now.seconds.adding(seconds: 3)
    let bundles = try Self.verified(people.bobPhone, people.prekeys, after: last)
    #expect(bundles.allSatisfy { $0.issuedAt == last.adding(seconds: 1) })
    let end = EpochSeconds(.max)
    #expect(code { try people.bobPhone.publish(people.prekeys, after: end, now: Self.now) } == .clock)
  }

  @Test("What was last published keeps an older publication away, in whatever order lists come")
  func lastPublished() throws {
    let people = try People()
    let account = people.bob.publicKey
    let newer = try people.bobPhone.publish(people.prekeys, after: Self.now.seconds, now: Self.now)
    let first = try PrekeyBundle.verifyAll(newer, account: account, now: Self.now)
    #expect(first.bundles.count == newer.count)
    let older = people.bundles.map(\.data)
    let second = try PrekeyBundle.verifyAll(
      older + newer, account: account, lastPublished: first.lastPublished, now: Self.now)
    #expect(second.rejected.map(\.error.code) == older.map { _ in .staleBundle })
    #expect(second.lastPublished == first.lastPublished)
    #expect(
      code {
        try PrekeyBundle.verifyAll(
          newer, account: people.alice.publicKey, lastPublished: first.lastPublished, now: Self.now)
      } == .wrongAccount)
  }

  @Test("What was last published is refused when any bit of it has changed")
  func changedState() throws {
    let people = try People()
    let account = people.bob.publicKey
    let packed = try PrekeyBundle.verifyAll(people.bundles.map(\.data), account: account, now: Self.now).lastPublished
    for place in packed.indices {
      for bit in 0..<8 {
        var changed = packed
        changed[place] ^= 1 << UInt8(bit)
        let expected: HushringError.Code = place == 0 && changed[0] > 1 ? .stateTooNew : .badState
        #expect(code { try LastPublished(packed: changed, account: account) } == expected)
      }
      #expect(code { try LastPublished(packed: packed.prefix(place), account: account) } == .badState)
    }
  }

  @Test("Bundles that are changed anywhere are refused, and stop nothing")
  func changedBundles() throws {
    let people = try People()
    for bundle in people.bundles {
      for place in stride(from: 0, to: bundle.data.count, by: 29) {
        var changed = bundle.data
        changed[place] ^= 0x10
        #expect(code { try PrekeyBundle(verifying: changed, account: people.bob.publicKey, now: Self.now) } != nil)
      }
      for length in stride(from: 0, to: bundle.data.count, by: 31) {
        let cut = bundle.data.prefix(length)
        #expect(code { try PrekeyBundle(verifying: cut, account: people.bob.publicKey, now: Self.now) } == .badLength)
      }
      // A slice whose indices do not begin with 0 is as good as any.
      let slice = (Data([1, 2, 3]) + bundle.data).dropFirst(3)
      #expect(try PrekeyBundle(verifying: slice, account: people.bob.publicKey, now: Self.now) == bundle)
    }
  }
}

@Suite("Revocation floors")
struct RevocationFloorsTests {
  private static let now = People.now

  private static func statement(
    _ account: Account, _ device: DeviceKey?, _ floor: UInt64
  ) throws -> Revocation {
    let floor = EpochSeconds(floor)
    let data =
      if let device { try account.revoke(device, before: floor, now: now) } else {
        try account.revoke(before: floor, now: now)
      }
    return try Revocation(verifying: data, account: account.publicKey, now: now)
  }

  @Test("A device's floor counts above the account's, and neither sinks")
  func raising() throws {
    let people = try People()
    let (first, second) = (people.alicePhone.publicKey, people.bobPhone.publicKey)
    var floors = RevocationFloors()
    #expect(floors.isEmpty)
    #expect(floors.raise(by: try Self.statement(people.alice, first, 100)))
    #expect(!floors.raise(by: try Self.statement(people.alice, first, 100)))
    #expect(!floors.raise(by: try Self.statement(people.alice, first, 99)))
    #expect(floors.floor(of: first).value == 100 && floors.floor(of: second).value == 0)
    #expect(floors.raise(by: try Self.statement(people.alice, second, 300)))
    #expect(floors.raise(by: try Self.statement(people.alice, nil, 200)))
    #expect(floors.devices.map(\.device) == [second])
    #expect(floors.floor(of: first).value == 200 && floors.floor(of: second).value == 300)
    #expect(!floors.raise(by: try Self.statement(people.alice, first, 200)))
    #expect(RevocationFloors(account: floors.account, devices: floors.devices) == floors)
  }

  @Test("A floor is forgotten 397 days after its time")
  func forgetting() throws {
    let people = try People()
    var floors = RevocationFloors()
    _ = floors.raise(by: try Self.statement(people.alice, nil, 1000))
    _ = floors.raise(by: try Self.statement(people.alice, people.alicePhone.publicKey, 2000))
    let age: UInt64 = 397 * 86_400
    floors.prune(now: Timestamp(milliseconds: (1000 + age) * 1000 - 1))
    #expect(floors.account.value == 1000)
    floors.prune(now: Timestamp(milliseconds: (1000 + age) * 1000))
    #expect(floors.account.value == 0 && floors.devices.count == 1)
    floors.prune(now: Timestamp(milliseconds: .max))
    #expect(floors.isEmpty)
  }
}
