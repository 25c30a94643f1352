import Foundation
import Hushring

/// What a device does on a timer, whether it is used or not (spec/threat-model.md, DEP19): new
/// prekeys every week, a new certificate in time, and forgetting what is too old.
@MainActor
struct Housekeeping {
  let store: AppStore
  let relay: Relay
  let installation: Installation

  func keep() async throws {
    // What is forgotten, or dated, by a wrong clock does not come back.
    guard installation.clock.isFromRelay else { return }
    SystemNotices().withdrawRings(before: installation.clock.now)
    if store.state.prunedAt.map({ $0 < Date(timeIntervalSinceNow: -86_400) }) ?? true { try await prune() }
    if try installation.holdsAccountKey {
      try await Linking(store: store, relay: relay, installation: installation).handOutRevocations()
      if try isRenewalDue {
        try await installation.apart { try $0.renewCertificate() }
        try await publish() // with the new certificate
      }
    }
    let week = TimeInterval(Configuration.publicationDays * 86_400)
    if store.state.publication.map({ $0.at < Date(timeIntervalSinceNow: -week) }) ?? true { try await publish() }
    try await upload()
  }

  /// Whether half of the certificate's time is over. A device whose certificate has ended can seal
  /// nothing, not even an answer. Where the account key is on another device, tell the user, and call
  /// `Linking.askForRenewal`.
  var isRenewalDue: Bool {
    get throws {
      let certificate = try installation.device.certificate
      let half = certificate.notBefore.value + (certificate.expiresAt.value - certificate.notBefore.value) / 2
      return installation.clock.now.milliseconds / 1_000 > half
    }
  }

  /// Generate and store, publish, save; the upload comes after (spec/sharing.md, section 5).
  func publish() async throws {
    let bundles = try await installation.apart { try $0.publish() }
    try store.change { $0.publication = Publication(bundles: bundles, at: Date()) }
  }

  /// Uploads what was published and not uploaded yet: the same bytes, as often as it takes. The
  /// statements of the account go with it from each of its devices (DEP23).
  func upload() async throws {
    guard let publication = store.state.publication, !publication.isUploaded else { return }
    try await relay.publish(publication.bundles, revocations: store.state.own.revocations)
    try store.change { $0.publication?.isUploaded = true }
  }

  private func prune() async throws {
    try await installation.apart { try $0.prune() }
    try store.change { $0.prunedAt = Date() }
  }
}
