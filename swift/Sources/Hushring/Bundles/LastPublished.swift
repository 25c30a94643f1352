import Foundation

/// What an account's devices last published, as far as it was accepted here (spec/envelope.md, B15
/// and B27 to B32).
///
/// Without it, a server can show bundles from before what was seen already.
struct LastPublished: Hashable, Sendable {
  let account: AccountKey
  /// The publication floor: what devices that are not among the entries have published before it is
  /// refused.
  private(set) var floor = EpochSeconds(0)
  /// In the ascending order of their devices.
  private(set) var entries: [Entry] = []

  struct Entry: Hashable, Sendable {
    let device: Bytes32
    var issuedAt: EpochSeconds
    var offers: UInt8
    /// SHA-256 of the bundle of a suite, of those that were accepted.
    var x25519: Bytes32?
    var xwing: Bytes32?

    subscript(suite: Suite) -> Bytes32? {
      get { suite == .x25519 ? x25519 : xwing }
      set { if suite == .x25519 { x25519 = newValue } else { xwing = newValue } }
    }

    init(device: Bytes32, issuedAt: EpochSeconds, offers: UInt8) {
      self.device = device
      self.issuedAt = issuedAt
      self.offers = offers
    }
  }

  init(account: AccountKey) { self.account = account }

  init(account: AccountKey, floor: EpochSeconds, entries: [Entry]) {
    self.account = account
    self.floor = floor
    self.entries = entries
  }

  /// What is known, if nothing is stored: nothing.
  init(stored packed: Data?, account: AccountKey) throws(HushringError) {
    if let packed { try self.init(packed: packed, account: account) } else { self.init(account: account) }
  }
}

extension LastPublished {
  /// B14
  ///
  /// - Throws: ``HushringError/Code/staleBundle``.
  func check(_ bundle: PrekeyBundle) throws(HushringError) {
    guard let entry = entry(of: bundle.device.bytes) else {
      guard bundle.issuedAt >= floor else { throw HushringError(.staleBundle) }
      return
    }
    if bundle.issuedAt > entry.issuedAt { return }
    guard bundle.issuedAt == entry.issuedAt, bundle.offersByte == entry.offers,
      entry[bundle.suite] == nil || entry[bundle.suite] == bundle.hash
    else { throw HushringError(.staleBundle) }
  }

  /// Takes bundles that were accepted: of each device those of one publication.
  mutating func take(_ accepted: [PrekeyBundle]) {
    for bundle in accepted {
      let place = place(of: bundle.device.bytes)
      if entry(at: place, is: bundle.device.bytes) {
        if bundle.issuedAt > entries[place].issuedAt { entries[place] = Entry(of: bundle) }
      } else {
        entries.insert(Entry(of: bundle), at: place)
      }
      entries[place][bundle.suite] = bundle.hash
    }
    makeRoom()
  }

  /// B27
  private mutating func makeRoom() {
    let surplus = entries.count - Limits.lastPublishedDevices
    guard surplus > 0 else { return }
    let leaving = entries.sorted { left, right in
      left.issuedAt == right.issuedAt ? left.device > right.device : left.issuedAt < right.issuedAt
    }.prefix(surplus)
    let devices = Set(leaving.map(\.device))
    entries.removeAll { devices.contains($0.device) }
    if let newest = leaving.last { floor = max(floor, newest.issuedAt.adding(seconds: 1)) }
  }

  private func entry(of device: Bytes32) -> Entry? {
    let place = place(of: device)
    return entry(at: place, is: device) ? entries[place] : nil
  }

  private func entry(at place: Int, is device: Bytes32) -> Bool {
    place < entries.count && entries[place].device == device
  }

  private func place(of device: Bytes32) -> Int {
    entries.boundary { !($0.device < device) }
  }
}

extension LastPublished.Entry {
  fileprivate init(of bundle: PrekeyBundle) {
    self.init(device: bundle.device.bytes, issuedAt: bundle.issuedAt, offers: bundle.offersByte)
  }
}
