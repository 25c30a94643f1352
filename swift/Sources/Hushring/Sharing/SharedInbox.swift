import Foundation

/// One ``Inbox`` for an app and its extension: its state is a file that both reach, with a lock
/// (spec/sharing.md, section 2).
///
/// ``update(_:)`` takes the lock, for which it waits at most 2 seconds, loads the state, adds the
/// prekeys, lets you work, saves, and gives the lock back. So no process goes on with a state that
/// the other has replaced. Nothing waits within: no request, no callback of CallKit, no outside
/// signer. Act on events outside, and acknowledge them in another ``update(_:)``.
///
/// The state has the protection class completeUntilFirstUserAuthentication, stays out of backups,
/// and is on the disk before this returns. Its revision is in the ``KeyStore``, so that an older
/// copy is refused.
public struct SharedInbox: Sendable {
  private let store: KeyStore
  private let folder: SharedFolder

  /// - Parameters:
  ///   - folder: A folder of its own, in the container of the app group.
  ///   - keyStore: In the keychain access group that both share.
  public init(folder: URL, keyStore: KeyStore) {
    self.init(folder: SharedFolder(url: folder), keyStore: keyStore)
  }

  init(folder: SharedFolder, keyStore: KeyStore) {
    self.folder = folder
    store = keyStore
  }

