/// The highest revocation floors known of one account, and of its device keys (spec/envelope.md,
/// R6).
struct RevocationFloors: Hashable, Sendable {
  /// 1970 where there is none.
  private(set) var account = EpochSeconds(0)
  /// Those above the account's, in the ascending order of the keys.
  private(set) var devices: [DeviceFloor] = []

  struct DeviceFloor: Hashable, Sendable {
    let device: DeviceKey
    fileprivate(set) var floor: EpochSeconds
  }

  init() {}

  /// Takes floors from where they were stored. Those of devices that are not above the account's
  /// are left out.
  init(account: EpochSeconds, devices: [DeviceFloor]) {
    self.account = account
    for entry in devices { _ = raise(entry.device, to: entry.floor) }
  }

  var isEmpty: Bool { account.value == 0 && devices.isEmpty }

  /// The floor for certificates of a device: the account's or its own, whichever is higher.
  func floor(of device: DeviceKey) -> EpochSeconds {
    let place = place(of: device)
    return isAt(place, device) ? devices[place].floor : account
  }

  /// Checks that a certificate of this account is not revoked (T5).
  ///
  /// - Throws: ``HushringError/Code/revoked``.
  func check(_ certificate: Certificate) throws(HushringError) {
    guard certificate.notBefore >= floor(of: certificate.device) else { throw HushringError(.revoked) }
  }

  /// Takes what a statement of this account says. Returns whether it raised a floor.
  mutating func raise(by revocation: Revocation) -> Bool {
    if let device = revocation.device { return raise(device, to: revocation.floor) }
    guard revocation.floor > account else { return false }
    account = revocation.floor
    devices.removeAll { $0.floor <= account }
    return true
  }

  /// Forgets floors of which certificates have ended and envelopes are too old: 397 days after
  /// their time.
  mutating func prune(now: Timestamp) {
    func isOver(_ floor: EpochSeconds) -> Bool { floor.adding(seconds: 397 * 86_400).timestamp <= now }
    if isOver(account) { account = EpochSeconds(0) }
    devices.removeAll { isOver($0.floor) }
  }

  private mutating func raise(_ device: DeviceKey, to floor: EpochSeconds) -> Bool {
    guard floor > self.floor(of: device) else { return false }
    let place = place(of: device)
    if isAt(place, device) {
      devices[place].floor = floor
    } else {
      devices.insert(DeviceFloor(device: device, floor: floor), at: place)
    }
    return true
  }

  /// Where a device is, or would be.
  private func place(of device: DeviceKey) -> Int {
    devices.boundary { !($0.device < device) }
  }

  private func isAt(_ place: Int, _ device: DeviceKey) -> Bool {
    place < devices.count && devices[place].device == device
  }
}
