import Foundation
import Playing

@testable import Hushring

nonisolated(unsafe) var draw = SystemRandomNumberGenerator()

let daySeconds: UInt64 = 86_400
let (second, minute, hour, day): (UInt64, UInt64, UInt64, UInt64) = (1_000, 60_000, 3_600_000, 86_400_000)

func one<Part>(of parts: [Part]) -> Part { parts[Int.random(in: parts.indices, using: &draw)] }

func one(in count: Int) -> Bool { Int.random(in: 0..<count, using: &draw) == 0 }

func yes() -> Bool { one(in: 2) }

func randomBytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255, using: &draw) } }

func shuffled<Part>(_ parts: [Part]) -> [Part] { parts.shuffled(using: &draw) }

func flippingABit(_ bytes: some Collection<UInt8>, in range: Range<Int>? = nil) -> [UInt8] {
  var bytes = Array(bytes)
  bytes[Int.random(in: range ?? bytes.indices, using: &draw)] ^= 1 << UInt8.random(in: 0..<8, using: &draw)
  return bytes
}

/// Somebody with a device and a prekey of each suite, at a time in whole seconds.
struct Somebody {
  let now: Timestamp
  let account: Account
  let device: Device
  let prekeys: [Prekey]

  init(now: Timestamp? = nil) throws {
    let now = now ?? Timestamp(milliseconds: 1_000 * .random(in: 1_000_000_000..<4_000_000_000, using: &draw))
    self.now = now
    account = try Account(exported: Data(randomBytes(32)))
    device = try Somebody.device(of: account, at: now)
    prekeys = try Suite.allCases.map { suite in
      try prekey(suite, expiresAt: now.seconds.value + .random(in: 1...90 * daySeconds, using: &draw))
    }
  }

  static func device(of account: Account, at now: Timestamp) throws -> Device {
    let begins = now.seconds.value - .random(in: 0..<100 * daySeconds, using: &draw)
    return try Device.enroll(
      account: account, expiresAt: EpochSeconds(now.seconds.value + .random(in: 1...200 * daySeconds, using: &draw)),
      notBefore: EpochSeconds(begins), now: now)
  }

  func bundle(_ suite: Suite) throws -> PrekeyBundle {
    let published = try device.publish(prekeys, now: now)
    return try PrekeyBundle(verifying: published[Int(suite.rawValue) - 1], account: account.publicKey, now: now)
  }
}

/// - Parameter expiresAt: in seconds. Nothing is checked.
func prekey(_ suite: Suite, expiresAt: UInt64) throws -> Prekey {
  try Prekey(exported: [suite.rawValue] + randomBytes(32) + expiresAt.bigEndianBytes)
}