  #if canImport(Darwin)
    /// - Parameters:
    ///   - appGroup: Such as `group.org.example`. It stands among the app groups of both.
    ///   - accessGroup: As in ``KeychainStore``.
    /// - Throws: ``HushringError/Code/storage`` if this process is not entitled to the app group.
    public init(appGroup: String, accessGroup: String) throws(HushringError) {
      guard let container = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: appGroup) else {
        throw .storage(Int(EPERM))
      }
      self.init(folder: container.appendingPathComponent("hushring"), keyStore: KeyStore(accessGroup: accessGroup))
    }
  #endif

  /// Puts in a device that was just linked, with an empty inbox, in place of what was there.
  ///
  /// - Parameter anew: Whether the user has said that an inbox is to be replaced whose keys are
  ///   missing. Never say so by yourself: the keychain may have them in an hour.
  /// - Throws: ``HushringError/Code/wrongDevice`` if it is the device that is there: an empty inbox
  ///   in place of its own would accept replays. To give it a new certificate, see ``renew(_:)``.
  ///   ``HushringError/Code/keysMissing``, unless `anew`. And what ``update(_:)`` throws.
  public func begin(_ identity: Keys.Identity, anew: Bool = false) throws(HushringError) {
    try locked(creating: true) { () throws(HushringError) in
      let certificate = identity.certificate
      guard try !isLinked(certificate.device) else { throw HushringError(.wrongDevice) }
      if !anew, try areKeysMissing { throw HushringError(.keysMissing) }
      // While there are no keys, no device is linked.
      try store.removeKeys()
      var inbox = Inbox(certificate: certificate)
      try save(&inbox, certificate)
      try folder.remove(Self.rings)
      try store.setKeys(Keys(identity))
    }
  }

  /// Works on the inbox, and saves it if anything has changed.
  ///
  /// What `body` has changed is saved also if it throws, because an envelope that is refused as
  /// ``HushringError/Code/untrusted`` or ``HushringError/Code/clock`` is held. Prekeys that it has
  /// added are in the keychain before that.
  ///
  /// - Throws: What `body` throws, if it could be saved. Else a ``HushringError``:
  ///   ``HushringError/Code/busy`` if the lock was not had in 2 seconds;
  ///   ``HushringError/Code/locked`` before the device is first unlocked;
  ///   ``HushringError/Code/keysMissing`` if there is a state and the keychain says that it has no
  ///   keys; ``HushringError/Code/notLinked`` if there is neither;
  ///   ``HushringError/Code/storage``, with the `status`; and
  ///   what ``Inbox/init(state:certificate:atLeast:)`` throws. Keys without a state are
  ///   ``HushringError/Code/stateRolledBack``, or ``HushringError/Code/badState`` if no revision
  ///   was kept. Then nothing was received: confirm nothing, and show the generic text.
  public func update<Result>(_ body: (inout Inbox) throws -> Result) throws -> Result {
    try work { (inbox, _) in try body(&inbox) }.get()
  }

  /// Loads the inbox, gives the lock back, and looks at it.
  ///
  /// - Throws: What ``update(_:)`` throws.
  public func read<Result>(_ body: (Inbox) throws -> Result) throws -> Result {
    let inbox = try locked { () throws(HushringError) in try load().inbox }
    return try body(inbox)
  }

  /// Returns the keys: to seal with, and to make a link request for a renewal with.
  ///
  /// - Throws: What ``KeyStore/keys()`` throws; ``HushringError/Code/keysMissing``;
  ///   ``HushringError/Code/notLinked``.
  public func keys() throws(HushringError) -> Keys {
    // The keychain has said "not found" of keys that it had: the state tells that there was a device.
    guard let keys = try store.keys() else {
      throw HushringError(folder.has(Self.inbox) ? .keysMissing : .notLinked)
    }
    return keys
  }

  /// Stores new prekeys in the keychain, makes their bundles, and saves. Upload the bundles then
  /// (spec/sharing.md, section 5).
  ///
  /// - Throws: What ``Inbox/publish(_:by:now:)`` throws; ``HushringError/Code/wrongDevice`` if the
  ///   device's key lives elsewhere; and what ``update(_:)`` throws.
  public func publish(_ prekeys: [Prekey], now: Timestamp) throws(HushringError) -> [Data] {
    try work { (inbox, keys) throws(HushringError) in
      guard let device = keys.device else { throw HushringError(.wrongDevice) }
      return try inbox.publish(prekeys, by: device, now: now)
    }.get()
  }

  /// Stores new prekeys in the keychain, begins a publication whose signatures an outside signer
  /// makes, and saves.
  ///
  /// - Throws: What ``Inbox/publication(of:by:now:)`` throws, and what ``update(_:)`` throws.
  public func publication(
    of prekeys: [Prekey], by device: ExternalDevice, now: Timestamp
  ) throws(HushringError) -> Publication {
    try work { (inbox, _) throws(HushringError) in
      try inbox.publication(of: prekeys, by: device, now: now)
    }.get()
  }

  /// Forgets what does not matter any more, saves, and deletes the prekeys that have had their time
  /// from the keychain. Call it about once a day, with a trusted clock.
  ///
  /// - Throws: What ``update(_:)`` throws.
  public func prune(now: Timestamp) throws(HushringError) {
    _ = try work { (inbox, _) throws(HushringError) in inbox.prune(now: now) }.get()
  }

  /// Gives the device the new certificate that its account has granted.
  ///
  /// - Throws: ``HushringError/Code/wrongAccount``, ``HushringError/Code/wrongDevice`` if it is
  ///   another device; and what ``update(_:)`` throws.
  public func renew(_ identity: Keys.Identity) throws(HushringError) {
    try locked { () throws(HushringError) in
      var keys = try self.keys()
      guard keys.certificate.account == identity.certificate.account else { throw HushringError(.wrongAccount) }
      guard keys.certificate.device == identity.certificate.device else { throw HushringError(.wrongDevice) }
      keys.identity = identity
      try store.setKeys(keys)
    }
  }

  /// Deletes keys and state.
  ///
  /// - Throws: ``HushringError/Code/busy``, ``HushringError/Code/storage``.
  public func remove() throws(HushringError) {
    try locked(creating: true) { () throws(HushringError) in
      try store.removeKeys()
      for name in [Self.inbox, Self.rings] {
        try folder.discard(name)
        try folder.remove(name)
      }
      try folder.synchronize()
    }
  }
}

// The list of the rings that were reported.
extension SharedInbox {
  /// Returns the rings that either process has reported to the system. Report none of them again.
  ///
  /// - Throws: ``HushringError/Code/storage``.
  public func reportedRings() throws(HushringError) -> ReportedRings {
    guard let file = try folder.open(Self.rings) else { return ReportedRings() }
    defer { file.close() }
    var data = Data()
    while let piece = try file.read(Self.pieceSize) { data += piece }
    return ReportedRings(data)
  }

  /// Keeps that a ring was reported. Then acknowledge it.
  ///
  /// - Throws: ``HushringError/Code/busy``, ``HushringError/Code/storage``.
  public func addReportedRing(_ callUUID: UUID, sentAt: Timestamp, now: Timestamp) throws(HushringError) {
    try locked { () throws(HushringError) in
      var rings = try reportedRings()
      rings.insert(callUUID, sentAt: sentAt, now: now)
      // Not for longer than the system runs: when it starts anew, nothing rings any more.
      let file = try folder.replacement(of: Self.rings)
      defer { file.close() }
      try file.write(rings.encoded)
      try folder.replace(Self.rings, by: file, surviving: .process)
    }
  }
}

extension SharedInbox {
  private static let inbox = "inbox"
  private static let rings = "rings"
  private static let pieceSize = 65_536

