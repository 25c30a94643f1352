import Foundation

/// The private keys of a device: its own, and those of its prekeys, in one item of the keychain,
/// which app and extension share; and in another one the revision of the saved state
/// (spec/inbox.md, N33 and N35).
///
/// What changes them goes through ``SharedInbox``, which holds its lock meanwhile, and keeps the
/// order in which a crash loses no key.
public struct KeyStore: Sendable {
  private let secrets: any SecretStore

  public init(_ secrets: any SecretStore) { self.secrets = secrets }

  #if canImport(Security)
    /// - Parameter accessGroup: As in ``KeychainStore``.
    public init(accessGroup: String) { self.init(KeychainStore(accessGroup: accessGroup)) }
  #endif

  /// Returns the keys, or nil if no device was put in yet.
  ///
  /// - Throws: ``HushringError/Code/locked`` before the device is first unlocked;
  ///   ``HushringError/Code/storage``, with the `status` of the keychain;
  ///   ``HushringError/Code/stateTooNew`` if a later version of this package has written them;
  ///   ``HushringError/Code/badState``.
  public func keys() throws(HushringError) -> Keys? {
    guard var data = try secrets.secret(Self.keys) else { return nil }
    defer { wipe(&data) }
    return try Keys(data)
  }

  func setKeys(_ keys: Keys) throws(HushringError) {
    var data = keys.encoded
    defer { wipe(&data) }
    try secrets.setSecret(data, Self.keys)
  }

  func removeKeys() throws(HushringError) {
    try secrets.removeSecret(Self.keys)
    try secrets.removeSecret(Self.revision)
  }

  /// The revision that the state of a device has at least; 0, if none was kept.
  func revision(of device: DeviceKey) throws(HushringError) -> UInt64 {
    guard let data = try secrets.secret(Self.revision) else { return 0 }
    var reader = Reader(data)
    switch reader.integer(UInt8.self) {
    case 1: break
    case 0: throw HushringError(.badState)
    default: throw HushringError(.stateTooNew)
    }
    guard data.count == 41 else { throw HushringError(.badState) }
    // That of another device says nothing of this one.
    guard reader.bytes(32).elementsEqual(device.data) else { return 0 }
    return reader.integer()
  }

  func setRevision(_ revision: UInt64, of device: DeviceKey) throws(HushringError) {
    try secrets.setSecret([1] + device.data + revision.bigEndianBytes, Self.revision)
  }

  private static let keys = "keys"
  private static let revision = "revision"
}

/// What is in a ``KeyStore``.
public struct Keys: Sendable, Secretive {
  public var identity: Identity
  /// All those that an envelope may still be sealed to, in the order in which they were added.
  public var prekeys: [Prekey]

  public init(_ identity: Identity, prekeys: [Prekey] = []) {
    self.identity = identity
    self.prekeys = prekeys
  }

  /// The device.
  public enum Identity: Sendable {
    case device(Device)
    /// One whose key lives elsewhere: the certificate of an ``ExternalDevice``.
    case external(Certificate)

    public var certificate: Certificate {
      switch self {
      case .device(let device): device.certificate
      case .external(let certificate): certificate
      }
    }
  }

  /// The device, unless its key lives elsewhere.
  public var device: Device? {
    if case .device(let device) = identity { device } else { nil }
  }

  public var certificate: Certificate { identity.certificate }

  /// Says how many there are.
  public var description: String { "Keys(\(prekeys.count) prekeys)" }
}

extension Keys {
  /// version = 1 ‖ 1 ‖ device (176) ‖ prekeys (41 each); or version = 1 ‖ 2 ‖ certificate (144) ‖
  /// prekeys
  fileprivate var encoded: Data {
    var data = Data(capacity: 2 + Limits.deviceExportLength + prekeys.count * Limits.prekeyExportLength)
    switch identity {
    case .device(let device):
      data += [1, 1]
      data.append(wiping: device.exported)
    case .external(let certificate): data += [1, 2] + certificate.data
    }
    for prekey in prekeys { data.append(wiping: prekey.exported) }
    return data
  }

  fileprivate init(_ data: Data) throws(HushringError) {
    var rest = data
    func take(_ count: Int) throws(HushringError) -> Data {
      guard rest.count >= count else { throw HushringError(.badState) }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count) // a slice, which copies nothing
    }
    switch try take(1).first {
    case 1: break
    case 0: throw HushringError(.badState)
    default: throw HushringError(.stateTooNew)
    }
    let kind = try take(1).first
    do {
      switch kind {
      case 1: identity = .device(try Device(exported: try take(Limits.deviceExportLength)))
      case 2: identity = .external(try Certificate(try take(Limits.certificateLength)))
      default: throw HushringError(.badState)
      }
    } catch { throw HushringError(.badState) }
    prekeys = []
    while !rest.isEmpty {
      let prekey = try take(Limits.prekeyExportLength)
      // Its suite is not known: a later version, or a later system, has put it in.
      do { prekeys.append(try Prekey(exported: prekey)) } catch { throw HushringError(.stateTooNew) }
    }
  }
}

extension Data {
  /// Appends bytes, and overwrites those that were given.
  fileprivate mutating func append(wiping bytes: consuming Data) {
    append(bytes)
    wipe(&bytes)
  }
}
