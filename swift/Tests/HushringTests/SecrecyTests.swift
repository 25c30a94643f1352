import Foundation
import Testing

@testable import Hushring

@Suite("Secrets")
struct SecrecyTests {
  /// A value, and the secrets that it holds.
  struct Holder: CustomTestStringConvertible, @unchecked Sendable {
    let value: Any
    let secrets: [Data]

    var testDescription: String { "\(type(of: value))" }
  }

  private static func holders() throws -> [Holder] {
    let people = try People()
    let pending = try PendingDevice.generate()
    let secret = try LinkSecret.random()
    let signer = KeptSigner(key: people.alicePhone.key)
    let seed = people.alicePhone.exported.prefix(32)
    return [
      Holder(value: people.alice, secrets: [people.alice.exported]),
      Holder(value: people.alicePhone, secrets: [seed]),
      Holder(value: people.alicePhone.key, secrets: [seed]),
      Holder(value: pending, secrets: [pending.exported]),
      Holder(value: secret, secrets: [secret.data]),
      Holder(
        value: ExternalDevice(certificate: people.alicePhone.certificate, signer: signer), secrets: [seed]),
      Holder(value: ExternalAccount(publicKey: people.alice.publicKey, signer: signer), secrets: [seed]),
      Holder(value: people, secrets: [seed, people.bob.exported] + people.prekeys.map(privateKey)),
    ] + people.prekeys.map { Holder(value: $0, secrets: [privateKey($0)]) }
  }

  private static func privateKey(_ prekey: Prekey) -> Data { prekey.exported.dropFirst().prefix(32) }

  @Test("Neither a description nor a dump shows a secret")
  func descriptions() throws {
    for holder in try Self.holders() {
      var dumped = ""
      dump(holder.value, to: &dumped)
      let texts = [String(describing: holder.value), String(reflecting: holder.value), "\(holder.value)", dumped]
      for secret in holder.secrets {
        #expect(secret.count == 32)
        for text in texts {
          #expect(!text.contains(secret.hexadecimal), "\(holder.testDescription)")
          #expect(!text.contains(secret.base64EncodedString()), "\(holder.testDescription)")
          #expect(!text.contains(secret.map { "\($0)" }.joined(separator: ", ")), "\(holder.testDescription)")
          #expect(!text.contains(secret.map { "- \($0)" }.joined(separator: "\n")), "\(holder.testDescription)")
        }
      }
    }
  }

  @Test("A mirror of what holds a secret has no children")
  func mirrors() throws {
    for holder in try Self.holders() where !(holder.value is People) {
      #expect(Mirror(reflecting: holder.value).children.isEmpty, "\(holder.testDescription)")
      #expect(
        Mirror(reflecting: [holder.value]).children.first.map { Mirror(reflecting: $0.value).children.isEmpty } ?? false
      )
    }
  }

  @Test("What is wiped is zero")
  func wiping() {
    var bytes: [UInt8] = [1, 2, 3]
    wipe(&bytes)
    #expect(bytes == [0, 0, 0])
    var data = Data([0, 1, 2, 3]).dropFirst()
    wipe(&data)
    #expect(data == Data([0, 0, 0]))
  }
}

@Suite("Randomness")
struct RandomTests {
  /// Each of them breaks K1.
  enum Source: CaseIterable {
    case nothing, tooFew, zeros, same, sameBeginning

    var draw: @Sendable (Int) -> [UInt8]? {
      switch self {
      case .nothing: { _ in nil }
      case .tooFew: { count in Array(repeating: 7, count: count - 1) }
      case .zeros: { count in Array(repeating: 0, count: count) }
      case .same: { count in Array(repeating: 7, count: count) }
      case .sameBeginning: { count in (0..<count).map { $0 < 16 ? 7 : .random(in: 0...255) } }
      }
    }
  }

  @Test("Nothing is made of a broken source, the first time already", arguments: Source.allCases)
  func broken(_ source: Source) throws {
    Random.$source.withValue(RandomSource(source.draw)) {
      #expect(code { try Account.generate() } == .noRandomness)
    }
    let makers: [() throws -> Any] = [
      { try Account.generate() }, { try PendingDevice.generate() }, { try LinkSecret.random() },
      { try MessageID.random() }, { try CallID.random() },
      { try Prekey.generate(.x25519, expiresAt: People.later(days: 1), now: People.now) },
    ]
    for make in makers {
      Random.$source.withValue(RandomSource(source.draw)) { #expect(code(make) == .noRandomness) }
    }
    let people = try People()
    Random.$source.withValue(RandomSource(source.draw)) {
      #expect(
        code { try people.alicePhone.seal(People.message, to: people.bundles[0], now: People.now) } == .noRandomness)
    }
  }

  @Test("A source that recovers is used again")
  func recovers() throws {
    let count = Counter()
    let source = RandomSource { length in
      count.next() == 2 ? Array(repeating: 0, count: length) : (0..<length).map { _ in .random(in: 0...255) }
    }
    #expect(try source.bytes(32).count == 32)
    #expect(code { try source.bytes(32) } == .noRandomness)
    #expect(try source.bytes(64).count == 64)
  }

  private final class Counter: @unchecked Sendable {
    private var count = -1

    func next() -> Int {
      count += 1
      return count
    }
  }

  @Test("What is drawn has the form of a UUID of version 4")
  func callIDs() throws {
    let first = try CallID.random()
    #expect(try first != CallID.random())
    #expect(first.bytes[6] >> 4 == 4 && first.bytes[8] >> 6 == 2)
  }
}
