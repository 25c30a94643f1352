import Foundation

/// The result of ``PrekeyBundle/verifyAll(_:account:revocations:lastPublished:now:)``.
public struct VerifiedBundles: Hashable, Sendable {
  /// The good ones, in the order of the list.
  public let bundles: [PrekeyBundle]
  /// The index and error of each refused bundle.
  public let rejected: [Rejection]
  /// What the account's devices last published, by what was passed in and the good bundles: store
  /// it and pass it in the next time (spec/envelope.md, B15). 73 to 217,161 bytes.
  public let lastPublished: Data
  /// Of the revocation statements that were passed in, those that count: at most one of the
  /// account, then at most 64 of its devices. Store them and pass them in the next time, before
  /// what comes with the list then.
  public let revocations: [Data]
  /// The index and error of each statement that is not sound, or cannot be kept
  /// (``HushringError/Code/tooMany``): it is that of a device for which there is no room among 64.
  /// Ask the contact to revoke the account.
  public let rejectedRevocations: [Rejection]

  /// What was refused of a list.
  public struct Rejection: Hashable, Sendable {
    /// The index in the list that was passed in.
    public let index: Int
    /// Why it was refused.
    public let error: HushringError
  }
}

extension PrekeyBundle {
  /// Verifies all the bundles of an account and returns the good ones.
  ///
  /// A bad one is among the rejected, with the error that verifying it alone would give, or with
  /// ``HushringError/Code/staleBundle`` if another good one of its device is newer, or contradicts
  /// it. Those behind the 512th are not read, and are ``HushringError/Code/tooMany``. A revocation
  /// statement that is not sound does not spoil the others; those behind the 256th are not read.
  ///
  /// - Parameters:
  ///   - account: A pinned key.
  ///   - revocations: Statements of the account and of its single devices: those that this returned
  ///     the last time, and those that came with the bundles.
  ///   - lastPublished: What this returned the last time for this account; nothing the first time.
  /// - Throws: ``HushringError/Code/stateTooNew``, ``HushringError/Code/badState``, or
  ///   ``HushringError/Code/wrongAccount``, for a `lastPublished` that is not what an earlier call
  ///   returned for this account. Then do not go on without it: the server could bring back old
  ///   bundles.
  public static func verifyAll(
    _ bundles: [Data], account: AccountKey, revocations: [Data] = [], lastPublished: Data? = nil, now: Timestamp
  ) throws(HushringError) -> VerifiedBundles {
    var known = try LastPublished(stored: lastPublished, account: account)
    let statements = RevocationList(revocations, account: account, now: now)
    var good: [(index: Int, bundle: PrekeyBundle)] = []
    var rejected: [VerifiedBundles.Rejection] = []
    for (index, data) in bundles.enumerated() {
      do throws(HushringError) {
        guard index < Limits.bundlesOfAList else { throw HushringError(.tooMany) }
        let bundle = try PrekeyBundle(
          verifying: data, account: account, floors: statements.floors, known: known, now: now)
        good.append((index, bundle))
      } catch {
        rejected.append(VerifiedBundles.Rejection(index: index, error: error))
      }
    }

    let publications = Publications(good.map(\.bundle))
    let stale = good.filter { !publications.accept($0.bundle) }
    rejected += stale.map { VerifiedBundles.Rejection(index: $0.index, error: HushringError(.staleBundle)) }
    let accepted = good.map(\.bundle).filter(publications.accept)
    known.take(accepted)
    return VerifiedBundles(
      bundles: accepted, rejected: rejected.sorted { $0.index < $1.index }, lastPublished: known.packed,
      revocations: statements.kept.map(\.data), rejectedRevocations: statements.rejected)
  }
}

/// The newest publication of each device in a list (B15).
private struct Publications {
  private var newest: [DeviceKey: Publication] = [:]

  private struct Publication {
    let issuedAt: EpochSeconds
    let offers: UInt8
    var bundles: [Suite: [UInt8]]
    /// Two of its bundles that cannot both be true.
    var contradicts = false
  }

  init(_ bundles: [PrekeyBundle]) {
    for bundle in bundles {
      let known = newest[bundle.device]
      if let known, known.issuedAt > bundle.issuedAt { continue }
      guard var publication = known, publication.issuedAt == bundle.issuedAt else {
        newest[bundle.device] = Publication(
          issuedAt: bundle.issuedAt, offers: bundle.offersByte, bundles: [bundle.suite: bundle.bytes])
        continue
      }
      let other = publication.bundles[bundle.suite]
      if publication.offers != bundle.offersByte || other != nil && other != bundle.bytes {
        publication.contradicts = true
      }
      publication.bundles[bundle.suite] = bundle.bytes
      newest[bundle.device] = publication
    }
  }

  func accept(_ bundle: PrekeyBundle) -> Bool {
    guard let publication = newest[bundle.device] else { return false }
    return publication.issuedAt == bundle.issuedAt && !publication.contradicts
  }
}
