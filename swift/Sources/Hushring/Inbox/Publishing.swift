import Foundation

extension Inbox {
  /// Adds the device's current prekeys, and signs a bundle for each, for the server to hand out, in
  /// their order: 259 bytes (`x25519`) or 1,443 (`xwing`) (spec/inbox.md, N8).
  ///
  /// Pass all prekeys of the publication at once, because each bundle says which suites were
  /// published together. Save the inbox and store the prekeys, then upload the bundles.
  ///
  /// The time of the publication is kept in the saved state. The next one is at least a second
  /// newer, whatever the clock does, so that no sender takes it for an older one. A bundle expires
  /// with its prekey or with the certificate, whichever is first.
  ///
  /// - Throws: ``HushringError/Code/wrongDevice`` if it is not this inbox's device, and what
  ///   ``Device/publish(_:after:now:)`` throws; ``HushringError/Code/inboxFull`` beyond 256
  ///   prekeys.
  public mutating func publish(
    _ prekeys: [Prekey], by device: Device, now: Timestamp
  ) throws(HushringError) -> [Data] {
    let publication = try check(prekeys, device.certificate, now: now)
    let bundles = try publication.signed(by: device)
    add(prekeys, of: publication)
    return bundles
  }

  /// Begins a publication, like ``publish(_:by:now:)``, whose signatures an outside signer makes:
  /// save the inbox, and hold no lock while they are made.
  ///
  /// The time of the publication is kept at once. If it is not finished, publish again.
  ///
  /// - Returns: the bundles, to be signed with ``Publication/signed(by:)``.
  /// - Throws: what ``publish(_:by:now:)`` throws.
  public mutating func publication(
    of prekeys: [Prekey], by device: ExternalDevice, now: Timestamp
  ) throws(HushringError) -> Publication {
    let publication = try check(prekeys, device.certificate, now: now)
    add(prekeys, of: publication)
    return publication
  }

  private func check(
    _ prekeys: [Prekey], _ certificate: Certificate, now: Timestamp
  ) throws(HushringError) -> Publication {
    guard certificate.device == device, certificate.account == account else { throw HushringError(.wrongDevice) }
    let publication = try Publication(prekeys, certificate: certificate, after: lastPublished, now: now)
    let more = prekeys.count { !hasPrekey($0) }
    guard self.prekeys.count + more <= Bounds.prekeys else { throw HushringError(.inboxFull) }
    return publication
  }

  private mutating func add(_ prekeys: [Prekey], of publication: Publication) {
    for prekey in prekeys where !hasPrekey(prekey) { self.prekeys.append(prekey) }
    lastPublished = publication.issuedAt
  }
}
