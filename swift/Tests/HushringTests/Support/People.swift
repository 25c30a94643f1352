import Foundation

@testable import Hushring

/// Alice calls, Bob is called. Whatever they do happens at ``now``.
struct People {
  static let now = Timestamp(milliseconds: 1_795_168_800_000)

  let alice: Account
  let alicePhone: Device
  let bob: Account
  let bobPhone: Device
  let prekeys: [Prekey]
  let bundles: [PrekeyBundle]

  init() throws {
    alice = try Account.generate()
    alicePhone = try Device.enroll(account: alice, expiresAt: Self.later(days: 90), now: Self.now)
    bob = try Account.generate()
    bobPhone = try Device.enroll(account: bob, expiresAt: Self.later(days: 90), now: Self.now)
    prekeys = try Suite.supported.map { suite in
      try Prekey.generate(suite, expiresAt: Self.later(days: 30), now: Self.now)
    }
    let bob = bob.publicKey
    bundles = try bobPhone.publish(prekeys, now: Self.now).map { bundle in
      try PrekeyBundle(verifying: bundle, account: bob, now: Self.now)
    }
  }

  static func later(days: UInt64) -> EpochSeconds { now.seconds.adding(seconds: days * 86_400) }

  /// Opens as Bob's phone.
  func open(_ envelope: Data) throws -> OpenedEnvelope {
    try OpenedEnvelope.open(envelope, account: bob.publicKey, device: bobPhone.publicKey) { suite, id in
      prekeys.first { $0.suite == suite && $0.id == id }
    }
  }

  /// A content of each kind of size.
  static let message = Content.message(Message(body: "Are you there?"))
}

/// The code of what is thrown, or nothing.
func code(_ body: () throws -> some Any) -> HushringError.Code? {
  do {
    _ = try body()
    return nil
  } catch {
    return (error as? HushringError)?.code
  }
}

func code(_ body: () async throws -> some Any) async -> HushringError.Code? {
  do {
    _ = try await body()
    return nil
  } catch {
    return (error as? HushringError)?.code
  }
}