  private func locked<Result>(
    creating: Bool = false, _ body: () throws(HushringError) -> Result
  ) throws(HushringError) -> Result {
    do {
      if creating { try folder.create() }
      return try folder.locked(body)
    } catch {
      guard error.code == .storage else { throw error }
      // Before the device is first unlocked, its files cannot be opened either. The keychain says
      // it plainly.
      if try isLocked { throw HushringError(.locked) }
      // The keychain stays when the app is deleted, the folder does not.
      guard folder.exists else { throw withoutState(try store.revision(of: try keys().certificate.device)) }
      throw error
    }
  }

  private var isLocked: Bool {
    get throws(HushringError) {
      do { _ = try store.keys() } catch { return error.code == .locked }
      return false
    }
  }

  /// Whether there is a state, and the keychain says that its keys are not there. Damaged ones are.
  private var areKeysMissing: Bool {
    get throws(HushringError) {
      do throws(HushringError) {
        _ = try keys()
      } catch {
        switch error.code {
        case .keysMissing: return true
        case .notLinked, .badState: return false
        default: throw error
        }
      }
      return false
    }
  }

  /// Whether it is the device that is there. Where its keys are damaged, the revision tells; without
  /// keys, no device is there, and one that began and was interrupted begins again.
  private func isLinked(_ device: DeviceKey) throws(HushringError) -> Bool {
    do throws(HushringError) {
      return try store.keys()?.certificate.device == device
    } catch { guard error.code == .badState else { throw error } }
    do throws(HushringError) {
      return try store.revision(of: device) > 0
    } catch { guard error.code == .badState else { throw error } }
    return false
  }

  /// What keys without a state are refused as.
  ///
  /// - Parameter least: The revision that the state has at least.
  private func withoutState(_ least: UInt64) -> HushringError {
    HushringError(least > 0 ? .stateRolledBack : .badState)
  }

  private func load() throws(HushringError) -> (keys: Keys, inbox: Inbox) {
    let keys = try self.keys()
    let (certificate, least) = (keys.certificate, try store.revision(of: keys.certificate.device))
    guard let file = try folder.open(Self.inbox) else { throw withoutState(least) }
    defer { file.close() }
    var inbox: Inbox
    do {
      inbox = try Inbox(certificate: certificate, atLeast: least) { try file.read(Self.pieceSize) }
    } catch let error as HushringError {
      throw error
    } catch {
      throw HushringError(.badState)
    }
    // A process died between the two steps of saving: it goes through the second one now.
    if inbox.revision > least {
      try folder.synchronize()
      try store.setRevision(inbox.revision, of: certificate.device)
    }
    for prekey in keys.prekeys { try inbox.addPrekey(prekey) }
    return (keys, inbox)
  }

  /// - Parameter before: The revision that is stored. If it stays, nothing has changed.
  private func save(
    _ inbox: inout Inbox, _ certificate: Certificate, unless before: UInt64? = nil
  ) throws(HushringError) {
    let file = try folder.replacement(of: Self.inbox)
    defer { file.close() }
    try inbox.save { (piece: Data) throws(HushringError) in try file.write(piece) }
    guard inbox.revision != before else { return try folder.discard(Self.inbox) }
    try folder.replace(Self.inbox, by: file, surviving: .power)
    // Within the lock, and after the rename. If it fails, the state is in its place all the same, and
    // newer than its revision, which is well: the next one to load it goes through this step.
    try? store.setRevision(inbox.revision, of: certificate.device)
  }

  /// Loads, works, and saves. New prekeys are in the keychain before the state that publishes them,
  /// and those that were dropped until after it.
  private func work<Result, Failure>(
    _ body: (inout Inbox, Keys) throws(Failure) -> Result
  ) throws(HushringError) -> Swift.Result<Result, Failure> {
    try locked { () throws(HushringError) in
      var (keys, inbox) = try load()
      let before = inbox.revision
      let result: Swift.Result<Result, Failure>
      do throws(Failure) { result = .success(try body(&inbox, keys)) } catch { result = .failure(error) }
      let dropped = keys.prekeys.filter { !inbox.hasPrekey($0) }
      if dropped.count + inbox.prekeys.count > keys.prekeys.count {
        keys.prekeys = dropped + inbox.prekeys
        try store.setKeys(keys)
      }
      try save(&inbox, keys.certificate, unless: before)
      if !dropped.isEmpty {
        keys.prekeys = inbox.prekeys
        try store.setKeys(keys)
      }
      return result
    }
  }
}
