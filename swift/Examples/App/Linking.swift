import Foundation
import Hushring

/// Links a device to an account, and revokes a lost one (docs/guide.md, "Link a device", "A lost
/// device").
///
/// The new device shows a code, a QR code for example: where the two meet at the relay, a secret,
/// and its own key. The device that holds the account key reads it, asks its user, and certifies.
@MainActor
struct Linking {
  let relay: Relay
  let installation: Installation

  enum Problem: Error {
    /// Not a link code.
    case badCode
    /// Nobody asks under this code. It is good for ten minutes.
    case nobodyAsks
  }

  /// What a link code says.
  struct Code {
    let rendezvous: String
    let secret: LinkSecret
    let device: DeviceKey

    var text: String {
      [rendezvous, secret.data.base64EncodedString(), device.data.base64EncodedString()].joined(separator: " ")
    }

    init(rendezvous: String, secret: LinkSecret, device: DeviceKey) {
      (self.rendezvous, self.secret, self.device) = (rendezvous, secret, device)
    }

    init(_ text: String) throws {
      let parts = text.split(separator: " ").map(String.init)
      guard parts.count == 3, Data(hexadecimalDigits: parts[0])?.count == 16,
        let secret = Data(base64Encoded: parts[1]), let device = Data(base64Encoded: parts[2])
      else { throw Problem.badCode }
      self.init(rendezvous: parts[0], secret: try LinkSecret(secret), device: try DeviceKey(device))
    }
  }

  // On the new device.

  /// A device that asks to be linked.
  struct Joining {
    let code: Code
    fileprivate let pending: PendingDevice
    fileprivate let request: Data
  }

  /// Asks to be linked. Show the code for ten minutes at most.
  func join() async throws -> Joining {
    let (pending, secret) = (try PendingDevice.generate(), try LinkSecret.random())
    let rendezvous = UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    _ = try await relay.getLink(rendezvous, .grant) // there is none; but the answer has the time
    let request = try pending.request(secret: secret, now: installation.clock.now)
    try await relay.putLink(rendezvous, .request, request)
    let code = Code(rendezvous: rendezvous, secret: secret, device: pending.publicKey)
    return Joining(code: code, pending: pending, request: request)
  }

  /// Waits for the grant. Show ``/Hushring/AccountKey/fingerprint`` of the device's account, for
  /// the user to compare with that on the other device; then call `Installation.settle`.
  func granted(_ joining: Joining) async throws -> Device {
    while true {
      try await Task.sleep(for: .seconds(1))
      guard let grant = try await relay.getLink(joining.code.rendezvous, .grant) else { continue }
      return try joining.pending.activate(
        grant: grant, request: joining.request, secret: joining.code.secret, now: installation.clock.now)
    }
  }

  // On the device that holds the account key.

  /// Certifies a device, once its user was asked.
  func grant(_ code: Code) async throws {
    guard let request = try await relay.getLink(code.rendezvous, .request) else { throw Problem.nobodyAsks }
    let now = installation.clock.now
    let grant = try installation.withAccountKey { key in
      try key.account.certify(
        request: request, secret: code.secret, expiresAt: Installation.certificateEnd(now),
        floor: key.floor(of: code.device), now: now) // one that was revoked and comes back begins after that
    }
    try await relay.putLink(code.rendezvous, .grant, grant)
  }

  /// Revokes a lost device, and returns the statement for contacts and own devices. Take the
  /// mailbox first, one wake: what the device sent before it was lost is refused afterwards
  /// (spec/sharing.md, section 6).
  func revoke(_ device: DeviceKey) async throws -> Data {
    let now = installation.clock.now
    let floor = EpochSeconds(now.milliseconds / 1_000)
    let statement = try installation.withAccountKey { key in
      key.revoked.append(.init(device: device.data, floor: floor.value)) // stored before anybody hears of it
      return try key.account.revoke(device, before: floor, now: now)
    }
    try installation.run { session in _ = try session.inbox.revoke(statement, now: session.now) }
    try await relay.revoke(statement)
    return statement
  }
}
