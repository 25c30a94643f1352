import Foundation
import Hushring

/// Links a device to an account, renews it, and revokes a lost one (docs/guide.md, "Link a device",
/// "A lost device").
///
/// The new device shows a code, a QR code for example: where the two meet at the relay, a secret,
/// and its own key. The device that holds the account key reads it, asks its user, and certifies.
@MainActor
struct Linking {
  let store: AppStore
  let relay: Relay
  let installation: Installation

  enum Problem: Error {
    /// Not a link code.
    case badCode
    /// Nobody asks under this code. It is good for ten minutes.
    case nobodyAsks
    /// Nobody has granted it in ten minutes: ask again, with a new code.
    case nobodyGrants
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

  // On the device that asks.

  /// A device that asks for a certificate. Show its code for ten minutes at most.
  struct Asking {
    let code: Code
    fileprivate let request: Data
  }

  /// A device that asks to be linked.
  struct Joining {
    fileprivate let asking: Asking
    fileprivate let pending: PendingDevice

    var code: Code { asking.code }
  }

  /// Asks to be linked.
  ///
  /// - Parameter anew: As in `Peer.makeAccount`. `Peer.settle` is given the same.
  func join(anew: Bool = false) async throws -> Joining {
    try installation.checkKeys(anew: anew)
    let pending = try PendingDevice.generate()
    return Joining(asking: try await ask(for: pending.publicKey, pending.request), pending: pending)
  }

  /// Waits for the grant. Show ``/Hushring/AccountKey/fingerprint`` of the device's account, for
  /// the user to compare with that on the other device; then call `Peer.settle`.
  func granted(_ joining: Joining) async throws -> Device {
    try joining.pending.activate(
      grant: try await grant(to: joining.asking), request: joining.asking.request,
      secret: joining.asking.code.secret, now: installation.clock.now)
  }

  /// Asks for a new certificate for this device, whose account key is on another one. To be called
  /// by the user, once `Housekeeping.isRenewalDue`: the other device reads the code and certifies it
  /// as it does a new one.
  func askForRenewal() async throws -> Asking {
    let device = try installation.device
    return try await ask(for: device.publicKey, device.request)
  }

  /// Waits for the new certificate, and stores it with the same keys and the same inbox; then
  /// publishes with it. If it is interrupted before it is stored, ask again; if after, the weekly
  /// publication has it.
  func renewed(_ asking: Asking) async throws {
    let device = try installation.device.activate(
      grant: try await grant(to: asking), request: asking.request, secret: asking.code.secret,
      now: installation.clock.now)
    try installation.renew(device)
    let housekeeping = Housekeeping(store: store, relay: relay, installation: installation)
    try await housekeeping.publish()
    try await housekeeping.upload()
  }

  private func ask(
    for device: DeviceKey, _ request: (LinkSecret, Timestamp) throws -> Data
  ) async throws -> Asking {
    let secret = try LinkSecret.random()
    let rendezvous = UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    _ = try await relay.getLink(rendezvous, .grant) // there is none; but the answer has the time
    let request = try request(secret, installation.clock.now)
    try await relay.putLink(rendezvous, .request, request)
    return Asking(code: Code(rendezvous: rendezvous, secret: secret, device: device), request: request)
  }

  private func grant(to asking: Asking) async throws -> Data {
    let end = ContinuousClock.now + .seconds(600) // spec/envelope.md, L2
    while ContinuousClock.now < end {
      // The network may be away for a moment.
      if let grant = try? await relay.getLink(asking.code.rendezvous, .grant) { return grant }
      try await Task.sleep(for: .seconds(1))
    }
    throw Problem.nobodyGrants
  }

  // On the device that holds the account key.

  /// Certifies a device, once its user was asked.
  func grant(_ code: Code) async throws {
    guard let request = try await relay.getLink(code.rendezvous, .request) else { throw Problem.nobodyAsks }
    let now = try installation.relayTime
    let grant = try installation.withAccountKey {
      try $0.certify(code.device, request: request, secret: code.secret, now: now)
    }
    try await relay.putLink(code.rendezvous, .grant, grant)
  }

  /// Revokes a lost device. Take the mailbox first, one wake: what the device sent before it was lost
  /// is refused afterwards (spec/sharing.md, section 6).
  func revoke(_ device: DeviceKey) async throws {
    let now = try installation.relayTime
    try installation.withAccountKey { try $0.revoke(device, now: now) } // before anybody hears of it
    try await handOutRevocations()
  }

  /// Makes this installation a new device of the account whose key is still here
  /// (`Installation.restoreAccount`), and revokes the one that it was. Contacts are to be trusted
  /// anew. Then publish.
  func restore(name: String, anew: Bool = false) async throws {
    try installation.checkKeys(anew: anew)
    let registration = try await relay.register() // the time comes with it
    try installation.restoreAccount(name: name, registration: registration, anew: anew)
    try await handOutRevocations()
  }

  /// Has this device neither receive from those that are revoked nor seal to them. The relay has the
  /// statements for everybody else: at once, and with the bundles at each publication, which is begun
  /// anew until it has succeeded. `Housekeeping` calls this too, in case the app ended before.
  func handOutRevocations() async throws {
    let known = store.state.own.revocations
    let new = try installation.withAccountKey { $0.revoked.map(\.statement) }.filter { !known.contains($0) }
    guard !new.isEmpty else { return }
    let now = try installation.relayTime
    try installation.run { session in
      for statement in new { _ = try session.inbox.revoke(statement, now: now) }
    }
    try store.change { state in
      state.own.revocations += new
      state.publication?.isUploaded = false
    }
    for statement in new {
      do { try await relay.revoke(statement) } catch { Log.problem("a revocation goes with the bundles", error) }
    }
  }
}
