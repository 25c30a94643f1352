import Foundation
import Testing

@testable import Hushring

@Suite("Outside signers")
struct ExternalSignerTests {
  struct Unreachable: Error, Equatable {}

  /// What an outside key signs.
  enum Act: CaseIterable {
    case certify, revoke, revokeDevice, request, renewalRequest, publish, seal, sealMany

    func perform(_ signer: any Signer, _ people: People) async throws -> [Data] {
      let now = People.now
      let account = ExternalAccount(publicKey: people.alice.publicKey, signer: signer)
      let device = ExternalDevice(certificate: people.alicePhone.certificate, signer: signer)
      let secret = try LinkSecret(Data(repeating: 7, count: 32))
      switch self {
      case .certify:
        let request = try people.bobPhone.request(secret: secret, now: now)
        return [
          try await account.certify(
            request: request, secret: secret, expiresAt: People.later(days: 90), now: now)
        ]
      case .revoke: return [try await account.revoke(before: now.seconds, now: now)]
      case .revokeDevice: return [try await account.revoke(people.alicePhone.publicKey, before: now.seconds, now: now)]
      case .request:
        return [
          try await ExternalDevice.request(publicKey: device.publicKey, signer: signer, secret: secret, now: now)
        ]
      case .renewalRequest: return [try await device.request(secret: secret, now: now)]
      case .publish: return try await device.publish(people.prekeys, now: now)
      case .seal: return [try await device.seal(People.message, to: people.bundles[0], now: now)]
      case .sealMany: return try await device.sealMany(People.message, to: people.bundles, now: now)
      }
    }

    var signsAsAccount: Bool { [.certify, .revoke, .revokeDevice].contains(self) }
  }

  @Test("One that signs does what a key at hand does", arguments: Act.allCases)
  func honest(_ act: Act) async throws {
    let people = try People()
    let key = act.signsAsAccount ? people.alice.key : people.alicePhone.key
    let made = try await act.perform(KeptSigner(key: key), people)
    let account = people.alice.publicKey
    for data in made {
      switch act {
      case .revoke, .revokeDevice: _ = try Revocation(verifying: data, account: account, now: People.now)
      case .publish: _ = try PrekeyBundle(verifying: data, account: account, now: People.now)
      case .seal, .sealMany: #expect(try people.open(data).certificate == people.alicePhone.certificate)
      case .certify:
        let secret = try LinkSecret(Data(repeating: 7, count: 32))
        let request = try people.bobPhone.request(secret: secret, now: People.now)
        let pending = try PendingDevice(exported: people.bobPhone.exported.prefix(32))
        // A signer that randomises makes another request than the one that was granted.
        if !VectorPlayer.signerRandomises {
          let device = try pending.activate(grant: data, request: request, secret: secret, now: People.now)
          #expect(device.account == account)
        }
      case .request, .renewalRequest: #expect(data.count == 137)
      }
    }
  }

  @Test("What lies is a bad signature", arguments: Act.allCases)
  func wrong(_ act: Act) async throws {
    let people = try People()
    let other = try SigningKey.generate()
    let key = act.signsAsAccount ? people.alice.key : people.alicePhone.key
    let signers: [FunctionSigner] = [
      FunctionSigner { _ in Data(repeating: 0, count: 64) },
      FunctionSigner { _ in Data(repeating: 255, count: 64) },
      FunctionSigner { bytes in Data(try other.signature(for: Array(bytes)).bytes) },
      FunctionSigner { bytes in Data(try key.signature(for: Array(bytes) + [0]).bytes) },
      FunctionSigner { bytes in
        var signature = try key.signature(for: Array(bytes)).bytes
        signature[63] ^= 0x20
        return Data(signature)
      },
    ]
    for signer in signers {
      #expect(await code { try await act.perform(signer, people) } == .badSignature)
    }
  }

  @Test("What is not 64 bytes is no signature", arguments: Act.allCases)
  func length(_ act: Act) async throws {
    let people = try People()
    for length in [0, 63, 65] {
      let signer = FunctionSigner { _ in Data(repeating: 1, count: length) }
      #expect(await code { try await act.perform(signer, people) } == .invalidSigner)
    }
  }

  @Test("An error of the signer is passed on as it is", arguments: Act.allCases)
  func throwing(_ act: Act) async throws {
    let people = try People()
    await #expect(throws: Unreachable()) {
      try await act.perform(FunctionSigner { _ in throw Unreachable() }, people)
    }
  }

  @Test("Sealing for several devices is all or nothing")
  func several() async throws {
    let people = try People()
    let key = people.alicePhone.key
    let asked = Asked()
    let signer = FunctionSigner { bytes in
      guard asked.next() < 2 else { throw Unreachable() }
      return Data(try key.signature(for: Array(bytes)).bytes)
    }
    let device = ExternalDevice(certificate: people.alicePhone.certificate, signer: signer)
    await #expect(throws: Unreachable()) {
      try await device.sealMany(People.message, to: people.bundles + people.bundles, now: People.now)
    }
  }

  private final class Asked: @unchecked Sendable {
    private let lock = NSLock()
    private var count = -1

    func next() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
  }

  @Test("A device links and renews with its key elsewhere")
  func linking() async throws {
    let people = try People()
    let key = try SigningKey.generate()
    let signer = KeptSigner(key: key)
    let publicKey = try DeviceKey(Data(key.publicKey.bytes))
    let secret = try LinkSecret.random()
    let request = try await ExternalDevice.request(
      publicKey: publicKey, signer: signer, secret: secret, now: People.now)
    let grant = try people.alice.certify(
      request: request, secret: secret, expiresAt: People.later(days: 90), now: People.now)
    let device = try ExternalDevice.activate(
      publicKey: publicKey, signer: signer, grant: grant, request: request, secret: secret, now: People.now)
    #expect(device.account == people.alice.publicKey)

    let again = try await device.request(secret: secret, now: People.now)
    let renewal = try people.alice.certify(
      request: again, secret: secret, expiresAt: People.later(days: 180), now: People.now)
    let renewed = try device.activate(grant: renewal, request: again, secret: secret, now: People.now)
    #expect(renewed.certificate.expiresAt == People.later(days: 180))

    let other = try people.bob.certify(
      request: again, secret: secret, expiresAt: People.later(days: 180), now: People.now)
    #expect(
      code { try device.activate(grant: other, request: again, secret: secret, now: People.now) } == .wrongAccount)
  }
}
